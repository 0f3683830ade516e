"""Reading a case: the page above any text, and the report itself, which leaves a look behind.

The report is returned by `show_report` alone. Every call notes who looked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.case_page import CasePage, compose_page
from casefile.cases.choices import looked_at
from casefile.cases.doors import take_in
from casefile.cases.exclusion_settling import settle
from casefile.cases.keys import Opened, held_for, unlock, write_quick_keys
from casefile.cases.label import CaseNotFound, write_label
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.records import Record, add_record, read_records
from casefile.people.sessions import Member
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.sealing.compartments import Compartment

WRITTEN = frozenset({"report", "packet"})
"""Records of the mailbox a case begins with: what was reported to us, or passed on to us."""


@dataclass(frozen=True)
class ReporterMessage:
    """Something the reporter added later."""

    when: datetime
    text: str = field(repr=False)


@dataclass(frozen=True)
class ShownReport:
    """The report as it was written, its answers by question, and what was added since."""

    text: str = field(repr=False)
    language: str
    answers: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    messages: tuple[ReporterMessage, ...] = field(repr=False)
    packet: Mapping[str, Any] | None = field(default=None, repr=False)
    """What was passed on to us, where it stands in the report's place."""


def open_case(session: Session, deployment: Deployment, member: Member, address: str) -> CasePage:
    """Open the page of a case and note the look; CaseNotFound for what is not hers."""
    opened = settle(session, deployment, member, case_at(address))
    if take_in(session, deployment, member, opened):
        opened = unlock(session, deployment, member, opened.case)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    page = compose_page(session, deployment, member, opened, records)

    def leave_look(writing: Session) -> None:
        note(writing, deployment, Event.CASE_LOOKED, by=member.person, case=opened.case)
        write_quick_keys(writing, deployment, opened)

    write_now(leave_look, session)
    return page


def show_report(
    session: Session, deployment: Deployment, member: Member, address: str
) -> ShownReport:
    """Return the report's text; the look stands on the log and on the case's line of dates.

    CaseNotFound also for who holds no key of the mailbox.
    """
    opened = settle(session, deployment, member, case_at(address))
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    shown = _shown(records, opened.label.language)
    write_now(lambda writing: _leave_report_look(writing, deployment, member, opened), session)
    return shown


def _leave_report_look(
    session: Session, deployment: Deployment, member: Member, opened: Opened
) -> None:
    held = held_for(session, deployment, member, opened)
    now = minutes(deployment.now())
    kind = "looked" if held.label.first_read else "read"
    label = replace(held.label, first_read=held.label.first_read or now, new_messages=0)
    label = looked_at(label, deployment.now())
    content = {"what": kind, "when": now, "by": member.person.hex()}
    label = add_record(
        session, deployment, opened.case, label, Compartment.WORK, opened.keys, "event", content
    )
    change_row(session, deployment, write_label(session, deployment, held, label))
    note(session, deployment, Event.REPORT_LOOKED, by=member.person, case=opened.case)
    write_quick_keys(session, deployment, opened)


def _shown(records: list[Record], language: str) -> ShownReport:
    told = next((record for record in records if record.kind in WRITTEN), None)
    if told is None:
        raise CaseNotFound
    report = told.content
    messages = [record.content for record in records if record.kind == "message"]
    return ShownReport(
        text=report["text"],
        language=language,
        answers=tuple((question, tuple(given)) for question, given in report["answers"].items()),
        messages=tuple(
            ReporterMessage(moment(message["when"]), message["text"]) for message in messages
        ),
        packet=report if told.kind == "packet" else None,
    )
