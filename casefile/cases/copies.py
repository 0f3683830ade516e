"""Copies of a case that leave: which sections there are, who may take which, and what stays of it.

A section is offered only where the member holds a key of what it says; contact and names only with
the key of that compartment. Nothing is written before the copy is made, so that one that fails
leaves nothing behind; what is written then is a line on the log and a record with the reason. A
locked file is named by its number alone, and never leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.case_page import CasePage, compose_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.doors import DOOR
from casefile.cases.exclusion_settling import settle
from casefile.cases.files import FILE, LOCK, KeptFile, files_in
from casefile.cases.keys import Opened
from casefile.cases.label import CaseNotFound, Label
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Keys, Record, read_records
from casefile.codes.lists import UNKNOWN, read_list
from casefile.people.accounts import names_of
from casefile.people.roles import Permission
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.sealing.compartments import Compartment

EXPORT: Final = "export"
"""The kind of the record that says who took what, and why."""
NEVER: Final = frozenset({"fact", DOOR})
"""Records that never leave: where the case's fact lies, and the key to its door."""


class Section(StrEnum):
    """What of a case can be printed; codes of the list `paper_section`."""

    SUMMARY = "summary"
    DATES = "dates"
    REPORT = "report"
    LETTERS = "letters"
    NOTES = "notes"
    HELP = "help"
    COMPLAINT = "complaint"
    INVESTIGATION = "investigation"
    PERMISSIONS = "permissions"
    FILES = "files"
    IDENTITY = "identity"


LIES_IN: Final[Mapping[Section, Compartment]] = {
    Section.SUMMARY: Compartment.WORK,
    Section.DATES: Compartment.WORK,
    Section.REPORT: Compartment.MAILBOX,
    Section.LETTERS: Compartment.MAILBOX,
    Section.NOTES: Compartment.WORK,
    Section.HELP: Compartment.ASSISTANCE,
    Section.COMPLAINT: Compartment.WORK,
    Section.INVESTIGATION: Compartment.INVESTIGATION,
    Section.PERMISSIONS: Compartment.MAILBOX,
    Section.FILES: Compartment.MAILBOX,
    Section.IDENTITY: Compartment.IDENTITY,
}
"""The compartment whose key a section asks for."""
BY_KIND: Final[Mapping[str, Section]] = {
    "report": Section.REPORT,
    "message": Section.REPORT,
    "letter": Section.LETTERS,
    "choice": Section.PERMISSIONS,
    "consent": Section.PERMISSIONS,
    "note": Section.NOTES,
    "reason": Section.NOTES,
    "event": Section.DATES,
    EXPORT: Section.DATES,
    "summary": Section.SUMMARY,
    FILE: Section.FILES,
    LOCK: Section.FILES,
}
"""Kinds of records that belong to a section wherever they lie."""
BY_COMPARTMENT: Final[Mapping[Compartment, Section]] = {
    Compartment.MAILBOX: Section.LETTERS,
    Compartment.WORK: Section.COMPLAINT,
    Compartment.ASSISTANCE: Section.HELP,
    Compartment.INVESTIGATION: Section.INVESTIGATION,
    Compartment.IDENTITY: Section.IDENTITY,
}
"""Where every other kind belongs: a record must never be left out because nobody named its kind."""


@dataclass(frozen=True)
class Copy:
    """What of a case is to leave, opened: its page, the records by section, its files, names."""

    opened: Opened
    page: CasePage
    sections: tuple[Section, ...]
    records: Mapping[Section, tuple[Record, ...]] = field(repr=False)
    files: tuple[KeptFile, ...] = field(repr=False)
    people: Mapping[bytes, str] = field(repr=False)


@dataclass(frozen=True)
class Asked:
    """Why a copy is taken: a code of the list `export_reason`, and the words for colleagues."""

    reason: str
    text: str = field(repr=False)
    once: bytes = field(repr=False)


def offered(keys: Keys) -> tuple[Section, ...]:
    """The sections a member can take; none without the key of the work itself, which notes it."""
    if Compartment.WORK not in keys:
        return ()
    return tuple(one for one in Section if LIES_IN[one] in keys)


def section_of(record: Record) -> Section | None:
    """The section a record is printed in; None for what never leaves."""
    if record.kind in NEVER:
        return None
    if record.compartment is Compartment.IDENTITY:
        return Section.IDENTITY  # whatever its kind: names stay where names are allowed
    return BY_KIND.get(record.kind, BY_COMPARTMENT[record.compartment])


def sections_for(
    session: Session, deployment: Deployment, member: Member, address: str
) -> tuple[Section, ...]:
    """What this member can take of a case; CaseNotFound as everywhere."""
    return offered(settle(session, deployment, member, case_at(address)).keys)


def read_copy(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    wanted: Collection[Section],
) -> Copy:
    """Open the wanted sections, as far as they are offered; CaseNotFound if she may take none."""
    opened = settle(session, deployment, member, case_at(address))
    sections = tuple(one for one in offered(opened.keys) if one in wanted)
    if not sections or not member.may(Permission.EXPORT_CASE):
        raise CaseNotFound
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    page = compose_page(session, deployment, member, opened, records)
    chosen = {
        section: tuple(one for one in records if section_of(one) is section) for section in sections
    }
    files = files_in(records) if Section.FILES in sections else ()
    return Copy(opened, page, sections, chosen, files, names_of(session, deployment))


def note_copy(
    session: Session,
    deployment: Deployment,
    member: Member,
    copy: Copy,
    event: Event,
    asked: Asked,
) -> None:
    """Leave the line and the record of a copy that is made; CaseNotFound if it is hers no more.

    A page sent twice leaves a line each time, for each time a copy leaves, and one record.
    """
    once = asked.once + event.value.encode()
    config, now = deployment.settings.config, deployment.now()
    numbers = read_list(config, "paper_section").numbers
    reasons = read_list(config, "export_reason").numbers
    reason = asked.reason if asked.reason in reasons else UNKNOWN
    codes = (reasons[reason], *(numbers[one] for one in copy.sections))
    said = told_by(
        member, now, what=event, sections=list(copy.sections), reason=reason, text=asked.text
    )

    def change(writing: Session, label: Label) -> Label:
        case = copy.opened.case
        note(writing, deployment, event, by=member.person, case=case, codes=codes)
        if label.remembers(once):
            return label
        label = leave_record(writing, deployment, copy.opened, label, EXPORT, said)
        if Section.REPORT in copy.sections and not label.first_read:
            label = replace(label, first_read=minutes(now))
        return label.remembering(once)

    change_case(session, deployment, member, copy.opened, change)


def leaving(record: Record, files: Collection[KeptFile]) -> Mapping[str, Any] | None:
    """What a record says as it leaves: a file without its key, a locked one by its number alone."""
    if record.kind != FILE:
        return record.content
    number = record.content["number"]
    if any(file.locked and file.number == number for file in files):
        return {"number": number, "locked": True}
    inside = ("key", "file", "first", "count")
    return {name: value for name, value in record.content.items() if name not in inside}
