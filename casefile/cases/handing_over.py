"""What custodians do together: give cases that nobody can open to a desk, and a seat back.

They hold the recovery key for as long as this lasts, and the command that asks them shows nothing
of a case. Each case is looked through for those who would get it, as at arrival: whom it concerns
is kept out by a circle, and a case about everybody of the desk stays with the custodians. A
custodian whom a case is kept from has no part in opening it. One case, one transaction: it can be
stopped at any moment and taken up again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.circles import seal_to_circle, seal_to_desk
from casefile.cases.exclusion import Why, because_named, without_lifted
from casefile.cases.exclusion_newcomers import why_not
from casefile.cases.holding import Custody, custody_of
from casefile.cases.keys import every_bundle
from casefile.cases.label import Held, Holder, Label, read_label, write_label
from casefile.cases.leaving import mark_all
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of, move_row
from casefile.cases.records import Keys, Record, read_records
from casefile.cases.search_segments import forget_generation
from casefile.cases.wraps import INTAKE_OPENS
from casefile.network.custody import desk_holder, forget_earlier, renew_desk
from casefile.network.directory import Desk, Directory, change_desk, hold_desk, read_directory
from casefile.network.recovery import Meeting
from casefile.people.accounts import State, names_ever, person_by_id, person_holder
from casefile.people.roles import Permission, may
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
from casefile.registers.storage import scan
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey


class DoesNotWait(Exception):
    """This person does not wait for a seat at the desk: invite her to it first."""


@dataclass(frozen=True)
class Handing:
    """Custodians at work: who is there, the key they opened, and the desk that is to get cases."""

    meeting: Meeting
    recovery: PrivateKey
    to: bytes

    @property
    def present(self) -> frozenset[bytes]:
        """The accounts of those who are there."""
        return frozenset(one.person for one in self.meeting.present if one.person)


def note_meeting(session: Session, deployment: Deployment, meeting: Meeting, desk: bytes) -> None:
    """Leave a line for each custodian who took part, inside a write."""
    for one in meeting.present:
        note(session, deployment, Event.CUSTODIANS_MET, by=one.person or None, about=desk)


def seat_by_custodians(
    session: Session, deployment: Deployment, handing: Handing, person: bytes
) -> Desk:
    """Let in who waits at a desk, by the custodians' word and inside a write; the desk as it is.

    The desk gets a new generation for its members and her, and nobody keeps an earlier one. What
    it held before is held by the custodians alone until it was handed over, case by case, so that
    none about her is on her list.
    DoesNotWait unless her account is in use and she waits there.
    """
    desk = hold_desk(session, deployment, handing.to)
    known = person_by_id(session, deployment, person)
    opens = known is not None and may(known.account.role, Permission.OPEN_CASE)
    if not opens or known is None or known.account.state is not State.ACTIVE:
        raise DoesNotWait
    if person not in desk.waiting:
        raise DoesNotWait
    renewed = renew_desk(session, deployment, desk, (*desk.members, person))
    forget_earlier(session, deployment, renewed)
    forget_generation(session, deployment, desk.id, desk.generation)
    waiting = tuple(other for other in desk.waiting if other != person)
    renewed = change_desk(
        session, deployment, desk.id, waiting=waiting, first_held=renewed.generation
    )
    # Who sat there before keeps no key of what the custodians hold now: she would pass it on.
    forget_earlier(session, deployment, renewed)
    forget_generation(session, deployment, desk.id, desk.generation)
    note(session, deployment, Event.MEMBER_LET_IN, by=None, about=person)
    mark_all(session, deployment, renewed)
    return renewed


def cases_to_hand_over(
    session: Session, deployment: Deployment, handing: Handing, desk: Desk
) -> list[bytes]:
    """Cases of a desk that custodians alone can open, and that these custodians may.

    Also those whose label is damaged: handing them over says so.
    """
    waiting = _with_custodians(session, deployment, desk)
    return sorted(case for case in waiting if _may_try(session, deployment, handing, case))


def count_with_custodians(session: Session, deployment: Deployment, desk: Desk) -> int:
    """How many cases of a desk nobody but custodians can open."""
    return len(_with_custodians(session, deployment, desk))


def hand_over(session: Session, deployment: Deployment, handing: Handing, case: bytes) -> bool:
    """Give one case to the desk, committed; False if nobody there may have it."""

    def verb(writing: Session) -> bool:
        hold_desk(writing, deployment, handing.to, shared=True)
        directory = read_directory(writing, deployment)
        held = read_label(writing, deployment, case, for_change=True)
        if custody_of(held.label, directory) is not Custody.CUSTODIANS:
            return True
        if not _may_open(handing, held.label):
            return False
        return _hand_over(writing, deployment, handing, directory, held)

    return write_now(verb, session)


def _hand_over(
    session: Session, deployment: Deployment, handing: Handing, directory: Directory, held: Held
) -> bool:
    desk = directory.desks[handing.to]
    keys = every_bundle(session, deployment, held, "recovery", handing.recovery)
    records = read_records(session, deployment, held.case, held.label, keys)
    names, most = names_ever(session, deployment), deployment.settings.small_office
    found = why_not(directory, names, held.label, records, desk.members, most=most)
    lines = because_named(directory, {one.person for one in found if one.why == Why.NAMED})
    known = without_lifted(held.label).exclusions
    barred = held.label.excluding((*known, *found, *lines))
    left = [one for one in desk.members if one not in barred.excluded]
    if not left:
        return False
    opens = {part: key for part, key in keys.items() if part in _desk_opens(records)}
    label = _sealed(session, deployment, held, opens, desk, left)
    label = label.excluding(barred.exclusions)
    label = replace(label, desks=(desk.id,), owner=_owner(label, left))
    move_row(session, deployment, directory, write_label(session, deployment, held, label))
    note(session, deployment, Event.CASE_GIVEN, by=None, case=held.case, about=desk.id)
    return True


def _sealed(
    session: Session, deployment: Deployment, held: Held, keys: Keys, desk: Desk, left: list[bytes]
) -> Label:
    """To the whole desk, or to a circle of those of it who may have the case."""
    if len(left) == len(desk.members):
        name = desk_holder(desk.id, desk.generation)
        public = public_keys_of(session, deployment, [name])[name]
        holder = Holder("desk", desk.id, desk.generation)
        return seal_to_desk(session, deployment, held, keys, holder, public)
    names = {one: person_holder(one) for one in left}
    listed = public_keys_of(session, deployment, names.values())
    members = {one: listed[name] for one, name in names.items()}
    return seal_to_circle(session, deployment, held, keys, members)


def _desk_opens(records: Collection[Record]) -> frozenset[Compartment]:
    """What an intake desk opens: the contact only if the reporter agreed to be contacted (C4).

    A child agrees by naming a grown-up and how that grown-up is reached.
    """
    report = next((one.content for one in records if one.kind == "report"), {})
    contact = next((one.content for one in records if one.kind == "contact"), {})
    chosen = "way" in report.get("answers", {}).get("contact", ())
    agreed = contact.get("how") and (chosen or contact.get("grown_up"))
    return frozenset({*INTAKE_OPENS, Compartment.IDENTITY} if agreed else INTAKE_OPENS)


def _owner(label: Label, left: list[bytes]) -> bytes:
    """Who answers from now on: who did, if she is there, else the first who may have the case."""
    return label.owner if not label.owner or label.owner in left else left[0]


def _may_try(session: Session, deployment: Deployment, handing: Handing, case: bytes) -> bool:
    try:
        return _may_open(handing, read_label(session, deployment, case).label)
    except SealBroken:
        return True


def _may_open(handing: Handing, label: Label) -> bool:
    return _recovery(handing) in label.holders and not handing.present & set(label.excluded)


def _recovery(handing: Handing) -> Holder:
    return Holder("recovery", handing.meeting.custodians.agency)


def _with_custodians(session: Session, deployment: Deployment, desk: Desk) -> list[bytes]:
    found: list[bytes] = []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        waits = (columns["custody"] == Custody.CUSTODIANS) & (columns["used"] == 1)
        of_desk = np.logical_or.reduce([columns[name] == desk.code for name in DESK_COLUMNS])
        for at in np.flatnonzero(waits & of_desk):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    return found
