"""The nightly upkeep: what was deleted leaves the disk, and nobody waits long for it."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from casefile.cases.models import EntryRow
from casefile.platform.database import add_rows, db, own_transaction
from casefile.platform.upkeep import due_tonight, keep_up
from tests.servers.books import settle
from tests.world import World

ROWS, ROW_BYTES = 400, 20_000


def grow_and_delete(world: World) -> None:
    """Rows of some megabytes come and go, as what is retired does."""
    with world.app.app_context():
        rows = [
            {"tag": os.urandom(16), "body": os.urandom(ROW_BYTES), "token": os.urandom(16)}
            for _ in range(ROWS)
        ]
        for at in range(0, ROWS, 100):
            with own_transaction() as session:
                add_rows(session, EntryRow, *rows[at : at + 100])
        with own_transaction() as session:
            session.execute(delete(EntryRow).where(EntryRow.tag.in_([row["tag"] for row in rows])))


def sizes(world: World) -> tuple[int, int]:
    """Bytes of the file and of its write-ahead log."""
    file = Path(world.settings.instance / "casefile.sqlite3")
    log = Path(f"{file}-wal")
    return file.stat().st_size, log.stat().st_size if log.exists() else 0


def test_the_file_and_its_log_shrink(world: World) -> None:
    world.report("At the well.")
    before = sizes(world)
    grow_and_delete(world)
    assert sum(sizes(world)) > sum(before) + ROWS * ROW_BYTES / 2
    with world.app.app_context():
        kept = keep_up(db.engine, world.settings)
    assert kept.emptied
    assert kept.anew
    file, log = sizes(world)
    assert log == 0
    assert file < before[0] + before[1] + ROW_BYTES * 10
    settle(world, 1)


def test_a_file_too_large_to_be_written_anew_quickly_is_left(world: World) -> None:
    grow_and_delete(world)
    hasty = replace(world.settings, lock_wait_s=0)
    with world.app.app_context():
        kept = keep_up(db.engine, hasty)
    assert not kept.anew
    assert kept.emptied


def test_who_reads_meanwhile_is_not_disturbed_and_delays_nothing_for_long(world: World) -> None:
    world.report("At the well.")
    with world.app.app_context():
        with db.engine.connect() as reading:
            reading.exec_driver_sql("SELECT count(*) FROM entry").all()
            grow_and_delete(world)
            begun = time.monotonic()
            kept = keep_up(db.engine, world.settings)
            taken = time.monotonic() - begun
            assert not kept.emptied, "a reader stands in the log"
            assert reading.exec_driver_sql('SELECT count(*) FROM "case"').scalar() == 1
        assert taken < 20
        assert keep_up(db.engine, world.settings).emptied


def test_reports_arrive_while_it_is_done(both_worlds: World) -> None:
    grow_and_delete(both_worlds)
    over = threading.Event()

    def keep() -> None:
        with both_worlds.app.app_context():
            while not over.is_set():
                keep_up(db.engine, both_worlds.settings)

    beside = threading.Thread(target=keep)
    beside.start()
    try:
        for at in range(6):
            both_worlds.report(f"Report {at}")
    finally:
        over.set()
        beside.join()
    settle(both_worlds, 6)


def test_it_is_done_once_a_night_by_the_duty_stations_clock(world: World) -> None:
    kabul = replace(world.settings, time_zone=ZoneInfo("Asia/Kabul"))
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # half past two in Kabul, the 25th
    done = due_tonight(kabul, night, None)
    assert done is not None
    assert done.day == 25
    assert due_tonight(kabul, night, done) is None
    assert due_tonight(kabul, night.replace(hour=12), None) is None
    assert due_tonight(kabul, night.replace(day=25), done) is not None
