"""The log: event names and random ids under an allow-list of keys, one JSON line each.

It must never hold an address, an agent, a path, a parameter or a word anyone wrote, also not in
a traceback: of an error only its class and the places in our own code are kept.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path

ALLOWED = frozenset(
    {"error", "places", "endpoint", "status", "count", "seconds", "job", "state", "engine"}
)
"""Keys that may stand on a line; any other is a defect and is refused."""

LOGGER = logging.getLogger("casefile")
ROOT = Path(__file__).resolve().parents[2]


class NotLogged(Exception):
    """A key that is not on the allow-list was about to be written."""


def note(event: str, **details: object) -> None:
    """Write one line: the event and its allowed details."""
    stray = set(details) - ALLOWED
    if stray:
        raise NotLogged(", ".join(sorted(stray)))
    LOGGER.info(json.dumps({"event": event} | details, default=str))


def fault(error: BaseException, **details: object) -> None:
    """Write an unexpected error: its class and where it passed, never its text."""
    note("fault", error=type(error).__name__, places=places(error), **details)


def places(error: BaseException) -> list[str]:
    """`file:line` of each frame of ours, innermost last; no source line, no value."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(ROOT / "casefile")
    ]


def set_up() -> None:
    """Send our lines to standard error and silence everybody else's."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    LOGGER.handlers, LOGGER.propagate = [handler], False
    LOGGER.setLevel(logging.INFO)
    logging.lastResort = None
    for name in ("werkzeug", "sqlalchemy", "flask.app", "alembic", "asyncio"):
        foreign = logging.getLogger(name)
        foreign.handlers, foreign.propagate = [logging.NullHandler()], False
    sys.excepthook = _last_word


def _last_word(kind: type[BaseException], error: BaseException, _trace: object) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    fault(error)
