"""Room for new rows: sixteen lanes a register, each with one open segment, taken at random.

Which segment a lane has open is remembered, for a lane only ever goes on to a new one: what is
remembered is right, full, or somebody else's for the moment. It must never give one slot twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from casefile.platform.deployment import Deployment
from casefile.registers.models import Lane, Segment
from casefile.registers.storage import (
    Held,
    Place,
    Register,
    Rows,
    hold,
    opened,
    put_back,
    sealed_rows,
)
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.segments import ROWS, free_slots

LANES = 16
LANE_ROWS = Lane.metadata.tables["lane"]
READ = select(LANE_ROWS).where(LANE_ROWS.c.tag == bindparam("lane"))
TAKE = READ.with_for_update()

Found = Mapping[tuple[bytes, str], Row[Any]]


class SegmentFull(Exception):
    """The lane's open segment has no free slot left."""


@dataclass(frozen=True)
class Room:
    """A free slot of one register, held until the write ends."""

    register: Register
    place: Place
    held: tuple[Held, ...] = field(repr=False)

    def fill(self, row: Mapping[str, Rows]) -> None:
        """Put a row (part it begins in → one-element array) into the slot."""
        for one in self.held:
            one.rows[self.place.slot] = row[one.part][0]


def lay_out(session: Session, deployment: Deployment, register: Register) -> None:
    """Make the sixteen open segments of a new register."""
    for lane in range(LANES):
        segment = _new_segment(session, deployment, register)
        tag, token = _tag(deployment, register, lane), deployment.random(16)
        body = deployment.keyring.seal(segment, _where(tag, token), deployment.random)
        session.add(Lane(tag=tag, body=body, token=token))
    session.flush()


def hold_lanes(session: Session, deployment: Deployment, register: Register) -> list[bytes]:
    """Hold all sixteen lanes until the write ends; returns their open segments.

    A lane that is gone or does not open is laid out anew; its segment has still to be written.
    """
    return [_hold_lane(session, deployment, register, lane) for lane in range(LANES)]


def insert(
    session: Session, deployment: Deployment, register: Register, row: Mapping[str, Rows]
) -> Place:
    """Put one new row into a random free slot of a random lane."""
    (room,) = make_room(session, deployment, register)
    room.fill(row)
    keep_rooms(session, deployment, room)
    return room.place


def make_room(session: Session, deployment: Deployment, *registers: Register) -> tuple[Room, ...]:
    """A free slot in each register, held in one statement where nobody stands in the way."""
    lanes = [_below(deployment, LANES) for _ in registers]
    segments = [
        _open_segment(session, deployment, register, lane)
        for register, lane in zip(registers, lanes, strict=True)
    ]
    parts = [part for register in registers for part in register.begins_in]
    found = hold(session, segments, parts, free=True)
    return tuple(
        _room(session, deployment, register, lane, segment, found)
        for register, lane, segment in zip(registers, lanes, segments, strict=True)
    )


def keep_rooms(session: Session, deployment: Deployment, *rooms: Room) -> None:
    """Write filled rooms back in one statement."""
    put_back(session, deployment, {room.register: room.held for room in rooms})


def _room(
    session: Session,
    deployment: Deployment,
    register: Register,
    first: int,
    segment: bytes,
    found: Found,
) -> Room:
    """The room in what was found, in another lane, or, when all are held, after waiting for one."""
    for step in range(LANES):
        lane = (first + step) % LANES
        if step:
            segment = _open_segment(session, deployment, register, lane)
            found = hold(session, [segment], register.begins_in, free=True)
        try:
            room = _slot(deployment, register, segment, found)
        except SegmentFull:
            return _next_room(session, deployment, register, lane)
        if room is not None:
            return room
        _forget(deployment, register, lane)
    return _next_room(session, deployment, register, first)


def _slot(deployment: Deployment, register: Register, segment: bytes, found: Found) -> Room | None:
    """A random free slot; None where a part is held by somebody else, SegmentFull if none."""
    if any((segment, part) not in found for part in register.begins_in):
        return None
    held = tuple(opened(deployment, register, found[segment, part]) for part in register.begins_in)
    free = free_slots(held[0].rows)
    if not len(free):
        raise SegmentFull
    return Room(register, Place(segment, int(free[_below(deployment, len(free))])), held)


def _next_room(session: Session, deployment: Deployment, register: Register, lane: int) -> Room:
    """Wait for the lane itself and look again; a full segment is followed by a new one."""
    _forget(deployment, register, lane)
    tag, parts = _tag(deployment, register, lane), register.begins_in
    segment = _read(deployment, session.connection().execute(TAKE, {"lane": tag}).one())
    try:
        room = _slot(deployment, register, segment, hold(session, [segment], parts))
    except SegmentFull:
        segment = _follow(session, deployment, register, tag)
        room = _slot(deployment, register, segment, hold(session, [segment], parts))
    assert room is not None  # whoever waits holds every part
    return room


def _open_segment(session: Session, deployment: Deployment, register: Register, lane: int) -> bytes:
    tag = _tag(deployment, register, lane)
    return deployment.memory.recall(
        "lane",
        tag,
        b"",
        lambda: _read(deployment, session.connection().execute(READ, {"lane": tag}).one()),
    )


def _hold_lane(session: Session, deployment: Deployment, register: Register, lane: int) -> bytes:
    tag = _tag(deployment, register, lane)
    row = session.connection().execute(TAKE, {"lane": tag}).first()
    try:
        if row is not None:
            return _read(deployment, row)
    except SealBroken:
        session.execute(delete(LANE_ROWS).where(LANE_ROWS.c.tag == tag))
    segment, token = deployment.random(16), deployment.random(16)
    body = deployment.keyring.seal(segment, _where(tag, token), deployment.random)
    session.add(Lane(tag=tag, body=body, token=token))
    _forget(deployment, register, lane)
    return segment


def _forget(deployment: Deployment, register: Register, lane: int) -> None:
    deployment.memory.forget("lane", _tag(deployment, register, lane), b"")


def _read(deployment: Deployment, lane: Row[Any]) -> bytes:
    return deployment.keyring.open(lane.body, _where(lane.tag, lane.token))


def _follow(session: Session, deployment: Deployment, register: Register, tag: bytes) -> bytes:
    """Open the lane's next segment."""
    segment, token = _new_segment(session, deployment, register), deployment.random(16)
    body = deployment.keyring.seal(segment, _where(tag, token), deployment.random)
    turn = update(LANE_ROWS).where(LANE_ROWS.c.tag == tag).values(body=body, token=token)
    session.execute(turn)
    return segment


def _new_segment(session: Session, deployment: Deployment, register: Register) -> bytes:
    segment = deployment.random(16)
    for part, dtype in register.parts.items():
        token = deployment.random(16)
        body = sealed_rows(deployment, register, part, segment, token, np.zeros(ROWS, dtype))
        session.add(Segment(id=segment, part=part, body=body, token=token))
    session.flush()
    return segment


def _below(deployment: Deployment, bound: int) -> int:
    """A random number under `bound`; the bias of 64 bits is nothing at 1,024."""
    return int.from_bytes(deployment.random(8), "big") % bound


def _tag(deployment: Deployment, register: Register, lane: int) -> bytes:
    return deployment.keyring.tag("lane", register.name, str(lane))


def _where(tag: bytes, token: bytes) -> bytes:
    return context("lane", tag, token)
