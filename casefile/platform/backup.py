"""A backup: every table as it stood at one moment, sealed while it is read, in one file.

One reading transaction sees one moment, on either engine, while reports go on being written. Rows
leave in the order of their random keys, so that the archive shows no order of arrival. Sessions
stay behind: whoever is signed in signs in again. The key file is never in it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, Table, select, text

from casefile.platform.archive_records import (
    BATCH_BYTES,
    FILE,
    FIRST,
    KINDS,
    LAST,
    ROWS,
    Record,
    pack,
    written,
)
from casefile.platform.database import Base
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.platform.migrating import revision_of
from casefile.sealing.archives import begin_archive
from casefile.sealing.streams import SealingStream

LEFT_BEHIND = frozenset({"session"})
"""Tables that are not in an archive: an ended session must not come back with it."""
FILES = ("settings.toml",)
"""Files of the instance folder that go with it. Never the key file."""
FETCHED = 50
"""Rows read at once; a row with a file in it may have some MB."""

Told = Callable[[int], object]


class FileInTheWay(Exception):
    """There is a file where the archive was to be written; it is left as it is."""


def kept_tables() -> list[Table]:
    """The tables an archive holds, by name."""
    tables = Base.metadata.tables.values()
    return sorted((one for one in tables if one.name not in LEFT_BEHIND), key=lambda one: one.name)


def back_up(
    engine: Engine,
    deployment: Deployment,
    file: Path,
    *,
    passphrase: str | None = None,
    told: Told = lambda _bytes: None,
) -> int:
    """Write the archive beside its place and move it there when it is whole; returns its bytes.

    `told` is called with the bytes of the rows read since. FileInTheWay if there is one already;
    an OSError (a full disk) leaves nothing behind.
    """
    if file.exists():
        raise FileInTheWay
    draft = file.with_name(f".{file.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            stream = begin_archive(out.write, deployment.keyring, deployment.random, passphrase)
            _write(engine, deployment, stream, told)
            stream.close()
            _settle(out)
        os.link(draft, file)  # unlike a move it never takes another file's place
    except FileExistsError:
        raise FileInTheWay from None
    finally:
        with suppress(OSError):
            draft.unlink()
    settle_folder(file.parent)
    return file.stat().st_size


def settle_folder(folder: Path) -> None:
    """Make sure that a new name in this folder survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def stored_bytes(connection: Connection) -> int:
    """About how much the database holds, for a progress bar."""
    if connection.dialect.name == "sqlite":
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size
    return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def _write(engine: Engine, deployment: Deployment, stream: SealingStream, told: Told) -> None:
    with one_moment(engine) as connection:
        head = {
            "revision": revision_of(connection),
            "installation": deployment.keyring.lasting_fingerprint(),
            "bytes": stored_bytes(connection),
        }
        stream.write(written(Record(FIRST, head)))
        counts = {}
        for table in kept_tables():
            counts[table.name] = _write_table(connection, table, stream, told)
    for name in FILES:
        file = deployment.settings.instance / name
        if file.is_file():
            stream.write(written(Record(FILE, {"name": name}, file.read_bytes())))
    stream.write(written(Record(LAST, {"rows": counts})))


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees the database as it is now until it is given back, and only reads."""
    with engine.connect() as plain:
        if engine.dialect.name == "sqlite":
            yield plain
            return
        level: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        connection = plain.execution_options(**level)
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def _write_table(connection: Connection, table: Table, stream: SealingStream, told: Told) -> int:
    columns = [column.name for column in table.columns]
    kinds = "".join(KINDS[column.type.python_type] for column in table.columns)
    order = list(table.primary_key.columns)
    rows = connection.execution_options(yield_per=FETCHED, **{BYTES: True}).execute(
        select(*table.columns).order_by(*order)
    )
    batch: list[Any] = []
    count = size = 0
    head: dict[str, Any] = {"table": table.name, "columns": columns, "kinds": kinds}

    def close() -> None:
        stream.write(written(Record(ROWS, head | {"count": len(batch)}, pack(kinds, batch))))
        told(size)

    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes | memoryview))
        count += 1
        if size >= BATCH_BYTES:
            close()
            batch, size = [], 0
    if batch:
        close()
    return count


def _settle(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())
