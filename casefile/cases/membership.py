"""Joining a desk: the newcomer is let in by a fellow, after the desk's cases were looked through.

Nobody who is excluded from a case of the desk, or named in one, is let in: that case must first be
given a circle. The cases are opened in the fellow's session and nothing of them is kept.
"""

from __future__ import annotations

import json

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.conflict import excluded_people
from casefile.cases.exclusion import lifted
from casefile.cases.exclusion_questions import is_asked_about
from casefile.cases.holding import Custody
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, read_label
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of
from casefile.cases.records import read_records
from casefile.network.custody import NoSeat, give_seat
from casefile.network.directory import Desk, hold_desk
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.registers.storage import scan


class ExcludedFromACase(Exception):
    """The newcomer is kept from a case that this desk's key opens, or named in one."""


def join_desk(
    session: Session, deployment: Deployment, fellow: Member, desk: Desk, person: bytes
) -> None:
    """Let `person` in, in the session of a fellow member; ExcludedFromACase if that would show.

    NoSeat if the fellow was taken off meanwhile, or the newcomer sits there already.
    """
    desk = hold_desk(session, deployment, desk.id)
    if fellow.person not in desk.members or person in desk.members:
        raise NoSeat
    name = names_of(session, deployment, [person])
    for case in desk_cases(session, deployment, desk):
        label = read_label(session, deployment, case).label
        if label.circle:
            continue
        if person in label.excluded or is_named(session, deployment, fellow, case, name):
            raise ExcludedFromACase
    if is_asked_about(session, deployment, desk.id, person):
        raise ExcludedFromACase
    give_seat(session, deployment, fellow, desk, person)


def is_named(
    session: Session, deployment: Deployment, fellow: Member, case: bytes, name: dict[bytes, str]
) -> bool:
    """Whether anything anybody wrote in the case names the newcomer, and not somebody else."""
    try:
        opened = unlock(session, deployment, fellow, case)
    except CaseNotFound:
        return True
    name = {one: words for one, words in name.items() if one not in lifted(opened.label)}
    records = read_records(session, deployment, case, opened.label, opened.keys)
    told = "\n".join(json.dumps(dict(one.content), ensure_ascii=False) for one in records)
    kept = " ".join(str(one.content.get("keep_from", "")) for one in records)
    return bool(excluded_people(name, told=told, keep_from=kept))


def desk_cases(session: Session, deployment: Deployment, desk: Desk) -> list[bytes]:
    """The cases that stand on the desk's list; not those that custodians alone can open."""
    found: list[bytes] = []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        of_desk = np.zeros(len(columns["used"]), bool)
        for column in DESK_COLUMNS:
            of_desk |= columns[column] == desk.code
        of_desk &= columns["custody"] != Custody.CUSTODIANS
        for at in np.flatnonzero(of_desk):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    return found
