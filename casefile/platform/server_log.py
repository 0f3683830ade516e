"""What the server itself may say: that something happened, never to whom or about what.

gunicorn's own lines hold addresses and request lines; none of their text is kept.
"""

from __future__ import annotations

import sys

from gunicorn.glogging import Logger

from casefile.platform import logs


class FixedWords(Logger):  # type: ignore[misc]
    """gunicorn's logger with everything it wanted to say left out but how bad it was."""

    def critical(self, *_args: object, **_kwargs: object) -> None:
        """Something that stops the server."""
        _say("critical")

    def error(self, *_args: object, **_kwargs: object) -> None:
        """Something that failed."""
        _say("error")

    def warning(self, *_args: object, **_kwargs: object) -> None:
        """Something odd, such as a request line that is none."""
        _say("warning")

    def exception(self, *_args: object, **_kwargs: object) -> None:
        """An error outside the application: its class alone."""
        _say("exception")

    def access(self, *_args: object, **_kwargs: object) -> None:
        """Nobody's visit is written down."""


def _say(level: str) -> None:
    """gunicorn builds its texts before it hands them over, so none of them is kept."""
    logs.set_up()
    error = sys.exc_info()[0]
    logs.note("server", state=level, **({"error": error.__name__} if error else {}))
