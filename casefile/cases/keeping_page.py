"""How long a case is kept, as its members see it: until when, held by whom, what can be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from casefile.cases.exclusion_settling import settle
from casefile.cases.keeping import Keeping, open_words
from casefile.cases.queue_rows import case_at
from casefile.cases.retention import DEADLINE, UNCONFIRMED, is_held, kept_until
from casefile.codes.retention import read_retention
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment


@dataclass(frozen=True)
class KeepingPage:
    """Until when the case is kept, when it is deleted, who holds it, and what she can say."""

    until: datetime | None
    """When its time is over; None while it is not closed."""
    deleted: datetime | None
    """When it is deleted, once that is announced."""
    held_by: str
    second: str
    alone_until: datetime | None
    """Until when one person's word holds it; None once a second has agreed."""
    ending_by: str
    words: tuple[Keeping, ...]


def keeping_of(
    session: Session, deployment: Deployment, member: Member, address: str
) -> KeepingPage:
    """How long this case is kept; CaseNotFound as everywhere."""
    label = settle(session, deployment, member, case_at(address)).label
    now = deployment.now()
    hold = label.hold if is_held(label, now) else None
    announced = label.running(DEADLINE)
    names = names_of(session, deployment)
    return KeepingPage(
        until=kept_until(label, read_retention(deployment.settings.config)),
        deleted=moment(announced.due) if announced else None,
        held_by=names.get(hold.by, "") if hold else "",
        second=names.get(hold.second, "") if hold else "",
        alone_until=moment(hold.when) + UNCONFIRMED if hold and not hold.second else None,
        ending_by=names.get(hold.ending, "") if hold else "",
        words=open_words(label, member.person, now),
    )
