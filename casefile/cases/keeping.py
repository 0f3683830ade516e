"""Keeping a case for a court or an authority longer than the rules say: two people, and a reason.

The first person's word counts at once, so that nothing is lost while a second is found, and for
thirty days alone; ending it takes two people again. The reason lies among the notes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import Label, LegalHold
from casefile.cases.queue_rows import case_at
from casefile.cases.retention import DEADLINE, is_held
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes


class Keeping(StrEnum):
    """What somebody says about keeping a case."""

    ASK = "ask"
    CONFIRM = "confirm"
    ASK_END = "ask_end"
    CONFIRM_END = "confirm_end"
    GO_ON = "go_on"


EVENTS = {
    Keeping.ASK: Event.HOLD_ASKED,
    Keeping.CONFIRM: Event.HOLD_SET,
    Keeping.ASK_END: Event.HOLD_LIFTING_ASKED,
    Keeping.CONFIRM_END: Event.HOLD_LIFTED,
    Keeping.GO_ON: Event.HOLD_SET,
}
FIRST = frozenset({Keeping.ASK, Keeping.ASK_END})
"""What begins something, and so needs a reason."""


class NotNow(Exception):
    """Another person is needed, or what was said does not fit how the case stands."""


def open_words(label: Label, person: bytes, now: datetime) -> tuple[Keeping, ...]:
    """What this person can say about keeping the case, as it stands now."""
    hold = label.hold if is_held(label, now) else None
    if hold is None:
        return (Keeping.ASK,)
    if not hold.second:
        return () if person == hold.by else (Keeping.CONFIRM,)
    if not hold.ending:
        return (Keeping.ASK_END,)
    return (Keeping.GO_ON,) if person == hold.ending else (Keeping.CONFIRM_END, Keeping.GO_ON)


def keep(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    word: Keeping,
    *,
    reason: str,
    once: bytes,
) -> None:
    """Say a word about keeping a case; NotNow if it is not this person's to say."""
    once += b"keep"
    opened = unlock(session, deployment, member, case_at(address))
    now = deployment.now()

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if word not in open_words(label, member.person, now):
            raise NotNow
        note(writing, deployment, EVENTS[word], by=member.person, case=opened.case)
        label = _recorded(writing, deployment, member, opened, label, word, reason)
        label = replace(label, hold=_said(label.hold, member.person, word, now))
        label = label if label.hold is None else label.without(DEADLINE)
        return label.remembering(once)

    change_case(session, deployment, member, opened, change)


def _said(hold: LegalHold | None, person: bytes, word: Keeping, now: datetime) -> LegalHold | None:
    if word is Keeping.ASK or hold is None:
        return LegalHold(person, minutes(now))
    match word:
        case Keeping.CONFIRM:
            return replace(hold, second=person)
        case Keeping.ASK_END:
            return replace(hold, ending=person)
        case Keeping.GO_ON:
            return replace(hold, ending=b"")
        case _:
            return None


def _recorded(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    label: Label,
    word: Keeping,
    reason: str,
) -> Label:
    said = told_by(member, deployment.now(), what=f"keep_{word}")
    label = leave_record(session, deployment, opened, label, "event", said)
    if not reason:
        return label
    told = told_by(member, deployment.now(), text=reason)
    return leave_record(session, deployment, opened, label, "reason", told)
