"""The network pages of desks and of the people on them: names, offices, days away, gaps.

For whoever keeps the network. Nobody is put on a desk or taken off it here: that takes the desk's
key, which only its members hold.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casefile.console import network_words as words
from casefile.console.frame import named
from casefile.console.network_forms import (
    AwayForm,
    DeskForm,
    NewDeskForm,
    NoMoreForm,
    PostForm,
    as_bytes,
    filled,
)
from casefile.console.network_pages import desk_row, gap_rows, seats_at
from casefile.console.network_saving import (
    Wrong,
    added,
    directory_now,
    missing,
    opened,
    people_now,
    saved,
    to_overview,
)
from casefile.network.away import NoOffice, NotADayOff, set_away, take_back
from casefile.network.directory import post_entry
from casefile.network.entries import Desk, Post
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment

desks = Blueprint("desks", __name__, url_prefix="/network")


@desks.get("/desks/new")
@needs(Permission.KEEP_NETWORK)
def new_desk() -> ResponseReturnValue:
    """The form of a desk that is not listed yet."""
    form = NewDeskForm(formdata=None)
    form.offer(directory_now(), None, {})
    return _new_page(form)


@desks.post("/desks/new")
@needs(Permission.KEEP_NETWORK)
def add_desk() -> ResponseReturnValue:
    """List a desk; it begins when its first member joins."""
    form = NewDeskForm()
    form.offer(directory_now(), None, {})
    if not form.validate_on_submit():
        return _new_page(form, missing()), 400
    told = form.changes() | {"function": form.function.data, "code": 0}
    agency = as_bytes(form.agency.data) or b""
    desk = Desk(current_deployment().random(16), agency=agency, **told)
    return added(desk, lambda wrong: _new_page(form, wrong), to_overview)


@desks.get("/desks/<entry>")
@needs(Permission.KEEP_NETWORK)
def desk(entry: str) -> ResponseReturnValue:
    """One desk with its members and gaps, to be read and changed."""
    found, since = opened(Desk, as_bytes(entry))
    form = DeskForm(formdata=None, data=filled(found, since))
    form.offer(directory_now(), found, people_now())
    return _desk_page(form, found)


@desks.post("/desks/<entry>")
@needs(Permission.KEEP_NETWORK)
def change_desk(entry: str) -> ResponseReturnValue:
    """Change a desk's names, its place, and who stands in."""
    found, _ = opened(Desk, as_bytes(entry))
    form = DeskForm()
    form.offer(directory_now(), found, people_now())
    if not form.validate_on_submit():
        return _desk_page(form, found, missing()), 400
    return saved(
        found,
        form.version(),
        form.changes(),
        lambda wrong: _desk_page(form, found, wrong),
        url_for("desks.desk", entry=entry),
    )


@desks.get("/people/<person>")
@needs(Permission.KEEP_NETWORK)
def post(person: str) -> ResponseReturnValue:
    """Where a person works, for whom, and when she is away."""
    return _post_page(_post_form(_person(person), fresh=True), _person(person))


@desks.post("/people/<person>")
@needs(Permission.KEEP_NETWORK)
def change_post(person: str) -> ResponseReturnValue:
    """Write where a person works."""
    who = _person(person)
    form, there = _post_form(who), directory_now().posts.get(who)
    if not form.validate_on_submit():
        return _post_page(form, who, missing()), 400
    back = url_for("desks.post", person=person)
    changes = form.changes()

    def page(wrong: Wrong) -> str:
        return _post_page(form, who, wrong)

    if there is None:
        return added(Post(who, **changes), page, lambda _new: back)
    return saved(there, as_bytes(form.since.data) or b"", changes, page, back)


@desks.post("/people/<person>/away")
@needs(Permission.KEEP_NETWORK)
def add_days(person: str) -> ResponseReturnValue:
    """Set days off for somebody who cannot do it herself."""
    who, form, by = _person(person), AwayForm(), current_member().person
    wrong = (words.not_days_off(),)
    if not form.validate_on_submit():
        return _post_page(_post_form(who, fresh=True), who, wrong), 400
    try:
        set_away(current_session(), current_deployment(), who, form.days(), by=by)
    except (NotADayOff, NoOffice):
        current_session().rollback()
        return _post_page(_post_form(who, fresh=True), who, wrong), 409
    return redirect(url_for("desks.post", person=person), 303)


@desks.post("/people/<person>/back")
@needs(Permission.KEEP_NETWORK)
def take_days_back(person: str) -> ResponseReturnValue:
    """Take days off back."""
    who, form, by = _person(person), NoMoreForm(), current_member().person
    if form.validate_on_submit() and who in directory_now().posts:
        days = (form.first.data, form.last.data)
        take_back(current_session(), current_deployment(), who, days, by=by)
    return redirect(url_for("desks.post", person=person), 303)


def _person(person: str) -> bytes:
    who = as_bytes(person) or b""
    return who if who in people_now() else abort(404)


def _post_form(who: bytes, *, fresh: bool = False) -> PostForm:
    directory = directory_now()
    if not fresh:
        form = PostForm()
    elif who in directory.posts:
        there, since = opened(Post, post_entry(current_deployment(), who))
        form = PostForm(formdata=None, data=filled(there, since))
    else:
        form = PostForm(formdata=None)
    form.offer(directory, who, people_now())
    return form


def _new_page(form: NewDeskForm, wrong: Wrong = ()) -> str:
    return render_template("console/network/new_desk.html", form=form, wrong=wrong)


def _desk_page(form: DeskForm, found: Desk, wrong: Wrong = ()) -> str:
    directory, people = directory_now(), people_now()
    return render_template(
        "console/network/desk.html",
        form=form,
        desk=desk_row(directory, found),
        seats=seats_at(directory, found, people),
        gaps=gap_rows(directory, [found], people),
        wrong=wrong,
    )


def _post_page(form: PostForm, who: bytes, wrong: Wrong = ()) -> str:
    directory = directory_now()
    return render_template(
        "console/network/post.html",
        form=form,
        who=people_now()[who],
        person=who.hex(),
        listed=who in directory.posts,
        desks=[(one.id.hex(), named(one.names)) for one in directory.desks_of(who)],
        spans=words.days_away(directory, who),
        today=directory.day,
        wrong=wrong,
    )
