"""One report goes the whole way: told, read, confirmed, answered, and the answer is read."""

from __future__ import annotations

import pytest

from casefile.cases.acting import WrittenLetter, acknowledge, answer, write_note
from casefile.cases.label import CaseNotFound
from casefile.cases.mailbox import (
    NumberOpensNothing,
    open_by_number,
    write_to_us,
)
from casefile.cases.mailbox_page import (
    Stage,
)
from casefile.cases.queue import queue_page
from casefile.cases.reading import open_case, show_report
from casefile.cases.rules import Stamp
from tests.world import World


def _only_case(world: World, first_name: str) -> str:
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member(first_name), view="all", page=1)
    (line,) = page.lines
    return line.case


def test_a_report_is_read_confirmed_and_answered_and_the_answer_is_read(
    both_worlds: World,
) -> None:
    world = both_worlds
    receipt = world.report("He asked her to come alone.", area="2", age="child", help="health")
    sarah, deployment = world.member("Sarah"), world.deployment
    case = _only_case(world, "Sarah")
    with world.session() as session:
        (line,) = queue_page(session, deployment, sarah, view="todo", page=1).lines
        assert (line.stamp, line.child, line.area) == (Stamp.ACT_TODAY, True, "River")
    with world.session() as session:
        shown = show_report(session, deployment, sarah, case)
    assert shown.text == "He asked her to come alone."
    with world.session() as session:
        acknowledge(session, deployment, sarah, case)
    with world.session() as session:
        answer(
            session,
            deployment,
            sarah,
            case,
            lambda language: WrittenLetter("Help is free.", language, "help"),
            once=b"1" * 32,
        )
        write_note(session, deployment, sarah, case, text="Called the clinic.", once=b"2" * 32)
    with world.session() as session:
        page = open_case(session, deployment, sarah, case)
    assert page.acknowledged
    assert page.answers_mine
    assert [letter.text for letter in page.letters] == ["Help is free."]
    assert [note.text for note in page.notes] == ["Called the clinic."]
    assert {"read", "acknowledged", "answer_sent", "note_added"} <= {
        moment.kind for moment in page.dates
    }
    with world.session() as session:
        mailbox = open_by_number(session, deployment, " ".join(receipt.code.groups()))
    assert mailbox.stage is Stage.READ
    assert [letter.text for letter in mailbox.letters] == ["Help is free."]


def test_what_the_reporter_adds_comes_back_to_the_list_of_things_to_do(both_worlds: World) -> None:
    world = both_worlds
    receipt, deployment = world.report(area="2"), world.deployment
    with world.session() as session:
        mailbox = open_by_number(session, deployment, receipt.code.digits())
        for _ in range(2):
            write_to_us(
                session, deployment, token=mailbox.token, text="It was on Monday.", once=b"o" * 32
            )
    case = _only_case(world, "Sarah")
    with world.session() as session:
        assert open_case(session, deployment, world.member("Sarah"), case).new_messages == 1
    with world.session() as session:
        shown = show_report(session, deployment, world.member("Sarah"), case)
    assert [message.text for message in shown.messages] == ["It was on Monday."]


def test_a_case_of_another_desk_is_not_found(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    case = _only_case(world, "Sarah")
    with world.session() as session, pytest.raises(CaseNotFound):
        open_case(session, world.deployment, world.member("Lucia"), case)


def test_the_person_a_report_names_sees_no_trace_of_it(both_worlds: World) -> None:
    world = both_worlds
    world.report("Sarah Okello asked my cousin for money.", area="2")
    deployment = world.deployment
    with world.session() as session:
        hers = queue_page(session, deployment, world.member("Sarah"), view="all", page=1)
        amals = queue_page(session, deployment, world.member("Amal"), view="all", page=1)
    assert hers.all_open == 0
    (line,) = amals.lines
    with world.session() as session, pytest.raises(CaseNotFound):
        open_case(session, deployment, world.member("Sarah"), line.case)
    with world.session() as session:
        shown = show_report(session, deployment, world.member("Amal"), line.case)
    assert shown.text == "Sarah Okello asked my cousin for money."


def test_a_number_nobody_was_given_opens_nothing(world: World) -> None:
    for typed in ("", "123", "0" * 21, "not a number"):
        with world.session() as session, pytest.raises(NumberOpensNothing):
            open_by_number(session, world.deployment, typed)
