"""Which cases stand on which list, in which order, and what may be asked of the list.

Pure decisions over rows the viewer may see: no table, no key, no page. What a list counts is what
it shows. (Order and lists: design of the pages, first screens.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casefile.cases.queue_rows import FOR_NOBODY, FOR_REPORTER
from casefile.cases.rules import is_late

SOON = 48 * 60
"""Minutes: what is due within them is on the list of things to do now."""
NEVER = np.uint32(0xFFFFFFFF)
"""Stands for the day of a case without a running clock: it is never late and stands last."""

Rows = NDArray[Any]
Mask = NDArray[np.bool_]


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
    """Numbers of the code lists a row must have; None is any, 0 what is not known."""

    area: int | None = None
    category: int | None = None
    state: int | None = None
    language: int | None = None
    channel: int | None = None

    @property
    def chosen(self) -> dict[str, int]:
        """The filters that are set, by column."""
        asked = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: number for name, number in asked.items() if number is not None}

    def keep(self, rows: Rows) -> Mask:
        """Which rows pass."""
        kept = np.ones(len(rows), bool)
        for name, number in self.chosen.items():
            kept &= rows[name] == number
        return kept


FILTERED = tuple(each.name for each in fields(Filters))


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
