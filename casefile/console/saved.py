"""Saved lists: keeping a list under a name, sharing it with a desk, calling it otherwise.

Four moves each. A list is saved as filters alone: what it shows is found anew for whoever looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from casefile.cases.queue_views import FILTERED, Filters, Sort, View
from casefile.cases.saved_views import (
    LONGEST_NAME,
    SavedView,
    TooManyViews,
    remove_view,
    rename_view,
    save_view,
    saved_views,
    share_view,
)
from casefile.console.forms import as_written, identity_of
from casefile.console.frame import named
from casefile.console.queue_words import queue_words, said_filters
from casefile.network.custody import NoSeat
from casefile.network.directory import directory_of_page
from casefile.people.forms import StaffForm, typed
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import problem_page

saved = Blueprint("saved", __name__)
LARGEST_CODE = 65_535


class NameForm(StaffForm):
    """What a list is called, and which one it is: `desk` is empty for one's own."""

    name = StringField(
        filters=[lambda text: " ".join(as_written(text).split())],
        validators=[
            DataRequired(_l("Give the list a name.")),
            Length(max=LONGEST_NAME, message=_l("This is too long. Please make it shorter.")),
        ],
    )
    saved = HiddenField()
    desk = HiddenField()


class SaveForm(NameForm):
    """A name for the list that is shown; its filters stand in fields of their own names."""

    view = HiddenField()
    sort = HiddenField()


for _name in FILTERED:
    setattr(SaveForm, _name, HiddenField())


class SharedForm(StaffForm):
    """Which list, and which desk."""

    saved = HiddenField()
    desk = HiddenField()


@dataclass(frozen=True)
class SavedLine:
    """One saved list in words: what it shows, and where."""

    id: str
    name: str
    address: str
    shows: str


@dataclass(frozen=True)
class SavedLists:
    """The lists of one holder: a desk by id in hex, or "" for the member herself."""

    desk: str
    name: str
    lines: tuple[SavedLine, ...]


def address_of(one: SavedView) -> str:
    """The address of the list a saved view asks for."""
    sort = {} if one.sort is Sort.FIRST else {"sort": one.sort.value}
    asked: dict[str, Any] = {"view": one.view, **one.filters.chosen, **sort}
    return url_for("console.queue", **asked)


@saved.get("/queue/saved")
@needs(Permission.READ_QUEUE)
def lists() -> ResponseReturnValue:
    """Every list the member may choose, with what can be done to it."""
    return _page()


@saved.post("/queue/saved")
@needs(Permission.READ_QUEUE)
def save() -> ResponseReturnValue:
    """Keep the list that was shown, and go back to it."""
    form = SaveForm()
    view = _asked(form)
    if not form.validate_on_submit():
        return _page(asked=view, form=form), 400
    try:
        save_view(*_acting(), view)
    except TooManyViews:
        return _page(asked=view, form=form, full=True), 409
    return redirect(address_of(view), 303)


@saved.post("/queue/saved/name")
@needs(Permission.READ_QUEUE)
def rename() -> ResponseReturnValue:
    """Call a list something else."""
    form = NameForm()
    if not form.validate_on_submit():
        return _page(wrong=(typed(form.desk), typed(form.saved))), 400
    rename_view(*_acting(), typed(form.saved), form.name.data, identity_of(typed(form.desk)))
    return redirect(url_for("saved.lists"), 303)


@saved.post("/queue/saved/share")
@needs(Permission.READ_QUEUE)
def share() -> ResponseReturnValue:
    """Let a desk choose one of one's own lists."""
    form = SharedForm()
    try:
        share_view(*_acting(), typed(form.saved), identity_of(typed(form.desk)) or b"")
    except TooManyViews:
        return _page(full=True), 409
    return redirect(url_for("saved.lists"), 303)


@saved.post("/queue/saved/remove")
@needs(Permission.READ_QUEUE)
def remove() -> ResponseReturnValue:
    """Keep a list no longer."""
    form = SharedForm()
    remove_view(*_acting(), typed(form.saved), identity_of(typed(form.desk)))
    return redirect(url_for("saved.lists"), 303)


@saved.errorhandler(NoSeat)
def _not_hers(_error: NoSeat) -> ResponseReturnValue:
    return problem_page(404)


@saved.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    """Another page was a moment earlier: nothing was saved, and what was written is kept."""
    return repeat_page(posted_page(), why="overtaken"), 409


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _asked(form: SaveForm) -> SavedView:
    """The list the page showed, under the name that was typed."""
    view, sort = typed(form.view), typed(form.sort)
    chosen = {name: _code(typed(form[name])) for name in FILTERED}
    return SavedView(
        current_deployment().random(8).hex(),
        typed(form.name),
        View(view) if view in set(View) else View.TODO,
        Sort(sort) if sort in set(Sort) else Sort.FIRST,
        Filters(**chosen),
    )


def _code(given: str) -> int | None:
    number = int(given) if given.isascii() and given.isdecimal() else LARGEST_CODE + 1
    return number if number <= LARGEST_CODE else None


def _page(
    *,
    asked: SavedView | None = None,
    form: SaveForm | None = None,
    full: bool = False,
    wrong: tuple[str, str] = ("", ""),
) -> str:
    session, deployment, member = _acting()
    directory, found = directory_of_page(session, deployment), saved_views(*_acting())
    desks = directory.desks_of(member.person)
    shared = {desk.id: views for desk, views in found.shared}
    holders = (
        SavedLists("", "", tuple(map(_line, found.own))),
        *(
            SavedLists(desk.id.hex(), named(desk.names), tuple(map(_line, shared[desk.id])))
            for desk in desks
            if desk.id in shared
        ),
    )
    return render_template(
        "console/saved.html",
        holders=holders,
        desks=[(desk.id.hex(), named(desk.names)) for desk in desks],
        asked=asked,
        form=form,
        full=full,
        wrong=wrong,
        longest=LONGEST_NAME,
    )


def _line(one: SavedView) -> SavedLine:
    deployment = current_deployment()
    directory = directory_of_page(current_session(), deployment)
    said = said_filters(deployment.settings.config, directory, one.filters)
    shows = " · ".join((queue_words().view[one.view], *said))
    return SavedLine(one.id, one.name, address_of(one), shows)
