"""Settling a case: keys are taken from who was excluded, and given back where that was wrong.

Only a session that can open the case can do either; until one comes, the pages bar whoever is
excluded. Nothing here may be done for somebody the label excludes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.exclusion import INVESTIGATION, Sifted, Why, lifted, sift, without_lifted
from casefile.cases.exclusion_asking import questions_about
from casefile.cases.exclusion_moving import move_questions, put_questions, stranded
from casefile.cases.exclusion_newcomers import told_in, why_not
from casefile.cases.exclusion_rekeying import draw_keys_anew, free_slots, put_wraps
from casefile.cases.keys import Opened, circle_key, holding, unlock
from casefile.cases.label import (
    CaseNotFound,
    Exclusion,
    Held,
    Holder,
    Label,
    read_label,
    write_label,
)
from casefile.cases.links import spread
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, UNSETTLED, case_of, change_row
from casefile.cases.records import Record, read_records
from casefile.cases.routing import Facts, Route, candidates
from casefile.cases.statistics_row import row_in
from casefile.cases.turns import begun_anywhere
from casefile.cases.wraps import key_digest, seat_seal
from casefile.codes.routes import Routing, read_routing
from casefile.facts.register import RESTRICTED, leave_out
from casefile.network.directory import Desk, Directory, hold_every_desk, read_directory
from casefile.people.accounts import names_ever, person_holder
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.registers.directory import KeyNotListed, public_key_of
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey

AT_A_TIME = 10
"""Cases settled by one look at the list of work."""
TRIED = 100
"""Cases it tries for that: some may be damaged, or a colleague's to settle."""


def settle(session: Session, deployment: Deployment, member: Member, case: bytes) -> Opened:
    """Open a case; if keys have to be taken or given back, that first. CaseNotFound as `unlock`."""
    opened = unlock(session, deployment, member, case)
    if not _waits(opened):
        return opened
    write_now(lambda writing: _settle(writing, deployment, member, case), session)
    return unlock(session, deployment, member, case)


def settle_waiting(session: Session, deployment: Deployment, member: Member) -> None:
    """Settle what waits on the member's list of work, a few cases at a time.

    What she cannot settle never holds up the rest.
    """
    codes = [desk.code for desk in read_directory(session, deployment).desks_of(member.person)]
    waiting = [
        case_of(columns["case_1"][at], columns["case_2"][at])
        for _, columns in scan(session, deployment, QUEUE, "queue")
        for at in np.flatnonzero(
            (columns["circle"] & UNSETTLED) * np.isin(columns[DESK_COLUMNS[0]], codes)
        )
    ]
    settled = 0
    for case in begun_anywhere(waiting, deployment.random)[:TRIED]:
        if settled == AT_A_TIME:
            return
        try:
            settle(session, deployment, member, case)
            settled += 1
        except CaseNotFound:
            session.rollback()
        except (KeyNotListed, SealBroken) as broken:
            # The list must open whatever is wrong with one case: opening that case says so.
            session.rollback()
            logs.fault(broken, state="unsettled")


def exclude(
    session: Session, deployment: Deployment, opened: Opened, more: Iterable[Exclusion], by: bytes
) -> Held:
    """Exclude one more, for these reasons, and take the keys from everybody excluded: in a write.

    The write holds every desk, and then the label, since before the case was opened.

    If nobody of the desk is left the case goes to the next desk of its route; if nobody is left
    anywhere, to a circle of nobody, and the custodians alone can open it.
    """
    label = opened.label.excluding((*opened.label.exclusions, *more))
    return _take_keys(session, deployment, opened, _settled(label), by)


def seat(
    session: Session,
    deployment: Deployment,
    case: bytes,
    label: Label,
    circle: PrivateKey,
    person: bytes,
) -> Label:
    """Wrap the circle to a person's present key: over her own wrap, or in a free slot."""
    public = public_key_of(session, deployment, person_holder(person))
    holder = Holder("member", person)
    mine = (slot for slot, each in enumerate(label.holders) if each == holder)
    slot = next(mine, None)
    if slot is None:
        slot = next(free_slots(label))
    wanted = {slot: (holder, seat_seal(public, case, circle, person))}
    label = put_wraps(session, deployment, case, label, wanted)
    seated = {**dict(label.seated), person: key_digest(public)}
    return replace(label, seated=tuple(seated.items()))


def _settle(session: Session, deployment: Deployment, member: Member, case: bytes) -> None:
    hold_every_desk(session, deployment)
    read_label(session, deployment, case, for_change=True)
    opened = unlock(session, deployment, member, case)
    if not _waits(opened):
        return
    label = _looked_through(session, deployment, member, opened, _settled(opened.label))
    if holding(label, opened.directory) & set(label.excluded):
        _take_keys(session, deployment, opened, label, member.person)
    else:
        _give_back(session, deployment, member, opened, label)


def _waits(opened: Opened) -> bool:
    """Whether keys are to be taken or given back, or a question must go to another desk."""
    return opened.label.unsettled or bool(stranded(opened.directory, opened.label))


def _settled(label: Label) -> Label:
    return replace(without_lifted(label), unsettled=False)


def _looked_through(
    session: Session, deployment: Deployment, member: Member, opened: Opened, label: Label
) -> Label:
    """Let in whoever was kept out only because nobody could look whether the case is about her.

    Whom it is about stays out, now because of what it says, and somebody is asked about her name.
    """
    waiting = {one.person for one in label.exclusions if one.why == Why.DAMAGED}
    if not waiting:
        return label
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    names, most = names_ever(session, deployment), deployment.settings.small_office
    found = why_not(opened.directory, names, label, records, waiting, most=most)
    known = (one for one in label.exclusions if one.why != Why.DAMAGED)
    label = label.excluding((*known, *found))
    for person in sorted(waiting - set(label.excluded)):
        event = Event.EXCLUSION_LIFTED
        note(session, deployment, event, by=member.person, case=opened.case, about=person)
    named = {one.person for one in found if one.why == Why.NAMED}
    if not named:
        return label
    told = told_in(records, label.area)
    asked = questions_about(opened.directory, names, told, named, frozenset(label.excluded))
    enqueue(session, deployment, "tell_asked", {"case": opened.case.hex()})
    return put_questions(session, deployment, opened.case, label, asked)


def _take_keys(
    session: Session, deployment: Deployment, opened: Opened, label: Label, by: bytes
) -> Held:
    records = read_records(session, deployment, opened.case, label, opened.keys)
    told = told_in(records, label.area)
    label = move_questions(session, deployment, opened, label, told)
    names = names_ever(session, deployment)
    sifted = sift(opened.directory, names, told, most=deployment.settings.small_office)
    _restrict(session, deployment, records, label)
    released = set(opened.label.excluded) - set(label.excluded)
    on_desk = holding(opened.label, opened.directory) | released
    routing = read_routing(deployment.settings.config)
    route = _route_on(opened, label, sifted, on_desk, routing)
    return draw_keys_anew(session, deployment, opened, label, route, by)


def _give_back(
    session: Session, deployment: Deployment, member: Member, opened: Opened, label: Label
) -> None:
    """Seat those of the desk who are excluded no longer; a case of the whole desk needs none."""
    released = set(opened.label.excluded) - set(label.excluded)
    if opened.label.circle and released & set(opened.desk.members):
        circle = circle_key(session, deployment, member, opened.held)
        for person in sorted(released & set(opened.desk.members)):
            label = seat(session, deployment, opened.case, label, circle, person)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    told = told_in(records, label.area)
    label = move_questions(session, deployment, opened, label, told)
    _restrict(session, deployment, records, label)
    held = write_label(session, deployment, opened.held, label)
    change_row(session, deployment, held)
    spread(session, deployment, held)


def _route_on(
    opened: Opened, label: Label, sifted: Sifted, on_desk: frozenset[bytes], routing: Routing
) -> Route:
    """The same desk if anybody of it is left, else the next of the route with somebody left.

    On the next desk nobody has it whom the case names, also where that excluded nobody before.
    """
    out = set(label.excluded)
    left = tuple(one for one in opened.desk.members if one in on_desk and one not in out)
    desk = opened.directory.desks[opened.desk.id]
    if left:
        return Route(desk, left)
    others = lifted(label)
    named = {one.person for one in sifted.exclusions if one.because not in others}
    for each in _further(opened.directory, sifted.facts, desk, routing):
        members = tuple(one for one in each.members if one not in out | named)
        if members:
            return Route(each, members)
    return Route(desk, ())


def _further(directory: Directory, facts: Facts, desk: Desk, routing: Routing) -> list[Desk]:
    """The other desks of the route; headquarters investigations are the end of the line."""
    ends = [one for one in directory.desks.values() if one.function == INVESTIGATION and one.live]
    last = [one for one in ends if one.agency not in facts.kept_from]
    wanted = (*candidates(directory, facts, routing), *sorted(last, key=lambda one: one.code))
    return [one for one in wanted if one.id != desk.id]


def _restrict(
    session: Session, deployment: Deployment, records: list[Record], label: Label
) -> None:
    """The fact says whether anybody is excluded: live figures leave it out while so."""
    place = row_in(records)
    if place is not None:
        leave_out(session, deployment, place, RESTRICTED, out=bool(label.excluded))
