"""Backup and restore under load, killed, and with a full disk: all of it, or nothing of it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.cases.models import EntryRow
from casefile.platform.database import add_rows, write
from tests.servers.books import count_cases, open_number, settle
from tests.servers.running import FLASK, SOAK, Installation, end, start, strike, until
from tests.servers.visiting import Visitor, fresh
from tests.world import World, running

pytestmark = pytest.mark.server

KILLS = 40 if SOAK else 5
ROWS, ROW_BYTES = 4000, 12_000
"""So much that a backup and a restore take long enough to be killed in their midst."""
SMALL_DISK = 10_000_000
FULL = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


@pytest.fixture
def large(world: World, installation: Installation) -> Installation:
    """A SQLite deployment of some fifty megabytes, with one report in it."""
    world.report("At the well.")
    rows = [
        {"tag": os.urandom(16), "body": os.urandom(ROW_BYTES), "token": os.urandom(16)}
        for _ in range(ROWS)
    ]
    with world.session() as session:
        for at in range(0, ROWS, 200):
            write(lambda writing, at=at: add_rows(writing, EntryRow, *rows[at : at + 200]), session)
            session.commit()
    return installation


@pytest.fixture
def other(large: Installation, tmp_path: Path) -> Installation:
    """Another machine: the key file was brought there, and nothing else is."""
    return emptied(large, tmp_path / "other")


def emptied(installation: Installation, folder: Path) -> Installation:
    folder.mkdir(mode=0o700)
    shutil.copy(installation.key_file, folder / "keys.txt")
    return Installation(folder)


@contextmanager
def read(world: World, installation: Installation) -> Iterator[World]:
    """A restored SQLite deployment, looked at with the keys of the world."""
    database = f"sqlite:///{installation.folder / 'casefile.sqlite3'}"
    settings = replace(world.settings, instance=installation.folder, database=database)
    with running(settings, world.deployment.keyring, world.clock) as app:
        yield World(app, world.clock, world.seated, settings)


def tables(installation: Installation) -> int:
    """How many tables are served; a database that is not there has none."""
    file = installation.folder / "casefile.sqlite3"
    if not file.exists():
        return 0
    with sqlite3.connect(file) as looked:
        count: int = looked.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    looked.close()
    return count


def entries(installation: Installation) -> list[bytes]:
    with sqlite3.connect(installation.folder / "casefile.sqlite3") as looked:
        found = [row[0] for row in looked.execute("SELECT tag FROM entry ORDER BY tag")]
    looked.close()
    return found


def struck_in_its_midst(installation: Installation, words: list[str], sign: Path) -> bool:
    """Start a command, kill it a moment after its sign appears; whether it was still at work."""
    process = start([*FLASK, "casefile", *words], installation.environ())
    try:
        until(lambda: sign.exists() or process.poll() is not None)
        time.sleep(random.uniform(0, 0.4))
        was_at_work = process.poll() is None
        strike(process.pid)
        process.wait()
        return was_at_work
    finally:
        end(process)


def on_a_small_disk(installation: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that may write files of ten megabytes at most."""
    command = [sys.executable, "-c", FULL, str(SMALL_DISK), *FLASK, "casefile", *words]
    environ = installation.environ()
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)


def test_a_backup_while_reports_arrive_holds_every_number_shown_before(
    both_worlds: World, both_installations: Installation, tmp_path: Path
) -> None:
    numbers: list[str] = []
    over = threading.Event()

    def send(port: int, who: int) -> None:
        visitor = Visitor(port)
        while not over.is_set():
            given = [*fresh(), ("what", f"Report {len(numbers)} of {who}")]
            page = visitor.post("/en/report", given)
            if page.number:
                numbers.append(page.number)

    with both_installations.serving(workers=2) as server:
        senders = [threading.Thread(target=send, args=(server.port, who)) for who in range(3)]
        for sender in senders:
            sender.start()
        until(lambda: len(numbers) >= 10, within_s=60)
        before = list(numbers)
        made = both_installations.command("backup", str(tmp_path / "archive"), within_s=120)
        during = len(numbers) - len(before)
        over.set()
        for sender in senders:
            sender.join()
    assert made.returncode == 0, made.stderr
    assert during > 0, "nobody wrote meanwhile: the backup was not under load"
    other = emptied(both_installations, tmp_path / "other")
    back = other.command("restore", str(tmp_path / "archive"), within_s=120)
    assert back.returncode == 0, back.stderr
    with read(both_worlds, other) as restored:
        assert all(open_number(restored, number).text for number in before)
        settle(restored, count_cases(restored))


def test_a_backup_killed_at_any_moment_leaves_no_half_archive(
    large: Installation, other: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    struck = 0
    for _ in range(KILLS):
        sign = tmp_path / ".archive.draft"
        sign.unlink(missing_ok=True)
        struck += struck_in_its_midst(large, ["backup", str(file)], sign)
        if file.exists():
            assert other.command("restore", str(file)).returncode == 0, "a whole one, or none"
            break
    assert struck >= 1
    file.unlink(missing_ok=True)
    assert large.command("backup", str(file)).returncode == 0


def test_a_restore_killed_again_and_again_serves_nothing_half_and_goes_on(
    world: World, large: Installation, other: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    assert large.command("backup", str(file)).returncode == 0
    sign, struck = other.folder / "casefile.sqlite3.restoring", 0
    for _ in range(KILLS):
        struck += struck_in_its_midst(other, ["restore", str(file)], sign)
        if tables(other):
            break
        assert tables(other) == 0, "nothing is served before all of it is there"
    assert struck >= 1
    if not tables(other):
        back = other.command("restore", str(file), within_s=120)
        assert back.returncode == 0, back.stderr
    assert entries(other) == entries(large)
    with read(world, other) as restored:
        assert count_cases(restored) == 1


def test_a_full_disk_stops_a_backup_with_one_sentence(large: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "archives"
    folder.mkdir()
    done = on_a_small_disk(large, "backup", str(folder / "archive"))
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, done.stderr
    assert list(folder.iterdir()) == []


def test_a_full_disk_stops_a_restore_that_goes_on_when_there_is_room(
    large: Installation, other: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    assert large.command("backup", str(file)).returncode == 0
    done = on_a_small_disk(other, "restore", str(file))
    assert done.returncode == 1
    assert tables(other) == 0
    back = other.command("restore", str(file), within_s=120)
    assert back.returncode == 0, back.stderr
    assert entries(other) == entries(large)
