"""The part *triage* of a case: sorting it, ending it with two people, the risk for who reported.

Four moves each: load, form, verb, redirect or render. What cannot be done is said in words beside
what was typed; nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases import second_person
from casefile.cases.by_reference import case_called
from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.label import CaseNotFound
from casefile.cases.risk import assess_risk
from casefile.cases.second_person import Ending, decide_ending
from casefile.cases.sorting import sort_case
from casefile.cases.splitting import split_case
from casefile.cases.triage_page import open_triage
from casefile.codes.machines import Forbidden
from casefile.codes.triage import read_triage
from casefile.console.case_pages import part_page
from casefile.console.forms import once_of
from casefile.console.triage_forms import ReasonForm, SortForm, risk_sent, sorting_sent
from casefile.console.triage_words import refusals, triage_words
from casefile.network.directory import read_directory
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import keep_what_was_written, problem_page

triage = Blueprint("triage", __name__)


@triage.get("/cases/<case>/triage")
@needs(Permission.OPEN_CASE)
def part(case: str) -> ResponseReturnValue:
    """What was decided, what waits for a second person, and what can be done now."""
    return _page(case)


@triage.post("/cases/<case>/triage/sort")
@needs(Permission.WRITE_NOTE)
def sort(case: str) -> ResponseReturnValue:
    """Keep what the case is, about whom, and how many people."""
    form = SortForm()
    if not form.validate_on_submit():
        return _page(case)
    deployment = current_deployment()
    directory = read_directory(current_session(), deployment)
    sorting = sorting_sent(deployment.settings.config, directory, request.form)
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: sort_case(*_acting(), case, sorting, once=once, seen=seen))


@triage.post("/cases/<case>/triage/end")
@needs(Permission.WRITE_NOTE)
def end(case: str) -> ResponseReturnValue:
    """Decide to end the case, or to send it to the office that can help."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(case, form)
    other = case_called(*_acting(), form.reference.data or "")
    ending = Ending(form.verb.data or "", form.reason.data or "", form.office.data or "", other)
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: decide_ending(*_acting(), case, ending, once=once, seen=seen), form)


@triage.post("/cases/<case>/triage/confirm")
@needs(Permission.WRITE_NOTE)
def confirm(case: str) -> ResponseReturnValue:
    """Confirm as the second person."""
    return _said(case, second_person.confirm)


@triage.post("/cases/<case>/triage/refuse")
@needs(Permission.WRITE_NOTE)
def refuse(case: str) -> ResponseReturnValue:
    """Refuse as the second person, with a reason."""
    return _said(case, second_person.refuse)


@triage.post("/cases/<case>/triage/reopen")
@needs(Permission.WRITE_NOTE)
def reopen(case: str) -> ResponseReturnValue:
    """Look at an ended case again, with a reason."""
    return _said(case, second_person.reopen)


@triage.post("/cases/<case>/triage/split")
@needs(Permission.WRITE_NOTE)
def split(case: str) -> ResponseReturnValue:
    """Open a case of its own for what belongs to another complaint."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(case, form)
    text, once, seen = form.reason.data or "", _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: split_case(*_acting(), case, text=text, once=once, seen=seen), form)


@triage.post("/cases/<case>/triage/risk")
@needs(Permission.WRITE_NOTE)
def risk(case: str) -> ResponseReturnValue:
    """Keep what was found about the risk for who reported, and when it is looked at again."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(case, form)
    found = risk_sent(request.form, request.form.getlist("measure"), form.reason.data or "")
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: assess_risk(*_acting(), case, found, once=once, seen=seen), form)


@triage.errorhandler(CaseNotFound)
def _not_there(_error: CaseNotFound) -> ResponseReturnValue:
    return problem_page(404)


@triage.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    """A colleague was a moment earlier: nothing was saved, and what was written is kept."""
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(_status: int) -> str:
    return repeat_page(posted_page(), why="not_saved")


keep_what_was_written(triage, _not_saved)


def _said(case: str, verb: Callable[..., None]) -> ResponseReturnValue:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(case, form)
    reason, once, seen = form.reason.data or "", _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: verb(*_acting(), case, reason=reason, once=once, seen=seen), form)


def _done(
    case: str, verb: Callable[[], object], form: ReasonForm | None = None
) -> ResponseReturnValue:
    """Do it and show the part again; what stands against it is said, with what was typed."""
    try:
        verb()
    except Forbidden as refused:
        return _page(case, form, refused=refused.code), 422
    except ChangedMeanwhile as changed:
        return _page(case, form, changes=changed.changes), 409
    return redirect(url_for("triage.part", case=case), 303)


def _page(
    case: str, form: ReasonForm | None = None, *, refused: str = "", changes: object = None
) -> str:
    deployment = current_deployment()
    page, found = open_triage(*_acting(), case)
    return part_page(
        "console/case/triage.html",
        page,
        part=found,
        questions=read_triage(deployment.settings.config).questions,
        words=triage_words(deployment.settings.config),
        refused=refusals()[refused] if refused else "",
        changed=changes is not None,
        changes=changes or (),
        typed=form,
        sent=request.form,
    )


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _once(field: str | None) -> bytes:
    return once_of(field) or current_deployment().random(32)
