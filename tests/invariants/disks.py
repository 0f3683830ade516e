"""What a thief would carry off: every byte the database of a world has on its disk.

SQLite: the file, its write-ahead log and its index of that. PostgreSQL: a plain dump, the files
of the tables, the write-ahead log since the world began, and the server's own log. Passages are
read as they lie there, without any key.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.world import World

BYTEA: Final = re.compile(rb"\\x((?:[0-9a-f]{2})+)")


@dataclass(frozen=True)
class Beginning:
    """How far a server's logs were written: file and byte of the write-ahead log, and its own."""

    file: str
    offset: int
    log: int


def beginning(world: World) -> Beginning | None:
    """Where PostgreSQL's logs stand now; None on SQLite, which has one log for each file."""
    if not on_postgresql(world):
        return None
    with world.session() as session:
        here = "pg_walfile_name_offset(pg_current_wal_insert_lsn())"
        row = session.execute(text(f"SELECT (w).file_name, (w).file_offset FROM {here} AS w")).one()
    return Beginning(row[0], row[1], (_data_directory(world) / "log").stat().st_size)


def on_disk(world: World, since: Beginning | None) -> dict[str, bytes]:
    """Every byte of this world, by where it lies; `since` is the point where its story began."""
    if since is None:
        return _sqlite_files(world)
    folder = _data_directory(world)
    places = {"the write-ahead log": _wal(world, folder, since)}
    with world.session() as session:
        session.execute(text("CHECKPOINT"))
        own = session.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar()
    places["the files of the tables"] = _joined(folder / "base" / str(own))
    places["the server's log"] = (folder / "log").read_bytes()[since.log :]
    dumped = pg_dump(world)
    places["the dump"] = dumped
    places["the bytes in the dump"] = b"\n".join(
        bytes.fromhex(found.decode()) for found in BYTEA.findall(dumped)
    )
    return places


def pg_dump(world: World, *options: str, of: str | None = None) -> bytes:
    """What `pg_dump` writes as plain SQL, of a world or of another database on its server."""
    binary = Path((_data_directory(world) / "postmaster.opts").read_text().split()[0])
    url = make_url(of or world.settings.database).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    command = [str(binary.with_name("pg_dump")), *options, f"--dbname={address}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def on_postgresql(world: World) -> bool:
    """Whether this world lies in PostgreSQL."""
    return make_url(world.settings.database).get_backend_name() == "postgresql"


def _sqlite_files(world: World) -> dict[str, bytes]:
    file = Path(str(make_url(world.settings.database).database))
    return {one.name: one.read_bytes() for one in sorted(file.parent.glob(file.name + "*"))}


def _data_directory(world: World) -> Path:
    with world.session() as session:
        return Path(str(session.execute(text("SHOW data_directory")).scalar()))


def _wal(world: World, folder: Path, since: Beginning) -> bytes:
    """The log from one point to the present one, without what old files still hold behind it."""
    now = beginning(world)
    assert now is not None
    names = sorted(
        one.name for one in (folder / "pg_wal").iterdir() if since.file <= one.name <= now.file
    )
    parts = [(folder / "pg_wal" / name).read_bytes() for name in names]
    parts[-1] = parts[-1][: now.offset]
    parts[0] = parts[0][since.offset :]
    return b"".join(parts)


def _joined(folder: Path) -> bytes:
    return b"\n".join(one.read_bytes() for one in sorted(folder.iterdir()) if one.is_file())
