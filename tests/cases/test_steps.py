"""What is done meets its deadline, starts the next, and is written once, as coarse as it may be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casefile.cases.case_page import NextStep
from casefile.cases.mailbox import write_with_number
from casefile.cases.queue import QueueLine, queue_page
from casefile.cases.queue_views import View
from casefile.cases.reading import open_case
from casefile.cases.rules import Stamp
from casefile.facts.register import IN_TIME, LATE, quarter
from casefile.platform.now import minutes
from tests.cases.working import (
    answers,
    confirms,
    fact,
    goes_to_whom_it_concerns,
    label_of,
    notes,
    queue_row,
)
from tests.world import World


def test_confirming_starts_the_clock_of_the_next_letter(world: World) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=3)
    confirms(world, "Sarah")
    label = label_of(world)
    assert label.running("acknowledge") is None
    running = label.running("write_to_reporter")
    assert running is not None
    assert (running.started, running.due - running.started) == (
        minutes(world.clock()),
        30 * 24 * 60,
    )
    assert label.running("offer_help") is not None


@pytest.mark.parametrize(
    ("reported", "kind"), [({}, "offer_help"), ({"now": "danger"}, "offer_help_today")]
)
def test_the_help_text_meets_the_offer_of_help(
    world: World, reported: dict[str, str], kind: str
) -> None:
    world.report(area="2", **reported)
    answers(world, "Sarah", b"1" * 32, reviewed="received")
    assert label_of(world).running(kind) is not None
    answers(world, "Sarah", b"2" * 32, reviewed="help")
    assert label_of(world).running(kind) is None
    assert queue_row(world)["act_today"] == 0


def test_own_words_are_a_letter_but_no_offer_of_help(world: World) -> None:
    world.report(area="2")
    answers(world, "Sarah", b"1" * 32, reviewed=None)
    assert label_of(world).running("offer_help") is not None
    assert fact(world)["offered_class"] == 0


def test_every_letter_starts_the_thirty_days_anew(world: World) -> None:
    world.report(area="2")
    dues = []
    for page in (b"1" * 32, b"2" * 32):
        answers(world, "Sarah", page)
        running = label_of(world).running("write_to_reporter")
        assert running is not None
        dues.append(running.due)
        world.clock.pass_by(days=9)
    assert dues[1] - dues[0] == 9 * 24 * 60
    assert sum(one.kind == "write_to_reporter" for one in label_of(world).deadlines) == 2


@pytest.mark.parametrize(
    ("hours", "elapsed", "in_time"),
    [(0, 1, IN_TIME), (1, 2, IN_TIME), (47, 10, IN_TIME), (48, 11, IN_TIME), (49, 11, LATE)],
)
def test_a_confirmation_is_a_fact_as_coarse_as_it_may_be(
    world: World, hours: int, elapsed: int, in_time: int
) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=hours)
    confirms(world, "Sarah")
    steps = fact(world)
    assert steps["acknowledged_class"] == elapsed
    assert steps["acknowledged_in_time"] == in_time
    assert steps["acknowledged_quarter"] == quarter(world.clock())
    assert steps["offered_class"] == 0


def test_a_step_keeps_its_first_writing(world: World) -> None:
    world.report(area="2", now="danger")
    world.clock.pass_by(hours=2)
    answers(world, "Sarah", b"1" * 32)
    first = fact(world)
    assert (first["offered_class"], first["offered_in_time"]) == (3, IN_TIME)
    world.clock.pass_by(days=80)
    answers(world, "Amal", b"2" * 32)
    assert fact(world) == first


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_list_the_case_page_and_the_fact_agree_on_the_very_minute(
    world: World, over: int
) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=24, minutes=over, seconds=20)
    with world.session() as session:
        sarah = world.member("Sarah")
        listed = queue_page(session, world.deployment, sarah, view="all", page=1)
        page = open_case(session, world.deployment, sarah, listed.lines[0].case)
    due = next(one for one in page.dates if one.kind == "deadline")
    answers(world, "Sarah", b"1" * 32)

    assert page.next is not None
    said = {
        "stamp in the list": listed.lines[0].stamp is Stamp.LATE,
        "sentence in the list": listed.lines[0].late,
        "count": bool(listed.counts[View.LATE]),
        "next step": page.next.late,
        "stamp of the next step": page.next.stamp is Stamp.LATE,
        "dates": due.late,
        "fact": fact(world)["offered_in_time"] == LATE,
    }
    assert said == dict.fromkeys(said, over > 0)


def seen(world: World) -> tuple[QueueLine, NextStep]:
    """The one case as Sarah's list shows it, and the next step on its page."""
    with world.session() as session:
        sarah = world.member("Sarah")
        (line,) = queue_page(session, world.deployment, sarah, view="all", page=1).lines
        step = open_case(session, world.deployment, sarah, line.case).next
    assert step is not None
    return line, step


@pytest.mark.parametrize(
    ("done", "days", "stamp", "step"),
    [
        (False, 0, Stamp.NEW, "read_offer_help"),
        (False, 1.5, Stamp.LATE, "read_offer_help"),
        (True, 1, Stamp.WAITING, "wait_reporter"),
        (True, 29, Stamp.WAITING, "wait_reporter"),
        (True, 31, Stamp.LATE, "write_to_reporter"),
    ],
)
def test_the_list_and_the_case_page_say_the_same_step_under_the_same_stamp(
    world: World, done: bool, days: float, stamp: Stamp, step: str
) -> None:
    world.report(area="2")
    if done:
        confirms(world, "Sarah")
        answers(world, "Sarah", b"1" * 32)
        goes_to_whom_it_concerns(world)
    world.clock.pass_by(days=days)
    line, following = seen(world)
    assert (line.stamp, line.step) == (following.stamp, following.step) == (stamp, step)


def test_who_wrote_to_us_is_not_waited_for_while_our_letter_comes_due(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    answers(world, "Sarah", b"1" * 32)
    goes_to_whom_it_concerns(world)
    world.clock.pass_by(days=29)
    typed, deployment = receipt.code.digits(), world.deployment
    with world.session() as session:
        write_with_number(session, deployment, typed=typed, text="Hello?", once=b"m" * 32)
    line, following = seen(world)
    assert (line.step, following.step) == ("write_to_reporter", "write_to_reporter")
    with world.session() as session:
        sarah = world.member("Sarah")
        counts = queue_page(session, deployment, sarah, view="todo").counts
    assert (counts[View.TODO], counts[View.REPORTER]) == (1, 0)


def test_an_offer_after_its_hours_is_late(world: World) -> None:
    world.report(area="2", now="danger")
    world.clock.pass_by(hours=7)
    answers(world, "Sarah", b"1" * 32)
    assert fact(world)["offered_in_time"] == LATE


def test_the_queue_row_always_says_what_the_label_says(world: World) -> None:
    world.report(area="2", now="danger")
    doings: list[Callable[[], None]] = [
        lambda: confirms(world, "Sarah"),
        lambda: notes(world, "Amal", b"n" * 32),
        lambda: answers(world, "Sarah", b"1" * 32),
        lambda: answers(world, "Sarah", b"2" * 32, None),
    ]
    for do in doings:
        world.clock.pass_by(hours=1)
        do()
        label, row = label_of(world), queue_row(world)
        assert row["due"] == label.next_deadlines()[0].due
        assert row["owner"] == int.from_bytes(label.owner[:4], "big")
        assert row["unread"] == int(not label.first_read)
