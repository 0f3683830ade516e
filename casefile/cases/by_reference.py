"""The case people call by six letters, among those a member may see; of any other, nothing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.cases.queue import visible_rows
from casefile.cases.queue_rows import REFERENCE_BITS, address_of, case_of, reference_number
from casefile.network.directory import read_directory
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment


def case_called(session: Session, deployment: Deployment, member: Member, typed: str) -> str:
    """The address of the case with this reference; "" if it is none of hers, or not one alone."""
    wanted = reference_number(typed)
    if wanted is None:
        return ""
    directory = read_directory(session, deployment)
    rows = visible_rows(session, deployment, directory, member)
    rows = rows[rows["case_1"] >> (64 - REFERENCE_BITS) == wanted]
    if len(rows) != 1:
        return ""
    return address_of(case_of(rows[0]["case_1"], rows[0]["case_2"]))
