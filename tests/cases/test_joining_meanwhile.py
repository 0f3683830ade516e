"""Somebody joins the desk in the very moment in which a report or a message names her."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.label import read_label
from casefile.cases.mailbox import write_with_number
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import receive
from casefile.platform.database import begin_writing, db
from tests.cases.excluding import held, joins
from tests.world import World

KEY = 32
"""Bytes of a key: the first is drawn when it was seen who is named, and who sits on the desk."""


class Meanwhile:
    """Randomness that lets something happen at its first draw, or its first of that length."""

    def __init__(self, happens: Callable[[], object], at: int = 0) -> None:
        self.happens: Callable[[], object] | None = happens
        self.at = at

    def __call__(self, length: int) -> bytes:
        if self.happens is not None and self.at in {0, length}:
            happens, self.happens = self.happens, None
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


def test_who_joins_while_a_message_names_her_has_no_key_of_the_case(both_worlds: World) -> None:
    """She comes when the message has looked who sits on the desk: one of the two waits."""
    world, number = both_worlds, both_worlds.report(area="2").code.digits()
    with ThreadPoolExecutor(1) as pool:
        coming: list[Future[None]] = []

        def join() -> None:
            coming.append(pool.submit(joins, world, "Lucia", let_in_by="Sarah"))
            wait(coming, 1)

        racing = replace(world.deployment, random=Meanwhile(join, at=KEY))
        text, once = "It was Lucia Fernandez.", b"m" * 32
        with world.session() as session:
            write_with_number(session, racing, typed=number, text=text, once=once)
        (came,) = coming
        refused = came.exception(30)
    label = held(world)
    assert world.member("Lucia").person in label.label.excluded
    assert isinstance(refused, ExcludedFromACase)
    assert world.member("Lucia").person not in world.desk("Intake desk, River").members
