"""The nightly upkeep: what was deleted leaves the disk too, without keeping reports waiting.

SQLite overwrites what it deletes; here its write-ahead log is emptied, and a small file is written
anew in the order of its random keys. PostgreSQL's dead rows are swept. It must never hold the
writer's lock longer than a report waits for it.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Connection, Engine

from casefile.platform.backup import stored_bytes
from casefile.platform.database import Base
from casefile.settings import Settings

NIGHT = range(1, 5)
"""Hours of the duty station in which it is done."""
BYTES_A_SECOND = 20_000_000
"""What a slow disk writes anew; half the time a write waits is all that may be used."""
PATIENCE_MS = 500
"""How long the emptying waits for readers, and so keeps writers waiting, before it gives up."""


@dataclass(frozen=True)
class Upkeep:
    """What was done: whether the log was emptied, and whether the file was written anew."""

    emptied: bool
    anew: bool


def due_tonight(settings: Settings, now: datetime, done: date | None) -> date | None:
    """The night's date, if it is night at the duty station and this one's upkeep is still due."""
    here = now.astimezone(settings.time_zone)
    return here.date() if here.hour in NIGHT and here.date() != done else None


def keep_up(engine: Engine, settings: Settings) -> Upkeep:
    """Do this night's upkeep; what somebody else stands in the way of is left for the next."""
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if engine.dialect.name != "sqlite":
            return _sweep(connection)
        try:
            return _tidy(connection, settings)
        finally:
            plain.invalidate()  # its short patience must not stay with the pool


def _sweep(connection: Connection) -> Upkeep:
    """VACUUM of every table: readers and writers go on meanwhile."""
    connection.exec_driver_sql("SET statement_timeout = 0")
    try:
        for name in sorted(Base.metadata.tables):
            connection.exec_driver_sql(f'VACUUM "{name}"')
    finally:
        connection.exec_driver_sql("RESET statement_timeout")
    return Upkeep(emptied=True, anew=False)


def _tidy(connection: Connection, settings: Settings) -> Upkeep:
    """Through the driver itself, for neither may run inside a transaction."""
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    anew = False
    if stored_bytes(connection) <= BYTES_A_SECOND * settings.lock_wait_s / 2:
        connection.rollback()
        anew = _done(driver, "VACUUM")
    connection.rollback()
    busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return Upkeep(emptied=not busy, anew=anew)


def _done(driver: sqlite3.Connection, statement: str) -> bool:
    """Whether nobody stood in the way."""
    try:
        driver.execute(statement)
    except sqlite3.OperationalError:
        return False
    return True
