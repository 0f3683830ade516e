"""The log as an auditor reads it: who did what and when, a page at a time.

It holds no content. Lines of a case that is kept from the auditor are not there: neither shown nor
counted, so a page is full whether or not there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.audit.log import Line
from casefile.cases.deletion_notes import was_kept_from
from casefile.cases.label import CaseNotFound, read_label
from casefile.cases.queue_rows import reference_of
from casefile.network.directory import Names, read_directory
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment

LINES = 100
ASKED_ABOUT = {Event.EXCLUSION_CONFIRMED, Event.EXCLUSION_LIFTED}
"""What nobody reads about herself, also not after it was lifted."""


@dataclass(frozen=True)
class Asked:
    """What the auditor looks for, empty for anything; `until` is a day of the duty zone."""

    event: str = ""
    name: str = ""
    case: str = ""
    until: date | None = None


@dataclass(frozen=True)
class LogLine:
    """One line in words' reach: names of people, names of desks or agencies, a case's reference."""

    when: datetime
    event: Event
    by: str
    case: str
    about: str | Names
    codes: tuple[int, ...] = ()


@dataclass(frozen=True)
class LogPage:
    """A page of the log, newest first, and whether older lines follow."""

    lines: tuple[LogLine, ...]
    page: int
    more: bool


def log_page(
    session: Session, deployment: Deployment, member: Member, asked: Asked, page: int
) -> LogPage:
    """The page-th hundred of the lines that match, as if the cases kept from her had never been."""
    spoken = _spoken(session, deployment)
    matching = (
        line
        for line in _visible(session, deployment, member.person)
        if _matches(spoken(line), asked, deployment.settings.time_zone)
    )
    wanted = list(islice(matching, (page - 1) * LINES, page * LINES + 1))
    return LogPage(tuple(map(spoken, wanted[:LINES])), page, len(wanted) > LINES)


def _visible(session: Session, deployment: Deployment, person: bytes) -> Iterator[Line]:
    @cache
    def kept_from_her(case: bytes) -> bool:
        try:
            return person in read_label(session, deployment, case).label.excluded
        except CaseNotFound:
            return was_kept_from(session, deployment, case, person)

    lines = lines_newest_first(session, deployment)
    others = (line for line in lines if not (line.event in ASKED_ABOUT and line.about == person))
    return (line for line in others if line.case is None or not kept_from_her(line.case))


def _spoken(session: Session, deployment: Deployment) -> Callable[[Line], LogLine]:
    names = names_of(session, deployment)
    directory = read_directory(session, deployment)
    listed = {
        entry.id: entry.names
        for entries in (directory.agencies, directory.areas, directory.desks)
        for entry in entries.values()
    }

    def spoken(line: Line) -> LogLine:
        about = line.about or b""
        return LogLine(
            when=line.when,
            event=line.event,
            by=names.get(line.by or b"", ""),
            case=reference_of(line.case) if line.case else "",
            about=names.get(about, listed.get(about, "")),
            codes=line.codes,
        )

    return spoken


def _matches(line: LogLine, asked: Asked, zone: ZoneInfo) -> bool:
    about = line.about if isinstance(line.about, str) else ""
    return (
        (not asked.event or line.event == asked.event)
        and (not asked.name or asked.name.casefold() in f"{line.by}\n{about}".casefold())
        and (not asked.case or line.case == asked.case.strip().upper())
        and (asked.until is None or line.when.astimezone(zone).date() <= asked.until)
    )
