"""One of the processes that write to a register at once: puts rows in, counts up in shared rows.

Run as a module with the shared rows' places as JSON; the line it is told says how many of each.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from casefile.app import create_app
from casefile.cases.queue_rows import QUEUE, ROW
from casefile.platform.database import StaleRow, commit, current_session, write
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import Unavailable
from casefile.registers.lanes import insert
from casefile.registers.storage import Place, change
from tests.benchmarks.processes import say


def put_in(session: Session, deployment: Deployment) -> None:
    """A new row, of desk 2."""
    row = np.zeros(1, ROW)
    row["used"], row["desk_1"] = 1, 2
    insert(session, deployment, QUEUE, {"queue": row})


def count_up(session: Session, deployment: Deployment, place: Place) -> None:
    """One more in a shared row."""

    def edit(row: Any) -> None:
        row["received"] += 1

    change(session, deployment, QUEUE, place, "queue", edit)


def durable(verb: Callable[[Session], object]) -> bool:
    """Write and commit; whether it was written."""
    try:
        write(verb, current_session())
        commit()
    except (Unavailable, StaleRow):
        current_session().rollback()
        return False
    return True


def write_mixed(places: list[Place], inserts: int, updates: int) -> list[float]:
    """Write so many of each in random order: put in, counted up, refused, begun, ended."""
    deployment = current_deployment()
    kinds = [True] * inserts + [False] * updates
    random.shuffle(kinds)
    done, begun = {True: 0, False: 0}, time.time()
    for new in kinds:
        place = random.choice(places)
        if new:
            done[new] += durable(lambda writing: put_in(writing, deployment))
        else:
            done[new] += durable(partial(count_up, deployment=deployment, place=place))
    return [done[True], done[False], len(kinds) - sum(done.values()), begun, time.time()]


def main() -> None:
    """Argument: where the shared rows stand."""
    places = [Place(bytes.fromhex(segment), slot) for segment, slot in json.loads(sys.argv[1])]
    with create_app().app_context():
        say("ready")
        inserts, updates = map(int, sys.stdin.readline().split())
        say(write_mixed(places, inserts, updates))


if __name__ == "__main__":
    main()
