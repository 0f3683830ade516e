"""Writing to the log, in the transaction of what it tells. A line holds ids, never words."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.models import AuditRow
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.platform.now import EPOCH
from casefile.sealing.contexts import context
from casefile.sealing.padding import pad, unpad

LINE_BUCKET = 256


@dataclass(frozen=True)
class Line:
    """One line of the log: when, what, by whom, on which case, about which person or desk.

    `codes` are numbers of code lists, at most forty: how something was done, never what was said.
    """

    when: datetime
    event: Event
    by: bytes | None
    case: bytes | None
    about: bytes | None
    codes: tuple[int, ...] = ()


class LineBroken(Exception):
    """A line was changed after it was written."""


def note(
    session: Session,
    deployment: Deployment,
    event: Event,
    *,
    by: bytes | None,
    case: bytes | None = None,
    about: bytes | None = None,
    codes: tuple[int, ...] = (),
) -> None:
    """Write one line; it commits with what it tells or not at all."""
    row = deployment.random(16)
    plain = pad(to_json(Line(deployment.now(), event, by, case, about, codes)), LINE_BUCKET)
    body = deployment.keyring.seal(plain, context("audit_row", row), deployment.random)
    code = deployment.keyring.mac("audit_row", row, plain)
    add_rows(session, AuditRow, {"id": row, "body": body, "code": code})


def read_row(deployment: Deployment, row: AuditRow) -> Line:
    """Open a waiting line; LineBroken if its code does not match."""
    plain = deployment.keyring.open(row.body, context("audit_row", row.id))
    if not hmac.compare_digest(row.code, deployment.keyring.mac("audit_row", row.id, plain)):
        raise LineBroken
    return from_json(unpad(plain))


def to_json(line: Line) -> bytes:
    """The line as compact JSON, ids in hex, the moment to the second; codes only where it has some.

    A line without codes reads as lines did before there were any: the chain is over these bytes.
    """
    told: list[Any] = [int(line.when.timestamp()), line.event]
    told += [_hex(line.by), _hex(line.case), _hex(line.about)]
    if line.codes:
        told.append(line.codes)
    return json.dumps(told, separators=(",", ":")).encode()


def from_json(plain: bytes) -> Line:
    """The inverse of `to_json`."""
    seconds, event, by, case, about, *codes = json.loads(plain)
    when = EPOCH + timedelta(seconds=seconds)
    given = tuple(codes[0]) if codes else ()
    return Line(when, Event(event), _bytes(by), _bytes(case), _bytes(about), given)


def _hex(identity: bytes | None) -> str | None:
    return None if identity is None else identity.hex()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)
