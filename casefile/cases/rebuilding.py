"""Making the queue register anew from the labels, which say everything a row of it says.

A case keeps its place, so no label is written. Everything is prepared while reports go on being
written; then, in one transaction, what changed meanwhile is read again and every segment is
replaced: whoever lists the work sees the old register or the new one, never half of either.

It must never touch the facts: they are linked to no case, so nothing could make them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.label import open_label
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import QUEUE, ROW, fill_row
from casefile.network.directory import Directory, read_directory
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.registers.lanes import hold_lanes
from casefile.registers.models import Segment
from casefile.registers.storage import Place, Rows, sealed_rows
from casefile.sealing.errors import SealBroken
from casefile.sealing.segments import ROWS

PART = QUEUE.first
FETCHED = 500

Told = Callable[[int], object]


@dataclass
class _Made:
    """Rows made so far: by segment; where each case stands, and which version of it was read."""

    segments: dict[bytes, Rows] = field(default_factory=dict)
    read: dict[bytes, bytes] = field(default_factory=dict)
    places: dict[bytes, Place] = field(default_factory=dict)
    broken: set[bytes] = field(default_factory=set)


@dataclass(frozen=True)
class Rebuilt:
    """How many cases the register lists now, and how many have a label that does not open."""

    cases: int
    broken: int


def count_labels(session: Session) -> int:
    """How many labels there are to read."""
    return session.scalar(select(func.count(CaseRow.id))) or 0


def rebuild_queue(
    session: Session, deployment: Deployment, told: Told = lambda _labels: None
) -> Rebuilt:
    """Replace the whole register; `told` is called with the labels read since."""
    directory, made = read_directory(session, deployment), _Made()
    _read_labels(session, deployment, directory, made, told)
    session.rollback()
    write_now(lambda writing: _replace(writing, deployment, made), session)
    return Rebuilt(len(made.read) - len(made.broken), len(made.broken))


def _read_labels(
    session: Session, deployment: Deployment, directory: Directory, made: _Made, told: Told
) -> None:
    last = b""
    while True:
        wanted = select(CaseRow.id, CaseRow.token, CaseRow.label).where(CaseRow.id > last)
        some = session.execute(wanted.order_by(CaseRow.id).limit(FETCHED)).all()
        if not some:
            return
        _take(deployment, directory, made, some)
        last = some[-1].id
        told(len(some))


def _replace(writing: Session, deployment: Deployment, made: _Made) -> None:
    """Everything but the labels' first reading, while nobody else can write a row."""
    lanes = hold_lanes(writing, deployment, QUEUE)
    held = select(Segment.id).where(Segment.part == PART).with_for_update()
    there = set(writing.scalars(held))
    tokens = {row.id: row.token for row in writing.execute(select(CaseRow.id, CaseRow.token))}
    _leave_out(made, made.read.keys() - tokens.keys())
    changed = [case for case, token in tokens.items() if made.read.get(case) != token]
    directory = read_directory(writing, deployment)
    for at in range(0, len(changed), FETCHED):
        wanted = select(CaseRow.id, CaseRow.token, CaseRow.label)
        some = writing.execute(wanted.where(CaseRow.id.in_(changed[at : at + FETCHED]))).all()
        _take(deployment, directory, made, some)
    wanted_ids = {*made.segments, *lanes}
    for segment in wanted_ids:
        rows = made.segments.get(segment, np.zeros(ROWS, ROW))
        _write_segment(writing, deployment, segment, rows, there=segment in there)
    stray = [segment for segment in there if segment not in wanted_ids]
    writing.execute(delete(Segment).where(Segment.part == PART, Segment.id.in_(stray)))
    note(writing, deployment, Event.QUEUE_REBUILT, by=None)
    writing.flush()


def _leave_out(made: _Made, gone: Iterable[bytes]) -> None:
    """Free the slots of cases that were deleted since they were read."""
    for case in gone:
        made.read.pop(case)
        made.broken.discard(case)
        if place := made.places.pop(case, None):
            made.segments[place.segment][place.slot] = np.zeros(1, ROW)[0]


def _write_segment(
    writing: Session, deployment: Deployment, segment: bytes, rows: Rows, *, there: bool
) -> None:
    """Write one segment over the old one: who waits for its row finds it again."""
    token = deployment.random(16)
    body = sealed_rows(deployment, QUEUE, PART, segment, token, rows)
    if there:
        old = update(Segment).where(Segment.id == segment, Segment.part == PART)
        writing.execute(old.values(body=body, token=token))
    else:
        writing.execute(insert(Segment).values(id=segment, part=PART, body=body, token=token))


def _take(deployment: Deployment, directory: Directory, made: _Made, labels: Iterable[Any]) -> None:
    """Make the rows of these labels; one that does not open is counted and left out."""
    for case, token, sealed in labels:
        made.read[case] = token
        try:
            label = open_label(deployment, case, token, sealed)
        except SealBroken:
            made.broken.add(case)
            continue
        made.broken.discard(case)
        place = made.places[case] = label.queue
        rows = made.segments.setdefault(place.segment, np.zeros(ROWS, ROW))
        rows[place.slot] = np.zeros(1, ROW)[0]
        fill_row(rows[place.slot], deployment, directory, case, label)
