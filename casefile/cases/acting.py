"""What a focal point does with a case: confirm it was read, write to the number, leave a note.

Each verb reads the label again inside its write and refuses what is no longer hers. A page sent
twice acts once, and a page that is no longer true not at all: `seen` is what it showed, None where
no page was shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import Change, change_case, leave_record, told_by
from casefile.cases.choices import next_letter, noted, quiet
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label
from casefile.cases.limits import Limits, limits_of
from casefile.cases.machines import REPORT, parts_at
from casefile.cases.queue_rows import case_at
from casefile.cases.statistics_row import row_of, step_happened
from casefile.cases.stepping import gone_on
from casefile.codes.machines import take
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment

HELP_KINDS = ("offer_help", "offer_help_today")


@dataclass(frozen=True)
class WrittenLetter:
    """What goes to the number: its words and the code of their language."""

    text: str = field(repr=False)
    language: str
    reviewed: str = ""
    """Id of the reviewed text these words are; empty for own words."""
    reason: str = field(default="", repr=False)
    """Why own words were chosen; colleagues alone read it."""
    asks: bool = False
    """Whether it asks the reporter something, so that we wait for the answer."""


Writer = Callable[[str], WrittenLetter]
"""Writes a letter once the language of the report is known."""


def acknowledge(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    seen: str | None = None,
) -> None:
    """Confirm that a trained person read the report; who confirms first answers from then on.

    Where somebody has taken the case over already, she goes on answering. ChangedMeanwhile if the
    page is out of date.
    """
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.acknowledged:
        refuse_old_page(session, deployment, member, opened, seen)
    fact = row_of(session, deployment, opened)

    def change(writing: Session, label: Label) -> Label:
        if label.acknowledged:
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        now = deployment.now()
        step_happened(writing, deployment, fact, "acknowledged", label, "acknowledge")
        event = told_by(member, now, what="acknowledged")
        label = leave_record(writing, deployment, opened, label, "event", event)
        owner = label.owner or member.person
        label = replace(label, acknowledged=minutes(now), owner=owner)
        note(writing, deployment, Event.CASE_ACKNOWLEDGED, by=member.person, case=opened.case)
        step = take(REPORT, label.state, "acknowledge", parts_at(opened.desk.function))
        limits = limits_of(deployment, opened.directory, label.area)
        return next_letter(gone_on(label, step, limits, now), limits, now)

    change_case(session, deployment, member, opened, change)


def answer(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    writer: Writer,
    *,
    once: bytes,
    seen: str | None = None,
    also: Change | None = None,
) -> None:
    """Write a letter to the number: a reviewed text by its id, or own words with a reason.

    `also` happens in the same write. ChangedMeanwhile if the page is out of date: another letter
    may have gone out since. CaseNotFound for what was split off: nobody has its number, the first
    case is answered.
    """
    once += b"letter"  # the page's other forms carry the same token
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    if opened.label.parent:
        raise CaseNotFound
    fact = row_of(session, deployment, opened)
    now = deployment.now()
    letter = writer(opened.label.language)
    words = {"text": letter.text, "language": letter.language, "reviewed": letter.reviewed}
    sent = told_by(member, now, **words)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        label = leave_record(
            writing, deployment, opened, label, "letter", sent, Compartment.MAILBOX
        )
        if letter.reason:
            reason = told_by(member, now, text=letter.reason)
            label = leave_record(writing, deployment, opened, label, "reason", reason)
        if letter.reviewed == "help":
            label = _offered(writing, deployment, fact, label, now)
        note(writing, deployment, Event.ANSWER_SENT, by=member.person, case=opened.case)
        label = replace(label, answered=True).remembering(once)
        label = _answered(label, limits_of(deployment, opened.directory, label.area), now)
        label = label.asking(now) if letter.asks and not quiet(label) else label
        return also(writing, label) if also else label

    change_case(session, deployment, member, opened, change)


def write_note(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    text: str,
    once: bytes,
    seen: str | None = None,
) -> None:
    """Leave a note for those who work on the case; the reporter never sees it.

    ChangedMeanwhile if the page is out of date.
    """
    once += b"note"
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    said = told_by(member, deployment.now(), text=text)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        note(writing, deployment, Event.NOTE_WRITTEN, by=member.person, case=opened.case)
        label = leave_record(writing, deployment, opened, label, "note", said)
        limits = limits_of(deployment, opened.directory, label.area)
        return noted(label.remembering(once), limits, deployment.now())

    change_case(session, deployment, member, opened, change)


def _offered(
    session: Session, deployment: Deployment, fact: Place, label: Label, now: datetime
) -> Label:
    running = next((kind for kind in HELP_KINDS if label.running(kind)), None)
    if running is None:
        return label
    step_happened(session, deployment, fact, "offered", label, running)
    return label.met(running, now)


def _answered(label: Label, limits: Limits, now: datetime) -> Label:
    """Writing answers what the reporter asked and starts the clock of the next letter."""
    label = replace(label.met("answer_message", now), new_messages=0).met("heed_choice", now)
    return next_letter(label.met("write_to_reporter", now), limits, now)
