"""The queue: what a member's desks have to do, in the order in which it must be done.

It reads the queue register and nothing of a case's content: no name, no text, no kind of act.
Cases in a circle appear only for members their label names, in lists and in every count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from casefile.cases.holding import Custody
from casefile.cases.keys import visible_desk
from casefile.cases.label import read_label
from casefile.cases.queue_rows import (
    DESK_COLUMNS,
    QUEUE,
    UNSETTLED,
    address_of,
    case_of,
    owner_mark,
    reference_of,
)
from casefile.cases.queue_views import (
    FILTERED,
    Columns,
    Filters,
    Sort,
    View,
    Viewer,
    columns_of,
    members_of,
    order_of,
)
from casefile.cases.retention import DEADLINE
from casefile.cases.rules import WAITING, Stamp, is_late, stamp_of, step_on
from casefile.codes.lists import read_list
from casefile.codes.sops import read_profile
from casefile.network.directory import Directory, directory_of_page
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import read_whole
from casefile.sealing.errors import SealBroken

LINES = 50


@dataclass(frozen=True)
class QueueLine:
    """One case in the list.

    `lasting` is how late it is, how long it has been new, or for how long we have waited for the
    reporter's answer.
    """

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
    told_when: datetime | None = None
    """When they are told that it is late; None where nobody is left to be told."""
    junk: bool = False
    mine: bool = False
    owner: str = ""
    """The name of the fellow who answers for the case; empty where that is nobody, the reader
    herself or somebody of another desk."""


@dataclass(frozen=True)
class QueuePage:
    """One page of one list, with the counts of all lists under the same filters.

    `offered` are the numbers each filter finds among the rows the viewer may see.
    """

    view: View
    lines: tuple[QueueLine, ...]
    counts: Mapping[View, int]
    page: int
    pages: int
    sort: Sort = Sort.FIRST
    filters: Filters = field(default_factory=Filters)
    offered: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    areas: Mapping[int, str] = field(default_factory=dict)
    desks: Mapping[int, str] = field(default_factory=dict)
    agencies: Mapping[int, str] = field(default_factory=dict)
    """Names by code: of the places, of the viewer's desks, and of those desks' agencies."""
    held: int = 0
    unsecured: int = 0
    """Of all `held` cases the viewer may see, those still held by a key that a leaver had."""
    unsettled: int = 0
    """Those in which keys have to be taken or given back, which her session can do."""

    @property
    def all_open(self) -> int:
        """How many cases the viewer may see."""
        return self.counts[View.ALL]


def queue_page(
    session: Session,
    deployment: Deployment,
    member: Member,
    *,
    view: str,
    page: int = 1,
    sort: str = Sort.FIRST,
    filters: Filters | None = None,
) -> QueuePage:
    """A page of a list, 50 lines.

    An unknown view is `todo`, an unknown order the first, a page beyond the end the last.
    """
    directory = directory_of_page(session, deployment)
    rows = visible_rows(session, deployment, directory, member)
    now = minutes(deployment.now())
    asked = View(view) if view in set(View) else View.TODO
    ordering = Sort(sort) if sort in set(Sort) else Sort.FIRST
    filters = filters or Filters()
    viewer = viewer_of(directory, member)
    columns = filterable(deployment, rows, now, viewer)
    kept = rows[filters.keep(columns)] if filters.chosen else rows
    lists = members_of(kept, now, viewer.mark, before_deletion(deployment))
    listed = kept[lists[asked]]
    pages = max(1, -(-len(listed) // LINES))
    page = min(max(page, 1), pages)
    shown = listed[order_of(listed, now, ordering)][(page - 1) * LINES : page * LINES]
    return QueuePage(
        view=asked,
        lines=lines_of(session, deployment, directory, member, shown),
        counts={one: int(np.count_nonzero(chosen)) for one, chosen in lists.items()},
        page=page,
        pages=pages,
        sort=ordering,
        filters=filters,
        offered=_offered(columns, filters),
        areas=_areas(directory, member.language),
        desks=_own(directory, viewer, member.language),
        agencies=_own_agencies(directory, viewer, member.language),
        held=len(rows),
        unsecured=int(np.count_nonzero(rows["custody"] == Custody.EARLIER)),
        unsettled=int(np.count_nonzero(rows["circle"] & UNSETTLED)),
    )


def viewer_of(directory: Directory, member: Member) -> Viewer:
    """Who looks, through which desks."""
    desks = directory.desks_of(member.person)
    agencies = {one.id: one.code for one in directory.agencies.values()}
    return Viewer(
        owner_mark(member.person), {one.code: agencies.get(one.agency, 0) for one in desks}
    )


def filterable(deployment: Deployment, rows: NDArray[Any], now: int, viewer: Viewer) -> Columns:
    """What the rows can be filtered by; steps as they are asked for on the day."""
    step = read_list(deployment.settings.config, "step").number
    return columns_of(rows, now, viewer, {step(one): step(other) for one, other in WAITING.items()})


def _offered(columns: Columns, filters: Filters) -> dict[str, tuple[int, ...]]:
    """Per column the numbers there are to choose from; what is chosen is always among them."""
    return {
        name: tuple(sorted({*np.unique(columns[name]).tolist(), *chosen}))
        for name in FILTERED
        for chosen in [[filters.chosen[name]] if name in filters.chosen else []]
    }


def _areas(directory: Directory, language: str) -> dict[int, str]:
    return {
        code: area.names.get(language, area.names["en"]) for code, area in directory.areas.items()
    }


def _own(directory: Directory, viewer: Viewer, language: str) -> dict[int, str]:
    desks = (one for one in directory.desks.values() if one.code in viewer.desks)
    return {one.code: one.names.get(language, one.names["en"]) for one in desks}


def _own_agencies(directory: Directory, viewer: Viewer, language: str) -> dict[int, str]:
    codes = set(viewer.desks.values())
    agencies = (one for one in directory.agencies.values() if one.code in codes)
    return {one.code: one.names.get(language, one.names["en"]) for one in agencies}


def lines_of(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    member: Member,
    rows: NDArray[Any],
) -> tuple[QueueLine, ...]:
    """Rows as lines, in the order given, with the names of fellows who answer for them."""
    now, areas = minutes(deployment.now()), _areas(directory, member.language)
    fellows = _fellows(session, deployment, directory, member, set(rows["owner"].tolist()))
    return tuple(_line(deployment, member, areas, fellows, row, now) for row in rows)


def _fellows(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    member: Member,
    owners: Collection[int],
) -> dict[int, str]:
    """The names of those who sit on a desk with the viewer, by their mark as owners."""
    people = {one for desk in directory.desks_of(member.person) for one in desk.members}
    wanted = {one for one in people - {member.person} if owner_mark(one) in owners}
    if not wanted:
        return {}
    names = names_of(session, deployment, wanted)
    return {owner_mark(one): name for one, name in names.items()}


def visible_rows(
    session: Session, deployment: Deployment, directory: Directory, member: Member
) -> NDArray[Any]:
    """The queue rows of the member's desks; of circles only those whose label names her."""
    codes = np.array([desk.code for desk in directory.desks_of(member.person)], "<u2")
    columns = read_whole(session, deployment, QUEUE, QUEUE.first)
    kept = _of_desks(columns, codes)
    rows = np.zeros(len(kept[0]), QUEUE.parts[QUEUE.first])
    for name, column in columns.items():
        rows[name] = column[kept]
    in_circle = np.flatnonzero(rows["circle"])
    hidden = [
        at for at in in_circle if not _named(session, deployment, directory, member, rows[at])
    ]
    return np.delete(rows, hidden)


def _of_desks(columns: Columns, codes: NDArray[Any]) -> tuple[NDArray[np.intp], ...]:
    """Places of the rows of these desks; no desk has code 0, so a free slot never matches."""
    mine = np.zeros(columns["used"].shape, bool)
    for code in codes:
        for column in DESK_COLUMNS:
            mine |= columns[column] == code
    return np.nonzero(mine & (columns["custody"] != Custody.CUSTODIANS))


def _named(
    session: Session, deployment: Deployment, directory: Directory, member: Member, row: Any
) -> bool:
    try:
        held = read_label(session, deployment, case_of(row["case_1"], row["case_2"]))
    except SealBroken as broken:
        # Nobody knows whom a damaged label keeps out, and the others' list must open all the same.
        logs.fault(broken, state="label")
        return False
    return visible_desk(held.label, directory, member.person) is not None


def _line(
    deployment: Deployment,
    member: Member,
    areas: Mapping[int, str],
    fellows: Mapping[int, str],
    row: Any,
    now: int,
) -> QueueLine:
    config = deployment.settings.config
    case = case_of(row["case_1"], row["case_2"])
    late = is_late(int(row["due"]), now)
    stamp = stamp_of(
        act_today=bool(row["act_today"]),
        late=late,
        waiting=bool(row["waiting"]),
        unread=bool(row["unread"]),
    )
    since = {Stamp.LATE: row["due"], Stamp.NEW: row["received"], Stamp.WAITING: row["since"]}
    lasting = now - int(since[stamp]) if since.get(stamp) else None
    return QueueLine(
        case=address_of(case),
        reference=reference_of(case),
        stamp=stamp,
        lasting=None if lasting is None else timedelta(minutes=max(lasting, 1)),
        step=step_on(read_list(config, "step").code(int(row["step"])), late=late),
        due=moment(int(row["due"])) if row["due"] else None,
        late=late,
        area=areas.get(int(row["area"]), ""),
        language=read_list(config, "language").code(int(row["language"])),
        child=bool(row["child"]),
        told_next=read_list(config, "told").code(int(row["told"])),
        told_when=moment(int(row["tell"])) if row["tell"] else None,
        junk=bool(row["junk"]),
        mine=row["owner"] == owner_mark(member.person),
        owner=fellows.get(int(row["owner"]), ""),
    )


def before_deletion(deployment: Deployment) -> int:
    """The number of the step a case stands at once its deletion is announced."""
    config = deployment.settings.config
    return read_list(config, "step").number(read_profile(config)[DEADLINE].step)
