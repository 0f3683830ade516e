"""A backup and a restore of a hundred thousand cases' worth of rows, beside copying the same bytes.

Rows have the number and the lengths a report leaves and random content: sealed bytes are random.
The floor reads and writes as many bytes as the archive has, and asks the disk to keep them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, select
from sqlalchemy.engine import make_url

from casefile.cases.models import CaseRow, EntryRow, QuickRow, ReceiptRow, WrapRow
from casefile.platform.backup import back_up
from casefile.platform.database import db
from casefile.platform.deployment import Deployment
from casefile.platform.engines import dress, engine_options
from casefile.platform.restore import restore
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.postgres import administer
from tests.benchmarks.story import ANSWERS, STORY
from tests.benchmarks.visitor import Visitor

CASES = int(os.environ.get("CASEFILE_BENCH_BACKUP_CASES", "100000"))
COPIED = (CaseRow, EntryRow, WrapRow, QuickRow, ReceiptRow)
MB = 1_000_000
LEAST_MB_A_SECOND = 20
MOST_S = 300
AT_ONCE = 100
"""Cases written in one transaction while the database is filled."""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """Fill, back up, copy, restore."""
    suffix = deployed.engine.suffix
    fill(deployed, CASES)
    file = deployed.instance / "archive"
    with deployed.app.app_context():
        taken = _seconds(lambda: back_up(db.engine, deployed.deployment, file))
    size = file.stat().st_size
    copied = _seconds(lambda: _copy(file, deployed.instance / "copy"))
    (deployed.instance / "copy").unlink()
    note = f"{size / MB:,.0f} MB: rows of {CASES:,} cases"
    yield Figure(
        f"backup_mb_per_second{suffix}",
        size / MB / taken,
        "MB/s",
        note,
        limit=LEAST_MB_A_SECOND,
        floor=size / MB / copied,
        least=True,
    )
    with _elsewhere(deployed) as (other, database):
        options = engine_options(replace(other.settings, database=database))
        engine = create_engine(options.pop("url"), **options)
        dress(engine, other.settings.lock_wait_s)
        seconds = _seconds(lambda: restore(engine, other, file))
        engine.dispose()
    name = f"restore_{CASES // 1000}k_s{suffix}"
    yield Figure(name, seconds, "s", note, limit=MOST_S, floor=copied)


def fill(deployed: Deployed, cases: int) -> None:
    """Write rows as `cases` reports leave them, after the lengths of a real one."""
    fields = {"once": deployed.deployment.random(32).hex(), "what": STORY, **ANSWERS}
    Visitor(deployed.app).post("/en/report", fields)
    with deployed.session() as session:
        shapes = {
            table: [dict(row._mapping) for row in session.execute(select(*table.__table__.columns))]
            for table in COPIED
        }
    with deployed.app.app_context(), db.engine.connect() as plain:
        level = "READ COMMITTED" if deployed.engine.suffix else "SERIALIZABLE"
        connection = plain.execution_options(isolation_level=level)
        for _ in range(0, cases, AT_ONCE):
            for table, rows in shapes.items():
                some = [_random(row) for row in rows for _case in range(AT_ONCE)]
                connection.execute(insert(table), some)
            connection.commit()


def _random(row: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: os.urandom(len(value)) for name, value in row.items()}


@contextmanager
def _elsewhere(deployed: Deployed) -> Iterator[tuple[Deployment, str]]:
    """An empty folder and an empty database of the same engine."""
    folder = deployed.instance / "elsewhere"
    folder.mkdir()
    settings = replace(deployed.deployment.settings, instance=folder)
    other = replace(deployed.deployment, settings=settings)
    if deployed.database is None:
        database = f"sqlite:///{folder / 'casefile.sqlite3'}"
        yield replace(other, settings=replace(settings, database=database)), database
        return
    name = "restored" + os.urandom(8).hex()
    administer(deployed.database, f"CREATE DATABASE {name}")
    database = make_url(deployed.database).set(database=name)
    address = database.render_as_string(hide_password=False)
    try:
        yield replace(other, settings=replace(settings, database=address)), address
    finally:
        administer(deployed.database, f"DROP DATABASE {name} WITH (FORCE)")


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(1024 * 1024):
            written.write(piece)
        written.flush()
        os.fsync(written.fileno())


def _seconds(act: Callable[[], Any]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun
