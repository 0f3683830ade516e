"""The working week of a duty station: nights, days off, holidays and the change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.codes.working_time import (
    DAY_MINUTES,
    Station,
    after_days,
    after_minutes,
    worked,
)
from casefile.platform.now import minutes, moment

NINE = (480, 1020)
WEEK = (*(NINE,) * 5, None, None)
KABUL = Station("Asia/Kabul", ((480, 960), (480, 960), (480, 960), (480, 720), None, None, NINE))
STATIONS = (
    Station("UTC", WEEK, (date(2026, 12, 25), date(2027, 1, 1))),
    KABUL,
    Station("Asia/Beirut", ((0, 1440),) * 7),
    Station("Europe/Paris", (*((60, 230),) * 6, (125, 1440))),
    Station("America/Santiago", (None, *((1200, 1440),) * 6)),
)
FROM, TO = minutes(datetime(2026, 1, 1, tzinfo=UTC)), minutes(datetime(2028, 1, 1, tzinfo=UTC))
stations = st.sampled_from(STATIONS)
moments = st.integers(FROM, TO)
lengths = st.integers(1, 20 * DAY_MINUTES)
many_days = st.integers(1, 90)


def at(zone: str, *when: int) -> int:
    """A time of a station's wall clock."""
    return minutes(datetime(*when, tzinfo=ZoneInfo(zone)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("begun", "days", "due"),
    [
        ((2026, 11, 24, 10), 1, (2026, 11, 25, 10)),
        ((2026, 11, 27, 16), 1, (2026, 11, 30, 16)),
        ((2026, 11, 28, 10), 1, (2026, 11, 30, 17)),
        ((2026, 11, 24, 8), 5, (2026, 11, 30, 17)),
        ((2026, 12, 24, 10), 1, (2026, 12, 28, 10)),
        ((2026, 11, 24, 22), 2, (2026, 11, 26, 17)),
    ],
)
def test_a_working_day_is_the_same_time_of_the_next(
    begun: tuple[int, ...], days: int, due: tuple[int, ...]
) -> None:
    assert after_days(STATIONS[0], at("UTC", *begun), days) == at("UTC", *due)


def test_on_a_shorter_day_it_is_due_when_that_day_ends() -> None:
    due = after_days(KABUL, at("Asia/Kabul", 2026, 11, 25, 15), 1)
    assert due == at("Asia/Kabul", 2026, 11, 26, 12)


def test_working_hours_rest_at_night_and_over_the_weekend() -> None:
    due = after_minutes(STATIONS[0], at("UTC", 2026, 11, 27, 15), 4 * 60)
    assert due == at("UTC", 2026, 11, 30, 10)


@pytest.mark.parametrize(
    ("station", "day", "hours"),
    [
        (Station("Europe/Paris", ((0, 1440),) * 7), (2026, 3, 29), 23),
        (Station("Europe/Paris", ((0, 1440),) * 7), (2026, 10, 25), 25),
        (Station("Europe/Paris", ((480, 1020),) * 7), (2026, 10, 25), 9),
        (Station("Asia/Beirut", ((0, 1440),) * 7), (2026, 3, 29), 23),
    ],
)
def test_a_day_on_which_the_clock_changes_has_the_hours_people_live(
    station: Station, day: tuple[int, int, int], hours: int
) -> None:
    year, month, number = day
    midnight, next_one = at(station.zone, *day), at(station.zone, year, month, number + 1)
    assert worked(station, midnight, next_one) == hours * 60


@settings(max_examples=150)
@given(station=stations, one=moments, other=moments, length=lengths, days=many_days)
def test_who_begins_later_is_not_due_earlier(
    station: Station, one: int, other: int, length: int, days: int
) -> None:
    first, later = sorted((one, other))
    assert after_minutes(station, first, length) <= after_minutes(station, later, length)
    assert after_days(station, first, days) <= after_days(station, later, days)


@settings(max_examples=150)
@given(station=stations, begun=moments, length=lengths, days=many_days)
def test_nothing_is_due_outside_working_time(
    station: Station, begun: int, length: int, days: int
) -> None:
    for due in (after_minutes(station, begun, length), after_days(station, begun, days)):
        assert due > begun
        assert worked(station, due - 1, due) == 1


@settings(max_examples=150)
@given(station=stations, begun=moments, length=lengths)
def test_exactly_the_length_is_worked_until_it_is_due(
    station: Station, begun: int, length: int
) -> None:
    assert worked(station, begun, after_minutes(station, begun, length)) == length


@settings(max_examples=100)
@given(station=stations, cuts=st.lists(moments, min_size=3, max_size=3).map(sorted))
def test_working_time_adds_up(station: Station, cuts: list[int]) -> None:
    first, between, last = cuts
    parts = worked(station, first, between) + worked(station, between, last)
    assert parts == worked(station, first, last)


def test_a_moment_is_read_on_the_stations_own_clock() -> None:
    due = after_days(KABUL, at("UTC", 2026, 11, 24, 5), 1)
    assert moment(due).astimezone(ZoneInfo("Asia/Kabul")).hour == 9
