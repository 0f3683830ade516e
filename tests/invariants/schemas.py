"""The tables of a database as plain values, so that two databases can be laid side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, Inspector, create_engine, inspect, text
from sqlalchemy.engine import make_url

from casefile.platform.database import Base
from casefile.platform.engines import dress
from tests.world import administer

VERSION_TABLE = "alembic_version"


def described(engine: Engine) -> dict[str, dict[str, object]]:
    """Every table: columns, keys, checks, defaults, indexes, options; in an order of its own."""
    seen = inspect(engine)
    return {
        table: _table(seen, engine, table)
        for table in sorted(seen.get_table_names())
        if table != VERSION_TABLE
    }


def rows_in(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
            for table in inspect(connection).get_table_names()
            if table != VERSION_TABLE
        }


@contextmanager
def empty_database(beside: str, folder: Path, name: str) -> Iterator[Engine]:
    """A database without tables: beside another on the same server, or a file in a folder."""
    url = make_url(beside)
    if url.get_backend_name() == "sqlite":
        address = f"sqlite:///{folder / name}"
    else:
        administer(beside, f'CREATE DATABASE "{name}"')
        address = url.set(database=name).render_as_string(hide_password=False)
    engine = create_engine(address)
    dress(engine, lock_wait_s=5)
    yield engine
    engine.dispose()
    if url.get_backend_name() != "sqlite":
        administer(beside, f'DROP DATABASE "{name}" WITH (FORCE)')


def make_tables(engine: Engine) -> None:
    """Make the tables as the models describe them."""
    with engine.begin() as connection:
        Base.metadata.create_all(connection)


def statements(dump: str) -> set[str]:
    """The statements of a dump, each with its lines in an order of its own."""
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\"))]
    parts = re.split(r";\s*\n", "\n".join(lines) + "\n")
    return {"\n".join(sorted(filter(None, map(_bare, part.split("\n"))))) for part in parts} - {""}


def _bare(line: str) -> str:
    return line.strip().rstrip(",")


def _table(seen: Inspector, engine: Engine, table: str) -> dict[str, object]:
    columns = {
        column["name"]: (
            column["type"].compile(engine.dialect),
            column["nullable"],
            column["default"],
            column.get("identity"),
            column.get("computed"),
            column.get("comment"),
        )
        for column in seen.get_columns(table)
    }
    return {
        "columns": columns,
        "primary key": seen.get_pk_constraint(table),
        "unique": sorted(map(repr, seen.get_unique_constraints(table))),
        "checks": sorted(map(repr, seen.get_check_constraints(table))),
        "foreign keys": seen.get_foreign_keys(table),
        "indexes": sorted(map(repr, seen.get_indexes(table))),
        "without a row number": _without_rowid(engine, table),
    }


def _without_rowid(engine: Engine, table: str) -> bool | None:
    if engine.dialect.name != "sqlite":
        return None
    with engine.connect() as connection:
        listed = connection.execute(text("PRAGMA table_list")).mappings()
        return next(bool(row["wr"]) for row in listed if row["name"] == table)
