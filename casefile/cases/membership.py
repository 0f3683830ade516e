"""Joining a desk: the newcomer is let in by a fellow, after the desk's cases were looked through.

Nobody who is excluded from a case of the desk, or named in one, is let in: that case must first be
given a circle. A case that is damaged cannot be looked through, so the newcomer must not get it;
and as a desk may not stay without people because of it, she is let in and that case is set apart
from her. The cases are opened in the fellow's session and nothing of them is kept.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.circles import seal_to_circle
from casefile.cases.conflict import excluded_people
from casefile.cases.exclusion import Why, lifted
from casefile.cases.exclusion_questions import is_asked_about
from casefile.cases.exclusion_rekeying import forget_words
from casefile.cases.holding import desk_slot
from casefile.cases.keys import readers, unlock
from casefile.cases.label import CaseNotFound, Exclusion, Label, read_label, write_label
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of, move_row
from casefile.cases.records import read_records, written_in
from casefile.network.custody import NoSeat, give_seat
from casefile.network.directory import Desk, hold_desk, read_directory
from casefile.people.accounts import names_ever, person_holder
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken


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
    name = names_ever(session, deployment, [person])
    for case in desk_cases(session, deployment, desk):
        label = _label(session, deployment, case)
        if label.circle or desk_slot(label, desk) is None:
            continue  # the desk's key does not open it
        if person in label.excluded:
            raise ExcludedFromACase
        try:
            named = _names(session, deployment, fellow, case, name)
        except SealBroken as broken:
            logs.fault(broken, state="not looked through")
            _set_apart(session, deployment, fellow, case, person)
            continue
        if named:
            raise ExcludedFromACase
    if is_asked_about(session, deployment, desk.id, person):
        raise ExcludedFromACase
    give_seat(session, deployment, fellow, desk, person)


def is_named(
    session: Session, deployment: Deployment, fellow: Member, case: bytes, name: dict[bytes, str]
) -> bool:
    """Whether anything in the case names the newcomer; True where it cannot be looked through."""
    try:
        return _names(session, deployment, fellow, case, name)
    except SealBroken:
        return True


def _label(session: Session, deployment: Deployment, case: bytes) -> Label:
    """The label; ExcludedFromACase if it is damaged: nobody knows then what the desk's key opens.

    Nothing could be written on it that would still hold once it is mended.
    """
    try:
        return read_label(session, deployment, case).label
    except SealBroken as broken:
        raise ExcludedFromACase from broken


def _names(
    session: Session, deployment: Deployment, fellow: Member, case: bytes, name: dict[bytes, str]
) -> bool:
    """Whether the case names the newcomer; True if it is kept from the fellow. SealBroken."""
    try:
        opened = unlock(session, deployment, fellow, case)
    except CaseNotFound:
        return True
    name = {one: words for one, words in name.items() if one not in lifted(opened.label)}
    records = read_records(session, deployment, case, opened.label, opened.keys)
    told = written_in(records)
    kept = " ".join(str(one.content.get("keep_from", "")) for one in records)
    return bool(excluded_people(name, told=told, keep_from=kept))


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
