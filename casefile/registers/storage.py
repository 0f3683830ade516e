"""Reading and writing the rows of a register.

Every change reads its segment again inside the write, checks the version token, and writes the
whole segment under a new one: two writers never lose each other's row. Rows are never put in
here, only changed; `lanes` finds room for new ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Result, Row, bindparam, select, update
from sqlalchemy.orm import Session

from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.registers.models import Segment
from casefile.sealing.segments import open_columns, open_segment, open_whole, seal_segment

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
    select(SEGMENTS.c.id, SEGMENTS.c.part, SEGMENTS.c.body, SEGMENTS.c.token)
    .where(
        SEGMENTS.c.id.in_(bindparam("segments", expanding=True)),
        SEGMENTS.c.part.in_(bindparam("parts", expanding=True)),
    )
    .order_by(SEGMENTS.c.part, SEGMENTS.c.id)
    .with_for_update()
    .execution_options(**{BYTES: True})
)
HOLD_FREE = HOLD.with_for_update(skip_locked=True)
PUT_BACK = (
    update(SEGMENTS)
    .where(
        SEGMENTS.c.id == bindparam("segment"),
        SEGMENTS.c.part == bindparam("of_part"),
        SEGMENTS.c.token == bindparam("before"),
    )
    .values(body=bindparam("body"), token=bindparam("token"))
)

Rows = NDArray[Any]
Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Register:
    """A register: its name, and its parts in the order they are locked, each with its row type.

    The first part has a field `used`: 1 where a row stands, 0 where a slot is free. A new row is
    zero in every part it does not begin in.
    """

    name: str
    parts: Mapping[str, np.dtype[Any]]
    begins_in: tuple[str, ...]

    @property
    def first(self) -> str:
        """The part that says which slots are used."""
        return next(iter(self.parts))


@dataclass(frozen=True)
class Place:
    """Where a row stands: its segment and its slot there. It never changes."""

    segment: bytes
    slot: int


def change(
    session: Session,
    deployment: Deployment,
    register: Register,
    place: Place,
    part: str,
    edit: Callable[[Any], None],
) -> None:
    """Let `edit` change the row at `place` (a structured row, written through) in one part."""
    found = hold(session, [place.segment], [part])[place.segment, part]
    held = opened(deployment, register, found)
    edit(held.rows[place.slot])
    put_back(session, deployment, {register: [held]})


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


def read_whole(session: Session, deployment: Deployment, register: Register, part: str) -> Columns:
    """Every slot of one part at once, read-only: columns of shape (segments, 1,024)."""
    rows = session.connection().execute(READ_PART, {"part": part})
    found = ((row.id, row.body, row.token) for row in rows)
    dtype = register.parts[part]
    return open_whole(deployment.keyring, found, dtype, register=register.name, part=part)


@dataclass
class Held:
    """A segment's part held for change: its rows, and the token they were read under."""

    segment: bytes
    part: str
    token: bytes
    rows: Rows = field(repr=False)


def hold(
    session: Session, segments: Sequence[bytes], parts: Sequence[str], *, free: bool = False
) -> dict[tuple[bytes, str], Row[Any]]:
    """Read parts of segments for change, still sealed, locked where the engine locks rows.

    `free` leaves out what somebody else holds instead of waiting for it.
    """
    wanted = {"segments": list(segments), "parts": list(parts)}
    found: Result[Any] = session.connection().execute(HOLD_FREE if free else HOLD, wanted)
    return {(row.id, row.part): row for row in found}


def opened(deployment: Deployment, register: Register, row: Row[Any]) -> Held:
    """Open one held part; SealBroken if it is not the newest of its place."""
    rows = _opened(deployment, register, row.part, row.id, row.body, row.token)
    return Held(row.id, row.part, row.token, rows)


def put_back(
    session: Session, deployment: Deployment, held: Mapping[Register, Iterable[Held]]
) -> None:
    """Write held parts back, each under a new token; StaleRow if one is not as it was read."""
    turned = []
    for register, each in held.items():
        for one in each:
            token = deployment.random(16)
            body = sealed_rows(deployment, register, one.part, one.segment, token, one.rows)
            here = {"segment": one.segment, "of_part": one.part, "before": one.token}
            turned.append(here | {"body": body, "token": token})
    if session.connection().execute(PUT_BACK, turned).rowcount != len(turned):
        raise StaleRow("segment")


def sealed_rows(
    deployment: Deployment, register: Register, part: str, segment: bytes, token: bytes, rows: Rows
) -> bytes:
    """The rows of one part as they are stored."""
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
