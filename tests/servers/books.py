"""Whether the books agree: every number opens its case, every case is whole, nothing stands alone.

It reads the database with the deployment's keys as the application does, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first, verify_chain
from casefile.audit.events import Event
from casefile.audit.log import Line
from casefile.cases.keys import bundle_at
from casefile.cases.label import digest, read_label
from casefile.cases.models import CaseRow, EntryRow, QuickRow, ReceiptRow, WrapRow
from casefile.cases.opening import receipt_where
from casefile.cases.queue_rows import QUEUE, case_of
from casefile.cases.records import entry_tag, read_records
from casefile.cases.wraps import WRAPS, wrap_tag
from casefile.facts.register import FACTS
from casefile.platform.deployment import Deployment
from casefile.registers.storage import Register, scan
from casefile.sealing.padding import unpad
from casefile.sealing.receipts import parse_code, unlock
from tests.world import World


@dataclass(frozen=True)
class Opened:
    """What a number opened: the case and the words of its report and messages."""

    case: bytes
    text: str
    messages: tuple[str, ...]


def open_number(world: World, number: str) -> Opened:
    """Open a case with nothing but its number, down to the words."""
    with world.session() as session:
        deployment = world.deployment
        code = parse_code(number)
        assert code is not None, number
        keys = unlock(code, deployment.keyring)
        row = session.get(ReceiptRow, keys.lookup)
        assert row is not None, "a number that was shown opens nothing"
        case = unpad(deployment.keyring.open(row.body, receipt_where(keys.lookup)))[:16]
        held = read_label(session, deployment, case)
        opens = bundle_at(session, deployment, held, 1, keys.private)
        records = read_records(session, deployment, case, held.label, opens)
        told = [record.content["text"] for record in records if record.kind == "report"]
        wrote = [record.content["text"] for record in records if record.kind == "message"]
        return Opened(case, "".join(told), tuple(wrote))


def settle(world: World, cases: int) -> None:
    """Hold every book against every other: as many cases as expected, each whole, no half one."""
    with world.session() as session:
        deployment = world.deployment
        ids = list(session.scalars(select(CaseRow.id)))
        entries = sum(_whole(session, deployment, case) for case in ids)
        assert len(ids) == cases
        assert _count(session, ReceiptRow.lookup) == cases
        assert _count(session, EntryRow.tag) == entries
        assert _count(session, WrapRow.tag) == cases * WRAPS
        assert _count(session, QuickRow.tag) == cases
        assert sorted(_queued(session, deployment)) == sorted(ids)
        assert used_rows(session, deployment, FACTS) == cases
        verify_chain(session, deployment)
        lines = lines_newest_first(session, deployment)
        opened = [line.case for line in lines if line.event is Event.REPORT_OPENED]
        assert sorted(opened) == sorted(ids)


def log_lines(world: World) -> list[Line]:
    """The whole log, chained or waiting."""
    with world.session() as session:
        return list(lines_newest_first(session, world.deployment))


def count_cases(world: World) -> int:
    with world.session() as session:
        return _count(session, CaseRow.id)


def used_rows(session: Session, deployment: Deployment, register: Register) -> int:
    """Rows that stand in a register."""
    parts = scan(session, deployment, register, register.first)
    return sum(int(np.count_nonzero(columns["used"])) for _segment, columns in parts)


def _queued(session: Session, deployment: Deployment) -> list[bytes]:
    """The cases of all queue rows."""
    found = []
    for _segment, columns in scan(session, deployment, QUEUE, "queue"):
        for slot in np.flatnonzero(columns["used"]):
            found.append(case_of(columns["case_1"][slot], columns["case_2"][slot]))
    return found


def _whole(session: Session, deployment: Deployment, case: bytes) -> int:
    """Check one case's rows against its label; returns how many entries it has."""
    label = read_label(session, deployment, case).label
    assert len(label.wraps) == WRAPS
    for slot, kept in enumerate(label.wraps):
        wrap = session.get(WrapRow, wrap_tag(deployment, case, slot))
        assert wrap is not None
        assert digest(wrap.body) == kept
    for at, body in enumerate(label.bodies):
        entry = session.get(EntryRow, entry_tag(deployment, case, at))
        assert entry is not None
        assert digest(entry.body) == body.digest
    return len(label.bodies)


def _count(session: Session, column: object) -> int:
    return session.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]
