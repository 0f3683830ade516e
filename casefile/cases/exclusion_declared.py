"""Declaring a conflict of interest: a member gives a case up and keeps no key to it.

Nobody asks why. What she declares is hers to say, so nobody's answer lifts it.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.exclusion import Why
from casefile.cases.exclusion_settling import exclude
from casefile.cases.keys import unlock
from casefile.cases.label import Exclusion, read_label
from casefile.cases.queue_rows import case_at
from casefile.network.directory import hold_every_desk
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue


def declare_conflict(
    session: Session, deployment: Deployment, member: Member, address: str
) -> None:
    """Leave a case to the others; CaseNotFound if it is not hers, or was given up already.

    If nobody who may read it is left, the next desk is told, or else the operator.
    """
    case = case_at(address)

    def verb(writing: Session) -> None:
        hold_every_desk(writing, deployment)
        read_label(writing, deployment, case, for_change=True)
        opened = unlock(writing, deployment, member, case)
        declared = Exclusion(member.person, Why.DECLARED)
        exclude(writing, deployment, opened, [declared], member.person)
        note(writing, deployment, Event.CONFLICT_DECLARED, by=member.person, case=case)
        enqueue(writing, deployment, "tell_desk", {"case": case.hex()})

    write(verb, session)
