"""The one database behind one narrow door: a session a request, a write begun on purpose.

A request reads first, ends that, does its slow work, and only then calls `write`, whose
transaction the dispatcher commits. Never read, think and write in one deferred transaction:
SQLite loses such rows without an error or refuses them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, ClassVar, TypeVar, cast

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Dialect,
    LargeBinary,
    MetaData,
    TextClause,
    Update,
    text,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from casefile.platform.engines import WRITING, dress, engine_options, writing_options
from casefile.platform.errors import Unavailable
from casefile.settings import Settings

T = TypeVar("T")
TRIES = 3
RETRIED = frozenset({"40001", "40P01"})
"""SQL states of a serialization failure and of a deadlock: the verb runs again."""


class StaleRow(Exception):
    """The row changed since it was read: its version token is another one now."""


class SealedBytes(LargeBinary):
    """Bytes handed to the driver as they are: both drivers take them, and no copy is made."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Nothing to be done."""


class Base(DeclarativeBase):
    """Every table. Constraints are named by convention, so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {bytes: SealedBytes}


def sealed_table() -> dict[str, Any]:
    """Table arguments without insertion order: rows lie in the order of their random keys."""
    return {"sqlite_with_rowid": False}


db = SQLAlchemy(require_default_engine=False)


def bind(app: Flask, settings: Settings) -> None:
    """Give the application its engine; nothing is connected yet."""
    app.config["SQLALCHEMY_ENGINES"] = {"default": engine_options(settings)}
    db.init_app(app)
    # Nothing here is asynchronous, and closing what is not there would start a thread a request.
    app.teardown_appcontext_funcs = [
        closing
        for closing in app.teardown_appcontext_funcs
        if closing.__name__ != "_close_async_sessions"
    ]
    with app.app_context():
        dress(db.engine, settings.lock_wait_s)


def current_session() -> Session:
    """The request's session; it reads until `write` is called."""
    return db.session


def add_rows(session: Session, table: type[Base], *rows: Mapping[str, object]) -> None:
    """Write new rows at once, without the bookkeeping of objects nobody will change."""
    statement = _insertion(table.__tablename__, tuple(rows[0]), len(rows))
    session.connection().execute(
        statement,
        {f"{name}_{at}": value for at, row in enumerate(rows) for name, value in row.items()},
    )


def rewrite_rows(
    session: Session, table: type[Base], key: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Write these columns over the rows with these keys; StaleRow if one of them is gone."""
    if not rows:
        return
    connection, columns = session.connection(), tuple(rows[0])
    if connection.dialect.name == "sqlite":
        turned = connection.exec_driver_sql(
            _rewriting(table.__tablename__, key, columns), list(rows)
        )
    else:
        lists = {name: [row[name] for row in rows] for name in columns}
        turned = connection.execute(_rewriting_many(table.__tablename__, key, columns), lists)
    if turned.rowcount != len(rows):
        raise StaleRow(table.__tablename__)


@lru_cache(maxsize=64)
def _rewriting(table: str, key: str, columns: tuple[str, ...]) -> str:
    """One row at a time: inside SQLite that is as fast as it gets."""
    given = ", ".join(f'"{name}" = :{name}' for name in columns if name != key)
    return f'UPDATE "{table}" SET {given} WHERE "{key}" = :{key}'  # noqa: S608


@lru_cache(maxsize=64)
def _rewriting_many(table: str, key: str, columns: tuple[str, ...]) -> TextClause:
    """All rows in one statement: a server is asked once."""
    given = ", ".join(f'"{name}" = new."{name}"' for name in columns if name != key)
    lists = ", ".join(f"CAST(:{name} AS bytea[])" for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    return text(
        f'UPDATE "{table}" AS old SET {given} FROM unnest({lists}) AS new({named}) '  # noqa: S608
        f'WHERE old."{key}" = new."{key}"'
    )


@lru_cache(maxsize=256)
def _insertion(table: str, columns: tuple[str, ...], count: int) -> TextClause:
    """One statement for `count` rows: a row more costs the engine little, a statement much."""
    rows = (", ".join(f":{name}_{at}" for name in columns) for at in range(count))
    values = ", ".join(f"({row})" for row in rows)
    into = ", ".join(f'"{name}"' for name in columns)
    return text(f'INSERT INTO "{table}" ({into}) VALUES {values}')  # noqa: S608


def change_one_row(session: Session, change: Update | Delete) -> None:
    """Change or delete the one row as it was read; StaleRow, naming the table, if it moved on.

    The statement names the row and the version it was read under.
    """
    changed = cast(CursorResult[Any], session.execute(change)).rowcount
    if changed != 1:
        raise StaleRow(change.table.description)


@contextmanager
def in_one_go(session: Session) -> Iterator[None]:
    """Send the rows added inside together where the engine is a server; errors come at the end."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        yield
        return
    with driver_of(connection) as driver, driver.pipeline():
        yield


@contextmanager
def driver_of(connection: Connection) -> Iterator[Any]:
    """The driver's own connection; its errors come out as those of every other statement."""
    errors: Any = connection.dialect.loaded_dbapi
    try:
        yield connection.connection.driver_connection
    except errors.Error as failed:
        raise DBAPIError.instance(
            "rows", None, failed, errors.Error, hide_parameters=True, dialect=connection.dialect
        ) from failed


def is_writing(session: Session) -> bool:
    """Whether a write has begun in this session and waits for its commit."""
    if not session.in_transaction():
        return False
    return bool(session.connection().get_execution_options().get(WRITING))


def begin_writing(session: Session) -> None:
    """End what was read and begin the write; on SQLite the lock is taken here."""
    session.rollback()
    session.connection(execution_options=writing_options(session.get_bind().dialect.name))


def write(verb: Callable[[Session], T], session: Session | None = None) -> T:
    """Run `verb` in a write transaction and leave it open for the dispatcher to commit.

    A verb called within a write joins it. A serialization failure or deadlock runs the outermost
    verb again, three times at most; a database that is locked or away is Unavailable.
    """
    session = session or db.session
    if is_writing(session):
        return verb(session)
    for attempt in range(TRIES):
        try:
            begin_writing(session)
            outcome = verb(session)
            session.flush()
            return outcome
        except DBAPIError as failed:
            session.rollback()
            if not _again(failed) or attempt == TRIES - 1:
                raise unavailable(failed) from failed
    raise AssertionError("unreachable")


def write_now(verb: Callable[[Session], T], session: Session) -> T:
    """`write`, and commit at once: no page is rendered while others wait for the writer's lock.

    Within another write it only joins that one.
    """
    joined = is_writing(session)
    outcome = write(verb, session)
    if not joined:
        commit(session)
    return outcome


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short write of its own, for what must count although the answer is an error."""
    with Session(db.engine, expire_on_commit=False) as session:
        begin_writing(session)
        yield session
        session.commit()


def commit(session: Session | None = None) -> None:
    """Commit what the request wrote; Unavailable if the database cannot."""
    session = session or db.session
    try:
        session.commit()
    except DBAPIError as failed:
        session.rollback()
        raise unavailable(failed) from failed


def unavailable(failed: DBAPIError) -> Exception:
    """Locked, full or away is Unavailable; anything else is what it is: a defect."""
    if isinstance(failed, OperationalError | InterfaceError):
        return Unavailable()
    return failed


def _again(failed: DBAPIError) -> bool:
    return getattr(failed.orig, "sqlstate", None) in RETRIED
