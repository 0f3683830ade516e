"""Where the statistics row of a case stands: a pointer in `work`, and nowhere in the clear."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from casefile.cases.keys import Opened
from casefile.cases.records import Record, read_records
from casefile.platform.deployment import Deployment
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment


def place_in(records: Iterable[Record]) -> Place | None:
    """The place the records point at; None if they hold no pointer."""
    found = (record.content for record in records if record.kind == "fact")
    pointer = next(found, None)
    return Place(bytes.fromhex(pointer["segment"]), pointer["slot"]) if pointer else None


def place_of_fact(session: Session, deployment: Deployment, opened: Opened) -> Place:
    """The place of an opened case's fact; LookupError where this case has none."""
    work = {Compartment.WORK: opened.keys[Compartment.WORK]}
    place = place_in(read_records(session, deployment, opened.case, opened.label, work))
    if place is None:
        raise LookupError("fact")
    return place
