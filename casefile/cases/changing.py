"""One change of a case: its label, its line on the lists and its quick keys, together.

A change must never be made from a label as it was before the lock: it is given the label as it
stands then, and what no longer needs changing is handed back as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casefile.cases.keys import Opened, held_for, write_quick_keys
from casefile.cases.label import Label, write_label
from casefile.cases.queue_rows import change_row
from casefile.cases.records import add_record
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.sealing.compartments import Compartment

Change = Callable[[Session, Label], Label]
"""Does what goes with the change inside the write, and gives the label as it is afterwards."""


def change_case(
    session: Session, deployment: Deployment, member: Member, opened: Opened, change: Change
) -> None:
    """Run one change under the label's lock: label, then fact, then queue row.

    CaseNotFound if the case is no longer hers; StaleRow if its keys were drawn anew meanwhile.
    """

    def verb(writing: Session) -> None:
        held = held_for(writing, deployment, member, opened)
        label = change(writing, held.label)
        if label != held.label:
            change_row(writing, deployment, write_label(writing, deployment, held, label))
        write_quick_keys(writing, deployment, opened)

    write(verb, session)


def told_by(member: Member, now: datetime, **told: Any) -> Mapping[str, Any]:
    """What a record says, with who says it and when."""
    return told | {"when": minutes(now), "by": member.person.hex()}


def leave_record(
    session: Session,
    deployment: Deployment,
    opened: Opened,
    label: Label,
    kind: str,
    content: Mapping[str, Any],
    compartment: Compartment = Compartment.WORK,
) -> Label:
    """Leave a record in a compartment the member opened; the label that binds it."""
    return add_record(
        session, deployment, opened.case, label, compartment, opened.keys, kind, content
    )
