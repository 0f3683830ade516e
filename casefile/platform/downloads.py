"""Handing over bytes somebody else made: never as a page, never under their own name or type."""

from __future__ import annotations

from flask import Response

from casefile.platform.headers import SANDBOX


def attachment(data: bytes, name: str) -> Response:
    """The bytes as a file to be saved; `name` is ours, of plain letters and digits."""
    response = Response(data, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def drawn_picture(png: bytes) -> Response:
    """A picture we drew ourselves, to be shown inside one of our pages."""
    response = Response(png, mimetype="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
