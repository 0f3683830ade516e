"""Filling the queue register in bulk: whole segments, each sealed once, as if reports had come.

Rows lie as arrivals would have left them: spread evenly over the sixteen lanes, each lane with its
full segments and one that is open. Only the register is written, for the list of work reads nothing
else; no case stands behind a row.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.cases.queue_rows import QUEUE, ROW
from casefile.codes.lists import read_list
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.registers.lanes import LANES
from casefile.registers.models import Segment
from casefile.registers.storage import Columns, scan
from casefile.sealing.segments import ROWS, seal_segment
from tests.benchmarks.deployment import Deployed

PART = "queue"
AREAS = 4
ENTRIES = 6
"""Records of every invented case."""
Rows = NDArray[Any]


@dataclass(frozen=True)
class Filled:
    """What stands in the register: its segments, and rows by the code of their desk."""

    segments: int
    held: Mapping[int, int]


class QueueFilling:
    """The queue register of one copy, to be filled as often as is wanted. Real rows stay."""

    def __init__(self, deployed: Deployed) -> None:
        """Take over a register in which only a few real cases stand, none in a second segment."""
        self._deployed = deployed
        with deployed.session() as session:
            segments = list(scan(session, deployed.deployment, QUEUE, PART))
        self._open = [segment for segment, _ in segments]
        if len(self._open) != LANES:
            raise ValueError("the register is not as founding left it")
        self._real = np.concatenate([_standing(columns) for _, columns in segments])

    def fill(self, cases: int, desks: Sequence[int]) -> Filled:
        """Let exactly `cases` rows stand, dealt in turn to desks by code."""
        invented = queue_rows(self._deployed.deployment, cases - len(self._real), desks)
        rows = np.concatenate([self._real, invented])
        lanes = [rows[lane::LANES] for lane in range(LANES)]
        with self._deployed.session() as session:
            segments = write(lambda writing: self._write(writing, lanes), session)
        codes, held = np.unique(rows["desk_1"], return_counts=True)
        return Filled(segments, dict(zip(codes.tolist(), held.tolist(), strict=True)))

    def _write(self, session: Session, lanes: list[Rows]) -> int:
        """Each lane: full segments, then what is left in the one that is open."""
        every = Segment.part == PART
        session.execute(delete(Segment).where(every))
        for opened, rows in zip(self._open, lanes, strict=True):
            full = max(0, len(rows) - 1) // ROWS
            ids = [self._deployed.deployment.random(16) for _ in range(full)]
            for number, segment in enumerate([*ids, opened]):
                session.add(self._sealed(segment, rows[number * ROWS : (number + 1) * ROWS]))
        session.flush()
        return len(session.execute(select(Segment.id).where(every)).all())

    def _sealed(self, segment: bytes, rows: Rows) -> Segment:
        deployment = self._deployed.deployment
        whole, token = np.zeros(ROWS, ROW), deployment.random(16)
        whole[: len(rows)] = rows
        body = seal_segment(
            deployment.keyring, whole, register=QUEUE.name, part=PART, segment=segment, token=token
        )
        return Segment(id=segment, part=PART, body=body, token=token)


def _standing(columns: Columns) -> Rows:
    used = np.flatnonzero(columns["used"])
    rows = np.zeros(len(used), ROW)
    for name, column in columns.items():
        rows[name] = column[used]
    return rows


def queue_rows(deployment: Deployment, cases: int, desks: Sequence[int]) -> Rows:
    """Rows of open cases in every state of their deadlines; drawn from a fixed seed."""
    drawn, now = np.random.default_rng(cases), minutes(deployment.now())
    rows = np.zeros(cases, ROW)
    rows["used"] = 1
    for column in ("step", "told", "language"):
        numbers = read_list(deployment.settings.config, column).numbers.values()
        rows[column] = drawn.choice(list(numbers), cases)
    rows["entries"] = ENTRIES
    rows["area"] = drawn.integers(0, AREAS + 1, cases)
    rows["desk_1"] = np.resize(np.array(desks, "<u2"), cases)
    rows["received"] = now - drawn.integers(1, 60 * 24 * 90, cases)
    rows["due"] = now + drawn.integers(-60 * 24 * 5, 60 * 24 * 30, cases)
    for column, share in (("act_today", 0.05), ("child", 0.1), ("unread", 0.1), ("waiting", 0.4)):
        rows[column] = drawn.random(cases) < share
    for half in ("case_1", "case_2"):
        rows[half] = np.frombuffer(os.urandom(8 * cases), "<u8")
    return rows
