"""What every answer carries: one table of headers, on every status and on static files.

No page may set one of these itself, loosen one, or name another host.
"""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, make_response, request
from werkzeug.datastructures import Headers

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Header → value. With `no-referrer` Chromium posts from nowhere; hence `same-origin`."""

SANDBOX: Final = (
    "sandbox; default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""The policy of bytes somebody else made: a browser that shows them runs and loads nothing."""

STRICT_TRANSPORT: Final = "max-age=31536000"
SMALLEST_COMPRESSED = 500


def dress_answers(app: Flask) -> None:
    """Put the table on every answer of the application, errors and static files included."""

    @app.after_request
    def _dress(response: Response) -> Response:
        put_on(response.headers, secure=request.is_secure)
        return response


def put_on(headers: Headers, *, secure: bool) -> None:
    """Set the table; a page may only lengthen its own life in the cache, as static files do.

    Bytes that are no page of ours may wear the narrower policy of `SANDBOX`.
    """
    for name, value in HEADERS.items():
        if headers.get(name, "") == SANDBOX:
            continue
        if name == "Cache-Control" and "immutable" in headers.get(name, ""):
            continue
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT


def compressible(page: str) -> Response:
    """A page that holds no number and no person's token, compressed where the browser can.

    Never for a page with a receipt number or a mailbox token: its length would speak.
    """
    response = make_response(page)
    body = response.get_data()
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") and len(body) >= SMALLEST_COMPRESSED:
        response.set_data(gzip.compress(body, 9, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
