"""The facts register: coarse by construction, and a step keeps its first writing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.facts.register import (
    EDGES_HOURS,
    FACTS,
    IN_TIME,
    LATE,
    PEOPLE,
    STEPS,
    FirstFact,
    elapsed_class,
    first_row,
    quarter,
    write_step,
)
from casefile.platform.database import write
from casefile.registers.lanes import insert
from casefile.registers.storage import Place, read_row
from tests.world import World

WIDEST_PART = 24
"""Bytes: a part wider than this would slow every count down."""


def first_fact(**changes: object) -> FirstFact:
    known: dict[str, object] = {
        "category": 1,
        "receiving_class": 3,
        "receiving": 300,
        "channel": 1,
        "source": 2,
        "status": 1,
        "area": 2,
        "incident_year": 2026,
        "restricted": False,
        "victims": None,
    }
    return FirstFact(**(known | changes))  # type: ignore[arg-type]


def written(world: World, fact: FirstFact) -> Place:
    row = first_row(world.deployment, fact)
    with world.session() as session:
        return write(lambda writing: insert(writing, world.deployment, FACTS, row), session)


def stepped(world: World, place: Place, step: str, hours: float, *, in_time: bool = True) -> None:
    with world.session() as session:
        write(
            lambda writing: write_step(
                writing,
                world.deployment,
                place,
                step,
                elapsed=timedelta(hours=hours),
                in_time=in_time,
            ),
            session,
        )


def part(world: World, place: Place, name: str) -> dict[str, int]:
    with world.session() as session:
        row = read_row(session, world.deployment, FACTS, place, name)
    return {column: int(row[column]) for column in row.dtype.names}


@pytest.mark.parametrize("at", range(len(EDGES_HOURS)))
def test_a_class_begins_exactly_at_its_edge(at: int) -> None:
    edge = timedelta(hours=EDGES_HOURS[at])
    assert elapsed_class(edge - timedelta(microseconds=1)) == at + 1
    assert elapsed_class(edge) == at + 2


@given(
    one=st.timedeltas(timedelta(days=-9), timedelta(days=5000)),
    other=st.timedeltas(timedelta(days=-9), timedelta(days=5000)),
)
def test_a_longer_time_is_never_in_an_earlier_class(one: timedelta, other: timedelta) -> None:
    shorter, longer = sorted((one, other))
    assert 1 <= elapsed_class(shorter) <= elapsed_class(longer) <= len(EDGES_HOURS) + 1


def test_the_classes_are_those_of_the_design() -> None:
    days = [edge / 24 for edge in EDGES_HOURS if edge > 168]
    assert days == [14, 30, 90, 180, 365]
    assert EDGES_HOURS[:13] == (1, 2, 4, 6, 9, 12, 18, 24, 36, 48, 72, 120, 168)


@given(hours=st.integers(0, 40 * 366 * 24))
def test_a_quarter_is_three_months_and_the_next_follows(hours: int) -> None:
    when = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    number = quarter(when)
    assert divmod(number, 4) == (when.year, (when.month - 1) // 3)
    assert quarter(when + timedelta(days=31)) - number in (0, 1)


def test_a_quarter_turns_at_midnight() -> None:
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert (quarter(last), quarter(last + timedelta(seconds=1))) == (8107, 8108)


def test_what_is_written_is_read_back(both_worlds: World) -> None:
    fact = first_fact(restricted=True, victims="victims_girls", receiving=40000)
    place = written(both_worlds, fact)
    coded = part(both_worlds, place, "coded")
    for column in ("category", "receiving_class", "channel", "source", "status", "area"):
        assert coded[column] == getattr(fact, column)
    assert (coded["used"], coded["left_out"], coded["receiving"]) == (1, 1, 40000)
    assert coded["received_quarter"] == quarter(both_worlds.clock())
    people = part(both_worlds, place, "people")
    assert people.pop("victims_girls") == 1
    assert set(people.values()) == {0}
    assert set(part(both_worlds, place, "steps").values()) == {0}
    assert set(part(both_worlds, place, "dates").values()) == {0}


@pytest.mark.parametrize(("zone", "year"), [("UTC", 2026), ("Asia/Kabul", 2027)])
def test_quarter_and_year_are_those_of_the_duty_station(world: World, zone: str, year: int) -> None:
    world.clock.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    settings = replace(world.settings, time_zone=ZoneInfo(zone))
    there = replace(world.deployment, settings=settings)
    row, hour = first_row(there, first_fact()), timedelta(hours=1)
    with world.session() as session:
        place = write(lambda writing: insert(writing, there, FACTS, row), session)
        for step in ("acknowledged", "feedback"):
            write_step(session, there, place, step, elapsed=hour, in_time=True)
    first = quarter(datetime(2027, 1, 1, tzinfo=UTC))
    wanted = first if year == 2027 else first - 1
    assert part(world, place, "coded")["received_quarter"] == wanted
    assert part(world, place, "steps")["acknowledged_quarter"] == wanted
    assert part(world, place, "steps")["acknowledged_class"] == elapsed_class(hour)
    assert part(world, place, "dates")["feedback_quarter"] == wanted


def test_every_column_of_people_can_be_counted(world: World) -> None:
    for victims in PEOPLE.names or ():
        people = part(world, written(world, first_fact(victims=victims)), "people")
        assert [column for column, count in people.items() if count] == [victims]


def test_nobody_described_counts_nobody(world: World) -> None:
    assert set(part(world, written(world, first_fact()), "people").values()) == {0}


@pytest.mark.parametrize("restricted", [True, False])
def test_a_fact_says_whether_somebody_is_excluded_from_its_case(
    world: World, restricted: bool
) -> None:
    place = written(world, first_fact(restricted=restricted))
    assert part(world, place, "coded")["left_out"] == int(restricted)


def test_a_step_is_written_as_quarter_class_and_in_time_and_nothing_finer(world: World) -> None:
    world.clock.pass_by(days=60)
    for step, in_time in product(STEPS, (True, False)):
        place = written(world, first_fact())
        stepped(world, place, step, 1441.7, in_time=in_time)
        steps = part(world, place, "steps")
        assert steps.pop(f"{step}_quarter") == quarter(world.clock())
        assert steps.pop(f"{step}_class") == elapsed_class(timedelta(hours=1441.7))
        assert steps.pop(f"{step}_in_time") == (IN_TIME if in_time else LATE)
        assert set(steps.values()) == {0}


def test_feedback_lies_with_the_dates(world: World) -> None:
    place = written(world, first_fact())
    stepped(world, place, "feedback", 3)
    assert part(world, place, "dates")["feedback_class"] == elapsed_class(timedelta(hours=3))


def test_the_first_writing_of_a_step_wins(both_worlds: World) -> None:
    place = written(both_worlds, first_fact())
    stepped(both_worlds, place, "acknowledged", 1)
    before = part(both_worlds, place, "steps")
    both_worlds.clock.pass_by(days=200)
    stepped(both_worlds, place, "acknowledged", 4800, in_time=False)
    assert part(both_worlds, place, "steps") == before
    stepped(both_worlds, place, "offered", 4800, in_time=False)
    assert part(both_worlds, place, "steps")["offered_in_time"] == LATE


def test_a_step_nobody_knows_is_refused_and_leaves_the_fact_as_it_was(world: World) -> None:
    place = written(world, first_fact())
    with pytest.raises(ValueError, match="dismissed"):
        stepped(world, place, "dismissed", 1)
    assert set(part(world, place, "steps").values()) == {0}


def test_facts_never_meet_in_one_row(world: World) -> None:
    places = [written(world, first_fact(area=number)) for number in range(1, 30)]
    assert len({(place.segment, place.slot) for place in places}) == 29
    assert [part(world, place, "coded")["area"] for place in places] == list(range(1, 30))


def test_a_fact_holds_no_column_that_could_be_a_person_or_a_moment() -> None:
    for name, dtype in FACTS.parts.items():
        assert dtype.itemsize <= WIDEST_PART, name
        for column in dtype.names or ():
            assert dtype[column].itemsize <= 2, column
