"""Every column that is sealed to the deployment, and in which place: what a rotation goes through.

A table that is missing here would be lost with the old key; `keys rotate` refuses to drop a key
that anything carries, and the tests look for blobs that nobody listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from casefile.audit.chain import batch_number, batch_where
from casefile.audit.models import AuditBatch, AuditHead, AuditRow
from casefile.cases.deletion_notes import deletion_where
from casefile.cases.doors import door_where
from casefile.cases.models import CaseRow, DeletionRow, DoorRow, OutsideRow, ReceiptRow
from casefile.cases.opening import receipt_where
from casefile.cases.queue_rows import QUEUE
from casefile.facts.register import FACTS
from casefile.network.models import CustodyRow, DirectoryEntry
from casefile.people.models import InvitationRow, PersonRow, SessionRow
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import Job
from casefile.platform.resealing import Row, SealedPlace, sealed_in
from casefile.registers.models import Lane, Segment
from casefile.sealing.contexts import context
from casefile.sealing.segments import open_segment, seal_segment


def sealed_places() -> tuple[SealedPlace, ...]:
    """All of them, small ones first."""
    return (
        _place(AuditHead, "body", lambda row: context("audit_head", row["token"])),
        _place(AuditRow, "body", lambda row: context("audit_row", row["id"])),
        SealedPlace(AuditBatch, "body", _batch_again),
        _place(
            DirectoryEntry, "label", lambda row: context("directory_entry", row["id"], row["token"])
        ),
        _place(CustodyRow, "body", lambda row: context("custody", row["tag"], row["token"])),
        _place(PersonRow, "label", lambda row: context("person", "label", row["id"], row["token"])),
        _place(InvitationRow, "label", lambda row: context("invitation", row["tag"], row["token"])),
        _place(SessionRow, "label", lambda row: context("session", "label", row["id"])),
        _place(Job, "body", lambda row: context("job", row["id"])),
        _place(Lane, "body", lambda row: context("lane", row["tag"], row["token"])),
        _place(DeletionRow, "body", lambda row: deletion_where(row["tag"])),
        _place(ReceiptRow, "body", lambda row: receipt_where(row["lookup"])),
        _place(DoorRow, "body", lambda row: door_where(row["tag"], row["token"])),
        _place(
            OutsideRow,
            "label",
            lambda row: context("outside", "label", row["tag"], row["token"]),
        ),
        _place(CaseRow, "label", lambda row: context("case", "label", row["id"], row["token"])),
        SealedPlace(Segment, "body", _segment_again),
    )


def _place(table: Any, column: str, where: Callable[[Row], bytes]) -> SealedPlace:
    return SealedPlace(table, column, sealed_in(where, column))


def _batch_again(deployment: Deployment, row: Row) -> bytes:
    where = batch_where(batch_number(deployment, row["tag"]))
    plain = deployment.keyring.open(row["body"], where)
    return deployment.keyring.seal(plain, where, deployment.random)


def _segment_again(deployment: Deployment, row: Row) -> bytes:
    register = next(one for one in (FACTS, QUEUE) if row["part"] in one.parts)
    place = {
        "register": register.name,
        "part": row["part"],
        "segment": row["id"],
        "token": row["token"],
    }
    rows = open_segment(deployment.keyring, row["body"], register.parts[row["part"]], **place)
    return seal_segment(deployment.keyring, rows, **place, random=deployment.random)
