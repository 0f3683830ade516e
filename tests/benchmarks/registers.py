"""Eight processes writing to one register at once: how fast, and that nothing they wrote is lost.

Each puts new rows in, and each counts up in the same eight rows; every write is a transaction of
its own. Afterwards the rows are counted and the counts added up. What a process was told is written
and is not there is lost; what the engine refused is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np

from casefile.cases.queue_rows import QUEUE, ROW
from casefile.platform.database import write
from casefile.registers.lanes import insert
from casefile.registers.storage import Place, read_row, scan
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import hear, started, tell

WRITERS = 8
INSERTS = UPDATES = 60
"""By each process."""
SHARED = 8
"""Rows all processes count up in."""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """Writes lost of 960, and writes a second."""
    places = [_shared_row(deployed) for _ in range(SHARED)]
    given = json.dumps([[place.segment.hex(), place.slot] for place in places])
    with ExitStack() as running:
        writers = [
            running.enter_context(
                started("tests.benchmarks.register_writer", given, environ=deployed.environ)
            )
            for _ in range(WRITERS)
        ]
        for writer in writers:
            hear(writer)
        for writer in writers:
            tell(writer, f"{INSERTS} {UPDATES}")
        told = [hear(writer) for writer in writers]
    yield from _figures(deployed, places, told)


def _figures(deployed: Deployed, places: list[Place], told: list[Any]) -> Iterator[Figure]:
    inserted, counted, refused = (sum(one[at] for one in told) for at in range(3))
    seconds = max(one[4] for one in told) - min(one[3] for one in told)
    missing = abs(inserted - _inserted(deployed)) + abs(counted - _counted(deployed, places))
    suffix, written = deployed.engine.suffix, inserted + counted
    yield Figure(
        f"register_writers_lost{suffix}",
        missing,
        "rows",
        f"{WRITERS} processes, {inserted} rows put in, {counted} counted up, {refused} refused",
        limit=0,
    )
    note = f"durable transactions of {WRITERS} processes on one register"
    yield Figure(f"register_writes_per_second{suffix}", written / seconds, "1/s", note, least=True)


def _shared_row(deployed: Deployed) -> Place:
    row = np.zeros(1, ROW)
    row["used"], row["desk_1"] = 1, 1

    with deployed.session() as session:
        return write(
            lambda writing: insert(writing, deployed.deployment, QUEUE, {"queue": row}), session
        )


def _inserted(deployed: Deployed) -> int:
    """Rows in the register that a process put in: they say desk 2."""
    with deployed.session() as session:
        every = list(scan(session, deployed.deployment, QUEUE, "queue"))
    return sum(int(np.count_nonzero(columns["desk_1"] == 2)) for _, columns in every)


def _counted(deployed: Deployed, places: list[Place]) -> int:
    with deployed.session() as session:
        rows = [read_row(session, deployed.deployment, QUEUE, place, "queue") for place in places]
    return sum(int(row["received"]) for row in rows)
