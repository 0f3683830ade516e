"""The page of an agency without a desk here: what was passed on to it, shown once for two halves.

No cookie is looked at and none is set. A request alone shows nothing of it: the page is the same
for every link, whether anything lies behind it or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from casefile.codes.machines import Forbidden
from casefile.console.answers import questionnaire
from casefile.console.complaint_words import (
    ComplaintWords,
    Lines,
    complaint_words,
    packet_lines,
)
from casefile.console.frame import named
from casefile.network.directory import read_directory
from casefile.people.gate import public
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.throttle import Busy
from casefile.referral.outside import ANSWERS, Fetched, OpensNothing, answer_outside, fetch

passed_on = Blueprint("passed_on", __name__)

ADDRESS: Final = "/passed/<link>"
LONGEST_NAME, LONGEST_REASON = 120, 2000


@passed_on.get(ADDRESS)
@public
def ask(link: str) -> ResponseReturnValue:
    """Where the code is typed."""
    return _asking(link)


@passed_on.post(ADDRESS)
@public
def show(link: str) -> ResponseReturnValue:
    """Show it once, for the right code; afterwards what can be answered."""
    try:
        fetched = fetch(current_session(), current_deployment(), link, request.form.get("code", ""))
    except Busy:
        return _asking(link, "busy"), 429
    except OpensNothing:
        return _asking(link, "opens_nothing"), 422
    return _shown(link, fetched)


@passed_on.post(f"{ADDRESS}/answer")
@public
def answer(link: str) -> ResponseReturnValue:
    """Confirm, accept or decline, with the name of who does."""
    verb, given = request.form.get("verb", ""), request.form.get("answer", "")
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    code = request.form.get("code", "")
    missing = verb == "decline" and (not reason or code not in _words().reasons)
    if verb not in ANSWERS or not name or missing:
        return _shown(link, Fetched(None, given, (verb,) if verb in ANSWERS else ()), "name"), 422
    said = {"reason": reason, "code": code} if verb == "decline" else {}
    try:
        may = answer_outside(
            current_session(), current_deployment(), link, given, verb, name=name, **said
        )
    except (OpensNothing, Forbidden):
        return _asking(link, "opens_nothing"), 422
    return _shown(link, Fetched(None, given, may), verb)


def _asking(link: str, trouble: str = "") -> str:
    return render_template("console/passed_on.html", link=link, trouble=trouble)


def _shown(link: str, fetched: Fetched, said: str = "") -> str:
    return render_template(
        "console/passed_on_shown.html",
        link=link,
        answer=fetched.answer,
        may=fetched.may,
        said=said,
        words=_words(),
        lines=_lines(fetched.packet) if fetched.packet else (),
        typed=request.form,
    )


def _lines(packet: Mapping[str, Any]) -> Lines:
    config = current_deployment().settings.config
    area = read_directory(current_session(), current_deployment()).areas.get(packet["area"])
    return packet_lines(questionnaire(config), packet, named(area.names) if area else "")


def _words() -> ComplaintWords:
    return complaint_words(current_deployment().settings.config)
