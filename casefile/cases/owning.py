"""Who answers for a case: taking it over, handing it to a colleague, letting it go.

Nothing is done from a page that is no longer true: what happened since it was opened is told
instead. A case goes only to somebody who may read it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import Opened, readers, unlock
from casefile.cases.label import CaseNotFound, Label
from casefile.cases.queue_rows import case_at
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment

TAKEN, HANDED_OVER, LET_GO = "taken", "handed_over", "let_go"
EVENTS = {
    TAKEN: Event.CASE_TAKEN,
    HANDED_OVER: Event.CASE_HANDED_OVER,
    LET_GO: Event.CASE_LET_GO,
}


def take_over(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    text: str = "",
    seen: str,
    once: bytes,
) -> None:
    """Answer for the case oneself from now on, with a note if there is one.

    ChangedMeanwhile if the page is out of date.
    """
    _give(session, deployment, member, address, TAKEN, member.person, text, seen=seen, once=once)


def hand_over(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    to: bytes,
    text: str,
    seen: str,
    once: bytes,
) -> None:
    """Let a colleague answer for it, with a note for those who work on the case if there is one.

    CaseNotFound for somebody who may not read it; ChangedMeanwhile as in `take_over`.
    """
    _give(session, deployment, member, address, HANDED_OVER, to, text, seen=seen, once=once)


def let_go(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    *,
    text: str = "",
    seen: str,
    once: bytes,
) -> None:
    """Let nobody in particular answer for it: it stands on everybody's list again."""
    _give(session, deployment, member, address, LET_GO, b"", text, seen=seen, once=once)


def _give(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    what: str,
    to: bytes,
    text: str,
    *,
    seen: str,
    once: bytes,
) -> None:
    opened = unlock(session, deployment, member, case_at(address))
    once += what.encode()  # the page's other buttons carry the same token
    if opened.label.remembers(once):
        return
    if to and to not in readers(opened.label, opened.directory):
        raise CaseNotFound
    refuse_old_page(session, deployment, member, opened, seen)
    if opened.label.owner == to and not text:
        return

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        note(
            writing,
            deployment,
            EVENTS[what],
            by=member.person,
            case=opened.case,
            about=to if what == HANDED_OVER else None,
        )
        label = _told(writing, deployment, member, opened, what, to, text)
        return replace(label, owner=to).remembering(once)

    change_case(session, deployment, member, opened, change)


def _told(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    what: str,
    to: bytes,
    text: str,
) -> Label:
    """The label with the event, and the note before it."""
    now, label = deployment.now(), opened.label
    named = {"to": to.hex()} if what == HANDED_OVER else {}
    told = [("note", told_by(member, now, text=text))] if text else []
    for kind, content in (*told, ("event", told_by(member, now, what=what, **named))):
        label = leave_record(session, deployment, opened, label, kind, content)
    return label
