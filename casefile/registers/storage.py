"""Reading and writing the rows of a register.

Every change reads its segment again inside the write, checks the version token, and writes the
whole segment under a new one: two writers never lose each other's row. Locks are taken in one
order: facts before the queue, parts as listed, then segment id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment
from casefile.registers.models import Lane, Segment
from casefile.sealing.contexts import context
from casefile.sealing.segments import ROWS, free_slots, open_columns, open_segment, seal_segment

LANES = 16
Rows = NDArray[Any]
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Register:
    """A register: its name, and its parts in the order they are locked, each with its row type.

    The first part has a field `used`: 1 where a row stands, 0 where a slot is free.
    """

    name: str
    parts: Mapping[str, np.dtype[Any]]

    @property
    def first(self) -> str:
        """The part that says which slots are used."""
        return next(iter(self.parts))


@dataclass(frozen=True)
class Place:
    """Where a row stands: its segment and its slot there. It never changes."""

    segment: bytes
    slot: int


def lay_out(session: Session, deployment: Deployment, register: Register) -> None:
    """Make the sixteen open segments of a new register."""
    for lane in range(LANES):
        segment = _new_segment(session, deployment, register)
        tag, token = _lane_tag(deployment, register, lane), deployment.random(16)
        body = deployment.keyring.seal(segment, _lane_where(tag, token), deployment.random)
        session.add(Lane(tag=tag, body=body, token=token))
    session.flush()


def insert(
    session: Session, deployment: Deployment, register: Register, row: Mapping[str, Rows]
) -> Place:
    """Put a new row (part → one-element array) into a random free slot of a random lane."""
    lane = _take_lane(session, deployment, register)
    segment = deployment.keyring.open(lane.body, _lane_where(lane.tag, lane.token))
    held = _held(session, deployment, register, segment, register.first)
    free = free_slots(held.rows)
    if not len(free):
        segment = _next_segment(session, deployment, register, lane)
        held = _held(session, deployment, register, segment, register.first)
        free = free_slots(held.rows)
    slot = int(free[_below(deployment, len(free))])
    for part in register.parts:
        if part != register.first:
            held = _held(session, deployment, register, segment, part)
        held.rows[slot] = row[part][0]
        _put_back(session, deployment, register, held)
    return Place(segment, slot)


def change(
    session: Session,
    deployment: Deployment,
    register: Register,
    place: Place,
    part: str,
    edit: Callable[[Any], None],
) -> None:
    """Let `edit` change the row at `place` (a structured row, written through) in one part."""
    held = _held(session, deployment, register, place.segment, part)
    edit(held.rows[place.slot])
    _put_back(session, deployment, register, held)


def read_row(
    session: Session, deployment: Deployment, register: Register, place: Place, part: str
) -> Any:
    """A copy of one row of one part."""
    row = session.execute(
        select(Segment.body, Segment.token).where(Segment.id == place.segment, Segment.part == part)
    ).one()
    rows = _opened(deployment, register, part, place.segment, row.body, row.token)
    return rows[place.slot].copy()


def scan(
    session: Session, deployment: Deployment, register: Register, part: str
) -> Iterator[tuple[bytes, Columns]]:
    """Yield every segment of one part: its id and its columns of 1,024 rows each, read-only."""
    keyring, dtype = deployment.keyring, register.parts[part]
    found = session.execute(
        select(Segment.id, Segment.body, Segment.token).where(Segment.part == part)
    )
    for identity, body, token in found:
        yield (
            identity,
            open_columns(
                keyring,
                body,
                dtype,
                register=register.name,
                part=part,
                segment=identity,
                token=token,
            ),
        )


@dataclass
class _Held:
    """A segment's part held for change: its rows, and the token they were read under."""

    segment: bytes
    part: str
    token: bytes
    rows: Rows


def _held(
    session: Session, deployment: Deployment, register: Register, segment: bytes, part: str
) -> _Held:
    row = session.execute(
        select(Segment.body, Segment.token)
        .where(Segment.id == segment, Segment.part == part)
        .with_for_update()
    ).one()
    rows = _opened(deployment, register, part, segment, row.body, row.token)
    return _Held(segment, part, row.token, rows)


def _put_back(session: Session, deployment: Deployment, register: Register, held: _Held) -> None:
    token = deployment.random(16)
    body = _sealed(deployment, register, held.part, held.segment, token, held.rows)
    written = session.execute(
        update(Segment)
        .where(Segment.id == held.segment, Segment.part == held.part, Segment.token == held.token)
        .values(body=body, token=token)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleRow("segment")


def _take_lane(session: Session, deployment: Deployment, register: Register) -> Lane:
    """Lock a random lane nobody else holds; when all are held, wait for one."""
    first = _below(deployment, LANES)
    for step in range(LANES):
        tag = _lane_tag(deployment, register, (first + step) % LANES)
        free = select(Lane).where(Lane.tag == tag).with_for_update(skip_locked=True)
        lane = session.execute(free.execution_options(populate_existing=True)).scalar()
        if lane is not None:
            return lane
    tag = _lane_tag(deployment, register, first)
    held = select(Lane).where(Lane.tag == tag).with_for_update()
    return session.execute(held.execution_options(populate_existing=True)).scalar_one()


def _next_segment(
    session: Session, deployment: Deployment, register: Register, lane: Lane
) -> bytes:
    segment = _new_segment(session, deployment, register)
    lane.token = deployment.random(16)
    lane.body = deployment.keyring.seal(segment, _lane_where(lane.tag, lane.token))
    session.flush()
    return segment


def _new_segment(session: Session, deployment: Deployment, register: Register) -> bytes:
    segment = deployment.random(16)
    for part, dtype in register.parts.items():
        token = deployment.random(16)
        body = _sealed(deployment, register, part, segment, token, np.zeros(ROWS, dtype))
        session.add(Segment(id=segment, part=part, body=body, token=token))
    session.flush()
    return segment


def _sealed(
    deployment: Deployment, register: Register, part: str, segment: bytes, token: bytes, rows: Rows
) -> bytes:
    return seal_segment(
        deployment.keyring,
        rows,
        register=register.name,
        part=part,
        segment=segment,
        token=token,
        random=deployment.random,
    )


def _opened(
    deployment: Deployment, register: Register, part: str, segment: bytes, body: bytes, token: bytes
) -> Rows:
    return open_segment(
        deployment.keyring,
        body,
        register.parts[part],
        register=register.name,
        part=part,
        segment=segment,
        token=token,
    )


def _below(deployment: Deployment, bound: int) -> int:
    """A random number under `bound`; the bias of 64 bits is nothing at 1,024."""
    return int.from_bytes(deployment.random(8), "big") % bound


def _lane_tag(deployment: Deployment, register: Register, lane: int) -> bytes:
    return deployment.keyring.tag("lane", register.name, str(lane))


def _lane_where(tag: bytes, token: bytes) -> bytes:
    return context("lane", tag, token)
