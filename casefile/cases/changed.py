"""Whether a page is still true: what happened to a case since somebody opened it.

Nothing that others would have to know of first is done from an old page; its sender is told what
happened and sends again. It must never lose what was typed: that is for the page to keep.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.cases.case_page import CasePage, Moment, compose_page, moments_since
from casefile.cases.keys import Opened
from casefile.cases.label import Label
from casefile.cases.records import read_records
from casefile.cases.seen import read_seen
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment


class ChangedMeanwhile(Exception):
    """The case is not what the page showed: carries the page as it is now and what changed."""

    def __init__(self, page: CasePage, changes: tuple[Moment, ...]) -> None:
        super().__init__("changed meanwhile")
        self.page, self.changes = page, changes


def refuse_old_page(
    session: Session, deployment: Deployment, member: Member, opened: Opened, given: str
) -> None:
    """ChangedMeanwhile if anything but looks happened since the page, or the page is none."""
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    seen = read_seen(deployment, member, opened.case, given)
    later = [one for one in records if seen is None or one.index >= seen]
    changes = moments_since(session, deployment, member, opened, later)
    if changes or seen is None:
        page = compose_page(session, deployment, member, opened, records)
        raise ChangedMeanwhile(page, changes)


def refuse_if_written_since(opened: Opened, label: Label) -> None:
    """StaleRow if the case was written between checking the page and this write."""
    if label != opened.label:
        raise StaleRow("case")
