"""Who is away in the coming days, and when a desk counts as empty because of it.

Pure: from a directory as it was read. It names people and days, and knows no case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from casefile.network.entries import Away, Desk, Directory

AHEAD_DAYS = 7
"""How far ahead gaps are shown, today not counted."""


@dataclass(frozen=True)
class Gap:
    """A span of days, first and last included: one person away, or nobody there (None)."""

    person: bytes | None
    first: date
    last: date


@dataclass(frozen=True)
class DeskAhead:
    """A desk and the coming days: when nobody is there, and who is away when."""

    desk: Desk
    empty: tuple[Gap, ...]
    away: tuple[Gap, ...]


def ahead(directory: Directory, desk: Desk) -> DeskAhead:
    """What the coming days bring to a desk; a desk nobody sits on yet has no gaps."""
    days = [directory.day + timedelta(days=count) for count in range(AHEAD_DAYS + 1)]
    empty = [day for day in days if desk.live and not directory.attended(desk, day)]
    away = [
        Gap(person, first, last)
        for person in desk.members
        for first, last in coming(_away_of(directory, person), directory.day)
        if first <= days[-1]
    ]
    spans = tuple(Gap(None, first, last) for first, last in _joined(empty))
    return DeskAhead(desk, spans, tuple(away))


def coming(away: Away, day: date) -> Away:
    """The days off that are not over yet, in order."""
    return tuple(sorted(span for span in away if span[1] >= day))


def _away_of(directory: Directory, person: bytes) -> Away:
    post = directory.posts.get(person)
    return post.away if post else ()


def _joined(days: list[date]) -> Iterator[tuple[date, date]]:
    """Days in order as spans of days that follow one another."""
    first = last = None
    for day in days:
        if last is not None and first is not None and day - last > timedelta(days=1):
            yield first, last
            first = None
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last
