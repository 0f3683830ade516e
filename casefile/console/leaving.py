"""Leaving and beginning again: an administrator ends an account or starts a new key for it, and a
member leaves a desk.

Every step is asked about on a page of its own first. Nothing here opens a case, gives a seat or
shows how many cases anybody had.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casefile.cases.leaving import LeftDesk, NotOnThisDesk, leave, leave_desk, lose_key
from casefile.console.frame import named
from casefile.network.directory import NotListed, read_directory
from casefile.people.accounts import Person, State, person_by_id
from casefile.people.gate import needs
from casefile.people.leaving import NobodyToLeave
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.people.words import role_names, state_names
from casefile.platform.database import current_session, write
from casefile.platform.deployment import current_deployment
from casefile.platform.errors import problem_page

leaving = Blueprint("leaving", __name__)


@leaving.get("/people/<person>")
@needs(Permission.INVITE_PEOPLE)
def account(person: str) -> ResponseReturnValue:
    """One account: what it is, and the two ways in which it can end."""
    return _account_page(_known(person))


@leaving.post("/people/<person>/left")
@needs(Permission.INVITE_PEOPLE)
def left(person: str) -> ResponseReturnValue:
    """End an account: its sessions, its seats, and what its keys open."""
    known, member, deployment = _known(person), current_member(), current_deployment()
    if known.id == member.person:
        return _account_page(known, wrong="own"), 409
    try:
        desks = write(lambda writing: leave(writing, deployment, known.id, by=member.person))
    except NobodyToLeave:
        return _account_page(known, wrong="ended"), 409
    return _done_page(known, desks)


@leaving.post("/people/<person>/begin-again")
@needs(Permission.INVITE_PEOPLE)
def begin_again(person: str) -> ResponseReturnValue:
    """Let somebody who lost the passphrase join anew; the address is shown this once."""
    known, member, deployment = _known(person), current_member(), current_deployment()
    if known.id == member.person:
        return _account_page(known, wrong="own"), 409
    try:
        token, desks = write(
            lambda writing: lose_key(writing, deployment, known.id, by=member.person)
        )
    except NobodyToLeave:
        return _account_page(known, wrong="ended"), 409
    address = deployment.settings.base + url_for("joining.offer", token=token)
    return _done_page(known, desks, address=address)


@leaving.get("/desk/<desk>/leave")
@needs(Permission.READ_QUEUE)
def ask_desk(desk: str) -> ResponseReturnValue:
    """Ask a member whether she wants to leave this desk."""
    session, deployment = current_session(), current_deployment()
    known = read_directory(session, deployment).desks.get(_id(desk))
    if known is None or current_member().person not in known.members:
        return problem_page(404)
    last = len(known.members) == 1
    return render_template("console/leave_desk.html", desk=desk, name=named(known.names), last=last)


@leaving.post("/desk/<desk>/leave")
@needs(Permission.READ_QUEUE)
def off_desk(desk: str) -> ResponseReturnValue:
    """Take the member off this desk."""
    member, deployment = current_member(), current_deployment()
    try:
        write(
            lambda writing: leave_desk(
                writing, deployment, _id(desk), member.person, by=member.person
            )
        )
    except (NotOnThisDesk, NotListed):
        return problem_page(404)
    return redirect(url_for("seats.my_desks"), 303)


def _account_page(known: Person, *, wrong: str = "") -> str:
    return render_template(
        "console/account.html",
        person=known.id.hex(),
        account=known.account,
        open=known.account.state is not State.LEFT,
        active=known.account.state is State.ACTIVE,
        own=known.id == current_member().person,
        roles=role_names(),
        states=state_names(),
        wrong=wrong,
    )


def _done_page(known: Person, desks: list[LeftDesk], *, address: str = "") -> str:
    return render_template(
        "console/left.html",
        name=known.account.name,
        desks=[named(one.desk.names) for one in desks if not one.empty],
        empty=[named(one.desk.names) for one in desks if one.empty],
        address=address,
    )


def _known(person: str) -> Person:
    found = person_by_id(current_session(), current_deployment(), _id(person))
    if found is None:
        abort(404)
    return found


def _id(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
