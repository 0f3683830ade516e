"""A deadline of a case: how it begins, rests, goes on, is met, and who has been told of it.

Pure decisions over whole minutes since 1970. A deadline keeps the row of the procedures it began
with: what is changed there later changes nothing that runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from casefile.cases.rules import is_late
from casefile.codes.sops import Limit, Rung, Unit
from casefile.codes.working_time import Hours, Station, after_minutes, worked

HOUR = 60


@dataclass(frozen=True)
class Course:
    """The row as it was when the deadline began; `station` is None where it runs day and night."""

    step: str = ""
    ladder: tuple[Rung, ...] = ()
    pause: tuple[str, ...] = ()
    station: Station | None = None

    def plain(self) -> list[Any]:
        """As JSON can hold it: lists and numbers, short."""
        ladder = [(rung.who, rung.after) for rung in self.ladder]
        return [self.step, ladder, self.pause, _plain_station(self.station)]


@dataclass(frozen=True)
class Deadline:
    """One deadline. Minutes since 1970; `met` 0 while nobody has met it.

    `paused` is since when it rests, 0 while it runs; `waited` how many minutes it rested before;
    `told` how many rungs of its ladder have been told that it is late.
    """

    kind: str
    started: int
    due: int
    met: int = 0
    paused: int = 0
    waited: int = 0
    told: int = 0
    course: Course = Course()

    @property
    def runs(self) -> bool:
        """Whether its time passes: neither met nor resting."""
        return not self.met and not self.paused

    def rested(self, state: str, now: int) -> Deadline:
        """The deadline resting from now on, if that state pauses it; what is late never rests."""
        if not self.runs or state not in self.course.pause or is_late(self.due, now):
            return self
        return replace(self, paused=now)

    def resumed(self, now: int) -> Deadline:
        """The deadline going on: due later by exactly the working time for which it rested."""
        if not self.paused:
            return self
        rest = max(0, now - self.paused)
        return replace(self, due=self._later(now), paused=0, waited=self.waited + rest)

    def _later(self, now: int) -> int:
        """When it is due if it goes on now."""
        if self.course.station is None:
            return self.due + max(0, now - self.paused)
        rest = worked(self.course.station, self.paused, now)
        return after_minutes(self.course.station, self.due, rest) if rest else self.due

    def done(self, now: int) -> Deadline:
        """The deadline met now; of its row only the step is still asked for."""
        return replace(self.resumed(now), met=now, course=Course(self.course.step))

    def next_told(self) -> tuple[str, int] | None:
        """Who is told next that it is late, and in which minute; None if nobody is left."""
        if not self.runs or self.told >= len(self.course.ladder):
            return None
        rung = self.course.ladder[self.told]
        return rung.who, self.due + 1 + rung.after * HOUR

    def climbed(self, now: int, most: int) -> tuple[Deadline, tuple[str, ...]]:
        """The deadline with everybody told whose time has come, of the first `most` rungs."""
        reached: list[str] = []
        climbed = self
        while climbed.told < most and (rung := climbed.next_told()) and rung[1] <= now:
            reached.append(rung[0])
            climbed = replace(climbed, told=climbed.told + 1)
        return climbed, tuple(reached)

    def heard(self) -> tuple[str, ...]:
        """Who has been told that it is late, while it is."""
        return tuple(rung.who for rung in self.course.ladder[: self.told]) if self.runs else ()

    def plain(self) -> list[Any]:
        """As JSON can hold it; the inverse is `deadline_of`."""
        told = [self.paused, self.waited, self.told]
        return [self.kind, self.started, self.due, self.met, *told, self.course.plain()]


def begun(limit: Limit, now: int) -> Deadline:
    """The deadline of a row of the procedures, running from now."""
    station = None if limit.unit is Unit.HOURS else _from(limit.station, now)
    course = Course(limit.step, limit.ladder, limit.pause, station)
    return Deadline(limit.kind, now, limit.due_after(now), course=course)


def deadline_of(plain: Sequence[Any]) -> Deadline:
    """The inverse of `plain`."""
    kind, started, due, met, paused, waited, told, (step, ladder, pause, station) = plain
    rungs = tuple(Rung(who, after) for who, after in ladder)
    course = Course(step, rungs, tuple(pause), _station_of(station))
    return Deadline(kind, started, due, met, paused, waited, told, course)


def _from(station: Station, now: int) -> Station:
    """The station without the holidays that are over: the label keeps what can still count."""
    today = date.fromordinal(date(1970, 1, 1).toordinal() + now // (24 * HOUR) - 1)
    return replace(station, holidays=tuple(day for day in station.holidays if day >= today))


def _plain_station(station: Station | None) -> list[Any] | None:
    if station is None:
        return None
    return [station.zone, station.week, [day.toordinal() for day in station.holidays]]


def _station_of(plain: Sequence[Any] | None) -> Station | None:
    if plain is None:
        return None
    zone, week, holidays = plain
    hours: tuple[Hours, ...] = tuple((one[0], one[1]) if one else None for one in week)
    return Station(zone, hours, tuple(map(date.fromordinal, holidays)))
