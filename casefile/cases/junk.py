"""What looked like junk and is none: a member who read it puts it among the other cases.

It must never go the other way: no member makes a report look like junk, and none is deleted here.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.keys import held_for, unlock
from casefile.cases.label import write_label
from casefile.cases.queue_rows import case_at, change_row
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment


def is_no_junk(session: Session, deployment: Deployment, member: Member, address: str) -> None:
    """Put a case into the ordinary list; pressed twice nothing more happens."""
    opened = unlock(session, deployment, member, case_at(address))

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        if not held.label.junk:
            return
        label = replace(held.label, junk=False)
        change_row(writing, deployment, write_label(writing, deployment, held, label))
        note(writing, deployment, Event.NO_JUNK, by=member.person, case=opened.case)

    write(verb, session)
