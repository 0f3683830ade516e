"""The statistics row of a case: where it lies, and writing into it that a step happened.

The row lies among the facts and names no case; where it lies stands in a record of `work`, so only
whoever has the case open can find it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.orm import Session

from casefile.cases.keys import Opened
from casefile.cases.label import Label
from casefile.cases.records import Record, read_records
from casefile.cases.rules import is_late
from casefile.facts.register import write_step
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment


def row_of(session: Session, deployment: Deployment, opened: Opened) -> Place:
    """Where the case's row lies; LookupError where this case has none."""
    mine = {Compartment.WORK: opened.keys[Compartment.WORK]}
    place = row_in(read_records(session, deployment, opened.case, opened.label, mine))
    if place is None:
        raise LookupError("fact")
    return place


def row_in(records: Iterable[Record]) -> Place | None:
    """Where the records say that it lies; None if they hold no pointer."""
    pointer = next((record.content for record in records if record.kind == "fact"), None)
    return Place(bytes.fromhex(pointer["segment"]), pointer["slot"]) if pointer else None


def step_happened(
    session: Session, deployment: Deployment, row: Place, step: str, label: Label, kind: str
) -> None:
    """Write that a step happened now: how long after the report, and whether in time."""
    deadline, now = label.running(kind), deployment.now()
    elapsed: timedelta = now - moment(label.received)
    due = deadline.resumed(minutes(now)).due if deadline else 0
    in_time = not is_late(due, minutes(now))
    write_step(session, deployment, row, step, elapsed=elapsed, in_time=in_time)
