"""What looked like junk and is none: a member who read it puts it among the other cases.

It must never go the other way: no member makes a report look like junk, and none is deleted here.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changing import change_case
from casefile.cases.keys import unlock
from casefile.cases.label import Label
from casefile.cases.queue_rows import case_at
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment


def is_no_junk(session: Session, deployment: Deployment, member: Member, address: str) -> None:
    """Put a case into the ordinary list; pressed twice nothing more happens."""
    opened = unlock(session, deployment, member, case_at(address))

    def change(writing: Session, label: Label) -> Label:
        if not label.junk:
            return label
        note(writing, deployment, Event.NO_JUNK, by=member.person, case=opened.case)
        return replace(label, junk=False)

    change_case(session, deployment, member, opened, change)
