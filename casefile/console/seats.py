"""A desk: its figures, who sits on it, and letting in who waits.

A newcomer is let in by a member in her own session, or by nobody; so is who comes back with a new
key. Both read the digits of that key to each other first. The page names colleagues and never a
case.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases.desk_figures import desk_figures
from casefile.cases.giving_back import give_back_circles, wait_for_circles
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.queue_views import Filters
from casefile.console.figure_words import shown_figures
from casefile.console.frame import named
from casefile.console.queue_words import code_asked
from casefile.network.custody import NoSeat
from casefile.network.directory import Desk, directory_of_page, read_directory
from casefile.people.accounts import names_of, person_holder
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session, write
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import problem_page
from casefile.registers.directory import public_keys_of

seats = Blueprint("seats", __name__)


@dataclass(frozen=True)
class Seat:
    """A person beside a desk: the id as it stands in the form, the name, the digits of her key."""

    id: str
    name: str
    key: str = ""


@dataclass(frozen=True)
class DeskSeats:
    """A desk with its members and those who wait to be let in."""

    id: str
    name: str
    members: tuple[Seat, ...]
    waiting: tuple[Seat, ...]


@dataclass(frozen=True)
class Waiting:
    """Who waits, as the list of work tells it: names of desks and of colleagues, no case."""

    for_desks: tuple[str, ...]
    """Desks the member waits for."""
    to_be_let_in: tuple[str, ...]
    """People who wait for her to let them in."""
    seated: bool
    """Whether she sits on any desk."""


def who_waits() -> Waiting:
    """Who waits for the member, and which desks she waits for herself."""
    session, deployment, person = current_session(), current_deployment(), current_member().person
    directory = directory_of_page(session, deployment)
    own = directory.desks_of(person)
    people = {one for desk in own for one in desk.waiting}
    names = names_of(session, deployment, people) if people else {}
    return Waiting(
        tuple(named(one.names) for one in directory.desks.values() if person in one.waiting),
        tuple(sorted(names.values())),
        bool(own),
    )


@seats.get("/desk")
@needs(Permission.READ_QUEUE)
def my_desks() -> ResponseReturnValue:
    """How much work stands where, who sits on the member's desks, and who waits."""
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
    except NoSeat:
        return problem_page(404)
    return redirect(url_for("seats.my_desks"), 303)


@seats.post("/desk/give-back")
@needs(Permission.OPEN_CASE)
def give_back() -> ResponseReturnValue:
    """Let a colleague with a new key into the cases that only some of the desk may read."""
    person = _named_in_form("person")
    give_back_circles(current_session(), current_deployment(), current_member(), person)
    return redirect(url_for("seats.my_desks"), 303)


def _page(*, refused: bool = False) -> str:
    session, deployment, member = current_session(), current_deployment(), current_member()
    scope = Filters(desk=code_asked("desk"), agency=code_asked("agency"))
    directory, names = read_directory(session, deployment), names_of(session, deployment)
    shown = [_seats(session, deployment, desk, names) for desk in directory.desks_of(member.person)]
    waits = [named(one.names) for one in directory.desks.values() if member.person in one.waiting]
    back = sorted(wait_for_circles(session, deployment, member))
    return render_template(
        "console/desk.html",
        desks=shown,
        refused=refused,
        waits=waits,
        back=[Seat(one.hex(), names.get(one, "")) for one in back],
        figures=shown_figures(
            deployment.settings.config,
            desk_figures(session, deployment, member, scope),
        ),
        own_key=member.private.public.fingerprint(),
    )


def _seats(
    session: Session, deployment: Deployment, desk: Desk, names: dict[bytes, str]
) -> DeskSeats:
    """A desk's seats; of those who wait also the digits they are to be asked for."""
    members = tuple(Seat(one.hex(), names.get(one, "")) for one in desk.members)
    holders = {one: person_holder(one) for one in desk.waiting}
    listed = public_keys_of(session, deployment, holders.values())
    waiting = tuple(
        Seat(one.hex(), names.get(one, ""), listed[holder].fingerprint())
        for one, holder in holders.items()
    )
    return DeskSeats(desk.id.hex(), named(desk.names), members, waiting)


def _named_in_form(field: str) -> bytes:
    try:
        return bytes.fromhex(request.form.get(field, ""))
    except ValueError:
        return b""
