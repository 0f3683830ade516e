"""The two engines as they must be to hold reports: durable, overwriting, and asked for in bytes.

Nothing here may be left to an engine's default: SQLite's loses rows without an error when several
write. No error may show what was written.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

from casefile.settings import Settings

WRITING = "casefile_writing"
PAGE_BYTES = 32768
"""Of a new SQLite file: no sealed row spills into pages that would lie in the order of arrival."""
BYTES = "casefile_bytes"
"""Option of statements that read sealed bytes: PostgreSQL sends them as they are, not as text."""
RESTED_S = 2.0
"""Seconds after which an idle connection to PostgreSQL is tried before it is used."""


def engine_options(settings: Settings) -> dict[str, Any]:
    """How either engine is reached. Parameters never reach an error's text."""
    options: dict[str, Any] = {"url": settings.database, "hide_parameters": True}
    if settings.database.startswith("sqlite"):
        wait: dict[str, Any] = {"timeout": settings.lock_wait_s, "check_same_thread": False}
        return options | {"connect_args": wait}
    waits = f"-c lock_timeout={settings.lock_wait_s}s -c statement_timeout=120s"
    connect = {"connect_timeout": 5, "options": waits, "prepare_threshold": 3}
    reading = {"isolation_level": "AUTOCOMMIT"}  # a read needs no round trip to begin and to end
    return options | reading | {"connect_args": connect, "pool_size": 8}


def dress(engine: Engine, lock_wait_s: int) -> None:
    """On SQLite: durable commits, deletes that overwrite, and writes that begin as writes."""
    if engine.dialect.name != "sqlite":
        _dress_server(engine)
        return

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={lock_wait_s * 1000}",
            f"page_size={PAGE_BYTES}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _dress_server(engine: Engine) -> None:
    """PostgreSQL: bytes as bytes, and a connection that has rested is tried before use."""
    # Imported here, for no other engine needs it.
    from psycopg.types.array import ListBinaryDumper

    @event.listens_for(engine, "connect")
    def _send_bytes(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(list, ListBinaryDumper)

    @event.listens_for(engine, "before_cursor_execute")
    def _ask_for_bytes(*about: Any) -> None:
        _connection, cursor, _statement, _parameters, context, _many = about
        if context is not None and context.execution_options.get(BYTES):
            cursor.format = 1  # psycopg.pq.Format.BINARY

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rested"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _try(connection: Any, record: Any, _proxy: Any) -> None:
        if monotonic() - record.info.get("rested", monotonic()) < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except connection.OperationalError as gone:
            raise DisconnectionError from gone


def writing_options(engine: str) -> dict[str, Any]:
    """How a connection to this engine is taken for a write: one transaction from here on."""
    if engine == "sqlite":
        return {WRITING: True}
    return {WRITING: True, "isolation_level": "READ COMMITTED"}
