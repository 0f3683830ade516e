"""The members of a desk: who sits on it, and letting in who waits.

A newcomer is let in by a member in her own session, or by nobody. The page names colleagues and
never a case.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.console.frame import named
from casefile.network.directory import Desk, read_directory
from casefile.people.accounts import names_of
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session, write
from casefile.platform.deployment import current_deployment

seats = Blueprint("seats", __name__)


@dataclass(frozen=True)
class Seat:
    """A person beside a desk: the id as it stands in the form, and the name."""

    id: str
    name: str


@dataclass(frozen=True)
class DeskSeats:
    """A desk with its members and those who wait to be let in."""

    id: str
    name: str
    members: tuple[Seat, ...]
    waiting: tuple[Seat, ...]


@seats.get("/desk")
@needs(Permission.READ_QUEUE)
def my_desks() -> ResponseReturnValue:
    """Who sits on the member's desks, and who waits."""
    return _page()


@seats.post("/desk/let-in")
@needs(Permission.READ_QUEUE)
def let_in() -> ResponseReturnValue:
    """Let in a person who waits; refused where a case is kept from her."""
    member, deployment = current_member(), current_deployment()
    desk, person = _named_in_form("desk"), _named_in_form("person")

    def verb(session: Session) -> None:
        held = read_directory(session, deployment).desks.get(desk)
        if held is None or member.person not in held.members or person not in held.waiting:
            abort(404)
        join_desk(session, deployment, member, held, person)

    try:
        write(verb)
    except ExcludedFromACase:
        return _page(refused=True), 409
    return redirect(url_for("seats.my_desks"), 303)


def _page(*, refused: bool = False) -> str:
    session, deployment = current_session(), current_deployment()
    desks = read_directory(session, deployment).desks_of(current_member().person)
    names = names_of(session, deployment)
    shown = [_seats(desk, names) for desk in desks]
    return render_template("console/desk.html", desks=shown, refused=refused)


def _seats(desk: Desk, names: dict[bytes, str]) -> DeskSeats:
    def seated(people: tuple[bytes, ...]) -> tuple[Seat, ...]:
        return tuple(Seat(one.hex(), names.get(one, "")) for one in people)

    return DeskSeats(desk.id.hex(), named(desk.names), seated(desk.members), seated(desk.waiting))


def _named_in_form(field: str) -> bytes:
    try:
        return bytes.fromhex(request.form.get(field, ""))
    except ValueError:
        return b""
