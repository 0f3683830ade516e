"""What a focal point does with a case: confirm it was read, write to the number, leave a note.

Each verb reads the label again inside its write and refuses what is no longer hers. A page sent
twice acts once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.choices import next_letter, noted
from casefile.cases.keys import Opened, held_for, unlock, write_quick_keys
from casefile.cases.label import Label, write_label
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.records import Record, add_record, read_records
from casefile.cases.rules import is_late
from casefile.codes.sops import read_profile
from casefile.facts.register import write_step
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment

Change = Callable[[Session, Label], Label]
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


Writer = Callable[[str], WrittenLetter]
"""Writes a letter once the language of the report is known."""


def acknowledge(session: Session, deployment: Deployment, member: Member, address: str) -> None:
    """Confirm that a trained person read the report; who confirms first answers from then on.

    Where somebody has taken the case over already, she goes on answering.
    """
    opened = unlock(session, deployment, member, case_at(address))
    fact = _fact(session, deployment, opened)

    def change(writing: Session, label: Label) -> Label:
        if label.acknowledged:
            return label
        now = deployment.now()
        _write_step(writing, deployment, fact, "acknowledged", label, "acknowledge")
        label = _event(writing, deployment, member, opened, label, "acknowledged")
        owner = label.owner or member.person
        label = replace(label, state="acknowledged", acknowledged=minutes(now), owner=owner)
        note(writing, deployment, Event.CASE_ACKNOWLEDGED, by=member.person, case=opened.case)
        limits = read_profile(deployment.settings.config)
        return next_letter(label.met("acknowledge", now), limits, now)

    _change(session, deployment, member, opened, change)


def answer(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    writer: Writer,
    *,
    once: bytes,
) -> None:
    """Write a letter to the number: a reviewed text by its id, or own words with a reason."""
    opened = unlock(session, deployment, member, case_at(address))
    fact = _fact(session, deployment, opened)
    now = deployment.now()
    letter = writer(opened.label.language)
    content = {
        "text": letter.text,
        "language": letter.language,
        "when": minutes(now),
        "by": member.person.hex(),
        "reviewed": letter.reviewed,
    }

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        label = add_record(
            writing,
            deployment,
            opened.case,
            label,
            Compartment.MAILBOX,
            opened.keys,
            "letter",
            content,
        )
        if letter.reason:
            label = _reasoned(writing, deployment, member, opened, label, letter.reason)
        if letter.reviewed == "help":
            label = _offered(writing, deployment, fact, label, now)
        note(writing, deployment, Event.ANSWER_SENT, by=member.person, case=opened.case)
        label = replace(label, answered=True).remembering(once)
        return _answered(deployment, label, now)

    _change(session, deployment, member, opened, change)


def write_note(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    text: str,
    once: bytes,
) -> None:
    """Leave a note for those who work on the case; the reporter never sees it."""
    opened = unlock(session, deployment, member, case_at(address))
    content = {"text": text, "when": minutes(deployment.now()), "by": member.person.hex()}

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        note(writing, deployment, Event.NOTE_WRITTEN, by=member.person, case=opened.case)
        label = add_record(
            writing, deployment, opened.case, label, Compartment.WORK, opened.keys, "note", content
        ).remembering(once)
        return noted(label, read_profile(deployment.settings.config), deployment.now())

    _change(session, deployment, member, opened, change)


def _change(
    session: Session, deployment: Deployment, member: Member, opened: Opened, change: Change
) -> None:
    """Run one change under the label's lock: label, then fact, then queue row."""

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        label = change(writing, held.label)
        if label != held.label:
            change_row(writing, deployment, write_label(writing, deployment, held, label))
        write_quick_keys(writing, deployment, opened)

    write(verb, session)


def _offered(
    session: Session, deployment: Deployment, fact: Place, label: Label, now: datetime
) -> Label:
    running = next((kind for kind in HELP_KINDS if label.running(kind)), None)
    if running is None:
        return label
    _write_step(session, deployment, fact, "offered", label, running)
    return label.met(running, now)


def _answered(deployment: Deployment, label: Label, now: datetime) -> Label:
    """Writing answers what the reporter asked and starts the clock of the next letter."""
    limits = read_profile(deployment.settings.config)
    label = replace(label.met("answer_message", now), new_messages=0).met("heed_choice", now)
    return next_letter(label.met("write_to_reporter", now), limits, now)


def _reasoned(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    label: Label,
    reason: str,
) -> Label:
    """Why own words were chosen: for colleagues, out of reach of the reporter's key."""
    content = {"text": reason, "when": minutes(deployment.now()), "by": member.person.hex()}
    return add_record(
        session, deployment, opened.case, label, Compartment.WORK, opened.keys, "reason", content
    )


def _event(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    label: Label,
    what: str,
) -> Label:
    content = {"what": what, "when": minutes(deployment.now()), "by": member.person.hex()}
    return add_record(
        session, deployment, opened.case, label, Compartment.WORK, opened.keys, "event", content
    )


def _fact(session: Session, deployment: Deployment, opened: Opened) -> Place:
    records: list[Record] = read_records(
        session,
        deployment,
        opened.case,
        opened.label,
        {Compartment.WORK: opened.keys[Compartment.WORK]},
    )
    pointer = next(record.content for record in records if record.kind == "fact")
    return Place(bytes.fromhex(pointer["segment"]), pointer["slot"])


def _write_step(
    session: Session, deployment: Deployment, fact: Place, step: str, label: Label, kind: str
) -> None:
    deadline, now = label.running(kind), deployment.now()
    elapsed: timedelta = now - moment(label.received)
    in_time = deadline is None or not is_late(deadline.due, minutes(now))
    write_step(session, deployment, fact, step, elapsed=elapsed, in_time=in_time)
