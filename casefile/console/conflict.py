"""Conflicts of interest: giving a case up, who reads it, and whether a name is somebody's.

Four moves each. A page here never says why somebody is kept from a case, and shows nothing to
whom it concerns.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casefile.cases.exclusion_circle import NamedInTheCase, circle_page, let_into_circle
from casefile.cases.exclusion_declared import declare_conflict
from casefile.cases.exclusion_questions import ANSWERS, answer_question, open_questions
from casefile.cases.label import CaseNotFound
from casefile.console.case_words import case_words
from casefile.console.forms import ButtonForm
from casefile.console.frame import named
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.errors import keep_what_was_written, problem_page

conflict = Blueprint("conflict", __name__)


@conflict.post("/cases/<case>/conflict")
@needs(Permission.OPEN_CASE)
def declare(case: str) -> ResponseReturnValue:
    """Give the case up, without a reason; from now on it is not there for this member."""
    if ButtonForm().validate_on_submit():
        declare_conflict(current_session(), current_deployment(), current_member(), case)
    return redirect(url_for("console.queue"), 303)


@conflict.get("/cases/<case>/readers")
@needs(Permission.OPEN_CASE)
def readers(case: str) -> ResponseReturnValue:
    """Who reads the case, and who of the desk could be let in."""
    return _readers(case)


@conflict.post("/cases/<case>/readers")
@needs(Permission.OPEN_CASE)
def let_in(case: str) -> ResponseReturnValue:
    """Let one more of the desk read it; refused where the case is about her."""
    person = _bytes(request.form.get("person", ""))
    try:
        let_into_circle(current_session(), current_deployment(), current_member(), case, person)
    except NamedInTheCase:
        return _readers(case, refused=True), 409
    return redirect(url_for("conflict.readers", case=case), 303)


@conflict.get("/questions")
@needs(Permission.READ_QUEUE)
def questions() -> ResponseReturnValue:
    """What the member's desks are asked: is this name that person?"""
    return _questions()


@conflict.post("/questions")
@needs(Permission.READ_QUEUE)
def answer() -> ResponseReturnValue:
    """Confirm, or lift, and say what was done; who was later than a colleague changes nothing."""
    given, question = request.form.get("answer", ""), request.form.get("question", "")
    if not ButtonForm().validate_on_submit() or given not in ANSWERS:
        return redirect(url_for("conflict.questions"), 303)
    acting = current_session(), current_deployment(), current_member()
    about = next((one.known.name for one in open_questions(*acting) if one.id == question), "")
    answer_question(*acting, question, given)
    return _questions(done=given if about else "overtaken", about=about)


@conflict.errorhandler(CaseNotFound)
def _not_there(_error: CaseNotFound) -> ResponseReturnValue:
    return problem_page(404)


@conflict.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    """A colleague was a moment earlier: nothing was saved, and the press can be repeated."""
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(_status: int) -> str:
    return repeat_page(posted_page(), why="not_saved")


keep_what_was_written(conflict, _not_saved)


def _questions(*, done: str = "", about: str = "") -> str:
    """The open questions; above them what was just `done`, and `about` whom."""
    return render_template(
        "console/questions.html",
        questions=open_questions(current_session(), current_deployment(), current_member()),
        said=case_words(),
        named=named,
        done=done,
        about=about,
    )


def _readers(case: str, *, refused: bool = False) -> str:
    page = circle_page(current_session(), current_deployment(), current_member(), case)
    return render_template("console/readers.html", page=page, named=named, refused=refused)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
