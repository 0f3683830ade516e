"""Sorting a case: what it is, about whom, and how many people; into `work` and its statistics row.

A category that would no longer count as sexual exploitation and abuse is never written here: it
waits for a second person (`second_person`). What nobody answered stays possible SEA.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import Label, Pending
from casefile.cases.limits import limits_of
from casefile.cases.machines import CASE, REPORT, SORTED, machine_of, parts_at
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record
from casefile.cases.statistics_row import row_of
from casefile.cases.stepping import gone_on
from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.machines import Forbidden, may_take, take
from casefile.codes.sops import Limit
from casefile.codes.triage import COUNTED, Decision, read_triage
from casefile.facts.register import SortedFact, write_sorted
from casefile.network.directory import Directory
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes

SORTING, LEAVE_COUNTED, TWO_ROLES = "sorting", "leave_counted", "two_roles"


@dataclass(frozen=True)
class Sorting:
    """What a person decided: the answers, the codes, the agencies concerned, the numbers of people.

    `people` are counts by the columns of the facts register. `agencies` are ids in hex, the first
    the one it is counted for.
    """

    answers: Mapping[str, str]
    allegation_type: str = UNKNOWN
    allegation_subtype: str = UNKNOWN
    entity_class: str = UNKNOWN
    personnel_category: str = UNKNOWN
    agencies: tuple[str, ...] = ()
    people: Mapping[str, int] = field(default_factory=dict)


def sort_case(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    sorting: Sorting,
    *,
    once: bytes,
    seen: str | None = None,
) -> Decision:
    """Keep what was decided, and say what it is; the category changes at once only where it may.

    Forbidden where nobody has confirmed the report yet, where the case has ended, or while another
    decision waits for its second person; ChangedMeanwhile if the page is out of date.
    """
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    triage = read_triage(deployment.settings.config)
    sorting = replace(sorting, answers=triage.kept(sorting.answers))
    decided, now = triage.decide(sorting.answers), deployment.now()
    place = row_of(session, deployment, opened)
    said = told_by(member, now, **_plain(sorting), category=decided.category)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        limits = limits_of(deployment, opened.directory, label.area)
        label = _begun(label, opened, limits, now)
        label = leave_record(writing, deployment, opened, label, SORTING, said)
        event = told_by(member, now, what="sorted")
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.CASE_SORTED, by=member.person, case=opened.case)
        label = _decided(label, decided, member.person, limits, now)
        label = _onward(label, opened, sorting, limits, now)
        if "child" in sorting.answers.values():
            label = replace(label, child=True)
        fact = fact_of(deployment, opened.directory, sorting, label.category)
        write_sorted(writing, deployment, place, fact)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)
    return decided


def last_sorting(records: list[Record]) -> Mapping[str, Any] | None:
    """What was decided last, as it was kept; None where nobody has sorted the case."""
    found = [record.content for record in records if record.kind == SORTING]
    return found[-1] if found else None


def sorting_from(content: Mapping[str, Any]) -> Sorting:
    """The inverse of keeping it."""
    kept = {name: content[name] for name in Sorting.__dataclass_fields__}
    return Sorting(**kept | {"agencies": tuple(content["agencies"])})


def fact_of(
    deployment: Deployment, directory: Directory, sorting: Sorting, category: str
) -> SortedFact:
    """The numbers of the statistics row."""
    config = deployment.settings.config
    codes = {
        name: read_list(config, name).numbers.get(getattr(sorting, name), 0)
        for name in ("allegation_type", "allegation_subtype", "entity_class", "personnel_category")
    }
    first = bytes.fromhex(sorting.agencies[0]) if sorting.agencies else b""
    agency = directory.agencies.get(first)
    return SortedFact(
        category=read_list(config, "category").number(category),
        concerned=agency.code if agency else 0,
        people=sorting.people,
        **codes,
    )


def _begun(label: Label, opened: Opened, limits: Mapping[str, Limit], now: datetime) -> Label:
    """The case once its triage has begun; the risk for who reported is looked at from then on."""
    if machine_of(label.state) is REPORT:
        step = take(REPORT, label.state, "begin_triage", parts_at(opened.desk.function))
        return gone_on(label, step, limits, now).started(limits["assess_risk"], now)
    if machine_of(label.state) is not CASE or CASE.state(label.state).final:
        raise Forbidden("not_from_here", SORTING, label.state)
    if label.pending:
        raise Forbidden("waits_for_second", SORTING, label.state)
    return label


def _decided(
    label: Label, decided: Decision, by: bytes, limits: Mapping[str, Limit], now: datetime
) -> Label:
    """Leaving what counts as SEA waits; two roles are SEA at once and looked at by another."""
    leaves = label.category in COUNTED and decided.category not in COUNTED
    if leaves:
        waits = Pending(LEAVE_COUNTED, by, minutes(now), decided.category)
        return waiting(label, waits, limits, now)
    if decided.review:
        label = waiting(label, Pending(TWO_ROLES, by, minutes(now)), limits, now)
    return replace(label, category=decided.category)


def waiting(label: Label, pending: Pending, limits: Mapping[str, Limit], now: datetime) -> Label:
    """The label while a decision waits for its second person, within the time of the procedures."""
    return replace(label, pending=pending).met("triage", now).started(limits["second_person"], now)


def _onward(
    label: Label, opened: Opened, sorting: Sorting, limits: Mapping[str, Limit], now: datetime
) -> Label:
    """Where it is SEA and one knows whose personnel, it has to be sent there next."""
    leaving = label.pending is not None and label.pending.what == LEAVE_COUNTED
    if leaving or label.category not in COUNTED or not sorting.agencies:
        return label
    who, holds = parts_at(opened.desk.function), (SORTED, "entity_known")
    if not may_take(CASE, label.state, "prepare_referral", who, holds):
        return label
    step = take(CASE, label.state, "prepare_referral", who, holds)
    return gone_on(label, step, limits, now)


def _plain(sorting: Sorting) -> dict[str, Any]:
    return asdict(sorting) | {"answers": dict(sorting.answers), "people": dict(sorting.people)}
