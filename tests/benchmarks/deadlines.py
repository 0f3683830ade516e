"""The worker's pass over what is late: a hundred thousand open cases, a few of them to be told.

The few are real cases whose day has just passed; each round takes back that they were told, so that
every round tells them again. The floor is what no pass over a sealed register can do without:
reading the segments, opening them and comparing one column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.escalating import escalate_late
from casefile.cases.label import Label, hold_labels, write_labels
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import change_rows
from casefile.platform.database import db, write_now
from casefile.registers.models import Segment
from tests.benchmarks.deployment import DESKS, Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.seeding import PART, QueueFilling
from tests.benchmarks.story import ANSWERS, STORY
from tests.benchmarks.timing import Act, always, in_turns, median
from tests.benchmarks.visitor import Visitor

CASES = 100_000
LATE = 10
ROUNDS = 15
LIMIT_MS = 500


def measure(deployed: Deployed) -> Iterator[Figure]:
    """One pass in which ten cases are late, and one in which nothing is."""
    visitor, random = Visitor(deployed.app), deployed.deployment.random
    for _ in range(LATE):
        visitor.post("/en/report", {"once": random(32).hex(), "what": STORY, **ANSWERS})
    deployed.clock.pass_by(hours=25)
    filled = QueueFilling(deployed).fill(CASES, range(1, DESKS + 1))

    def late() -> Act:
        _take_back(deployed)
        return lambda: _pass(deployed, LATE)

    def calm() -> Act:
        _pass(deployed, None)
        return lambda: _pass(deployed, 0)

    preparations = {
        "late": late,
        "calm": calm,
        "floor": always(lambda: read_open_compare(deployed)),
    }
    times = {name: median(each) for name, each in in_turns(ROUNDS, preparations).items()}
    suffix, least = deployed.engine.suffix, times["floor"]
    many = f"{CASES:,} cases in {filled.segments} segments"
    yield Figure(
        f"deadlines_{CASES}_ms{suffix}",
        times["late"],
        "ms",
        f"one pass of the worker over {many}, {LATE} of them late and told",
        limit=LIMIT_MS,
        floor=least,
    )
    note = f"the same where nothing has to be told: {many}"
    yield Figure(f"deadlines_{CASES}_calm_ms{suffix}", times["calm"], "ms", note, floor=least)


def read_open_compare(deployed: Deployed) -> int:
    """Read every segment, pass its bytes through the cipher, compare one column; rows found."""
    key, nonce, found = AESGCM(bytes(32)), bytes(12), 0
    with deployed.app.app_context():
        bodies = db.session.execute(select(Segment.body).where(Segment.part == PART)).scalars()
        for body in bodies:
            key.encrypt(nonce, body, b"")
            column = np.frombuffer(body, "<u4", count=1024)
            found += int(np.count_nonzero(column == 1))
    return found


def _pass(deployed: Deployed, late: int | None) -> None:
    """The worker comes by, with a session of its own as always; None where any number will do."""
    with deployed.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        told = escalate_late(session, deployed.deployment)
    if late is not None and told != late:
        raise RuntimeError(f"{told} cases were told of, not {late}")


def _take_back(deployed: Deployed) -> None:
    """Let nobody have been told yet."""
    deployment = deployed.deployment

    def verb(writing: Session) -> None:
        every = list(writing.scalars(select(CaseRow.id)))
        held = hold_labels(writing, deployment, every)
        changed = [(one, _untold(one.label)) for one in held]
        write_labels(writing, deployment, changed)
        change_rows(writing, deployment, [label for _, label in changed])

    with deployed.session() as session:
        write_now(verb, session)


def _untold(label: Label) -> Label:
    return replace(label, deadlines=tuple(replace(one, told=0) for one in label.deadlines))
