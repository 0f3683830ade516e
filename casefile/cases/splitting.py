"""Several complaints in one message: each becomes a case of its own, and keeps where it came from.

The new case lies at the same desk, for the same readers and kept from the same people, with keys
and a statistics row of its own. It holds a copy of what belongs to it and nothing by which the
reporter could be reached: who reported has one number, and is answered in the first case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import Label
from casefile.cases.limits import country_of
from casefile.cases.machines import CASE, REASON, REPORT, machine_of
from casefile.cases.opening import Beginning, FirstReport, Prepared, open_case, prepare_case
from casefile.cases.queue_rows import address_of, case_at
from casefile.cases.records import Record, read_records
from casefile.cases.routing import Route
from casefile.cases.statistics_row import row_in
from casefile.cases.wraps import read_route_keys
from casefile.codes.lists import read_list
from casefile.codes.machines import Forbidden
from casefile.codes.triage import POSSIBLE_SEA
from casefile.facts.register import FACTS, FirstFact
from casefile.network.directory import hold_desk
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment
from casefile.registers.storage import read_row
from casefile.sealing.keypairs import new_private_key
from casefile.sealing.receipts import ReceiptKeys

KEPT = ("who", "sex", "age", "when", "employer", "keep_from", "keep_area", "now", "staff")
"""Answers of the first case that hold for what is split off too: who must not see it above all."""


def split_case(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    text: str,
    once: bytes,
    seen: str,
) -> str:
    """Open a case with the words that belong to it; its address, or "" for a page sent twice.

    Forbidden `reason_given` without words, `not_from_here` before the report is confirmed;
    ChangedMeanwhile if the page is out of date; StaleRow if the desk changed meanwhile.
    """
    opened = unlock(session, deployment, member, case_at(address))
    once += b"split"
    if opened.label.remembers(once):
        return ""
    refuse_old_page(session, deployment, member, opened, seen)
    if opened.label.state == REPORT.begins or machine_of(opened.label.state) not in (REPORT, CASE):
        raise Forbidden("not_from_here", "split", opened.label.state)
    if not text:
        raise Forbidden(REASON, "split", opened.label.state)
    prepared = _prepared(session, deployment, member, opened, text)
    now = deployment.now()
    event = told_by(member, now, what="split", case=address_of(prepared.case))

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        desk = opened.directory.desks[label.desks[0]]
        if hold_desk(writing, deployment, desk.id, shared=True) != desk:
            raise StaleRow("desk")
        open_case(writing, deployment, opened.directory, prepared)
        note(writing, deployment, Event.CASE_SPLIT, by=member.person, case=opened.case)
        label = leave_record(writing, deployment, opened, label, "event", event)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)
    return address_of(prepared.case)


def _prepared(
    session: Session, deployment: Deployment, member: Member, opened: Opened, text: str
) -> Prepared:
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    first = _first(session, deployment, opened, records, text)
    route = _route(opened)
    listed = read_route_keys(session, deployment, route)
    nobody = ReceiptKeys(deployment.random(32), new_private_key(deployment.random))
    prepared = prepare_case(deployment, route, listed, first, nobody)
    label = _label(member, opened.label, opened.case, prepared.label)
    return replace(prepared, label=label)


def _route(opened: Opened) -> Route:
    """The same desk and the same readers."""
    desk = opened.directory.desks[opened.label.desks[0]]
    seats = (one.id for one in opened.label.holders if one.kind == "member")
    return Route(desk, tuple(seats) if opened.label.circle else desk.members)


def _label(member: Member, first: Label, case: bytes, label: Label) -> Label:
    """It was received and read with the first case; help goes on there, and letters too."""
    return replace(
        label,
        received=first.received,
        first_read=first.first_read or first.acknowledged,
        acknowledged=first.acknowledged,
        owner=member.person,
        parent=case,
    )


def _first(
    session: Session,
    deployment: Deployment,
    opened: Opened,
    records: list[Record],
    text: str,
) -> FirstReport:
    label = opened.label
    summary = next((one.content for one in records if one.kind == "summary"), {})
    report = {
        "text": text,
        "answers": {},
        "language": label.language,
        "channel": label.channel,
        "first_viewed": "",
    }
    return FirstReport(
        report=report,
        identity={},
        work=_kept(summary),
        needs={"help": [], "contact": {}},
        category=POSSIBLE_SEA,
        language=label.language,
        channel=label.channel,
        area=label.area,
        act_today=False,
        child=label.child,
        begins=Beginning(("triage", "assess_risk"), state=CASE.begins),
        exclusions=label.exclusions,
        asked=(),
        fact=_fact(session, deployment, opened, records),
        country=country_of(opened.directory, label.area),
    )


def _kept(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: summary[name] for name in KEPT if name in summary}


def _fact(
    session: Session, deployment: Deployment, opened: Opened, records: list[Record]
) -> FirstFact:
    """Where it came from is that of the first case; what it is, nobody has said yet."""
    place = row_in(records)
    if place is None:
        raise LookupError("fact")
    row = read_row(session, deployment, FACTS, place, "coded")
    config = deployment.settings.config
    return FirstFact(
        category=read_list(config, "category").number(POSSIBLE_SEA),
        receiving_class=int(row["receiving_class"]),
        receiving=int(row["receiving"]),
        channel=int(row["channel"]),
        source=int(row["source"]),
        status=read_list(config, "status").number("received"),
        area=int(row["area"]),
        incident_year=int(row["incident_year"]),
        restricted=bool(opened.label.excluded),
        victims=None,
        received_quarter=int(row["received_quarter"]),
    )
