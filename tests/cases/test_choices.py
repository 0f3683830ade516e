"""What a reporter chooses in the mailbox: done once, seen by the desk, followed by the clocks."""

from __future__ import annotations

import pytest

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.case_page import CasePage
from casefile.cases.choices import Choice
from casefile.cases.mailbox import (
    MailboxFull,
    TokenExpired,
    choose,
    open_by_number,
    write_to_us,
)
from casefile.cases.mailbox_page import (
    Mailbox,
    Stage,
)
from casefile.cases.owning import let_go
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.cases.second_look import AnotherPersonNeeded, confirm_second_look
from casefile.intake.receive import Receipt
from casefile.people.sessions import Member
from tests.cases.working import answers, case_of, confirms, events, kinds, label_of, queue_row
from tests.world import World


def opened(world: World, receipt: Receipt) -> Mailbox:
    with world.session() as session:
        return open_by_number(session, world.deployment, receipt.code.digits())


def chooses(world: World, receipt: Receipt, choice: Choice) -> Mailbox:
    token = opened(world, receipt).token
    with world.session() as session:
        return choose(session, world.deployment, token=token, choice=choice)


def writes(world: World, receipt: Receipt, text: str, once: bytes) -> Mailbox:
    token = opened(world, receipt).token
    with world.session() as session:
        return write_to_us(session, world.deployment, token=token, text=text, once=once)


def page(world: World, who: str = "Sarah") -> CasePage:
    with world.session() as session:
        member = world.member(who)
        return open_case(session, world.deployment, member, address_of(case_of(world)))


def running(world: World) -> set[str]:
    return {one.kind for one in label_of(world).next_deadlines()}


def notes(world: World, member: Member) -> None:
    with world.session() as session:
        write_note(
            session,
            world.deployment,
            member,
            address_of(case_of(world)),
            text="Looked again.",
            once=world.deployment.random(32),
        )


def test_who_stops_contact_is_promised_no_letter_any_more(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    assert opened(world, receipt).next_by is not None

    chooses(world, receipt, Choice.STOP_CONTACT)

    assert running(world) == {"look_again", "heed_choice", "triage"}
    assert opened(world, receipt).next_by is None
    assert opened(world, receipt).chosen == (Choice.STOP_CONTACT,)
    assert page(world).quiet
    world.clock.pass_by(days=400)
    assert opened(world, receipt).stage is Stage.READ


def test_contact_that_was_stopped_before_reading_stays_stopped_after_it(world: World) -> None:
    receipt = world.report(area="2")
    chooses(world, receipt, Choice.STOP_CONTACT)
    confirms(world, "Sarah")
    answers(world, "Sarah", b"a" * 32)
    assert "write_to_reporter" not in running(world)
    assert "look_again" in running(world)


def test_a_case_without_contact_is_looked_at_again_and_again(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    chooses(world, receipt, Choice.STOP_CONTACT)
    first = label_of(world).running("look_again")
    world.clock.pass_by(days=20)
    notes(world, world.member("Sarah"))
    again = label_of(world).running("look_again")
    assert first is not None
    assert again is not None
    assert again.due - first.due == 20 * 24 * 60


def test_where_no_letter_may_answer_it_reading_a_message_is_enough(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    chooses(world, receipt, Choice.STOP_CONTACT)
    writes(world, receipt, "One thing more.", b"1" * 32)
    assert "answer_message" in running(world)
    with world.session() as session:
        show_report(session, world.deployment, world.member("Amal"), address_of(case_of(world)))
    assert "answer_message" not in running(world)


def test_help_that_is_due_today_is_not_called_off_by_whoever_holds_the_number(
    world: World,
) -> None:
    receipt = world.report(area="2", now="danger")
    for choice in (Choice.NO_HELP, Choice.STOP_CONTACT):
        chooses(world, receipt, choice)
    assert "offer_help_today" in running(world)
    assert queue_row(world)["act_today"] == 1


def test_who_wants_no_help_is_offered_none(world: World) -> None:
    receipt = world.report(area="2", help="talk")
    assert "offer_help" in running(world)
    chooses(world, receipt, Choice.NO_HELP)
    assert "offer_help" not in running(world)
    assert [one.code for one in page(world).choices] == ["no_help"]


def test_permission_for_the_name_is_gone_once_it_was_taken_back(world: World) -> None:
    receipt = world.report(area="2", name_may="yes")
    assert page(world).share_name == "yes"
    mailbox = chooses(world, receipt, Choice.TAKE_BACK_NAME)
    assert page(world).share_name == "taken_back"
    assert mailbox.name_shared == ()


def test_a_choice_pressed_again_changes_nothing(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report(area="2")
    for _ in range(3):
        chooses(world, receipt, Choice.TAKE_BACK_NAME)
        world.clock.pass_by(hours=1)
    assert kinds(world).count("choice") == 1
    assert events(world, Event.REPORTER_CHOSE) == 1
    assert label_of(world).new_messages == 0
    assert [one.kind for one in label_of(world).deadlines].count("heed_choice") == 1


def test_every_choice_stands_on_the_line_of_dates(world: World) -> None:
    receipt = world.report(area="2")
    answers(world, "Sarah", b"a" * 32)
    for choice in Choice:
        world.clock.pass_by(minutes=1)
        chooses(world, receipt, choice)
    told = [one.kind for one in page(world).dates if one.kind.startswith("chose_")]
    assert told == [f"chose_{choice}" for choice in Choice]


def test_somebody_has_to_heed_a_choice_and_a_note_or_a_letter_says_so(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    chooses(world, receipt, Choice.TAKE_BACK_NAME)
    assert queue_row(world)["message"] == 1
    notes(world, world.member("Sarah"))
    assert "heed_choice" not in running(world)
    assert queue_row(world)["message"] == 0
    chooses(world, receipt, Choice.NO_HELP)
    answers(world, "Sarah", b"a" * 32)
    assert "heed_choice" not in running(world)


def test_an_old_page_chooses_nothing(world: World) -> None:
    token = opened(world, world.report(area="2")).token
    world.clock.pass_by(minutes=16)
    with world.session() as session, pytest.raises(TokenExpired):
        choose(session, world.deployment, token=token, choice=Choice.STOP_CONTACT)
    assert label_of(world).asked == ()


def test_another_person_is_asked_only_after_a_first_answer(world: World) -> None:
    receipt = world.report(area="2")
    chooses(world, receipt, Choice.SECOND_LOOK)
    assert label_of(world).asked == ()
    answers(world, "Sarah", b"a" * 32)
    chooses(world, receipt, Choice.SECOND_LOOK)
    row = label_of(world).running("second_look")
    assert row is not None
    assert row.due - row.started == 168 * 60


def test_who_answers_cannot_be_the_other_person(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    answers(world, "Sarah", b"a" * 32)
    chooses(world, receipt, Choice.SECOND_LOOK)
    address = address_of(case_of(world))
    with world.session() as session, pytest.raises(AnotherPersonNeeded):
        confirm_second_look(session, world.deployment, world.member("Sarah"), address)
    assert page(world).second_look
    for _ in range(2):
        with world.session() as session:
            confirm_second_look(session, world.deployment, world.member("Amal"), address)
    assert not page(world).second_look
    assert events(world, Event.SECOND_LOOK) == 1


def test_letting_go_of_a_case_does_not_make_another_person_of_who_answered(world: World) -> None:
    receipt = world.report(area="2")
    confirms(world, "Sarah")
    answers(world, "Sarah", b"a" * 32)
    chooses(world, receipt, Choice.SECOND_LOOK)
    address, sarah = address_of(case_of(world)), world.member("Sarah")
    with world.session() as session:
        seen = open_case(session, world.deployment, sarah, address).version
        let_go(session, world.deployment, sarah, address, seen=seen, once=b"z" * 32)
    with world.session() as session, pytest.raises(AnotherPersonNeeded):
        confirm_second_look(session, world.deployment, sarah, address)
    with world.session() as session:
        confirm_second_look(session, world.deployment, world.member("Amal"), address)
    assert not page(world).second_look


def test_messages_that_nobody_reads_have_an_end_and_reading_makes_room(world: World) -> None:
    receipt = world.report(area="2")
    most = world.settings.unread_messages
    for at in range(most):
        writes(world, receipt, f"Part {at}.", bytes([at]) * 32)
    with pytest.raises(MailboxFull):
        writes(world, receipt, "One too many.", b"x" * 32)
    assert kinds(world).count("message") == most
    with world.session() as session:
        show_report(session, world.deployment, world.member("Sarah"), address_of(case_of(world)))
    assert writes(world, receipt, "One too many.", b"x" * 32).wrote
