"""A second look: somebody other than who answers looks at a case because the reporter asked for it.

It must never be confirmed by the person whose answer the reporter was not content with.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import unlock
from casefile.cases.label import Label
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record, read_records
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment


class AnotherPersonNeeded(Exception):
    """Who answers the reporter cannot be the one who looks again."""


def confirm_second_look(
    session: Session, deployment: Deployment, member: Member, address: str
) -> None:
    """Say that another person has looked; pressed twice it stands once."""
    opened = unlock(session, deployment, member, case_at(address))
    answered = _last_answered(
        read_records(session, deployment, opened.case, opened.label, opened.keys)
    )
    now = deployment.now()
    event = told_by(member, now, what="second_look")

    def change(writing: Session, label: Label) -> Label:
        if not label.running("second_look"):
            return label
        if member.person in {label.owner, answered}:
            raise AnotherPersonNeeded
        note(writing, deployment, Event.SECOND_LOOK, by=member.person, case=opened.case)
        label = leave_record(writing, deployment, opened, label, "event", event)
        return label.met("second_look", now)

    change_case(session, deployment, member, opened, change)


def _last_answered(records: Sequence[Record]) -> bytes:
    """Who wrote the last letter, else who confirmed: letting go of the case changes nothing."""
    letters = [one.content["by"] for one in records if one.kind == "letter"]
    confirmed = [one.content["by"] for one in records if one.content.get("what") == "acknowledged"]
    return bytes.fromhex((letters or confirmed or [""])[-1])
