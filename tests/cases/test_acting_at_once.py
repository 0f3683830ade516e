"""Two people at one case at the same moment: nobody's work is lost and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.label import CaseNotFound, Label, read_label, write_label
from casefile.cases.queue_rows import address_of
from casefile.platform.database import StaleRow, db
from tests.cases.working import (
    answers,
    case_of,
    confirms,
    events,
    kinds,
    label_of,
    notes,
    queue_row,
)
from tests.world import World


def at_once(*doings: Callable[[], None]) -> list[BaseException | None]:
    """Do things at the same moment, each in a session of its own; what each of them raised."""
    gate = Barrier(len(doings))

    def do(one: Callable[[], None]) -> None:
        gate.wait(10)
        one()

    with ThreadPoolExecutor(len(doings)) as pool:
        return [done.exception(30) for done in [pool.submit(do, one) for one in doings]]


def test_two_who_confirm_at_the_same_moment_leave_one_owner_and_one_line(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report(area="2")
    raised = at_once(lambda: confirms(world, "Sarah"), lambda: confirms(world, "Amal"))
    assert raised == [None, None]
    label = label_of(world)
    assert label.owner in {world.member("Sarah").person, world.member("Amal").person}
    assert kinds(world).count("event") == 1
    assert events(world, Event.CASE_ACKNOWLEDGED) == 1
    assert queue_row(world)["owner"] == int.from_bytes(label.owner[:4], "big")
    assert [one.kind for one in label.deadlines].count("write_to_reporter") == 1


def test_a_double_press_at_the_same_moment_writes_one_letter(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    raised = at_once(*[lambda: answers(world, "Sarah", b"p" * 32)] * 3)
    assert raised == [None] * 3
    assert kinds(world).count("letter") == 1


def test_different_people_who_write_at_the_same_moment_are_all_kept(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    raised = at_once(
        lambda: confirms(world, "Sarah"),
        lambda: notes(world, "Amal", b"n" * 32),
        lambda: answers(world, "Sarah", b"a" * 32),
        lambda: answers(world, "Amal", b"b" * 32, None),
    )
    assert raised == [None] * 4
    found = kinds(world)
    assert [found.count(kind) for kind in ("event", "note", "letter")] == [1, 1, 2]
    assert events(world, Event.ANSWER_SENT) == 2


class Meanwhile:
    """A clock that lets something happen the first time it is asked."""

    def __init__(self, world: World, happens: Callable[[], None]) -> None:
        self.world, self.happens, self.asked = world, happens, False

    def __call__(self) -> datetime:
        if not self.asked:
            self.asked = True
            self.happens()
        return self.world.clock()


def change_label(world: World, change: Callable[[Label], Label]) -> None:
    """Somebody else changes the label, in a session of her own."""
    case = case_of(world)
    with world.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        held = read_label(session, world.deployment, case)
        write_label(session, world.deployment, held, change(held.label))
        session.commit()


def test_who_is_excluded_between_the_page_and_the_press_does_nothing_more(world: World) -> None:
    world.report(area="2")
    sarah, address = world.member("Sarah"), address_of(case_of(world))

    def exclude() -> None:
        change_label(world, lambda label: replace(label, excluded=(sarah.person,)))

    late = replace(world.deployment, now=Meanwhile(world, exclude))
    with world.session() as session, pytest.raises(CaseNotFound):
        write_note(session, late, sarah, address, text="Called.", once=b"1" * 32)
    assert len(label_of(world).bodies) == 5


def test_who_holds_an_older_wrap_at_the_press_does_nothing_more(world: World) -> None:
    world.report(area="2")
    sarah, address = world.member("Sarah"), address_of(case_of(world))

    def exchange() -> None:
        change_label(
            world,
            lambda label: replace(
                label,
                holders=(replace(label.holders[0], generation=2), *label.holders[1:]),
            ),
        )

    late = replace(world.deployment, now=Meanwhile(world, exchange))
    with world.session() as session, pytest.raises(StaleRow):
        write_note(session, late, sarah, address, text="Called.", once=b"1" * 32)
    assert len(label_of(world).bodies) == 5
