"""While the reporter was asked something, what that pauses rests, says so, and is counted apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casefile.cases.acting import WrittenLetter, answer
from casefile.cases.case_page import CasePage
from casefile.cases.choices import Choice
from casefile.cases.mailbox import choose, open_by_number, write_with_number
from casefile.cases.queue import QueuePage, queue_page
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case
from casefile.cases.rules import Stamp
from casefile.codes.texts import load_letters
from casefile.facts.register import IN_TIME
from tests.cases.working import (
    answers,
    case_of,
    confirms,
    fact,
    goes_to_whom_it_concerns,
    label_of,
    queue_row,
)
from tests.world import World


@pytest.fixture
def world(both_worlds: World) -> World:
    """A world on each engine."""
    return both_worlds


def asks(world: World, page: bytes = b"q" * 32) -> None:
    """Sarah writes to the number and asks something."""
    with world.session() as session:
        answer(
            session,
            world.deployment,
            world.member("Sarah"),
            address_of(case_of(world)),
            lambda language: WrittenLetter("Is it safe?", language, "safe", asks=True),
            once=page,
        )


def case_page(world: World) -> CasePage:
    with world.session() as session:
        address = address_of(case_of(world))
        return open_case(session, world.deployment, world.member("Sarah"), address)


def listed(world: World, view: str) -> QueuePage:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member("Sarah"), view=view)


def writes(world: World, number: str) -> None:
    """The reporter answers."""
    with world.session() as session:
        write_with_number(session, world.deployment, typed=number, text="Safe.", once=b"a" * 32)


def test_a_question_lets_the_offer_rest_and_the_answer_lets_it_go_on(world: World) -> None:
    number = world.report(area="2").code.digits()
    before = label_of(world).running("offer_help")
    world.clock.pass_by(hours=2)
    asks(world)
    assert [one.kind for one in label_of(world).resting()] == ["offer_help"]
    world.clock.pass_by(hours=70)
    assert queue_row(world)["since"] == label_of(world).waiting_since
    writes(world, number)
    after = label_of(world).running("offer_help")
    assert before is not None
    assert after is not None
    assert after.due - before.due == after.waited == 70 * 60
    assert not label_of(world).waiting_since


def test_an_offer_after_a_wait_is_in_time_although_its_first_day_has_passed(world: World) -> None:
    world.report(area="2")
    asks(world)
    world.clock.pass_by(hours=60)
    answers(world, "Sarah", b"1" * 32, reviewed="help")
    assert fact(world)["offered_in_time"] == IN_TIME


def test_waiting_is_counted_apart_on_the_case_and_on_the_list(world: World) -> None:
    number = world.report(area="2").code.digits()
    confirms(world, "Sarah")
    goes_to_whom_it_concerns(world)
    asks(world)
    world.clock.pass_by(days=3)
    waiting = case_page(world).waiting
    assert waiting is not None
    assert (waiting.lasting, waiting.steps, waiting.before) == (
        timedelta(days=3),
        ("offer_help",),
        None,
    )
    (line,) = listed(world, "reporter").lines
    assert (line.stamp, line.lasting) == (Stamp.WAITING, timedelta(days=3))
    writes(world, number)
    waiting = case_page(world).waiting
    assert waiting is not None
    assert (waiting.since, waiting.before) == (None, timedelta(days=3))
    assert not listed(world, "reporter").lines


def test_help_for_today_never_rests(world: World) -> None:
    world.report(area="2", now="danger")
    asks(world)
    assert not label_of(world).resting()
    world.clock.pass_by(hours=7)
    assert case_page(world).next is not None
    assert listed(world, "late").lines


def test_who_makes_a_choice_is_not_waited_for(world: World) -> None:
    number = world.report(area="2").code.digits()
    asks(world)
    world.clock.pass_by(hours=5)
    with world.session() as session:
        box = open_by_number(session, world.deployment, number)
        choose(session, world.deployment, token=box.token, choice=Choice.STOP_CONTACT)
    label = label_of(world)
    assert (label.waiting_since, label.resting(), label.waited) == (0, [], 5 * 60)


def test_where_contact_was_stopped_no_answer_is_waited_for(world: World) -> None:
    number = world.report(area="2").code.digits()
    with world.session() as session:
        box = open_by_number(session, world.deployment, number)
        choose(session, world.deployment, token=box.token, choice=Choice.STOP_CONTACT)
    asks(world)
    assert not label_of(world).waiting_since


def test_the_reviewed_letter_that_asks_is_marked_as_one(world: World) -> None:
    asking = {letter.id for letter in load_letters(world.settings.config) if letter.asks}
    assert "safe" in asking
    assert "help" not in asking


def test_the_day_we_promised_to_write_never_rests(world: World) -> None:
    world.report(area="2")
    confirms(world, "Sarah")
    asks(world)
    label = label_of(world)
    assert "write_to_reporter" in {one.kind for one in label.next_deadlines()}


def test_what_to_do_stands_beside_the_next_step(world: World) -> None:
    world.report(area="2")
    step = case_page(world).next
    assert step is not None
    assert step.do
