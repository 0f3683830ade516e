"""What members do with the files of a case: add one, look, take a copy, lock, unlock.

No look and no copy may be handed over before it is noted. A lock holds for everybody from
the moment it is written; it is lifted by another person than the one who set it, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.files import (
    LOCK,
    FileLocked,
    FileNotThere,
    KeptFile,
    NewFile,
    add_files,
    file_numbered,
    open_file,
)
from casefile.cases.keys import Opened, held_for, unlock, write_quick_keys
from casefile.cases.label import Label, write_label
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.records import add_record, read_records
from casefile.documents.cleaning import Mark
from casefile.documents.kinds import PICTURES
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.platform.now import minutes
from casefile.sealing.compartments import Compartment


class SamePerson(Exception):
    """Whoever locked a file does not unlock it: that takes a second person."""


class NotShown(Exception):
    """The file is no picture that could be drawn again safely: it can only be taken as a copy."""


def add_member_files(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    files: tuple[NewFile, ...],
    to_reporter: bool,
    once: bytes,
) -> None:
    """Keep a member's files for those who work on the case, or lay them into the mailbox."""
    opened = unlock(session, deployment, member, case_at(address))
    compartment = Compartment.MAILBOX if to_reporter else Compartment.WORK
    if compartment not in opened.keys:
        raise FileNotThere

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        if held.label.remembers(once):
            return
        label = add_files(
            writing,
            deployment,
            opened.case,
            held.label,
            compartment,
            opened.keys,
            files,
            member.person,
        )
        for file in files:
            _note(writing, deployment, member, opened, Event.FILE_ADDED, file.stream.id)
        changed = write_label(writing, deployment, held, label.remembering(once))
        change_row(writing, deployment, changed)
        write_quick_keys(writing, deployment, opened)

    write_now(verb, session)


def see_file(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> KeptFile:
    """What is known of a file, without opening it; FileNotThere if there is none for her."""
    return _found(session, deployment, member, address, number)[1]


def begin_look(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> KeptFile:
    """Note that a member is about to look at a picture; NotShown, or FileLocked."""
    opened, file = _found(session, deployment, member, address, number)
    _refuse_unless_shown(file)
    _noted(session, deployment, member, opened, Event.FILE_SHOWN, file)
    return file


def draw_picture(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> bytes:
    """The picture decoded and drawn anew as a PNG; NotShown, FileLocked, or Busy."""
    from casefile.documents.pictures import preview

    opened, file = _found(session, deployment, member, address, number)
    _refuse_unless_shown(file)
    data = open_file(session, deployment, opened.case, file)
    session.rollback()
    with deployment.slots.cleaning:
        return preview(file.kind, data)


def take_copy(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> tuple[KeptFile, bytes]:
    """The file's bytes, once it is noted that she took them; FileLocked while it is locked."""
    opened, file = _found(session, deployment, member, address, number)
    data = open_file(session, deployment, opened.case, file)
    _noted(session, deployment, member, opened, Event.FILE_DOWNLOADED, file)
    return file, data


def lock_file(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> None:
    """Lock a file as possible child sexual abuse material and have the legal focal point told."""
    opened, file = _found(session, deployment, member, address, number)
    if not file.locked:
        _write_lock(session, deployment, member, opened, file, locked=True, reason="")


def unlock_file(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    number: int,
    *,
    reason: str,
) -> None:
    """Lift a lock; SamePerson for the one who set it. The reason stands beside the file."""
    opened, file = _found(session, deployment, member, address, number)
    if file.locked and file.locked_by == member.person:
        raise SamePerson
    if file.locked:
        _write_lock(session, deployment, member, opened, file, locked=False, reason=reason)


def can_be_shown(file: KeptFile) -> bool:
    """Whether a picture was decoded whole when it came, so that it can be drawn again."""
    return file.kind in PICTURES and file.mark is Mark.CLEANED and not file.locked


def _refuse_unless_shown(file: KeptFile) -> None:
    if file.locked:
        raise FileLocked
    if not can_be_shown(file):
        raise NotShown


def _found(
    session: Session, deployment: Deployment, member: Member, address: str, number: int
) -> tuple[Opened, KeptFile]:
    opened = unlock(session, deployment, member, case_at(address))
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    return opened, file_numbered(records, number)


def _noted(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    event: Event,
    file: KeptFile,
) -> None:
    """Note it, unless the case changed meanwhile: somebody may just have locked the file."""

    def verb(writing: Session) -> None:
        if held_for(writing, deployment, member, opened).label.bodies != opened.label.bodies:
            raise StaleRow("case")
        _note(writing, deployment, member, opened, event, file.id)
        write_quick_keys(writing, deployment, opened)

    write_now(verb, session)


def _write_lock(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    file: KeptFile,
    *,
    locked: bool,
    reason: str,
) -> None:
    """Write the lock beside the file, in its compartment: who opens the one sees the other."""
    content: Mapping[str, Any] = {
        "number": file.number,
        "locked": locked,
        "when": minutes(deployment.now()),
        "by": member.person.hex(),
        "reason": reason,
    }
    event = Event.FILE_LOCKED if locked else Event.FILE_UNLOCKED

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        if held.label.bodies != opened.label.bodies:
            raise StaleRow("case")
        label: Label = add_record(
            writing,
            deployment,
            opened.case,
            held.label,
            file.compartment,
            opened.keys,
            LOCK,
            content,
        )
        change_row(writing, deployment, write_label(writing, deployment, held, label))
        _note(writing, deployment, member, opened, event, file.id)
        write_quick_keys(writing, deployment, opened)
        if locked:
            enqueue(
                writing,
                deployment,
                "tell_legal",
                {"desk": opened.desk.id.hex(), "case": opened.case.hex()},
            )

    write_now(verb, session)


def _note(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    event: Event,
    file: bytes,
) -> None:
    note(session, deployment, event, by=member.person, case=opened.case, about=file)
