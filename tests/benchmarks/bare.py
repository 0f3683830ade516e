"""The floor of an upload: a handler that receives a body, seals it piece by piece, and keeps it.

No form, no page, no case. The sealed bytes go into one row each of a table of its own in a
database like ours, durably, because a file that may be lost is no file that was taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import create_engine, text

from casefile.platform.engines import WRITING, dress, engine_options
from casefile.settings import read_settings
from tests.benchmarks.floors import floor_database

PIECE, CHUNKS = 64 * 1024, 4
INSERT = text("INSERT INTO bench_upload (id, body) VALUES (:id, :body)")


class Bare:
    """Receives, seals and keeps; one engine a process."""

    def __init__(self) -> None:
        settings = floor_database(read_settings(os.environ), "upload")
        options = engine_options(settings)
        self._engine = create_engine(options.pop("url"), **options)
        dress(self._engine, settings.lock_wait_s)
        made = "CREATE TABLE IF NOT EXISTS bench_upload (id BYTEA PRIMARY KEY, body BYTEA NOT NULL)"
        if self._engine.dialect.name == "sqlite":
            made = made.replace("BYTEA", "BLOB") + " WITHOUT ROWID"
        with self._engine.begin() as connection:
            connection.execute(text(made))

    def __call__(self, environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        """Take a body if there is one."""
        pieces = _sealed(environ["wsgi.input"], int(environ.get("CONTENT_LENGTH") or 0))
        if pieces:
            with self._engine.connect() as connection:
                connection = connection.execution_options(**{WRITING: True})
                rows = [{"id": os.urandom(16), "body": piece} for piece in pieces]
                connection.execute(INSERT, rows)
                connection.commit()
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "4")])
        return [b"kept"]


def _sealed(body: Any, length: int) -> list[bytes]:
    cipher, pieces = AESGCM(os.urandom(32)), []
    while length > 0 and (piece := body.read(min(PIECE, length))):
        length -= len(piece)
        pieces.append(cipher.encrypt(os.urandom(12), piece, b""))
    return [b"".join(pieces[at : at + CHUNKS]) for at in range(0, len(pieces), CHUNKS)]


app = Bare()
