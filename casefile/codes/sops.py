"""The deadlines of a country's procedures, as data: how long each is, who is told, what to do.

A country's file says only what differs from `default.toml`. No length may stand in the code, and
none may be zero.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casefile.codes.problem import ConfigProblem
from casefile.codes.working_time import (
    DAY_MINUTES,
    WEEKDAYS,
    Hours,
    Station,
    after_days,
    after_minutes,
)

DEFAULT = "default"
COUNTRY = re.compile(r"[a-z]{3}")
TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
LONGEST_SENTENCE = 300
REPORTER = "reporter"
"""The one state that pauses a clock: we asked the reporter something, and wait for the answer."""
TABLES = ("station", "ladder")
"""Tables of a file that are no deadlines."""

Plain = Mapping[str, Any]


class SopProblem(ConfigProblem):
    """A profile cannot be used; the text says which and why."""


class Unit(StrEnum):
    """What a length is counted in. Hours run day and night: those of life and safety."""

    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Rung:
    """Who is told, and how many hours after the deadline has passed."""

    who: str
    after: int


@dataclass(frozen=True)
class Limit:
    """One deadline: what starts it, its length, its step, who is told if late, what to do.

    `pause` are the states in which it rests; `do` a sentence for the catalogues.
    """

    kind: str
    start: str
    amount: int
    unit: Unit
    step: str
    ladder: tuple[Rung, ...]
    do: str
    station: Station
    pause: tuple[str, ...] = ()

    def due_after(self, begun: int) -> int:
        """When it is due if it begins then, both in minutes since 1970."""
        if self.unit is Unit.HOURS:
            return begun + self.amount * 60
        if self.unit is Unit.WORKING_HOURS:
            return after_minutes(self.station, begun, self.amount * 60)
        return after_days(self.station, begun, self.amount)


@cache
def read_profile(config: Path, name: str = DEFAULT, zone: str = "UTC") -> Mapping[str, Limit]:
    """Read config/sops/<name>.toml over default.toml: kind → Limit; SopProblem if it cannot be.

    `zone` is the time zone of a station that names none.
    """
    plain = _read(config, DEFAULT)
    if name != DEFAULT:
        plain = _over(plain, _read(config, name))
    file = f"{name}.toml"
    try:
        station = _station(plain.get("station", {}), zone)
        after = [
            _hours(each, "[ladder] after") for each in plain.get("ladder", {}).get("after", [0])
        ]
        return {
            kind: _limit(kind, row, station, after)
            for kind, row in plain.items()
            if kind not in TABLES
        }
    except (KeyError, TypeError, ValueError, AttributeError) as damaged:
        raise SopProblem(f"{file}: {damaged}") from damaged


@cache
def profile_names(config: Path) -> frozenset[str]:
    """The profiles there are: the default one, and countries by their code of three letters."""
    names = frozenset({DEFAULT, *(file.stem for file in (config / "sops").glob("*.toml"))})
    for name in names - {DEFAULT}:
        if not COUNTRY.fullmatch(name):
            raise SopProblem(
                f"{name}.toml: a profile is called by the three letters of its country, in small "
                f"letters, or {DEFAULT}."
            )
    return names


def profile_of(config: Path, country: str, zone: str = "UTC") -> Mapping[str, Limit]:
    """The profile of a country, by its `iso` code of three letters; the default if it has none."""
    name = country.lower()
    return read_profile(config, name if name in profile_names(config) else DEFAULT, zone)


def sentences(config: Path) -> Iterator[tuple[Path, str]]:
    """Every sentence a person reads of any profile, with its file, for the catalogues."""
    for name in sorted(profile_names(config)):
        file = config / "sops" / f"{name}.toml"
        for kind, row in _read(config, name).items():
            if kind not in TABLES and "do" in row:
                yield file, str(row["do"])


def _read(config: Path, name: str) -> dict[str, Any]:
    file = config / "sops" / f"{name}.toml"
    try:
        plain = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as damaged:
        raise SopProblem(f"{file.name}: {damaged}") from damaged
    for kind, row in plain.items():
        if not isinstance(row, dict):
            raise SopProblem(f"{file.name}: {kind} must be a table")
    return plain


def _over(default: Plain, country: Plain) -> dict[str, Any]:
    """The country's tables over the default's, key by key; a length replaces a length."""
    merged = dict(default)
    for kind, row in country.items():
        before = merged.get(kind, {})
        if set(row) & set(Unit):
            before = {key: given for key, given in before.items() if key not in set(Unit)}
        merged[kind] = {**before, **row}
    return merged


def _limit(kind: str, row: Plain, station: Station, after: list[int]) -> Limit:
    _only(row, {"start", "pause", "step", "told", "do", *Unit}, kind)
    units = [unit for unit in Unit if unit in row]
    if len(units) != 1:
        raise ValueError(f"[{kind}] has one length: hours, working_hours or working_days")
    amount = _hours(row[units[0]], f"[{kind}] {units[0]}", least=1)
    told = row["told"]
    if not isinstance(told, list) or not 0 < len(told) <= len(after):
        raise ValueError(f"[{kind}] told must be a list of one to {len(after)}")
    return Limit(
        kind,
        str(row["start"]),
        amount,
        units[0],
        str(row["step"]),
        tuple(Rung(str(who), hours) for who, hours in zip(told, after, strict=False)),
        _sentence(row["do"], kind),
        station,
        _pauses(row.get("pause", []), kind),
    )


def _pauses(given: object, kind: str) -> tuple[str, ...]:
    if given not in ([], [REPORTER]):
        raise ValueError(f"[{kind}] pause may only name {REPORTER!r}")
    return (REPORTER,) if given else ()


def _station(row: Plain, zone: str) -> Station:
    _only(row, {"zone", "week", "holidays"}, "station")
    named = str(row.get("zone") or zone)
    try:
        ZoneInfo(named)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"[station] no zone is called {named!r}") from unknown
    week = row["week"] if "week" in row else dict.fromkeys(WEEKDAYS[:5], "08:00-17:00")
    _only(week, set(WEEKDAYS), "station.week")
    hours = tuple(_worked(week[day], day) if day in week else None for day in WEEKDAYS)
    if not any(hours):
        raise ValueError("[station.week] nobody works on any day")
    return Station(named, hours, _holidays(row.get("holidays", [])))


def _worked(given: object, day: str) -> Hours:
    found = TIME.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise ValueError(f"[station.week] {day} is {given!r}, but must be like 08:00-17:00")
    first, last = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not first < last <= DAY_MINUTES:
        raise ValueError(f"[station.week] {day}: work begins before it ends, on the same day")
    return first, last


def _holidays(given: object) -> tuple[date, ...]:
    if not isinstance(given, list) or any(type(day) is not date for day in given):
        raise ValueError("[station] holidays are days, as 2026-12-25")
    return tuple(sorted(set(given)))


def _hours(given: object, where: str, least: int = 0) -> int:
    if type(given) is not int or given < least:
        raise ValueError(f"{where} must be a whole number, {least} or above")
    return given


def _sentence(given: object, kind: str) -> str:
    if not isinstance(given, str) or not given or given != given.strip():
        raise ValueError(f"[{kind}] do must say what to do")
    if "%" in given or "<" in given or "\n" in given or len(given) > LONGEST_SENTENCE:
        raise ValueError(f"[{kind}] do must be plain words on one line, without % or <")
    return given


def _only(row: Plain, known: set[str], where: str) -> None:
    unknown = sorted(set(row) - known)
    if unknown:
        raise ValueError(f"[{where}] {unknown[0]} is not known here")
