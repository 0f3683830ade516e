"""The note a deleted case leaves: that it is gone, since when, and from whom it had been kept.

It holds no content, no category, no desk and no name. Whom the case was kept from stands in it as
keyed marks that answer about one person at a time, so that the log goes on hiding its lines from
her; they cannot be turned back into people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.label import Label
from casefile.cases.models import DeletionRow
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context

MARK = 8
"""Bytes of a mark: enough for a network, too few to be anything else."""


def leave_note(session: Session, deployment: Deployment, case: bytes, label: Label) -> None:
    """Write the note of a case inside the write that deletes it."""
    tag = _tag(deployment, case)
    kept = sorted(_mark(deployment, case, person).hex() for person in label.excluded)
    told = {"when": minutes(deployment.now()), "kept": kept}
    body = seal_row(deployment, told, deletion_where(tag))
    add_rows(session, DeletionRow, {"tag": tag, "body": body})


def deleted_at(session: Session, deployment: Deployment, case: bytes) -> datetime | None:
    """When a case was deleted; None if it was not."""
    told = _read(session, deployment, case)
    return moment(told["when"]) if told else None


def was_kept_from(session: Session, deployment: Deployment, case: bytes, person: bytes) -> bool:
    """Whether a case that is gone was kept from this person."""
    told = _read(session, deployment, case)
    return told is not None and _mark(deployment, case, person).hex() in told["kept"]


def deletion_where(tag: bytes) -> bytes:
    """The context a note is sealed in."""
    return context("deletion", tag)


def _read(session: Session, deployment: Deployment, case: bytes) -> dict[str, Any] | None:
    tag = _tag(deployment, case)
    body = session.execute(select(DeletionRow.body).where(DeletionRow.tag == tag)).scalar()
    return open_row(deployment, body, deletion_where(tag)) if body else None


def _mark(deployment: Deployment, case: bytes, person: bytes) -> bytes:
    return deployment.keyring.tag("deletion kept from", case, person.hex())[:MARK]


def _tag(deployment: Deployment, case: bytes) -> bytes:
    return deployment.keyring.tag("deletion", case)
