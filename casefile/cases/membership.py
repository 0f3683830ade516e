"""Joining a desk: the newcomer is let in by a fellow, after the desk's cases were looked through.

Nobody who is excluded from a case of the desk, or named in one, is let in: that case must first be
given a circle. Whom a case concerns in another way, by the line of somebody it names or by a small
office, is kept from it as at arrival and let in. A case that is damaged cannot be looked through,
so the newcomer must not get it; and as a desk may not stay without people because of it, she is let
in and that case is set apart from her. The cases are opened in the fellow's session and nothing of
them is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.circles import seal_to_circle
from casefile.cases.exclusion import Why
from casefile.cases.exclusion_newcomers import why_not
from casefile.cases.exclusion_questions import is_asked_about
from casefile.cases.exclusion_rekeying import forget_words
from casefile.cases.exclusion_settling import exclude
from casefile.cases.holding import desk_slot
from casefile.cases.keys import readers, unlock
from casefile.cases.label import CaseNotFound, Exclusion, Label, read_label, write_label
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of, move_row
from casefile.cases.records import read_records
from casefile.network.custody import NoSeat, give_seat
from casefile.network.directory import Desk, hold_desk, hold_every_desk, read_directory
from casefile.people.accounts import names_ever, person_holder
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken

BY_OTHERS = frozenset({Why.LINE, Why.OFFICE})
"""Reasons that lie in somebody else: whom such a case is kept from may still join its desk."""

Concerned = dict[bytes, tuple[Exclusion, ...]]
"""Cases, and what was found in them that keeps the newcomer out and is not on their labels."""


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
    concerned, damaged = _looked_through(session, deployment, fellow, desk, person)
    if _is_asked_about(session, deployment, desk, person):
        raise ExcludedFromACase
    if concerned or damaged:
        hold_every_desk(session, deployment)
    for case in damaged:
        _set_apart(session, deployment, fellow, case, person)
    give_seat(session, deployment, fellow, desk, person)
    for case, why in concerned.items():
        _keep_from(session, deployment, fellow, case, why)


def _looked_through(
    session: Session, deployment: Deployment, fellow: Member, desk: Desk, person: bytes
) -> tuple[Concerned, list[bytes]]:
    """The cases of the desk's key that concern the newcomer, and those nobody can look through.

    ExcludedFromACase if one names her, or is kept from her or the fellow for a reason of its own.
    """
    names, concerned, damaged = names_ever(session, deployment), Concerned(), list[bytes]()
    for case in sorted(desk_cases(session, deployment, desk)):
        label = _label(session, deployment, case)
        if label.circle or desk_slot(label, desk) is None:
            continue  # the desk's key does not open it
        known = [one for one in label.exclusions if one.person == person]
        try:
            found = _why_not(session, deployment, fellow, case, names, person)
        except SealBroken as broken:
            logs.fault(broken, state="not looked through")
            damaged.append(case)
            found = ()
        if any(one.why not in BY_OTHERS for one in (*known, *found)):
            raise ExcludedFromACase
        if (known or found) and case not in damaged:
            concerned[case] = found
    return concerned, damaged


def is_about(
    session: Session, deployment: Deployment, fellow: Member, case: bytes, person: bytes
) -> bool:
    """Whether the case concerns somebody; True where it cannot be looked through."""
    try:
        names = names_ever(session, deployment)
        return bool(_why_not(session, deployment, fellow, case, names, person))
    except (SealBroken, ExcludedFromACase):
        return True


def _label(session: Session, deployment: Deployment, case: bytes) -> Label:
    """The label; ExcludedFromACase if it is damaged: nobody knows then what the desk's key opens.

    Nothing could be written on it that would still hold once it is mended.
    """
    try:
        return read_label(session, deployment, case).label
    except SealBroken as broken:
        raise ExcludedFromACase from broken


def _why_not(
    session: Session,
    deployment: Deployment,
    fellow: Member,
    case: bytes,
    names: Mapping[bytes, str],
    person: bytes,
) -> tuple[Exclusion, ...]:
    """Why the case must not be the newcomer's; ExcludedFromACase if it is kept from the fellow.

    SealBroken where it cannot be looked through.
    """
    try:
        opened = unlock(session, deployment, fellow, case)
    except CaseNotFound as kept:
        raise ExcludedFromACase from kept
    records = read_records(session, deployment, case, opened.label, opened.keys)
    most = deployment.settings.small_office
    return why_not(opened.directory, names, opened.label, records, [person], most=most)


def _is_asked_about(session: Session, deployment: Deployment, desk: Desk, person: bytes) -> bool:
    """Whether the desk is asked about her or hers; ExcludedFromACase if a damaged label may."""
    try:
        return is_asked_about(session, deployment, desk.id, person)
    except SealBroken as broken:
        raise ExcludedFromACase from broken


def _keep_from(
    session: Session,
    deployment: Deployment,
    fellow: Member,
    case: bytes,
    why: tuple[Exclusion, ...],
) -> None:
    """Draw a case's keys anew for those who had them before the newcomer got the desk's."""
    read_label(session, deployment, case, for_change=True)
    opened = unlock(session, deployment, fellow, case)
    exclude(session, deployment, opened, why, fellow.person)


def _set_apart(
    session: Session, deployment: Deployment, fellow: Member, case: bytes, person: bytes
) -> None:
    """Keep a damaged case from a newcomer, before she gets the desk's key.

    Where its keys can be reached they go into a circle of those who have them now: once the case is
    mended she may be let in there, like anybody. Where not even those can be reached, the desk's
    key opens nothing of it as it is, and the label keeps her out: should it be mended, the next who
    opens it draws its keys anew.
    """
    held = read_label(session, deployment, case, for_change=True)
    directory = read_directory(session, deployment)
    try:
        opened = unlock(session, deployment, fellow, case)
    except SealBroken:
        barred = held.label.excluding((*held.label.exclusions, Exclusion(person, Why.DAMAGED)))
        label = replace(barred, unsettled=True)
    else:
        names = {one: person_holder(one) for one in readers(held.label, directory)}
        listed = public_keys_of(session, deployment, names.values())
        members = {one: listed[named] for one, named in names.items()}
        label = seal_to_circle(session, deployment, held, opened.keys, members)
        # What was kept for searching holds its words too, and opens with the desk's key.
        forget_words(session, deployment, opened)
    move_row(session, deployment, directory, write_label(session, deployment, held, label))


def desk_cases(session: Session, deployment: Deployment, desk: Desk) -> list[bytes]:
    """Every case of the desk; whether its key opens one, the case's label knows alone.

    What the register says of custody counts who may see a case, not what a key opens.
    """
    found: list[bytes] = []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        of_desk = np.zeros(len(columns["used"]), bool)
        for column in DESK_COLUMNS:
            of_desk |= columns[column] == desk.code
        for at in np.flatnonzero(of_desk):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    return found
