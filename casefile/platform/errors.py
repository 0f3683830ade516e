"""Errors people meet, each turned into one clear page in one place.

No page repeats an address, a parameter or a cause from inside; nothing is swallowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from casefile.platform import logs
from casefile.platform.throttle import Busy

Keeper = Callable[[int], str]
"""Renders the page again with what was written on it, for this status; empty if it cannot."""

KEEPERS = "casefile.keepers"
TOO_LARGE = 413
SHOWN = {400, 403, 404, 405, 413, 429, 500, 503}


class Unavailable(Exception):
    """The database is locked, full or away: nothing was saved."""


def keep_what_was_written(blueprint: Blueprint, keeper: Keeper) -> None:
    """Let `keeper` answer for this blueprint when a page could not be saved."""

    def remember(state: Any) -> None:
        state.app.extensions.setdefault(KEEPERS, {})[blueprint.name] = keeper

    blueprint.record_once(remember)


def answer_errors(app: Flask) -> None:
    """Give every error its page."""
    for away in (Unavailable, OperationalError, InterfaceError):
        app.register_error_handler(away, _not_saved)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)


def _not_saved(_error: Exception) -> ResponseReturnValue:
    logs.note("unavailable", endpoint=request.endpoint)
    return _kept_page(503) or problem_page(503)


def _kept_page(status: int) -> tuple[str, int] | None:
    """The same page with everything that was written on it, where the feature has one.

    The fault may lie in that very page: then the plain one is better than none.
    """
    keeper = current_app.extensions.get(KEEPERS, {}).get(request.blueprint)
    if keeper is None or request.method != "POST":
        return None
    try:
        page = keeper(status)
        return (page, status) if page else None
    except HTTPException:  # nothing of the request could be read
        return None
    except Exception as error:
        logs.fault(error, endpoint=request.endpoint)
        return None


def _busy(_error: Busy) -> ResponseReturnValue:
    return problem_page(429)


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return cast(ResponseReturnValue, error)
    kept = _kept_page(TOO_LARGE) if error.code == TOO_LARGE else None
    return kept or problem_page(error.code)


def _broken(error: Exception) -> ResponseReturnValue:
    logs.fault(error, endpoint=request.endpoint)
    return _kept_page(500) or problem_page(500)


def problem_page(status: int) -> tuple[str, int]:
    """The page for `status`: one sentence that says what happened, one what to do."""
    kind = status if status in SHOWN else (500 if status >= 500 else 400)
    return render_template("problem.html", status=kind), status
