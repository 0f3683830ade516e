"""The floor of a click: two pages of a few bytes, served by the same kind of server process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

LINK = b'<!doctype html><meta charset="utf-8"><title>Link</title><a href="/tiny">Go</a>'
TINY = b'<!doctype html><meta charset="utf-8"><title>Tiny</title><p>Here.</p>'


def app(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """The tiny page, or the page that links to it."""
    page = TINY if environ["PATH_INFO"] == "/tiny" else LINK
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page)))]
    start("200 OK", [*headers, ("Cache-Control", "no-store")])
    return [page]
