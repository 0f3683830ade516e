"""What the server itself may say: that something happened, never to whom or about what.

gunicorn's own lines hold addresses and request lines; of each only its fixed text is kept.
"""

from __future__ import annotations

from gunicorn.glogging import Logger

from casefile.platform import logs


class FixedWords(Logger):  # type: ignore[misc]
    """gunicorn's logger with everything variable left out."""

    def critical(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """Something that stops the server."""
        _say(msg)

    def error(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """Something that failed."""
        _say(msg)

    def warning(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """Something odd, such as a request line that is none."""
        _say(msg)

    def exception(self, msg: str, *_args: object, **_kwargs: object) -> None:
        """An error outside the application; its text could hold anything."""
        _say(msg)

    def access(self, *_args: object, **_kwargs: object) -> None:
        """Nobody's visit is written down."""


def _say(msg: str) -> None:
    """Write the text as it stands in gunicorn's source, without what was put into it.

    A message built beforehand, with a percent sign nowhere, may hold anything and is not kept.
    """
    fixed = msg if "%" in msg else "server"
    logs.set_up()
    logs.note("server", state=fixed)
