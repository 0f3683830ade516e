"""A second look: somebody other than who answers looks at a case because the reporter asked for it.

It must never be confirmed by the person whose answer the reporter was not content with.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.keys import held_for, unlock
from casefile.cases.label import write_label
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.records import add_record
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.sealing.compartments import Compartment


class AnotherPersonNeeded(Exception):
    """Who answers the reporter cannot be the one who looks again."""


def confirm_second_look(
    session: Session, deployment: Deployment, member: Member, address: str
) -> None:
    """Say that another person has looked; pressed twice it stands once."""
    opened = unlock(session, deployment, member, case_at(address))
    now = deployment.now()
    content = {"what": "second_look", "when": minutes(now), "by": member.person.hex()}

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        if not held.label.running("second_look"):
            return
        if held.label.owner == member.person:
            raise AnotherPersonNeeded
        label = add_record(
            writing,
            deployment,
            opened.case,
            held.label,
            Compartment.WORK,
            opened.keys,
            "event",
            content,
        ).met("second_look", now)
        change_row(writing, deployment, write_label(writing, deployment, held, label))
        note(writing, deployment, Event.SECOND_LOOK, by=member.person, case=opened.case)

    write(verb, session)
