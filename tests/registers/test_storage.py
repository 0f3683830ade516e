"""Registers keep every row whoever writes at the same time, and notice an older segment."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select, update

from casefile.cases.queue_rows import QUEUE, ROW
from casefile.registers.lanes import LANES, insert
from casefile.registers.models import Segment
from casefile.registers.storage import Place, change, read_row, scan
from casefile.sealing.errors import SealBroken
from casefile.sealing.segments import ROWS, seal_segment
from tests.world import World


def _insert(world: World, number: int) -> Place:
    row = np.zeros(1, ROW)
    row[0]["used"], row[0]["desk_1"], row[0]["case_2"] = 1, 9, number
    with world.session() as session:
        return insert(session, world.deployment, QUEUE, {"queue": row})


def _numbers(world: World) -> list[int]:
    with world.session() as session:
        return sorted(
            int(number)
            for _, columns in scan(session, world.deployment, QUEUE, "queue")
            for number in columns["case_2"][columns["used"] == 1]
        )


def test_every_row_inserted_is_found_again(both_worlds: World) -> None:
    for number in range(40):
        _insert(both_worlds, number)
    assert _numbers(both_worlds) == list(range(40))


def test_a_full_segment_makes_room_for_the_next(world: World) -> None:
    with world.session() as session:
        before = {segment for segment, _ in scan(session, world.deployment, QUEUE, "queue")}
    _fill_all(world)
    place = _insert(world, 5)
    assert place.segment not in before
    with world.session() as session:
        assert read_row(session, world.deployment, QUEUE, place, "queue")["case_2"] == 5


def _fill_all(world: World) -> None:
    full = np.zeros(ROWS, ROW)
    full["used"] = 1
    with world.session() as session:
        for segment in session.scalars(select(Segment.id).where(Segment.part == "queue")).all():
            token = world.deployment.random(16)
            body = seal_segment(
                world.deployment.keyring,
                full,
                register="queue",
                part="queue",
                segment=segment,
                token=token,
            )
            here = (Segment.id == segment) & (Segment.part == "queue")
            session.execute(update(Segment).where(here).values(body=body, token=token))


def test_a_row_changes_in_place_and_its_neighbours_stay(world: World) -> None:
    places = [_insert(world, number) for number in range(5)]
    with world.session() as session:

        def edit(row: object) -> None:
            row["due"] = 77  # type: ignore[index]

        change(session, world.deployment, QUEUE, places[2], "queue", edit)
    with world.session() as session:
        dues = [
            int(read_row(session, world.deployment, QUEUE, one, "queue")["due"]) for one in places
        ]
    assert dues == [0, 0, 77, 0, 0]


def test_an_older_segment_put_back_does_not_open(world: World) -> None:
    place = _insert(world, 1)
    here = (Segment.id == place.segment) & (Segment.part == "queue")
    with world.session() as session:
        older = session.scalars(select(Segment.body).where(here)).one()
        change(session, world.deployment, QUEUE, place, "queue", lambda row: None)
    with world.session() as session:
        session.execute(update(Segment).where(here).values(body=older))
    with world.session() as session, pytest.raises(SealBroken):
        read_row(session, world.deployment, QUEUE, place, "queue")


def test_a_lane_remembered_wrongly_is_asked_for_again(both_worlds: World) -> None:
    """As after a write that opened a new segment and was then taken back."""
    memory = both_worlds.deployment.memory
    for lane in range(LANES):
        tag = both_worlds.deployment.keyring.tag("lane", "queue", str(lane))
        memory.forget("lane", tag, b"")
        memory.recall("lane", tag, b"", lambda: bytes(16))
    places = [_insert(both_worlds, number) for number in range(20)]
    assert _numbers(both_worlds) == list(range(20))
    assert bytes(16) not in {place.segment for place in places}
