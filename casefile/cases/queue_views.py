"""Which cases stand on which list, in which order, and what may be asked of the list.

Pure decisions over rows the viewer may see: no table, no key, no page. What a list counts is what
it shows, and a figure about them counts a list under filters. (Order and lists: design of the
pages, first screens.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casefile.cases.queue_rows import DESK_COLUMNS, FOR_NOBODY, FOR_REPORTER
from casefile.cases.rules import is_late

SOON = 48 * 60
"""Minutes: what is due within them is on the list of things to do now."""
NEVER = np.uint32(0xFFFFFFFF)
"""Stands for the day of a case without a running clock: it is never late and stands last."""

DAY = 24 * 60
AGES = (7 * DAY, 30 * DAY, 90 * DAY, 180 * DAY)
"""Minutes: up to the first is class 1, beyond the last class 5."""
LATELY = 30 * DAY

Rows = NDArray[Any]
Mask = NDArray[np.bool_]
Columns = Mapping[str, NDArray[Any]]


class Answered(IntEnum):
    """Whether the reporter was last given what was promised within `LATELY`, and in time."""

    NOT_LATELY = 0
    IN_TIME = 1
    LATE = 2


class View(StrEnum):
    """The lists of work, in the order in which they are offered."""

    TODO = "todo"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ACT_TODAY = "act_today"
    LATE = "late"
    NEW = "new"
    OTHERS = "others"
    REPORTER = "reporter"
    LEAVING = "leaving"
    """Their deletion is announced."""
    JUNK = "junk"
    ALL = "all"
    ENDED = "ended"


class Sort(StrEnum):
    """The orders a list may have."""

    FIRST = "first"
    """What must be done first."""
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Filters:
    """Numbers a row must have; None is any, 0 what is not known.

    Of code lists but for `age` and `answered` (`AGES`, `Answered`), and `desk` and `agency`, which
    are codes of the directory.
    """

    area: int | None = None
    category: int | None = None
    state: int | None = None
    language: int | None = None
    channel: int | None = None
    step: int | None = None
    age: int | None = None
    answered: int | None = None
    desk: int | None = None
    agency: int | None = None

    @property
    def chosen(self) -> dict[str, int]:
        """The filters that are set, by column."""
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: number for name, number in asked.items() if number is not None}

    def keep(self, columns: Columns) -> Mask:
        """Which rows pass, by what they can be filtered by (`columns_of`)."""
        kept = np.ones(len(columns["area"]), bool)
        for name, number in self.chosen.items():
            kept &= columns[name] == number
        return kept


FILTERED = tuple(each.name for each in fields(Filters))
STORED = ("area", "category", "state", "language", "channel")
"""What stands in the rows as it is filtered by."""


@dataclass(frozen=True)
class Viewer:
    """Who looks at the rows: her mark as an owner, and her desks' codes with their agencies'."""

    mark: int
    desks: Mapping[int, int]


def columns_of(rows: Rows, now: int, viewer: Viewer, on_the_day: Mapping[int, int]) -> Columns:
    """What rows can be filtered by, each an array as long as the rows.

    `on_the_day` has the steps that ask for another once their day has passed (`rules.WAITING`). A
    case counts for the one of the viewer's desks through which she opens it.
    """
    step, late = rows["step"], is_late(rows["due"], now)
    for waited, ours in on_the_day.items():
        step = np.where(late & (step == waited), ours, step)
    through, agency = np.zeros(len(rows), "<u2"), np.zeros(len(rows), "<u2")
    for column in reversed(DESK_COLUMNS):
        for code, of_agency in viewer.desks.items():
            here = rows[column] == code
            through[here], agency[here] = code, of_agency
    return {name: rows[name] for name in STORED} | {
        "step": step,
        "age": age_of(rows, now),
        "answered": answered_of(rows, now),
        "desk": through,
        "agency": agency,
    }


def age_of(rows: Rows, now: int) -> NDArray[Any]:
    """How old each case is, as the number of its class in `AGES`, from 1."""
    return np.searchsorted(np.array(AGES), now - rows["received"].astype("i8")) + 1


def answered_of(rows: Rows, now: int) -> NDArray[Any]:
    """Of each case whether the reporter was last answered lately, and in time: an `Answered`."""
    lately = (rows["answered"] != 0) & (rows["answered"] + np.uint32(LATELY) >= now)
    said = np.where(rows["answered_late"] == 1, Answered.LATE, Answered.IN_TIME)
    return np.where(lately, said, Answered.NOT_LATELY)


def due_of(rows: Rows) -> NDArray[np.uint32]:
    """When each is due, in minutes since 1970."""
    return np.where(rows["due"] == 0, NEVER, rows["due"])


def members_of(rows: Rows, now: int, me: int, leaving: int) -> Mapping[View, Mask]:
    """Each list's cases. `now` in minutes since 1970; `me` the mark of the viewer as an owner;
    `leaving` the number of the step before a deletion.

    Waiting for somebody ends with its day. What may be junk is no work until its day: it stands on
    its own list, which is read by the same deadline, and on none that a flood could fill. On the
    lists of whoever answers it stands all the same, for a person put it there, and on *all*, which
    leaves nothing out that is open; there and among what is late it stands last (`order_of`). What
    has ended stands on a list of its own, until something is due in it or the reporter writes.
    """
    due = due_of(rows)
    late = is_late(due, now)
    waits = (rows["waiting"] != 0) & ~late
    reporter = waits & (rows["waiting"] == FOR_REPORTER)
    junk = rows["junk"] == 1
    unread, message = rows["unread"] == 1, rows["message"] == 1
    pressing = (due <= now + SOON) | unread | message
    owned, mine = rows["owner"] != 0, rows["owner"] == me
    ended = waits & (rows["waiting"] == FOR_NOBODY) & ~message
    open_lists = {
        View.TODO: ~waits & pressing & (~junk | late),
        View.MINE: mine,
        View.UNASSIGNED: ~owned & ~junk,
        View.ACT_TODAY: (rows["act_today"] == 1) & ~junk,
        View.LATE: late,
        View.NEW: unread & ~junk,
        View.OTHERS: ~reporter & (waits | owned & ~mine),
        View.REPORTER: reporter,
        View.LEAVING: rows["step"] == leaving,
        View.JUNK: junk,
        View.ALL: np.ones(len(rows), bool),
    }
    return {view: kept & ~ended for view, kept in open_lists.items()} | {View.ENDED: ended}


def order_of(rows: Rows, now: int, sort: Sort) -> NDArray[np.intp]:
    """The order of a list; ties by case. What may be junk stands last in every order.

    First: act today (danger, hurt, recent) and children, then what is late, then the nearest due.
    """
    return np.lexsort((rows["case_1"], *_keys(rows, now, sort), rows["junk"]))


def _keys(rows: Rows, now: int, sort: Sort) -> tuple[NDArray[Any], ...]:
    """What decides the order, the weightiest last."""
    if sort is Sort.NEWEST:
        return (np.negative(rows["received"].astype("i8")),)
    if sort is Sort.OLDEST:
        return (rows["received"],)
    due = due_of(rows)
    return (due, ~is_late(due, now), rows["child"] == 0, rows["act_today"] == 0)
