"""The working week of a duty station: which minutes count for a clock that rests at night.

Pure: whole minutes since 1970 in, whole minutes out. A day is the station's own day, so that the
change to summer time is counted as people live it. It must never read a clock or a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)

Hours = tuple[int, int] | None
"""When work begins and ends on a weekday, in minutes of that day; None is a day off."""


@dataclass(frozen=True)
class Station:
    """A duty station: its time zone (IANA), its week from Monday on, its holidays."""

    zone: str
    week: tuple[Hours, ...]
    holidays: tuple[date, ...] = ()

    def hours_on(self, day: date) -> Hours:
        """When work begins and ends that day; None on a day off."""
        return None if day in self.holidays else self.week[day.weekday()]


def worked(station: Station, since: int, until: int) -> int:
    """How many of the minutes from `since` to `until` are working time."""
    counted = 0
    for begin, end in _periods(station, since):
        if begin >= until:
            break
        counted += max(0, min(end, until) - max(begin, since))
    return counted


def after_minutes(station: Station, since: int, length: int) -> int:
    """The moment at which `length` working minutes, one or more, have passed since `since`."""
    left = length
    for begin, end in _periods(station, since):
        here = end - max(begin, since)
        if here >= left:
            return max(begin, since) + left
        left -= max(0, here)
    raise AssertionError("unreachable")


def after_days(station: Station, since: int, days: int) -> int:
    """The same time of work `days` working days later, or that day's end if it is shorter.

    What begins outside working time begins with the next working day, and ends with the last.
    """
    periods = (one for one in _periods(station, since) if one[1] > since)
    first = last = next(periods)
    into = max(0, since - first[0])
    for _ in range(days if into else days - 1):
        last = next(periods)
    return min(last[0] + into, last[1]) if into else last[1]


def _periods(station: Station, since: int) -> Iterator[tuple[int, int]]:
    """Every working day from the one before `since` on: when it begins and when it ends."""
    day = (EPOCH + timedelta(minutes=since)).astimezone(ZoneInfo(station.zone)).date() - ONE_DAY
    while True:
        found = _period(station, day)
        if found is not None:
            yield found
        day += ONE_DAY


@lru_cache(maxsize=4096)
def _period(station: Station, day: date) -> tuple[int, int] | None:
    """One day's working time; None where it has none, or where the clock skipped it."""
    hours = station.hours_on(day)
    if hours is None:
        return None
    begin, end = (_moment(station.zone, day, minute) for minute in hours)
    return (begin, end) if begin < end else None


def _moment(zone: str, day: date, minute: int) -> int:
    """A time of the wall clock; of an hour that comes twice, the first."""
    later, within = divmod(minute, DAY_MINUTES)
    wall = datetime.combine(day + later * ONE_DAY, time(*divmod(within, 60)), ZoneInfo(zone))
    return int((wall - EPOCH) // timedelta(minutes=1))
