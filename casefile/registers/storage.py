"""Reading and writing the rows of a register.

Every change reads its segment again inside the write, checks the version token, and writes the
whole segment under a new one: two writers never lose each other's row. Locks are taken in one
order: facts before the queue, parts as listed, then segment id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from casefile.platform.database import BYTES, StaleRow
from casefile.platform.deployment import Deployment
from casefile.registers.models import Lane, Segment
from casefile.sealing.contexts import context
from casefile.sealing.segments import ROWS, free_slots, open_columns, open_segment, seal_segment

LANES = 16

# Written once and bound at each use: a report alone runs twelve of them.
SEGMENTS, LANE_ROWS = Segment.metadata.tables["segment"], Segment.metadata.tables["lane"]
READ_PART = (
    select(SEGMENTS.c.id, SEGMENTS.c.body, SEGMENTS.c.token)
    .where(SEGMENTS.c.part == bindparam("part"))
    .execution_options(**{BYTES: True})
)
READ_ONE = select(SEGMENTS.c.body, SEGMENTS.c.token).where(
    SEGMENTS.c.id == bindparam("segment"), SEGMENTS.c.part == bindparam("part")
)
HOLD = (
    select(SEGMENTS.c.part, SEGMENTS.c.body, SEGMENTS.c.token)
    .where(
        SEGMENTS.c.id == bindparam("segment"),
        SEGMENTS.c.part.in_(bindparam("parts", expanding=True)),
    )
    .order_by(SEGMENTS.c.part)
    .with_for_update()
    .execution_options(**{BYTES: True})
)
PUT_BACK = (
    update(SEGMENTS)
    .where(
        SEGMENTS.c.id == bindparam("segment"),
        SEGMENTS.c.part == bindparam("of_part"),
        SEGMENTS.c.token == bindparam("before"),
    )
    .values(body=bindparam("body"), token=bindparam("token"))
)
TAKE = select(LANE_ROWS).where(LANE_ROWS.c.tag == bindparam("lane")).with_for_update()
TAKE_FREE = TAKE.with_for_update(skip_locked=True)

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
    held = _held(session, deployment, register, segment, tuple(register.parts))
    free = free_slots(held[register.first].rows)
    if not len(free):
        segment = _next_segment(session, deployment, register, lane)
        held = _held(session, deployment, register, segment, tuple(register.parts))
        free = free_slots(held[register.first].rows)
    slot = int(free[_below(deployment, len(free))])
    for part, one in held.items():
        one.rows[slot] = row[part][0]
    _put_back(session, deployment, register, segment, held)
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
    held = _held(session, deployment, register, place.segment, (part,))
    edit(held[part].rows[place.slot])
    _put_back(session, deployment, register, place.segment, held)


def read_row(
    session: Session, deployment: Deployment, register: Register, place: Place, part: str
) -> Any:
    """A copy of one row of one part."""
    row = session.connection().execute(READ_ONE, {"segment": place.segment, "part": part}).one()
    rows = _opened(deployment, register, part, place.segment, row.body, row.token)
    return rows[place.slot].copy()


def scan(
    session: Session, deployment: Deployment, register: Register, part: str
) -> Iterator[tuple[bytes, Columns]]:
    """Yield every segment of one part: its id and its columns of 1,024 rows each, read-only."""
    keyring, dtype = deployment.keyring, register.parts[part]
    for identity, body, token in session.connection().execute(READ_PART, {"part": part}):
        columns = open_columns(
            keyring,
            body,
            dtype,
            register=register.name,
            part=part,
            segment=identity,
            token=token,
        )
        yield identity, columns


@dataclass
class _Held:
    """A segment's part held for change: its rows, and the token they were read under."""

    token: bytes
    rows: Rows


def _held(
    session: Session,
    deployment: Deployment,
    register: Register,
    segment: bytes,
    parts: Sequence[str],
) -> dict[str, _Held]:
    """Read parts of a segment for change, locked where the engine locks rows."""
    found = session.connection().execute(HOLD, {"segment": segment, "parts": list(parts)})
    rows = {row.part: row for row in found}
    return {
        part: _Held(
            rows[part].token,
            _opened(deployment, register, part, segment, rows[part].body, rows[part].token),
        )
        for part in parts
    }


def _put_back(
    session: Session,
    deployment: Deployment,
    register: Register,
    segment: bytes,
    held: Mapping[str, _Held],
) -> None:
    turned = []
    for part, one in held.items():
        token = deployment.random(16)
        body = _sealed(deployment, register, part, segment, token, one.rows)
        here = {"segment": segment, "of_part": part, "before": one.token}
        turned.append(here | {"body": body, "token": token})
    if session.connection().execute(PUT_BACK, turned).rowcount != len(turned):
        raise StaleRow("segment")


def _take_lane(session: Session, deployment: Deployment, register: Register) -> Row[Any]:
    """Lock a random lane nobody else holds; when all are held, wait for one."""
    first = _below(deployment, LANES)
    connection = session.connection()
    for step in range(LANES):
        tag = _lane_tag(deployment, register, (first + step) % LANES)
        lane = connection.execute(TAKE_FREE, {"lane": tag}).first()
        if lane is not None:
            return lane
    tag = _lane_tag(deployment, register, first)
    return connection.execute(TAKE, {"lane": tag}).one()


def _next_segment(
    session: Session, deployment: Deployment, register: Register, lane: Row[Any]
) -> bytes:
    segment, token = _new_segment(session, deployment, register), deployment.random(16)
    body = deployment.keyring.seal(segment, _lane_where(lane.tag, token), deployment.random)
    turn = update(Lane).where(Lane.tag == lane.tag).values(body=body, token=token)
    session.execute(turn.execution_options(synchronize_session=False))
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
