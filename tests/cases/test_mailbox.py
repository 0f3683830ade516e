"""The reporter's side: what comes back to whoever holds the number, and what never does."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, func, select

from casefile.audit.events import Event
from casefile.cases.label import read_label
from casefile.cases.mailbox import (
    NumberOpensNothing,
    TokenExpired,
    open_by_number,
    open_by_token,
    write_to_us,
    write_with_number,
)
from casefile.cases.mailbox_page import (
    Mailbox,
    Stage,
)
from casefile.cases.models import CaseRow, EntryRow
from casefile.intake.receive import Receipt
from casefile.sealing.compartments import Compartment
from casefile.sealing.keyring import new_keyring
from casefile.sealing.receipts import unlock as keys_of_number
from tests.cases.excluding import adds
from tests.cases.working import answers, confirms, events, kinds, label_of
from tests.world import World

TOLD = {
    "text": "Rareword-story happened.",
    "employer": "Rareword-employer",
    "keep_from": "Rareword-kept, and Lucia",
    "contact_how": "Rareword-how",
    "contact_when": "Rareword-when",
}


def sent(world: World, **more: str) -> Receipt:
    """A report in which every typed field holds a word that stands nowhere else."""
    return world.report(**(TOLD | {"area": "2", "contact": "way", "help": "talk"} | more))


def opened(world: World, receipt: Receipt) -> Mailbox:
    with world.session() as session:
        return open_by_number(session, world.deployment, receipt.code.digits())


def again(world: World, token: str) -> Mailbox:
    with world.session() as session:
        return open_by_token(session, world.deployment, token)


def writes(world: World, token: str, text: str, once: bytes = b"1" * 32) -> Mailbox:
    with world.session() as session:
        return write_to_us(session, world.deployment, token=token, text=text, once=once)


def said(value: object) -> Iterator[str]:
    """Every text in a value, also those that its print leaves out."""
    if is_dataclass(value):
        for each in fields(value):
            yield from said(getattr(value, each.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from said(one)
    else:
        yield str(value)


def test_nothing_the_reporter_wrote_ever_comes_back(both_worlds: World) -> None:
    world = both_worlds
    receipt = sent(world)
    answers(world, "Sarah", b"a" * 32)
    first = opened(world, receipt)
    second = writes(world, first.token, "Rareword-message", b"1" * 32)
    third = writes(world, second.token, "Rareword-second", b"2" * 32)
    for mailbox in (first, second, third, again(world, third.token), opened(world, receipt)):
        words = " ".join(said(mailbox))
        assert "Rareword" not in words
        assert [letter.text for letter in mailbox.letters] == ["Help is free."]


def test_no_name_of_anybody_and_no_id_of_the_case_comes_back(world: World) -> None:
    receipt = sent(world)
    confirms(world, "Sarah")
    answers(world, "Sarah", b"a" * 32)
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    words = " ".join(said(opened(world, receipt)))
    for known in ("Sarah", "Okello", "River", "Meridian", case.hex()):
        assert known not in words


def test_the_page_does_not_print_its_token_or_its_letters(world: World) -> None:
    receipt = sent(world)
    answers(world, "Sarah", b"a" * 32)
    mailbox = opened(world, receipt)
    assert mailbox.token not in repr(mailbox)
    assert "Help is free" not in repr(mailbox)


def test_letters_stand_newest_first(world: World) -> None:
    receipt = sent(world)
    for page in (b"a" * 32, b"b" * 32):
        answers(world, "Sarah", page)
        world.clock.pass_by(hours=1)
    first, second = opened(world, receipt).letters
    assert first.written - second.written == timedelta(hours=1)


def test_internal_notes_and_looks_never_reach_the_mailbox(world: World) -> None:
    receipt = sent(world)
    confirms(world, "Sarah")
    assert opened(world, receipt).letters == ()


def test_the_page_stays_open_for_fifteen_minutes_and_keeps_nothing_after(world: World) -> None:
    token = opened(world, sent(world)).token
    world.clock.pass_by(minutes=15)
    assert again(world, token).stage is Stage.RECEIVED
    world.clock.pass_by(seconds=1)
    for use in (lambda: again(world, token), lambda: writes(world, token, "Too late.")):
        with pytest.raises(TokenExpired):
            use()
    assert kinds(world).count("message") == 0
    assert label_of(world).new_messages == 0
    assert events(world, Event.REPORTER_WROTE) == 0


def test_what_was_written_on_an_expired_page_is_sent_with_the_number(world: World) -> None:
    receipt = sent(world)
    opened(world, receipt)
    world.clock.pass_by(hours=2)
    with world.session() as session:
        mailbox = write_with_number(
            session,
            world.deployment,
            typed=" ".join(receipt.code.groups()),
            text="Here it is again.",
            once=b"1" * 32,
        )
    assert mailbox.wrote
    assert kinds(world).count("message") == 1


def test_every_page_gives_fifteen_minutes_more(world: World) -> None:
    token = opened(world, sent(world)).token
    for _ in range(4):
        world.clock.pass_by(minutes=14)
        token = again(world, token).token


def test_a_token_with_one_bit_changed_opens_nothing(world: World) -> None:
    raw = base64.urlsafe_b64decode(opened(world, sent(world)).token)
    with world.session() as session:
        for at in range(len(raw)):
            changed = raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :]
            with pytest.raises(TokenExpired):
                open_by_token(session, world.deployment, base64.urlsafe_b64encode(changed).decode())


def test_what_is_no_token_opens_nothing(world: World) -> None:
    sent(world)
    for token in ("", "x", "====", "é", "A" * 400, "\x00", "٣" * 40):
        with pytest.raises(TokenExpired):
            again(world, token)


def test_a_token_opens_its_own_case_alone(world: World) -> None:
    one, other = sent(world), world.report("Another story.", area="2", once=b"x" * 32)
    token = opened(world, other).token
    writes(world, token, "For the other.")
    with world.session() as session:
        cases = session.scalars(select(CaseRow.id)).all()
        labels = [read_label(session, world.deployment, case).label for case in cases]
    lookup = keys_of_number(one.code, world.deployment.keyring).lookup
    assert [(label.receipt == lookup, label.new_messages) for label in labels].count((True, 0)) == 1
    assert sorted(label.new_messages for label in labels) == [0, 1]


def test_a_token_of_another_deployment_opens_nothing(world: World) -> None:
    token = opened(world, sent(world)).token
    other = replace(world.deployment, keyring=new_keyring(Random("another").randbytes))
    with world.session() as session, pytest.raises(TokenExpired):
        open_by_token(session, other, token)


def test_a_token_whose_case_is_gone_opens_nothing(world: World) -> None:
    token = opened(world, sent(world)).token
    with world.session() as session:
        session.execute(delete(CaseRow))
    with pytest.raises(TokenExpired):
        again(world, token)


def test_a_number_whose_case_is_gone_gets_the_answer_of_an_unknown_one(world: World) -> None:
    receipt = sent(world)
    with world.session() as session:
        session.execute(delete(CaseRow))
    with pytest.raises(NumberOpensNothing):
        opened(world, receipt)


def test_the_number_is_read_in_digits_of_any_script_whatever_stands_between(world: World) -> None:
    receipt = sent(world)
    for script, between in (
        ("٠١٢٣٤٥٦٧٨٩", " "),
        ("۰۱۲۳۴۵۶۷۸۹", "-"),
        ("०१२३४५६७८९", " . "),
        ("০১২৩৪৫৬৭৮৯", ""),
        ("០១២៣៤៥៦៧៨៩", "\n"),
        ("０１２３４５６７８９", " / "),
    ):
        typed = between.join(receipt.code.groups()).translate(str.maketrans("0123456789", script))
        with world.session() as session:
            assert open_by_number(session, world.deployment, typed).stage is Stage.RECEIVED


def test_one_wrong_digit_opens_nothing(world: World) -> None:
    digits = sent(world).code.digits()
    for at in (0, 7, 20):
        wrong = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
        with world.session() as session, pytest.raises(NumberOpensNothing):
            open_by_number(session, world.deployment, wrong)


def test_an_unread_report_is_received_until_its_promise_passes(world: World) -> None:
    receipt = sent(world)
    mailbox = opened(world, receipt)
    assert (mailbox.stage, mailbox.since) == (Stage.RECEIVED, world.clock())
    assert mailbox.next_by == world.clock() + timedelta(hours=48)
    world.clock.pass_by(hours=48)
    assert opened(world, receipt).stage is Stage.RECEIVED
    world.clock.pass_by(minutes=1)
    late = opened(world, receipt)
    assert (late.stage, late.since, late.next_by) == (Stage.LATE, mailbox.next_by, None)


def test_a_read_report_says_when_and_by_when_we_write(world: World) -> None:
    receipt = sent(world)
    world.clock.pass_by(hours=50)
    confirms(world, "Sarah")
    mailbox = opened(world, receipt)
    assert (mailbox.stage, mailbox.since) == (Stage.READ, world.clock())
    assert mailbox.next_by == world.clock() + timedelta(days=30)
    world.clock.pass_by(days=30, minutes=1)
    assert opened(world, receipt).stage is Stage.LATE
    answers(world, "Sarah", b"a" * 32)
    assert opened(world, receipt).stage is Stage.READ


def test_what_we_asked_stands_there_until_something_is_written_or_we_are_late(world: World) -> None:
    receipt = sent(world)
    confirms(world, "Sarah")
    world.clock.pass_by(hours=2)
    answers(world, "Sarah", b"a" * 32, "safe")
    asked = opened(world, receipt)
    assert (asked.stage, asked.since) == (Stage.QUESTION, world.clock())
    assert asked.next_by == world.clock() + timedelta(days=30)
    world.clock.pass_by(hours=1)
    answers(world, "Sarah", b"b" * 32, "help")
    assert opened(world, receipt).stage is Stage.QUESTION
    adds(world, receipt, "Safe.")
    assert opened(world, receipt).stage is Stage.READ
    answers(world, "Sarah", b"c" * 32, "safe")
    world.clock.pass_by(days=30, minutes=1)
    assert opened(world, receipt).stage is Stage.LATE


def test_the_path_never_shows_a_day_that_has_not_come(world: World) -> None:
    receipt = sent(world)
    before = opened(world, receipt)
    assert [step.state for step in before.path] == ["done", "now", "later", "later"]
    confirms(world, "Sarah")
    after = opened(world, receipt)
    assert [step.state for step in after.path] == ["done", "done", "now", "later"]
    for step in (*before.path, *after.path):
        assert (step.day is None) == (step.state != "done")


def test_the_same_page_written_twice_adds_one_message(both_worlds: World) -> None:
    token = opened(both_worlds, sent(both_worlds)).token
    for _ in range(2):
        assert writes(both_worlds, token, "It was Monday.").wrote
    assert kinds(both_worlds).count("message") == 1
    assert label_of(both_worlds).new_messages == 1


def test_a_message_starts_the_clock_of_the_answer_and_a_letter_meets_it(world: World) -> None:
    token = opened(world, sent(world)).token
    writes(world, token, "It was Monday.")
    running = label_of(world).running("answer_message")
    assert running is not None
    assert running.due - running.started == 72 * 60
    answers(world, "Sarah", b"a" * 32)
    assert label_of(world).running("answer_message") is None
    assert label_of(world).new_messages == 0


def test_what_she_adds_lies_in_the_mailbox_in_the_bucket_of_a_report(world: World) -> None:
    token = opened(world, sent(world)).token
    writes(world, token, "x")
    body = label_of(world).bodies[-1]
    with world.session() as session:
        lengths = session.scalars(select(func.length(EntryRow.body))).all()
    assert body.compartment is Compartment.MAILBOX
    assert sorted(lengths)[-5:] == [sorted(lengths)[-1]] * 5


def test_opening_leaves_a_line_that_names_nobody(world: World) -> None:
    opened(world, sent(world))
    assert events(world, Event.MAILBOX_OPENED) == 1
