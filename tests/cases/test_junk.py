"""What looks like junk lies apart, is due like any other report, and comes back at a press."""

from __future__ import annotations

from casefile.cases.junk import is_no_junk
from casefile.cases.queue import QueuePage, queue_page
from casefile.cases.queue_views import View
from casefile.intake.inbound import InboundReport
from casefile.intake.junk import Signs
from casefile.intake.receive import receive
from casefile.platform.deployment import Deployment
from tests.cases.working import confirms, label_of
from tests.world import World

JUNK = Signs(trap=True, unseen=True)


def sends_junk(world: World, text: str = "Win at once.", **answers: tuple[str, ...]) -> None:
    deployment: Deployment = world.deployment
    told = InboundReport(
        text, {"area": ("2",)} | answers, "en", "web_anonymous", deployment.random(32), signs=JUNK
    )
    with world.session() as session:
        receive(session, deployment, told)


def listed(world: World, view: str) -> QueuePage:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member("Sarah"), view=view, page=1)


def count(world: World, view: View) -> int:
    return listed(world, view).counts[view]


def test_junk_lies_apart_from_what_is_to_do(both_worlds: World) -> None:
    world = both_worlds
    world.report("A true story.", area="2")
    for _ in range(3):
        sends_junk(world)
    assert len(listed(world, View.TODO).lines) == count(world, View.TODO) == 1
    assert len(listed(world, View.JUNK).lines) == count(world, View.JUNK) == 3


def test_a_flood_of_junk_fills_no_list_of_work_and_buries_nothing(world: World) -> None:
    sends_junk(world, now=("danger",))
    world.clock.pass_by(minutes=1)
    world.report("A true story.", area="2")
    world.clock.pass_by(minutes=1)
    sends_junk(world)
    counts = listed(world, View.ALL).counts
    apart = (View.TODO, View.NEW, View.UNASSIGNED, View.ACT_TODAY, View.LATE)
    assert [counts[view] for view in apart] == [1, 1, 1, 0, 0]
    assert [line.junk for line in listed(world, View.ALL).lines] == [False, True, True]
    world.clock.pass_by(days=3)
    late = [line.junk for line in listed(world, View.LATE).lines]
    assert late == [line.junk for line in listed(world, View.TODO).lines] == [False, True, True]


def test_junk_somebody_took_over_stands_among_hers(world: World) -> None:
    sends_junk(world)
    confirms(world, "Sarah")
    assert [line.junk for line in listed(world, View.MINE).lines] == [True]


def test_junk_is_due_when_any_report_is(world: World) -> None:
    world.report("A true story.", area="2")
    sends_junk(world)
    (true,), (junk,) = listed(world, View.TODO).lines, listed(world, View.JUNK).lines
    assert junk.due == true.due
    assert junk.junk


def test_danger_told_in_what_looks_like_junk_is_still_to_be_seen_to_today(world: World) -> None:
    sends_junk(world, now=("danger",))
    assert [line.stamp for line in listed(world, View.JUNK).lines] == ["act_today"]


def test_a_member_puts_it_among_the_others(both_worlds: World) -> None:
    world = both_worlds
    sends_junk(world)
    (line,) = listed(world, View.JUNK).lines
    for _ in range(2):
        with world.session() as session:
            is_no_junk(session, world.deployment, world.member("Sarah"), line.case)
    assert not label_of(world).junk
    assert (count(world, View.TODO), count(world, View.JUNK)) == (1, 0)
