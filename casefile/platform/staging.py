"""Where a restore is prepared out of everybody's sight, to be put in service in one step.

SQLite: a file beside the database, renamed at the end. PostgreSQL: a schema beside the public one,
whose tables are moved in one transaction. Nothing that is prepared here is ever served before it
is whole, and nothing here ever overwrites a database that holds tables.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, inspect, text

from casefile.platform.backup import settle_folder
from casefile.platform.engines import dress, engine_options
from casefile.platform.migrating import HEAD, migrate
from casefile.settings import Settings

SCHEMA = "casefile_restoring"
LOCK = ".restoring.lock"
BEGIN = "CREATE TABLE restoring (archive VARCHAR(64) NOT NULL, records INTEGER NOT NULL)"

REACHED = "SELECT records FROM restoring WHERE archive = :archive"
WAITED = "SELECT records FROM restoring WHERE archive = :archive FOR UPDATE"


class NotEmpty(Exception):
    """The database holds tables already: a restore never writes over anything."""


class InUse(Exception):
    """A server, a worker or another restore has the database open."""


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Hold this instance's restore for one process; InUse if another has it."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(instance / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise InUse from None
    finally:
        os.close(handle)


class Staging:
    """The place a restore is prepared in, and how far it has come."""

    def __init__(self, target: Engine, settings: Settings) -> None:
        """Look at nothing and make nothing yet. `target` is the database that is to be restored."""
        self._target = target
        options = engine_options(settings)
        if target.dialect.name == "sqlite":
            self._file = Path(f"{target.url.database}.restoring")
            options["url"] = f"sqlite:///{self._file}"
        else:
            options["connect_args"]["options"] += f" -c search_path={SCHEMA}"
            options.pop("isolation_level")
        self.engine = create_engine(options.pop("url"), **options)
        dress(self.engine, settings.lock_wait_s)

    def refuse_tables(self) -> None:
        """NotEmpty unless the database has no table at all."""
        with self._target.connect() as connection:
            if inspect(connection).get_table_names():
                raise NotEmpty

    def done(self, archive: str) -> int:
        """How many records of this archive are in already; 0 if nothing of it is.

        A restore that was killed may have asked the server for a last commit: it is waited for.
        """
        if not self._there():
            return 0
        with self.engine.connect() as connection:
            if "restoring" not in inspect(connection).get_table_names():
                return 0
            wanted = WAITED if connection.dialect.name == "postgresql" else REACHED
            return int(connection.execute(text(wanted), {"archive": archive}).scalar() or 0)

    def begin(self, archive: str, revision: str) -> None:
        """Make it anew, with the tables of that migration and nothing in them."""
        self.discard()
        if self._sqlite:
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        else:
            self._at_target(f"CREATE SCHEMA {SCHEMA}")
        migrate(self.engine, revision)
        with self.engine.begin() as connection:
            connection.execute(text(BEGIN))
            connection.execute(
                text("INSERT INTO restoring VALUES (:archive, 0)"), {"archive": archive}
            )

    def reached(self, connection: Connection, records: int) -> None:
        """Write how far it has come, in the transaction of the rows themselves."""
        connection.execute(text("UPDATE restoring SET records = :records"), {"records": records})

    def discard(self) -> None:
        """Remove whatever was prepared."""
        self.engine.dispose()
        if not self._sqlite:
            self._at_target(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
            return
        for end in ("", "-wal", "-shm"):
            Path(f"{self._file}{end}").unlink(missing_ok=True)

    def put_in_service(self) -> None:
        """Bring the tables up to date and let them be the database, in one step."""
        migrate(self.engine, HEAD)
        if self._sqlite:
            self._rename()
        else:
            self._move()

    @property
    def _sqlite(self) -> bool:
        return self._target.dialect.name == "sqlite"

    def _there(self) -> bool:
        if self._sqlite:
            return self._file.exists()
        with self._target.connect() as connection:
            return SCHEMA in inspect(connection).get_schema_names()

    def _at_target(self, *statements: str) -> None:
        with self._target.connect() as plain:
            connection = plain.execution_options(isolation_level="READ COMMITTED")
            for statement in statements:
                connection.execute(text(statement))
            connection.commit()

    def _rename(self) -> None:
        with self.engine.connect() as connection:
            connection.execute(text("DROP TABLE restoring"))
            connection.commit()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()
        self.refuse_tables()
        self._target.dispose()
        target = Path(str(self._target.url.database))
        if any(Path(f"{target}{end}").exists() for end in ("-wal", "-shm")):
            raise InUse  # an old log beside a new file would be read into it
        os.replace(self._file, target)
        settle_folder(target.parent)

    def _move(self) -> None:
        self.engine.dispose()
        with self._target.connect() as plain:
            connection = plain.execution_options(isolation_level="READ COMMITTED")
            if inspect(connection).get_table_names():
                raise NotEmpty
            into = connection.execute(text("SELECT current_schema()")).scalar_one()
            connection.execute(text(f"DROP TABLE {SCHEMA}.restoring"))
            for name in inspect(connection).get_table_names(schema=SCHEMA):
                connection.execute(text(f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{into}"'))
            connection.execute(text(f"DROP SCHEMA {SCHEMA}"))
            connection.commit()


def write_if_missing(folder: Path, name: str, content: bytes) -> bool:
    """Write a file of the instance unless there is one; whether it now has that content."""
    file, draft = folder / name, folder / f".{name}.draft"
    if not file.exists():
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
        settle_folder(folder)
    return file.read_bytes() == content
