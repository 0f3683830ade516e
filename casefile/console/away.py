"""A member's own days off, beside her list of work, and what they leave her desks with.

Her own days alone; those of others are shown as gaps of a desk she sits on.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casefile.console import network_words as words
from casefile.console.network_forms import AwayForm, NoMoreForm
from casefile.console.network_pages import gap_rows
from casefile.network.away import NoOffice, NotADayOff, set_away, take_back
from casefile.network.directory import directory_of_page, read_directory
from casefile.people.accounts import names_of
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment

away = Blueprint("away", __name__)


@away.get("/away")
@needs(Permission.READ_QUEUE)
def own_days() -> ResponseReturnValue:
    """The member's days off, and the gaps of her desks in the coming week."""
    return _page(AwayForm(formdata=None))


@away.post("/away")
@needs(Permission.READ_QUEUE)
def add_days() -> ResponseReturnValue:
    """Set days off."""
    form, member = AwayForm(), current_member().person
    if not form.validate_on_submit():
        return _page(form, "days"), 400
    try:
        set_away(current_session(), current_deployment(), member, form.days(), by=member)
    except NotADayOff:
        return _page(form, "days"), 400
    except NoOffice:
        return _page(form, "office"), 409
    return redirect(url_for("away.own_days"), 303)


@away.post("/away/back")
@needs(Permission.READ_QUEUE)
def take_days_back() -> ResponseReturnValue:
    """Take days off back."""
    form, member = NoMoreForm(), current_member().person
    if not form.validate_on_submit():
        return _page(AwayForm(formdata=None), "days"), 400
    days = (form.first.data, form.last.data)
    try:
        take_back(current_session(), current_deployment(), member, days, by=member)
    except NoOffice:
        return _page(AwayForm(formdata=None), "office"), 409
    return redirect(url_for("away.own_days"), 303)


def own_away() -> str:
    """The member's next days off in words, or nothing; the queue's head shows it."""
    directory = directory_of_page(current_session(), current_deployment())
    return words.next_away(directory, current_member().person)


@away.app_context_processor
def _for_templates() -> dict[str, Callable[[], str]]:
    """What the head of the list of work asks for; nothing is read until it does."""
    return {"own_away": own_away}


def _page(form: AwayForm, wrong: str = "") -> str:
    session, deployment = current_session(), current_deployment()
    if wrong:
        session.rollback()
    directory, member = read_directory(session, deployment), current_member().person
    desks = sorted(directory.desks_of(member), key=lambda desk: desk.code)
    return render_template(
        "console/away.html",
        form=form,
        wrong=wrong,
        spans=words.days_away(directory, member),
        gaps=gap_rows(directory, desks, names_of(session, deployment)),
        seated=bool(desks),
        today=directory.day,
    )
