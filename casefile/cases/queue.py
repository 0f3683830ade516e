"""The queue: what a member's desks have to do, in the order in which it must be done.

It reads the queue register and nothing of a case's content: no name, no text, no kind of act.
Cases in a circle appear only for members their label names, in lists and in every count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from casefile.cases.keys import visible_desk
from casefile.cases.label import read_label
from casefile.cases.queue_rows import (
    DESK_COLUMNS,
    FOR_REPORTER,
    QUEUE,
    address_of,
    case_of,
    reference_of,
)
from casefile.cases.rules import is_late
from casefile.codes.lists import read_list
from casefile.network.directory import Directory, read_directory
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import Columns, scan

LINES = 40
SOON = 48 * 60
"""Minutes: what is due within them is on the list of things to do now."""
VIEWS = ("todo", "reporter", "all", "junk")


class Stamp(StrEnum):
    """How a line is marked; only the first two mean that time runs out."""

    ACT_TODAY = "act_today"
    LATE = "late"
    NEW = "new"
    DUE = "due"
    WAITING = "waiting"


@dataclass(frozen=True)
class QueueLine:
    """One case in the list. `lasting` is how late it is, or how long it has been new."""

    case: str
    reference: str
    stamp: Stamp
    lasting: timedelta | None
    step: str
    due: datetime | None
    late: bool
    area: str
    language: str
    child: bool
    told_next: str


@dataclass(frozen=True)
class QueuePage:
    """One page of one view, with the counts of all views."""

    view: str
    lines: tuple[QueueLine, ...]
    act_today: int
    late: int
    new: int
    todo: int
    waiting_reporter: int
    all_open: int
    page: int
    pages: int
    junk: int = 0
    junk_by: datetime | None = None
    """By when the first of what looks like junk has to be read."""


def queue_page(
    session: Session, deployment: Deployment, member: Member, *, view: str, page: int
) -> QueuePage:
    """A page of a view, 40 lines; an unknown view is `todo`, a page beyond the end the last."""
    directory = read_directory(session, deployment)
    rows = visible_rows(session, deployment, directory, member)
    now = minutes(deployment.now())
    junk, rows = rows[rows["junk"] == 1], rows[rows["junk"] == 0]
    passed = is_late(rows["due"], now)
    waiting = (rows["waiting"] == FOR_REPORTER) & ~passed
    todo = ~waiting & ((rows["due"] <= now + SOON) | (rows["unread"] == 1) | (rows["message"] == 1))
    chosen = {"reporter": waiting, "all": np.ones(len(rows), bool)}.get(view, todo)
    listed = junk if view == "junk" else rows[chosen]
    ordered = listed[_order(listed, now)]
    pages = max(1, -(-len(ordered) // LINES))
    page = min(max(page, 1), pages)
    shown = ordered[(page - 1) * LINES : page * LINES]
    today = rows["act_today"] == 1
    late = ~today & passed
    new = ~today & ~late & (rows["unread"] == 1)
    return QueuePage(
        view=view if view in VIEWS else "todo",
        lines=tuple(_line(deployment, directory, member, row, now) for row in shown),
        act_today=int(np.count_nonzero(todo & today)),
        late=int(np.count_nonzero(todo & late)),
        new=int(np.count_nonzero(todo & new)),
        todo=int(np.count_nonzero(todo)),
        waiting_reporter=int(np.count_nonzero(waiting)),
        all_open=len(rows),
        page=page,
        pages=pages,
        junk=len(junk),
        junk_by=moment(int(junk["due"][junk["due"] > 0].min())) if junk["due"].any() else None,
    )


def visible_rows(
    session: Session, deployment: Deployment, directory: Directory, member: Member
) -> NDArray[Any]:
    """The queue rows of the member's desks; of circles only those whose label names her."""
    codes = np.array([desk.code for desk in directory.desks_of(member.person)], "<u2")
    found = [
        _taken(columns, kept)
        for _, columns in scan(session, deployment, QUEUE, "queue")
        if len(kept := _of_desks(columns, codes))
    ]
    rows = np.concatenate(found) if found else np.zeros(0, QUEUE.parts["queue"])
    in_circle = np.flatnonzero(rows["circle"])
    hidden = [
        at for at in in_circle if not _named(session, deployment, directory, member, rows[at])
    ]
    return np.delete(rows, hidden)


def _of_desks(columns: Columns, codes: NDArray[Any]) -> NDArray[np.intp]:
    """Positions of the rows of these desks; no desk has code 0, so a free slot never matches."""
    mine = np.zeros(len(columns["used"]), bool)
    for code in codes:
        for column in DESK_COLUMNS:
            mine |= columns[column] == code
    return np.flatnonzero(mine)


def _taken(columns: Columns, kept: NDArray[np.intp]) -> NDArray[Any]:
    rows = np.zeros(len(kept), QUEUE.parts["queue"])
    for name, column in columns.items():
        rows[name] = column[kept]
    return rows


def _named(
    session: Session, deployment: Deployment, directory: Directory, member: Member, row: Any
) -> bool:
    held = read_label(session, deployment, case_of(row["case_1"], row["case_2"]))
    return visible_desk(held.label, directory, member.person) is not None


def _order(rows: NDArray[Any], now: int) -> NDArray[np.intp]:
    """Act today and children first, then what is late, then the nearest due; ties by case."""
    on_time = ~is_late(rows["due"], now)
    return np.lexsort(
        (rows["case_1"], rows["due"], on_time, rows["child"] == 0, rows["act_today"] == 0)
    )


def _line(
    deployment: Deployment, directory: Directory, member: Member, row: Any, now: int
) -> QueueLine:
    config = deployment.settings.config
    case = case_of(row["case_1"], row["case_2"])
    stamp = _stamp(row, now)
    lasting = {Stamp.LATE: now - int(row["due"]), Stamp.NEW: now - int(row["received"])}.get(stamp)
    area = directory.areas.get(int(row["area"]))
    return QueueLine(
        case=address_of(case),
        reference=reference_of(case),
        stamp=stamp,
        lasting=None if lasting is None else timedelta(minutes=max(lasting, 1)),
        step=read_list(config, "step").code(int(row["step"])),
        due=moment(int(row["due"])) if row["due"] else None,
        late=is_late(int(row["due"]), now),
        area=area.names.get(member.language, area.names["en"]) if area else "",
        language=read_list(config, "language").code(int(row["language"])),
        child=bool(row["child"]),
        told_next=read_list(config, "told").code(int(row["told"])),
    )


def _stamp(row: Any, now: int) -> Stamp:
    if row["act_today"]:
        return Stamp.ACT_TODAY
    if is_late(int(row["due"]), now):
        return Stamp.LATE
    if row["unread"]:
        return Stamp.NEW
    return Stamp.WAITING if row["waiting"] else Stamp.DUE
