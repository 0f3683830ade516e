"""The gate every request passes: a view that declares nothing is not served.

A view is public, a doorway (signing in, joining), or needs one permission. Members' posts must
come from a page of the same session. Public views are let through before anything is read: no
cookie is looked at and none is set.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeVar

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from casefile.people.kept import Kept, keep, keep_place, posted
from casefile.people.locking import lock_idle, note_use
from casefile.people.page_token import FIELD, is_genuine, page_token
from casefile.people.roles import Permission
from casefile.people.rules import STAMPED_ANEW_AFTER
from casefile.people.sessions import (
    COOKIE,
    Locked,
    Member,
    current_member,
    give_cookie,
    last_used,
    locked_screen,
    resume_session,
    secret_of,
    signed_in_member,
    stamped,
)
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.language import use_language

DECLARED: Final = "casefile_access"
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


class Open(Enum):
    """The two kinds of page that need no session."""

    PUBLIC = "public"
    """For reporters: nothing about the browser is read."""
    DOORWAY = "doorway"
    """Signing in and joining: posts from other sites are refused."""


Access = Open | Permission


def public(view: View) -> View:
    """Declare a view open to everybody."""
    return _declare(view, Open.PUBLIC)


def doorway(view: View) -> View:
    """Declare a view through which people become members."""
    return _declare(view, Open.DOORWAY)


def needs(permission: Permission) -> Callable[[View], View]:
    """Declare what a member must be permitted for this view."""
    return lambda view: _declare(view, permission)


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """What a view declares, or None."""
    declared: Access | None = getattr(view, DECLARED, None)
    return declared


def guard(app: Flask) -> None:
    """Put the gate before every view of the application, its static files included."""
    app.session_interface = NoCookieSession()
    _watch(app)
    app.before_request(_refuse_unless_declared)
    app.after_request(_stamp_cookie)
    app.context_processor(_for_templates)
    if "static" in app.view_functions:
        public(app.view_functions["static"])


def repeat_page(post: Kept, *, why: str) -> str:
    """The page that gives back what was written, for one more press of the button.

    `why` it was not taken: `old` page, `locked` session, `overtaken` by a colleague, `not_saved`.
    """
    return render_template("people/kept.html", post=post, why=why)


def posted_page() -> Kept:
    """The post of this request, as it may be sent again."""
    address = request.full_path if request.query_string else request.path
    return posted(address, request.form.items(multi=True))


class NoCookieSession(SessionInterface):
    """Flask keeps no session: ours are rows, and the public side has none."""

    def open_session(self, _app: Flask, _request: Request) -> SessionMixin | None:
        """Open none; Flask puts an empty one that cannot be written in its place."""
        return None

    def save_session(self, _app: Flask, _session: SessionMixin, _response: Any) -> None:
        """Save nothing and set no cookie."""


def _declare(view: View, access: Access) -> View:
    setattr(view, DECLARED, access)
    return view


def _watch(app: Flask) -> None:
    """Let Flask-Login find the member, and nothing else: no cookie and no session of its own."""
    watch = LoginManager()
    watch.session_protection = None
    watch.request_loader(_member_behind)
    watch.unauthorized_handler(_ask_to_sign_in)
    # Its "remember me" cookie is read before our loader is asked. No cookie can have this name.
    app.config["REMEMBER_COOKIE_NAME"] = "=never="
    watch.init_app(app, add_context_processor=False)


def _refuse_unless_declared() -> ResponseReturnValue | None:
    """Answer in the view's place, or let the request through with None."""
    g.member = g.locked = None
    if request.endpoint is None:
        return None
    access = access_of(current_app.view_functions.get(request.endpoint))
    if access is None:
        abort(404)
    if access is Open.PUBLIC:
        return None
    if request.method not in READING and _from_elsewhere(request):
        abort(403)
    g.member = _found()
    return None if isinstance(access, Open) else _refuse_member(access)


def _refuse_member(permission: Permission) -> ResponseReturnValue | None:
    """Refuse who is not signed in, who may not, and a post that is not from an own page."""
    member = signed_in_member()
    if member is None:
        answer: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    if not member.may(permission):
        abort(403)
    if request.method in READING or is_genuine(current_deployment(), member, _given_token()):
        return None
    return repeat_page(posted_page(), why="old"), 403


def _found() -> Member | None:
    """The member Flask-Login found; its anonymous user is nobody."""
    user = current_user._get_current_object()
    if not isinstance(user, Member):
        return None
    use_language(user.language)
    return user


def _member_behind(request: Request) -> Member | None:
    """The member whose cookie came with the request."""
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    found = resume_session(current_session(), current_deployment(), cookie)
    if isinstance(found, Locked):
        g.locked = found
        lock_idle(current_deployment(), found)
        use_language(found.language)
        return None
    return found


def _stamp_cookie(response: Response) -> Response:
    """Let the cookie say that its member was here, when what it says has grown old."""
    member, cookie = signed_in_member(), request.cookies.get(COOKIE)
    if member is None or cookie is None or g.get("cookie_said"):
        return response
    deployment = current_deployment()
    if deployment.now() - last_used(deployment, member.session, cookie) >= STAMPED_ANEW_AFTER:
        give_cookie(response, stamped(deployment, secret_of(cookie), member.session))
    if response.status_code < 400:
        note_use(deployment, member)
    return response


def locked_page(kept: str, *, wrong: bool = False) -> str:
    """The page that asks for the passphrase alone, with what was being written sealed inside."""
    return render_template("people/locked.html", kept=kept, wrong=wrong)


def _ask_to_sign_in() -> ResponseReturnValue:
    """Send a reader to the sign-in page; show it to a writer with the text kept inside.

    Where the screen is locked both are asked for the passphrase alone.
    """
    locked = locked_screen()
    if locked is not None:
        return locked_page(_kept_of(locked)), 401
    if request.method in READING:
        return redirect(url_for("people.sign_in"), 303)
    sealed = keep(current_deployment(), posted_page(), _given_token())
    if not sealed:
        return redirect(url_for("people.sign_in"), 303)
    return render_template("people/sign_in.html", email="", wrong="", kept=sealed), 401


def _kept_of(locked: Locked) -> str:
    """What a locked screen keeps: a post with all its fields, or where somebody was reading."""
    if request.method in READING:
        address = request.full_path if request.query_string else request.path
        return keep_place(current_deployment(), address, locked.person)
    return keep(current_deployment(), posted_page(), _given_token())


def _given_token() -> str:
    return request.form.get(FIELD, "")


def _from_elsewhere(request: Request) -> bool:
    """Whether a browser says that this post was not made on one of our pages.

    Browsers too old to say it still name the origin; a program that names neither has no cookie
    it was tricked into sending.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    ours = {request.host_url.rstrip("/"), current_deployment().settings.base}
    return origin is not None and origin not in ours


def _for_templates() -> dict[str, Any]:
    """What members' templates read; on public pages there is no member."""
    return {
        "member": signed_in_member(),
        "csrf_token": lambda: page_token(current_deployment(), current_member()),
    }
