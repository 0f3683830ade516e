"""The auditor's page: the log without content, and checking it against a head she was sent.

It offers no way to a case and must never show a line of one that is kept from her.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.audit.chain import ChainBroken, head_said, read_head, verify_chain
from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.log_page import Asked, log_page
from casefile.console.event_words import event_words
from casefile.console.papers_words import coded_words
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session, write
from casefile.platform.deployment import current_deployment
from casefile.sealing.errors import SealBroken

log = Blueprint("log", __name__)
MOST_PAGES = 10_000


@log.get("/log")
@needs(Permission.READ_AUDIT)
def lines() -> ResponseReturnValue:
    """A page of the log; the look is a line itself."""
    return _page()


@log.post("/log/check")
@needs(Permission.READ_AUDIT)
def check() -> ResponseReturnValue:
    """Check the log from a head that was delivered to where it stands now."""
    known = head_said(request.form.get("head", ""))
    if known is None:
        return _page(said="no_head", typed=request.form.get("head", "")), 422
    try:
        verify_chain(current_session(), current_deployment(), known=known)
    except (ChainBroken, SealBroken):
        return _page(said="changed", typed=known.said())
    return _page(said="whole", typed=known.said())


def _page(*, said: str = "", typed: str = "") -> str:
    session, deployment, member = current_session(), current_deployment(), current_member()
    asked, number = _asked(), _number()
    page = log_page(session, deployment, member, asked, number)
    head = read_head(session, deployment)

    def verb(writing: Session) -> None:
        note(writing, deployment, Event.LOG_READ, by=member.person)

    write(verb)
    return render_template(
        "console/log.html",
        page=page,
        asked=asked,
        head=head.said(),
        events=event_words(),
        coded=coded_words,
        said=said,
        typed=typed,
    )


def _asked() -> Asked:
    given = request.args
    event = given.get("event", "")
    return Asked(
        event=event if event in set(Event) else "",
        name=given.get("name", "").strip()[:120],
        case=given.get("case", "").strip()[:12],
        until=_day(given.get("until", "")),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _number() -> int:
    typed = request.args.get("page", "")
    return min(max(int(typed), 1), MOST_PAGES) if typed.isascii() and typed.isdigit() else 1
