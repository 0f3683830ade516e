"""Pages of people: signing in, locking, and the administrator's list with its invitations.

Four moves each: load, form, verb, redirect or render. What a failed sign-in failed at is never
said, also not by another status or another page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.people import accounts, invitations, locking, sessions, signing_in
from casefile.people.forms import InviteForm, SecondStepForm, SignInForm, UnlockForm, typed
from casefile.people.gate import doorway, locked_page, needs, repeat_page
from casefile.people.kept import Kept, give_back
from casefile.people.roles import Permission, Role
from casefile.people.sessions import (
    NewSession,
    current_member,
    locked_screen,
    signed_in_member,
)
from casefile.people.words import role_names, state_names
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.language import use_language

Desks = Sequence[tuple[bytes, str]]
"""Ids and names of desks, in the order they are offered."""

DESKS: Final = "casefile.people.desks"
"""Extension: `Callable[[Session, Deployment], Desks]`. Desks are known one floor up."""

people = Blueprint("people", __name__)


@people.get("/sign-in")
@doorway
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail and passphrase."""
    if signed_in_member() is not None:
        return _home()
    return _first_page()


@people.post("/sign-in")
@doorway
def begin() -> ResponseReturnValue:
    """Take e-mail and passphrase, and ask for the second step whatever they are."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _first_page(typed(form.email), "empty", typed(form.kept)), 400
    ticket = signing_in.first_step(
        current_session(), current_deployment(), typed(form.email), typed(form.passphrase)
    )
    return _second_page(ticket, typed(form.kept))


@people.post("/sign-in/second")
@doorway
def second() -> ResponseReturnValue:
    """Take the code, and let the person in or say the one sentence."""
    form = SecondStepForm()
    ticket, code, kept = typed(form.ticket), typed(form.code), typed(form.kept)
    if ticket and not form.validate_on_submit():
        return _second_page(ticket, kept, "empty"), 400
    try:
        new = signing_in.second_step(current_session(), current_deployment(), ticket, code)
    except signing_in.TicketExpired:
        return _first_page("", "expired", kept), 401
    except signing_in.SignInFailed:
        return _second_page(ticket, kept, "failed"), 401
    return enter(new, kept)


@people.post("/lock")
@needs(Permission.SEE_OWN_ACCOUNT)
def lock() -> ResponseReturnValue:
    """Lock the screen: what the session row could open is destroyed."""
    locking.lock_screen(current_session(), current_deployment(), current_member())
    return redirect(url_for("people.locked"), 303)


@people.get("/locked")
@doorway
def locked() -> ResponseReturnValue:
    """The locked screen; whoever is not locked out goes where they belong."""
    if locked_screen() is not None:
        return locked_page("")
    return _home() if signed_in_member() else redirect(url_for("people.sign_in"), 303)


@people.post("/unlock")
@doorway
def unlock() -> ResponseReturnValue:
    """Take the passphrase and go on where the screen was locked."""
    form, screen = UnlockForm(), locked_screen()
    kept = typed(form.kept)
    if screen is None:
        return _first_page("", "", kept), 401
    cookie = request.cookies[sessions.COOKIE]
    try:
        new = locking.unlock_screen(
            current_session(), current_deployment(), screen, cookie, typed(form.passphrase)
        )
    except signing_in.SignInFailed:
        return locked_page(kept, wrong=True), 401
    return enter(new, kept)


@people.post("/sign-out")
@needs(Permission.SEE_OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session on the server and take the cookie back."""
    sessions.end_session(current_session(), current_deployment(), current_member())
    answer = make_response(redirect(url_for("people.sign_in"), 303))
    sessions.take_cookie(answer)
    return answer


@people.get("/sessions")
@needs(Permission.SEE_OWN_ACCOUNT)
def my_sessions() -> ResponseReturnValue:
    """Where one is signed in: when each session began and was last used, and nothing else."""
    listed = locking.my_sessions(current_session(), current_deployment(), current_member())
    return render_template("people/my_sessions.html", listed=listed)


@people.post("/sessions/end")
@needs(Permission.SEE_OWN_ACCOUNT)
def end_session() -> ResponseReturnValue:
    """End one other session of one's own."""
    mark = request.form.get("mark", "")
    locking.end_sessions(current_session(), current_deployment(), current_member(), mark)
    return redirect(url_for("people.my_sessions"), 303)


@people.post("/sessions/end-others")
@needs(Permission.SEE_OWN_ACCOUNT)
def end_others() -> ResponseReturnValue:
    """End every other session of one's own."""
    locking.end_sessions(current_session(), current_deployment(), current_member(), None)
    return redirect(url_for("people.my_sessions"), 303)


@people.get("/people", endpoint="people")
@needs(Permission.INVITE_PEOPLE)
def people_list() -> ResponseReturnValue:
    """Accounts by name, role and state, and the form that invites."""
    return _list_page(_invite_form())


@people.post("/people")
@needs(Permission.INVITE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Invite, and show the address of the invitation this once."""
    form = _invite_form()
    if not form.validate_on_submit():
        return _list_page(form, "form"), 400
    try:
        token = invitations.invite(
            current_session(),
            current_deployment(),
            email=typed(form.email),
            name=typed(form.name),
            role=Role(form.role.data),
            language=form.language.data,
            desks=tuple(bytes.fromhex(desk) for desk in form.desks.data or ()),
            by=current_member().person,
        )
    except invitations.AlreadyAMember:
        return _list_page(form, "member"), 409
    except invitations.RoleHoldsNoDesk:
        return _list_page(form, "desk"), 400
    except StaleRow:
        return _list_page(form, "again"), 409
    address = current_deployment().settings.base + url_for("joining.offer", token=token)
    return render_template(
        "people/invited.html",
        name=typed(form.name),
        email=accounts.normal_email(typed(form.email)),
        address=address,
    )


def enter(new: NewSession, kept: str = "") -> Response:
    """Give the browser its cookie, and the page that was kept or the first one."""
    sessions.let_in(new)
    post = give_back(current_deployment(), kept, new.member)
    use_language(new.member.language)
    answer = make_response(_going_on(post))
    sessions.give_cookie(answer, new.cookie)
    return answer


def _going_on(post: Kept | None) -> ResponseReturnValue:
    """What was written, to be sent again; where somebody was reading; else the first page."""
    if post is None:
        return _home()
    return repeat_page(post, why="locked") if post.fields else redirect(post.address, 303)


def _home() -> ResponseReturnValue:
    return redirect(url_for("console.home"), 303)


def _first_page(email: str = "", wrong: str = "", kept: str = "") -> str:
    return render_template("people/sign_in.html", email=email, wrong=wrong, kept=kept)


def _second_page(ticket: str, kept: str, wrong: str = "") -> str:
    return render_template("people/second_step.html", ticket=ticket, kept=kept, wrong=wrong)


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.desks.choices = [(desk.hex(), name) for desk, name in _desks()]
    return form


def _desks() -> Desks:
    """The desks this deployment has; none where nobody has said how to find them."""
    known: Callable[[Session, Deployment], Desks] | None = current_app.extensions.get(DESKS)
    return () if known is None else known(current_session(), current_deployment())


def _list_page(form: InviteForm, wrong: str = "") -> str:
    return render_template(
        "people/people.html",
        accounts=accounts.everybody(current_session(), current_deployment()),
        form=form,
        wrong=wrong,
        roles=role_names(),
        states=state_names(),
    )
