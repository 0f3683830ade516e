"""What is late and has gone up the ladder: organisation, country and day, for those who watch.

For senior focal points of their own agency, and for the inter-agency desk of all. It must never
show what a case is about, nor its reference, and nothing of a case the viewer is kept from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from casefile.cases.label import CaseNotFound, read_label
from casefile.cases.queue_rows import ASK_LABEL, DESK_COLUMNS, QUEUE, case_of, heard_bit
from casefile.cases.rules import is_late
from casefile.network.desks import watches_all
from casefile.network.directory import Directory, Names, directory_of_page
from casefile.people.roles import Role
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken

LINES = 50


class NotWatching(Exception):
    """This member watches over no agency."""


@dataclass(frozen=True)
class Watch:
    """What somebody watches over: the bit of who was told, and the codes of the desks."""

    bit: int
    desks: frozenset[int]


@dataclass(frozen=True)
class LateLine:
    """One case that is late: whose desk has it, in which country, since when. Nothing else."""

    entity: Names
    country: Names
    due: datetime
    lasting: timedelta


@dataclass(frozen=True)
class LatePage:
    """A page of them, longest late first; `count` is how many there are for this viewer."""

    lines: tuple[LateLine, ...]
    count: int
    page: int
    pages: int


def watched_by(deployment: Deployment, directory: Directory, member: Member) -> Watch:
    """What this member watches over; NotWatching if she is neither of the two."""
    desks = directory.desks.values()
    if member.role is Role.SENIOR_FOCAL_POINT:
        post = directory.posts.get(member.person)
        own = frozenset(one.code for one in desks if post and one.agency == post.agency)
        return Watch(heard_bit(deployment, "senior_focal_point"), own)
    if any(watches_all(directory, one) for one in directory.desks_of(member.person)):
        every = frozenset(one.code for one in desks)
        return Watch(heard_bit(deployment, "inter_agency_desk"), every)
    raise NotWatching


def late_page(
    session: Session, deployment: Deployment, member: Member, number: int = 1
) -> LatePage:
    """A page of what is late and was told to this viewer's kind; NotWatching if she is none."""
    directory = directory_of_page(session, deployment)
    watch = watched_by(deployment, directory, member)
    now = minutes(deployment.now())
    rows = _late_rows(session, deployment, watch, now)
    kept = [row for row in rows if _may_know(session, deployment, member, row)]
    kept.sort(key=lambda row: (int(row["due"]), int(row["case_1"])))
    pages = max(1, -(-len(kept) // LINES))
    number = min(max(number, 1), pages)
    shown = kept[(number - 1) * LINES : number * LINES]
    lines = tuple(_line(directory, row, now) for row in shown)
    return LatePage(lines, len(kept), number, pages)


def _late_rows(
    session: Session, deployment: Deployment, watch: Watch, now: int
) -> list[NDArray[Any]]:
    codes = np.array(sorted(watch.desks), "<u2")
    found: list[NDArray[Any]] = []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        chosen = (columns["heard"] & watch.bit != 0) & is_late(columns["due"], now)
        chosen &= np.any([np.isin(columns[name], codes) for name in DESK_COLUMNS], axis=0)
        for at in np.flatnonzero(chosen):
            row = np.zeros(1, QUEUE.parts["queue"])
            for name, column in columns.items():
                row[name] = column[at]
            found.append(row[0])
    return found


def _may_know(session: Session, deployment: Deployment, member: Member, row: Any) -> bool:
    """Whether the case is not kept from her; where that cannot be read, it is."""
    if not row["circle"] & ASK_LABEL:
        return True
    try:
        held = read_label(session, deployment, case_of(row["case_1"], row["case_2"]))
    except CaseNotFound:
        return False
    except SealBroken as broken:
        logs.fault(broken, state="late_list")
        return False
    return member.person not in held.label.excluded


def _line(directory: Directory, row: Any, now: int) -> LateLine:
    desks = {desk.code: desk for desk in directory.desks.values()}
    holding = next(desks[int(row[name])] for name in DESK_COLUMNS if int(row[name]) in desks)
    area = directory.areas.get(int(row["area"]))
    country = directory.countries.get(area.country) if area else None
    due = int(row["due"])
    return LateLine(
        directory.agencies[holding.agency].names,
        country.names if country else {},
        moment(due),
        timedelta(minutes=max(1, now - due)),
    )
