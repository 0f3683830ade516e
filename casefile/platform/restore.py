"""A restore: an archive back into an empty database, of either engine, all of it or nothing.

Rows are prepared out of sight, batch by batch, each with the mark how far it has come: a restore
that was stopped goes on where it was. Only the archive's authenticated end puts them in service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, column, insert, table, text

from casefile.platform.archive_records import (
    FILE,
    FIRST,
    LAST,
    ROWS,
    ArchiveDamaged,
    Record,
    records,
    unpack,
)
from casefile.platform.backup import FILES
from casefile.platform.database import driver_of
from casefile.platform.deployment import Deployment
from casefile.platform.engines import writing_options
from casefile.platform.migrating import knows_revision
from casefile.platform.staging import Staging, alone, write_if_missing
from casefile.sealing.archives import open_archive, read_header

AT_ONCE = 2000
"""Rows handed to the driver together."""
TYPES = text(
    "SELECT attname, CAST(atttypid AS INTEGER) AS kind FROM pg_attribute "
    "WHERE attrelid = CAST(:name AS regclass) AND attnum > 0"
)

Told = Callable[[int], object]


class OtherInstallation(Exception):
    """The archive is of a deployment whose lasting keys are not these."""


class NewerArchive(Exception):
    """The archive has migrations this version does not know."""


@dataclass(frozen=True)
class Restored:
    """What a restore found: rows in all, and files of the instance that were left as they are."""

    rows: int
    kept: tuple[str, ...]


def restore(
    target: Engine,
    deployment: Deployment,
    file: Path,
    *,
    passphrase: str | None = None,
    told: Told = lambda _bytes: None,
) -> Restored:
    """Restore `file` into the empty database of `deployment`; `told` gets bytes of the file.

    NotAnArchive, SealBroken, PassphraseWanted, ArchiveDamaged, OtherInstallation, NewerArchive,
    NotEmpty, InUse: in each case the database stays as it was.
    """
    settings = deployment.settings
    with file.open("rb") as source, alone(settings.instance):
        header = read_header(source)
        every = records(
            open_archive(_Counted(source, told), header, deployment.keyring, passphrase)
        )
        first = next(every, None)
        if first is None or first.kind != FIRST:
            raise ArchiveDamaged
        _refuse(first, deployment)
        staging = Staging(target, settings)
        try:
            staging.refuse_tables()
            loaded = _Loading(staging, header.identity.hex())
            loaded.load(first.head["revision"], every)
            staging.put_in_service()
        finally:
            staging.engine.dispose()
        left = [name for name, raw in loaded.files.items() if not _bring(deployment, name, raw)]
        return Restored(loaded.rows.total(), tuple(left))


def _refuse(first: Record, deployment: Deployment) -> None:
    if first.head["installation"] != deployment.keyring.lasting_fingerprint():
        raise OtherInstallation
    if not knows_revision(first.head["revision"]):
        raise NewerArchive


def _bring(deployment: Deployment, name: str, content: bytes) -> bool:
    return write_if_missing(deployment.settings.instance, name, content)


class _Counted:
    """A file that says how much of it was read."""

    def __init__(self, source: BinaryIO, told: Told) -> None:
        self._source, self._told = source, told

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""
        piece = self._source.read(size)
        self._told(len(piece))
        return piece


class _Loading:
    """One archive on its way into the staging place."""

    def __init__(self, staging: Staging, archive: str) -> None:
        self._staging, self._archive = staging, archive
        self.rows: Counter[str] = Counter()
        self.files: dict[str, bytes] = {}

    def load(self, revision: str, every: Iterator[Record]) -> None:
        """Read to the authenticated end; what is in already is read and not written again."""
        done = self._staging.done(self._archive)
        if not done:
            self._staging.begin(self._archive, revision)
        last: Record | None = None
        for number, record in enumerate(every, 1):
            if last is not None:
                raise ArchiveDamaged
            if record.kind == ROWS:
                self._take(record, number, skip=number <= done)
            elif record.kind == FILE and record.head["name"] in FILES:
                self.files[record.head["name"]] = record.body
            last = record if record.kind == LAST else None
        if last is None or {name: n for name, n in last.head["rows"].items() if n} != self.rows:
            raise ArchiveDamaged

    def _take(self, record: Record, number: int, *, skip: bool) -> None:
        self.rows[record.head["table"]] += int(record.head["count"])
        if skip:
            return
        with self._staging.engine.connect() as plain:
            dialect = self._staging.engine.dialect.name
            connection = plain.execution_options(**writing_options(dialect))
            _insert(connection, record)
            self._staging.reached(connection, number)
            connection.commit()


def _insert(connection: Connection, record: Record) -> None:
    columns = record.head["columns"]
    rows = unpack(record.head["kinds"], record.body)
    if connection.dialect.name == "postgresql":
        _copy_in(connection, record.head["table"], columns, rows)
        return
    into = insert(table(record.head["table"], *(column(name) for name in columns)))
    while some := [dict(zip(columns, row, strict=True)) for row in islice(rows, AT_ONCE)]:
        connection.execute(into, some)


def _copy_in(
    connection: Connection, name: str, columns: list[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    """PostgreSQL's own way for many rows: several times faster than a statement a row."""
    found = connection.execute(TYPES, {"name": f'"{name}"'})
    types: dict[str, int] = {row.attname: row.kind for row in found}
    into = ", ".join(f'"{one}"' for one in columns)
    statement = f'COPY "{name}" ({into}) FROM STDIN (FORMAT BINARY)'
    with (
        driver_of(connection) as driver,
        driver.cursor() as cursor,
        cursor.copy(statement) as copying,
    ):
        copying.set_types([types[one] for one in columns])
        for row in rows:
            copying.write_row(row)
