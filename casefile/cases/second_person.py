"""Two people end things: the first decides and says why, the second confirms or refuses in 48 h.

The first decision stands on the line of dates at once and changes nothing else. Nobody is ever
her own second person. (Rules of practice, 6; ISO 37002:2021, concluding.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.choices import next_letter
from casefile.cases.keys import Opened, readers, unlock
from casefile.cases.label import Label, Pending
from casefile.cases.limits import limits_of
from casefile.cases.machines import CASE, NOT_COUNTED, REASON, SECOND, SORTED, parts_at
from casefile.cases.queue_rows import address_of, case_at
from casefile.cases.records import Record, read_records
from casefile.cases.sorting import (
    LEAVE_COUNTED,
    TWO_ROLES,
    fact_of,
    last_sorting,
    sorting_from,
    waiting,
)
from casefile.cases.statistics_row import row_of
from casefile.cases.stepping import gone_on
from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.machines import Forbidden, take
from casefile.codes.sops import Limit
from casefile.codes.triage import COUNTED, POSSIBLE_SEA
from casefile.facts.register import DUPLICATE, leave_out, write_sorted
from casefile.network.directory import Directory
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.registers.storage import Place

FORWARD, INFORM, LINK, CLOSE = "forward", "end_with_information", "link", "close"
ENDINGS: Final = (INFORM, LINK, CLOSE)
"""Steps that end a case: each is decided by one person and confirmed by another."""
DECISION = "decision"


@dataclass(frozen=True)
class Ending:
    """What one person decides: the step, why, and the office or the other case that goes with it.

    `other` is the address of the case this one is the same as.
    """

    verb: str
    reason: str
    office: str = UNKNOWN
    other: str = ""


def decide_ending(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    ending: Ending,
    *,
    once: bytes,
    seen: str,
) -> None:
    """Decide to end a case; it waits for a second person. Forwarding does not: hers was given.

    Forbidden says what stands against it.

    CaseNotFound also for another case that is not hers; ChangedMeanwhile as everywhere.
    """
    opened = unlock(session, deployment, member, case_at(address))
    once += b"ending"
    if opened.label.remembers(once):
        return
    refuse_old_page(session, deployment, member, opened, seen)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    _allowed(session, deployment, member, opened, records, ending)
    now = deployment.now()
    said = told_by(
        member,
        now,
        what=ending.verb,
        reason=ending.reason,
        office=ending.office,
        other=ending.other,
    )
    limits = limits_of(deployment, opened.directory, opened.label.area)

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        label = leave_record(writing, deployment, opened, label, DECISION, said)
        event = told_by(member, now, what=f"decided_{ending.verb}")
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.CASE_ENDING_DECIDED, by=member.person, case=opened.case)
        if ending.verb == FORWARD:
            label = _forwarded(writing, deployment, opened, label, ending.office, now)
        else:
            pending = Pending(ending.verb, member.person, minutes(now))
            label = waiting(label, pending, limits, now)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)


def confirm(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    reason: str = "",
    once: bytes,
    seen: str,
) -> None:
    """Confirm what another decided, which takes effect now.

    Forbidden `same_person` for whoever decided, `reason_given` where she sits in the same office
    although somebody of another office reads the case and no reason is given.
    """
    opened = unlock(session, deployment, member, case_at(address))
    once += b"confirm"
    if opened.label.remembers(once):
        return
    refuse_old_page(session, deployment, member, opened, seen)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    pending = _hers_to_say(opened, member)
    if not reason and another_office_reads(opened.label, opened.directory, member.person):
        raise Forbidden(REASON, "confirm", opened.label.state)
    now, place = deployment.now(), row_of(session, deployment, opened)
    limits = limits_of(deployment, opened.directory, opened.label.area)
    decided = last_decision(records) if pending.what in ENDINGS else None
    other = _other(session, deployment, member, str(decided["other"])) if decided else None

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        event = told_by(member, now, what=f"confirmed_{pending.what}", reason=reason)
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.SECOND_PERSON, by=member.person, case=opened.case)
        label = replace(label, pending=None).met("second_person", now)
        if pending.what == LEAVE_COUNTED:
            label = replace(label, category=pending.target).started(limits["triage"], now)
            _count_as(writing, deployment, opened.directory, records, place, label.category)
        if pending.what == LINK:
            leave_out(writing, deployment, place, DUPLICATE, out=True)
        return _ended(label, opened, pending, limits, now).remembering(once)

    change_case(session, deployment, member, opened, change)
    if other is not None:
        _say_linked(session, deployment, member, opened, other)


def refuse(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    reason: str,
    once: bytes,
    seen: str,
) -> None:
    """Refuse what another decided, with a reason: the case goes on as it was, to be sorted again.

    Forbidden `same_person` for whoever decided: she can let a colleague refuse it.
    """
    opened = unlock(session, deployment, member, case_at(address))
    once += b"refuse"
    if opened.label.remembers(once):
        return
    refuse_old_page(session, deployment, member, opened, seen)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    pending, now = _hers_to_say(opened, member), deployment.now()
    if not reason:
        raise Forbidden(REASON, "refuse", opened.label.state)
    place = row_of(session, deployment, opened)

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        event = told_by(member, now, what=f"refused_{pending.what}", reason=reason)
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.SECOND_PERSON, by=member.person, case=opened.case)
        label = replace(label, pending=None).met("second_person", now)
        if pending.what == TWO_ROLES:
            label = replace(label, category=POSSIBLE_SEA)
            _count_as(writing, deployment, opened.directory, records, place, POSSIBLE_SEA)
        limits = limits_of(deployment, opened.directory, label.area)
        for kind in CASE.state(label.state).deadlines:
            label = label.started(limits[kind], now)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)


def reopen(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    reason: str,
    once: bytes,
    seen: str,
) -> None:
    """Look at an ended case again: it keeps its number, and its statistics row counts again."""
    opened = unlock(session, deployment, member, case_at(address))
    once += b"reopen"
    if opened.label.remembers(once):
        return
    refuse_old_page(session, deployment, member, opened, seen)
    now, was = deployment.now(), opened.label.state
    holds = (REASON,) if reason else ()
    step = take(CASE, was, "reopen", parts_at(opened.desk.function), holds)
    place = row_of(session, deployment, opened)
    event = told_by(member, now, what="reopened", reason=reason)

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.CASE_REOPENED, by=member.person, case=opened.case)
        if was == "linked":
            leave_out(writing, deployment, place, DUPLICATE, out=False)
        limits = limits_of(deployment, opened.directory, label.area)
        label = gone_on(label, step, limits, now)
        if not label.parent:
            label = next_letter(label, limits, now)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)


def last_decision(records: list[Record]) -> Mapping[str, str]:
    """What the first person decided last; LookupError where nobody has."""
    found = [record.content for record in records if record.kind == DECISION]
    if not found:
        raise LookupError(DECISION)
    return found[-1]


def another_office_reads(label: Label, directory: Directory, person: bytes) -> bool:
    """Whether this person shares the office of who decided while one who does not reads the case.

    The second person is normally of another office; where all readers share one, any of them.
    """
    if label.pending is None:
        return False
    first = _office(directory, label.pending.by)
    others = readers(label, directory) - {label.pending.by}
    elsewhere = any(_office(directory, one) != first for one in others)
    return elsewhere and _office(directory, person) == first


def _office(directory: Directory, person: bytes) -> tuple[bytes, int]:
    post = directory.posts.get(person)
    return (post.agency, post.area) if post else (b"", 0)


def _hers_to_say(opened: Opened, member: Member) -> Pending:
    pending = opened.label.pending
    if pending is None:
        raise Forbidden("nothing_pending", "confirm", opened.label.state)
    if pending.by == member.person:
        raise Forbidden("same_person", "confirm", opened.label.state)
    return pending


def _allowed(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    records: list[Record],
    ending: Ending,
) -> None:
    """Forbidden if the step could not be taken even once a second person has confirmed it."""
    label = opened.label
    if label.pending:
        raise Forbidden("waits_for_second", ending.verb, label.state)
    if ending.verb not in (FORWARD, *ENDINGS):
        raise Forbidden("no_such_step", ending.verb, label.state)
    other = _other(session, deployment, member, ending.other)
    offices = set(read_list(deployment.settings.config, "office")) - {UNKNOWN}
    holds = {
        REASON: bool(ending.reason),
        SORTED: last_sorting(records) is not None,
        "office_known": ending.office in offices,
        "other_case": other is not None and other.case != opened.case,
        NOT_COUNTED: label.category not in COUNTED,
        SECOND: True,
    }
    given = [guard for guard, held in holds.items() if held]
    take(CASE, label.state, ending.verb, parts_at(opened.desk.function), given)
    if not ending.reason:
        raise Forbidden(REASON, ending.verb, label.state)
    if ending.verb == LINK and other is not None and other.label.state == "linked":
        raise Forbidden("other_linked", ending.verb, label.state)


def _other(session: Session, deployment: Deployment, member: Member, address: str) -> Opened | None:
    if not address:
        return None
    return unlock(session, deployment, member, case_at(address))


def _ended(
    label: Label, opened: Opened, pending: Pending, limits: Mapping[str, Limit], now: datetime
) -> Label:
    """The step, if one was decided: what the first person had to show was looked at then."""
    if pending.what not in ENDINGS:
        return label
    shown = (REASON, SORTED, SECOND, "other_case")
    step = take(CASE, label.state, pending.what, parts_at(opened.desk.function), shown)
    return gone_on(label, step, limits, now)


def _count_as(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    records: list[Record],
    place: Place,
    category: str,
) -> None:
    kept = last_sorting(records)
    if kept is not None:
        fact = fact_of(deployment, directory, sorting_from(kept), category)
        write_sorted(session, deployment, place, fact)


def _forwarded(
    session: Session,
    deployment: Deployment,
    opened: Opened,
    label: Label,
    office: str,
    now: datetime,
) -> Label:
    """What stays is the forwarding note: when, and to which kind of office. Nothing else."""
    left = {"when": minutes(now), "office": office, "category": label.category}
    label = leave_record(session, deployment, opened, label, "forwarding_note", left)
    shown = (REASON, SORTED, NOT_COUNTED, "office_known")
    step = take(CASE, label.state, FORWARD, parts_at(opened.desk.function), shown)
    return gone_on(label, step, limits_of(deployment, opened.directory, label.area), now)


def _say_linked(
    session: Session, deployment: Deployment, member: Member, opened: Opened, other: Opened
) -> None:
    """The other case says too that this one is the same, for whoever works on it."""
    event = told_by(member, deployment.now(), what="same_as", case=address_of(opened.case))

    def change(writing: Session, label: Label) -> Label:
        return leave_record(writing, deployment, other, label, "event", event)

    change_case(session, deployment, member, other, change)
