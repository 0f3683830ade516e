"""Giving back a circle: a member who got a new key is let into cases that only some may read.

Being let into her desk again does not do it, for a circle never grows by that. Another member of
the same circle gives it back, case by case in one press, and after the case was looked through for
her. Must never give a circle to somebody who was not in it before.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.circles import give_back_seat, open_circle
from casefile.cases.holding import FORMER
from casefile.cases.keys import visible_desk
from casefile.cases.label import CaseNotFound, Holder, Label, read_label, write_label
from casefile.cases.membership import is_about
from casefile.cases.queue import visible_rows
from casefile.cases.queue_rows import case_of
from casefile.network.directory import Directory, directory_of_page, read_directory
from casefile.people.accounts import person_holder
from casefile.people.sessions import Member
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of


def wait_for_circles(session: Session, deployment: Deployment, member: Member) -> dict[bytes, int]:
    """Colleagues who were in circles of this member before, and in how many of her cases."""
    directory = directory_of_page(session, deployment)
    waiting: Counter[bytes] = Counter()
    for case in _circles_of(session, deployment, directory, member):
        label = read_label(session, deployment, case).label
        waiting.update(one.id for one in label.holders if _may_come_back(label, directory, one))
    return dict(waiting)


def give_back_circles(
    session: Session, deployment: Deployment, member: Member, person: bytes
) -> int:
    """Let `person` into every circle of this member in which she was before; how many it were."""
    directory = read_directory(session, deployment)
    cases = _circles_of(session, deployment, directory, member)
    return sum(_give_back(session, deployment, member, case, person) for case in cases)


def _circles_of(
    session: Session, deployment: Deployment, directory: Directory, member: Member
) -> list[bytes]:
    rows = visible_rows(session, deployment, directory, member)
    return sorted(case_of(row["case_1"], row["case_2"]) for row in rows[rows["circle"] != 0])


def _may_come_back(label: Label, directory: Directory, holder: Holder) -> bool:
    """Whether this wrap was hers, and she sits on the case's desk again and is not kept out."""
    if not label.circle or holder.kind != FORMER:
        return False
    if holder.id in label.excluded or _sits(label, holder.id):
        return False
    desks = (directory.desks[desk] for desk in label.desks if desk in directory.desks)
    return any(holder.id in desk.members for desk in desks)


def _sits(label: Label, person: bytes) -> bool:
    """Whether a colleague gave her this one back already."""
    return Holder("member", person) in label.holders


def _give_back(
    session: Session, deployment: Deployment, member: Member, case: bytes, person: bytes
) -> int:
    def verb(writing: Session) -> int:
        held = read_label(writing, deployment, case, for_change=True)
        directory = read_directory(writing, deployment)
        former = Holder(FORMER, person)
        if (
            former not in held.label.holders
            or not _may_come_back(held.label, directory, former)
            or visible_desk(held.label, directory, member.person) is None
            or is_about(writing, deployment, member, case, person)
        ):
            return 0
        circle, _ = open_circle(writing, deployment, held, member.person, member.private)
        public = public_key_of(writing, deployment, person_holder(person))
        label = give_back_seat(writing, deployment, held, circle, person, public)
        write_label(writing, deployment, held, label)
        note(
            writing, deployment, Event.CIRCLE_GIVEN_BACK, by=member.person, case=case, about=person
        )
        return 1

    try:
        return write_now(verb, session)
    except CaseNotFound:
        return 0
