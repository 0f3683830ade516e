"""Cases that are closed and whose time is over, as the verbs of closing leave them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from casefile.cases.deleting import keep_retention
from casefile.cases.label import Label, read_label, write_label
from casefile.cases.queue_rows import change_row
from casefile.platform.database import write
from casefile.platform.now import minutes
from tests.world import World

LONG = timedelta(days=366 * 11)
"""Longer than any case is kept."""


def ends(world: World, case: bytes, *, state: str = "closed", outcome: str = "") -> None:
    """Two people have ended a case."""
    with world.session() as session:

        def verb(writing: object) -> None:
            held = read_label(session, world.deployment, case, for_change=True)
            now = minutes(world.clock())
            label = replace(held.label, state=state, since=now, outcome=outcome, deadlines=())
            change_row(
                session, world.deployment, write_label(session, world.deployment, held, label)
            )

        write(verb, session)


def tonight(world: World) -> int:
    """The nightly pass; how many cases it deleted."""
    with world.session() as session:
        return keep_retention(session, world.deployment)


def lets_time_pass(world: World) -> None:
    """Until after the announced wait of a case that is announced."""
    world.clock.pass_by(days=31)


def label_at(world: World, case: bytes) -> Label:
    with world.session() as session:
        return read_label(session, world.deployment, case).label
