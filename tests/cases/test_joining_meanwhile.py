"""Somebody joins the desk in the very moment in which a report about her is being sealed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.label import read_label
from casefile.cases.membership import join_desk
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import receive
from casefile.platform.database import begin_writing, db
from tests.world import World


class Meanwhile:
    """Randomness that lets something happen at its first draw."""

    def __init__(self, happens: Callable[[], None]) -> None:
        self.happens: Callable[[], None] | None = happens

    def __call__(self, length: int) -> bytes:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return os.urandom(length)


def test_who_joins_while_a_report_about_her_arrives_sees_no_trace_of_it(both_worlds: World) -> None:
    world, lucia = both_worlds, both_worlds.member("Lucia")
    river = world.desk("Intake desk, River")

    def join() -> None:
        with Session(db.engine) as other:
            begin_writing(other)
            join_desk(other, world.deployment, world.member("Sarah"), river, lucia.person)
            other.commit()

    said = "It was Lucia Fernandez."
    told = InboundReport(said, {"area": ("2",)}, "en", "web_anonymous", b"o" * 32)
    racing = replace(world.deployment, random=Meanwhile(join))
    with world.session() as session:
        receive(session, racing, told)
    with world.session() as session:
        assert queue_page(session, world.deployment, lucia, view="all", page=1).all_open == 0
        (case,) = session.scalars(select(CaseRow.id)).all()
        label = read_label(session, world.deployment, case).label
    assert label.circle or label.desks[0] != river.id
