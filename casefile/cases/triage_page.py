"""What the part *triage* of a case shows: what was decided, what waits, what can be done now.

It decides nothing. The look is noted as on the case's own page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.case_page import CasePage, compose_page
from casefile.cases.exclusion_settling import settle
from casefile.cases.keys import Opened, write_quick_keys
from casefile.cases.label import CaseNotFound, Label, when
from casefile.cases.machines import CASE, PROTECTION, REPORT, is_ended, machine_of, parts_at
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record, read_records
from casefile.cases.risk import RISK
from casefile.cases.second_person import DECISION, ENDINGS, FORWARD, another_office_reads
from casefile.cases.sorting import Sorting, last_sorting, sorting_from
from casefile.codes.triage import COUNTED
from casefile.network.directory import Directory
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment


@dataclass(frozen=True)
class Waiting:
    """A decision that waits for its second person."""

    what: str
    target: str
    by: str
    mine: bool
    taken: datetime
    due: datetime | None
    reason: str = field(repr=False)
    same_office: bool = False
    """Somebody of another office reads the case, and the reader shares the first one's."""


@dataclass(frozen=True)
class KeptRisk:
    """What was found last about the risk, and when it is looked at again."""

    step: str
    levels: Mapping[str, str]
    measures: tuple[str, ...]
    text: str = field(repr=False)
    found: datetime
    by: str
    review: datetime | None


@dataclass(frozen=True)
class TriagePart:
    """Everything the page shows beside the head of the case. `may` are verbs that can be asked."""

    confirmed: bool
    ended: bool
    counted: bool
    sorting: Sorting | None
    waiting: Waiting | None
    may: frozenset[str]
    protection: str
    protect: tuple[str, ...]
    risk: KeptRisk | None
    agencies: tuple[tuple[str, str], ...]


def open_triage(
    session: Session, deployment: Deployment, member: Member, address: str
) -> tuple[CasePage, TriagePart]:
    """The page's head and its part; CaseNotFound for what is not hers, and for a case of help."""
    opened = settle(session, deployment, member, case_at(address))
    if machine_of(opened.label.state) not in (REPORT, CASE):
        raise CaseNotFound
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    page = compose_page(session, deployment, member, opened, records)
    part = _part(session, deployment, member, opened, records)

    def leave_look(writing: Session) -> None:
        note(writing, deployment, Event.CASE_LOOKED, by=member.person, case=opened.case)
        write_quick_keys(writing, deployment, opened)

    write_now(leave_look, session)
    return page, part


def _part(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    records: list[Record],
) -> TriagePart:
    label, kept = opened.label, last_sorting(records)
    return TriagePart(
        confirmed=label.state != REPORT.begins,
        ended=is_ended(label.state),
        counted=label.category in COUNTED,
        sorting=sorting_from(kept) if kept else None,
        waiting=_waiting(session, deployment, member, opened, records),
        may=_may(opened, sorted_out=kept is not None),
        protection=label.protection,
        protect=_protecting(opened, records),
        risk=_risk(session, deployment, label, records),
        agencies=_agencies(opened.directory, member.language),
    )


def _may(opened: Opened, *, sorted_out: bool) -> frozenset[str]:
    """The endings that lead on from the state and that this person may decide."""
    label, who = opened.label, parts_at(opened.desk.function)
    if label.pending or machine_of(label.state) is not CASE:
        return frozenset()
    offered = {FORWARD, *ENDINGS, "reopen"}
    steps = (step for step in CASE.steps_from(label.state) if set(step.who) & who)
    verbs = {step.verb for step in steps if step.verb in offered}
    if not sorted_out or label.category in COUNTED:
        verbs -= {FORWARD}
    return frozenset(verbs)


def _protecting(opened: Opened, records: list[Record]) -> tuple[str, ...]:
    """The steps of the protection; the ethics office is asked only for staff."""
    summary = next((one.content for one in records if one.kind == "summary"), {})
    steps = PROTECTION.steps_from(opened.label.protection)
    return tuple(
        step.verb for step in steps if "staff_reporter" not in step.guards or summary.get("staff")
    )


def _waiting(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    records: list[Record],
) -> Waiting | None:
    label, pending = opened.label, opened.label.pending
    if pending is None:
        return None
    said = [one.content for one in records if one.kind == DECISION]
    reason = str(said[-1]["reason"]) if said and pending.what in ENDINGS else ""
    deadline = label.running("second_person")
    return Waiting(
        what=pending.what,
        target=pending.target,
        by=names_of(session, deployment, {pending.by}).get(pending.by, ""),
        mine=pending.by == member.person,
        taken=moment(pending.taken),
        due=moment(deadline.due) if deadline else None,
        reason=reason,
        same_office=another_office_reads(label, opened.directory, member.person),
    )


def _risk(
    session: Session, deployment: Deployment, label: Label, records: list[Record]
) -> KeptRisk | None:
    kept: list[Mapping[str, Any]] = [one.content for one in records if one.kind == RISK]
    if not kept:
        return None
    last, by = kept[-1], bytes.fromhex(kept[-1]["by"])
    review = label.running("review_risk")
    return KeptRisk(
        step=last["step"],
        levels=last["levels"],
        measures=tuple(last["measures"]),
        text=last["text"],
        found=moment(last["when"]),
        by=names_of(session, deployment, {by}).get(by, ""),
        review=when(review.due) if review else None,
    )


def _agencies(directory: Directory, language: str) -> tuple[tuple[str, str], ...]:
    named = (
        (one.id.hex(), one.names.get(language, one.names["en"]))
        for one in directory.agencies.values()
        if one.entity_class != "inter_agency"
    )
    return tuple(sorted(named, key=lambda each: each[1]))
