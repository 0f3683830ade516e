"""What the drills stand on: a large deployment, another machine, and a command struck in its midst.

Works on either engine. It looks at databases from outside, as an operator would, and changes
nothing but what a drill is about.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from casefile.cases.models import EntryRow
from casefile.platform.backup import kept_tables
from casefile.platform.database import add_rows, write
from tests.servers.running import FLASK, STARTS_WITHIN_S, Installation, end, start, strike
from tests.world import World, administer, running

ROWS, ROW_BYTES = 4000, 12_000
"""So much that a backup and a restore take long enough to be killed in their midst."""
LOOKED_AT_EVERY_S = 0.005
"""So often that a command of a quarter of a second is met in its midst."""
SMALL_FILES = 10_000_000
FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


def make_large(world: World) -> None:
    """One report, and some fifty megabytes of rows beside it."""
    world.report("At the well.")
    rows = [
        {"tag": os.urandom(16), "body": os.urandom(ROW_BYTES), "token": os.urandom(16)}
        for _ in range(ROWS)
    ]
    with world.session() as session:
        for at in range(0, ROWS, 200):
            write(lambda writing, at=at: add_rows(writing, EntryRow, *rows[at : at + 200]), session)
            session.commit()


@contextmanager
def another_machine(here: Installation, folder: Path) -> Iterator[Installation]:
    """An empty folder with the key file, and an empty database of the same engine."""
    folder.mkdir(mode=0o700)
    shutil.copy(here.key_file, folder / "keys.txt")
    if here.database is None:
        yield Installation(folder)
        return
    name = "r" + os.urandom(8).hex()
    administer(here.database, f"CREATE DATABASE {name}")
    address = make_url(here.database).set(database=name)
    try:
        yield Installation(folder, address.render_as_string(hide_password=False))
    finally:
        administer(here.database, f"DROP DATABASE {name} WITH (FORCE)")


def address_of(installation: Installation) -> str:
    """Where its database is."""
    return installation.database or f"sqlite:///{installation.folder / 'casefile.sqlite3'}"


@contextmanager
def read(world: World, installation: Installation) -> Iterator[World]:
    """A restored deployment, looked at with the keys of the world."""
    database = address_of(installation)
    settings = replace(world.settings, instance=installation.folder, database=database)
    with running(settings, world.deployment.keyring, world.clock) as app:
        yield World(app, world.clock, world.seated, settings)


def tables(installation: Installation) -> list[str]:
    """The tables that are served; a database that is not there has none."""
    if installation.database is None and not (installation.folder / "casefile.sqlite3").exists():
        return []
    with looked_at(installation) as connection:
        return inspect(connection).get_table_names()


def some_way_into_a_restore(said: Path, latest_s: float) -> Callable[[], bool]:
    """Whether this command has begun to restore, as it says, and `latest_s` later at most."""

    def begun() -> bool:
        if "Restore" not in said.read_text("utf-8"):
            return False
        time.sleep(random.uniform(0, latest_s))
        return True

    return begun


def some_way_into_a_backup(draft: Path) -> Callable[[], bool]:
    """Whether more of the archive is written than a share of it drawn by chance."""
    share = random.uniform(0, 0.8) * ROWS * ROW_BYTES
    return lambda: draft.exists() and draft.stat().st_size >= share


def counts(installation: Installation) -> dict[str, int]:
    """Rows of every table that a backup keeps; the log apart, which a backup itself writes to."""
    kept = [table for table in kept_tables() if table.name != "audit_row"]
    with looked_at(installation) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in kept
        }


def entries(installation: Installation) -> list[bytes]:
    """The tag of every entry, in order."""
    with looked_at(installation) as connection:
        return sorted(bytes(tag) for tag in connection.scalars(select(EntryRow.tag)))


def struck_in_its_midst(
    installation: Installation, words: list[str], begun: Callable[[], bool], said: Path
) -> bool:
    """Start a command and kill it once `begun` is true of it; whether it was still at work.

    What it says goes into the file `said`, anew each time.
    """
    process = start([*FLASK, "casefile", *words], installation.environ(), log=said)
    limit = time.monotonic() + STARTS_WITHIN_S
    try:
        while not begun() and process.poll() is None and time.monotonic() < limit:
            time.sleep(LOOKED_AT_EVERY_S)
        was_at_work = process.poll() is None
        strike(process.pid)
        process.wait()
        return was_at_work
    finally:
        end(process)


def on_a_small_disk(installation: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that may write files of ten megabytes at most."""
    command = [sys.executable, "-c", FULL, str(SMALL_FILES), *FLASK, "casefile", *words]
    environ = installation.environ()
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)


@contextmanager
def looked_at(installation: Installation) -> Iterator[Connection]:
    """A connection of the test's own, closed afterwards."""
    engine = create_engine(address_of(installation), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
