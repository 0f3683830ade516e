"""What becomes of an invented report, and when: over eight quarters, up to this hour.

Pure: a number and the present in, dated deeds out, always the same for the same number. It must
never look at a clock nor do anything itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

QUARTERS = 8
MONTHS = 3
GOLDEN = 0.6180339887498949
"""Steps of this length, taken modulo one, never leave a gap and never come twice."""
LATELY = 0.14
"""The share of the reports that came in the last days: what a list of work is made of."""
LATELY_DAYS = 6
RISING = 0.7
"""Below one, reports grow from quarter to quarter, as trust in a channel does."""
ANSWERED_AFTER = timedelta(hours=9)
"""How long a question about a name lies before it is answered."""
LETTER_DAYS = 27
"""A careful desk writes before the thirty days of the procedures are over."""


class Deed(StrEnum):
    """What somebody does."""

    REPORT = "report"
    QUESTION = "question"
    """Whoever is asked whether a name in the report is somebody's answers."""
    CONFIRM = "confirm"
    LETTER = "letter"
    MESSAGE = "message"
    NOTE = "note"
    SORT = "sort"
    SECOND = "second"
    """Another person confirms what was decided."""
    ONWARD = "onward"
    """It goes to whom it concerns, or to the office that can help."""
    TAKEN = "taken"
    """Whoever received a complaint confirms it."""


@dataclass(frozen=True)
class Dated:
    """One deed: when, about which report (its number in the order of telling), which letter."""

    when: datetime
    report: int
    deed: Deed
    letter: str = ""


def first_day(now: datetime) -> datetime:
    """The beginning of the first of the last eight quarters, in the zone of `now`."""
    quarter = now.year * 4 + (now.month - 1) // MONTHS - (QUARTERS - 1)
    month = quarter % 4 * MONTHS + 1
    return now.replace(
        year=quarter // 4, month=month, day=1, hour=0, minute=0, second=0, microsecond=0
    )


def arrival(number: int, now: datetime) -> datetime:
    """When the report with this number came: in the last days, or by day in the quarters before."""
    draw = Random(f"arrival {number}")  # noqa: S311
    share = (number * GOLDEN) % 1
    if share < LATELY:
        hours = (share / LATELY) ** 2 * (LATELY_DAYS * 24 - 1)
        return now - timedelta(hours=1 + hours)
    lately, begun = now - timedelta(days=LATELY_DAYS), first_day(now)
    risen = ((share - LATELY) / (1 - LATELY)) ** RISING
    day = begun + timedelta(seconds=(lately - begun).total_seconds() * risen)
    return min(day.replace(hour=draw.randint(6, 20), minute=draw.randrange(60)), lately)


def course(number: int, *, urgent: bool, now: datetime) -> list[Dated]:
    """Everything that happened to the report with this number until now, in order."""
    came, draw = arrival(number, now), Random(f"course {number}")  # noqa: S311
    deeds = [Dated(came, number, Deed.REPORT), *_after(number, came, draw, urgent, now)]
    return sorted((each for each in deeds if each.when < now), key=lambda each: each.when)


def _after(
    number: int, came: datetime, draw: Random, urgent: bool, now: datetime
) -> Iterator[Dated]:
    yield Dated(came + ANSWERED_AFTER, number, Deed.QUESTION)
    read = _read(came, draw, now)
    if read is None or read >= now:
        return
    yield Dated(read, number, Deed.CONFIRM)
    if draw.random() < (0.5 if urgent else 0.1):
        yield Dated(read + timedelta(minutes=25), number, Deed.NOTE)
    yield from _handled(number, read)
    offered = read + timedelta(hours=draw.uniform(0.1, 3.0))
    if now - came < timedelta(days=2) and draw.random() < 0.4:
        return
    yield Dated(offered, number, Deed.LETTER, "help")
    last = offered
    if draw.random() < 0.22:
        wrote = offered + timedelta(days=draw.uniform(0.5, 20))
        yield Dated(wrote, number, Deed.MESSAGE)
        last = wrote + timedelta(hours=draw.uniform(4, 60))
        yield Dated(last, number, Deed.LETTER, "safe" if urgent else "add")
    if now - last > timedelta(days=LETTER_DAYS):
        yield Dated(_latest(last, draw, now), number, Deed.LETTER, "add")
    if now - came > timedelta(days=LATELY_DAYS) and draw.random() < 0.06:
        yield Dated(now - timedelta(hours=draw.uniform(1, 80)), number, Deed.MESSAGE)


def _handled(number: int, read: datetime) -> Iterator[Dated]:
    """Sorted within the day, confirmed by a second person, sent on; one in fifteen a day late."""
    draw = Random(f"handled {number}")  # noqa: S311
    late = timedelta(days=1) if draw.random() < 0.07 else timedelta(0)
    decided = read + timedelta(hours=draw.uniform(0.5, 20)) + late
    second = decided + timedelta(hours=draw.uniform(1, 30)) + late
    onward = second + timedelta(hours=draw.uniform(0.2, 20))
    yield Dated(decided, number, Deed.SORT)
    yield Dated(second, number, Deed.SECOND)
    yield Dated(onward, number, Deed.ONWARD)
    yield Dated(onward + timedelta(hours=draw.uniform(2, 60)), number, Deed.TAKEN)


def _read(came: datetime, draw: Random, now: datetime) -> datetime | None:
    """When somebody confirmed it: mostly within a day, at times late, some of the latest not yet."""
    waited, luck = now - came, draw.random()
    unread = luck < (0.7 if waited < timedelta(days=2) else 0.2)
    if unread and waited < timedelta(days=LATELY_DAYS):
        return None
    (hours,) = draw.choices(
        (draw.uniform(1, 20), draw.uniform(20, 44), draw.uniform(50, 110)), (70, 20, 10)
    )
    return came + timedelta(hours=hours)


def _latest(last: datetime, draw: Random, now: datetime) -> datetime:
    """The latest letter of a case that is old: a few days or weeks ago; one in twenty is overdue."""
    ago = draw.uniform(31, 36) if draw.random() < 0.05 else draw.uniform(0.3, LETTER_DAYS)
    return max(now - timedelta(days=ago), last + timedelta(hours=1))
