"""Joining a desk: the newcomer is let in by a fellow, after the desk's cases were looked through.

Nobody who is excluded from a case of the desk is let in: that case must first be given a circle.
"""

from __future__ import annotations

import numpy as np
from sqlalchemy.orm import Session

from casefile.cases.label import read_label
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of
from casefile.network.custody import give_seat
from casefile.network.directory import Desk
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.registers.storage import scan


class ExcludedFromACase(Exception):
    """The newcomer is kept from a case that this desk's key opens."""


def join_desk(
    session: Session, deployment: Deployment, fellow: Member, desk: Desk, person: bytes
) -> None:
    """Let `person` in, in the session of a fellow member; ExcludedFromACase if that would show."""
    for case in _desk_cases(session, deployment, desk):
        if person in read_label(session, deployment, case).label.excluded:
            raise ExcludedFromACase
    give_seat(session, deployment, fellow, desk, person)


def _desk_cases(session: Session, deployment: Deployment, desk: Desk) -> list[bytes]:
    """The desk's cases that its own key opens; those in a circle never open by joining."""
    found: list[bytes] = []
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        of_desk = np.zeros(len(columns["used"]), bool)
        for column in DESK_COLUMNS:
            of_desk |= columns[column] == desk.code
        for at in np.flatnonzero(of_desk & (columns["circle"] == 0)):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    return found
