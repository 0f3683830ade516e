"""The page on which an administrator corrects a misspelled name or e-mail.

Four moves each. It shows one account's name and e-mail to who administers, and nothing else of it.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casefile.people.accounts import Person, State, person_by_id
from casefile.people.correcting import (
    AddressTaken,
    CorrectedTooOften,
    NotToBeCorrected,
    correct,
    may_correct_email,
)
from casefile.people.forms import CorrectForm, typed
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import current_deployment

correcting = Blueprint("correcting", __name__)
WRONG: dict[type[Exception], str] = {
    AddressTaken: "taken",
    CorrectedTooOften: "often",
    NotToBeCorrected: "in_use",
    StaleRow: "again",
}


@correcting.get("/people/<person>/correct")
@needs(Permission.INVITE_PEOPLE)
def ask(person: str) -> ResponseReturnValue:
    """The name and the e-mail as they stand."""
    known = _known(person)
    form = CorrectForm(name=known.account.name, email=known.account.email)
    return _page(known, form)


@correcting.post("/people/<person>/correct")
@needs(Permission.INVITE_PEOPLE)
def save(person: str) -> ResponseReturnValue:
    """Write them as they should have been."""
    known, form = _known(person), CorrectForm()
    if not may_correct_email(known.account):
        form.email.data = known.account.email
    if not form.validate():
        return _page(known, form, "form"), 400
    try:
        correct(
            current_session(),
            current_deployment(),
            known.id,
            name=typed(form.name),
            email=typed(form.email),
            by=current_member().person,
        )
    except tuple(WRONG) as wrong:
        return _page(known, form, WRONG[type(wrong)]), 409
    return redirect(url_for("people.people"), 303)


def _page(known: Person, form: CorrectForm, wrong: str = "") -> str:
    return render_template(
        "people/correct.html",
        person=known.id.hex(),
        account=known.account,
        joining=may_correct_email(known.account),
        form=form,
        wrong=wrong,
    )


def _known(person: str) -> Person:
    try:
        found = person_by_id(current_session(), current_deployment(), bytes.fromhex(person))
    except ValueError:
        found = None
    if found is None or found.account.state is State.LEFT:
        abort(404)
    return found
