"""To an agency without a desk here: fetched once with two halves, answered by a named person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casefile.cases.doors import letters_between
from casefile.cases.queue_rows import address_of
from casefile.codes.machines import Forbidden
from casefile.platform.jobs import perform_due
from casefile.referral.answering import Said
from casefile.referral.outside import (
    LASTS,
    TRIES,
    Fetched,
    HandedOut,
    OpensNothing,
    answer_outside,
    fetch,
    send_outside,
)
from tests.cases.excluding import looks
from tests.cases.working import case_of
from tests.referral.passing_on import SUMMARY, label_of, packet, records_of, sorted_out, steps
from tests.world import World


def handed_out(world: World, once: bytes = b"page" * 8) -> tuple[bytes, HandedOut]:
    """A case that Sarah laid out for Meridian Relief, and the two halves."""
    agencies = world.directory().agencies.values()
    meridian = next(one.id for one in agencies if one.names["en"] == "Meridian Relief")
    world.report("She told it to me.", area="2")
    case = case_of(world)
    sorted_out(world, "Sarah", case)
    return case, lays_out(world, case, meridian, once)


def lays_out(world: World, case: bytes, agency: bytes, once: bytes) -> HandedOut:
    with world.session() as session:
        deployment, sarah = world.deployment, world.member("Sarah")
        return send_outside(
            session, deployment, sarah, address_of(case), packet(), agency, once=once
        )


def fetches(world: World, halves: HandedOut, code: str = "") -> Fetched:
    with world.session() as session:
        return fetch(session, world.deployment, halves.link, code or halves.code)


def says(world: World, halves: HandedOut, answer: str, verb: str, **more: str) -> tuple[str, ...]:
    with world.session() as session:
        return answer_outside(
            session, world.deployment, halves.link, answer, verb, name="Ana Ruiz", **more
        )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**12:012d}"


def test_both_halves_show_it_once_and_the_sender_sees_the_date(both_worlds: World) -> None:
    case, halves = handed_out(both_worlds)
    assert label_of(both_worlds, case).links[0].state == "sent"
    shown = fetches(both_worlds, halves)
    assert shown.packet is not None
    assert shown.packet["summary"] == SUMMARY
    assert fetches(both_worlds, halves).packet is None
    assert label_of(both_worlds, case).links[0].state == "delivered"


def test_the_link_alone_opens_nothing_and_after_some_wrong_codes_nobody_can(
    both_worlds: World,
) -> None:
    _case, halves = handed_out(both_worlds)
    for _ in range(TRIES):
        with pytest.raises(OpensNothing):
            fetches(both_worlds, halves, wrong(halves.code))
    with pytest.raises(OpensNothing):
        fetches(both_worlds, halves)


def test_the_last_try_may_be_the_right_one(both_worlds: World) -> None:
    _case, halves = handed_out(both_worlds)
    for _ in range(TRIES - 1):
        with pytest.raises(OpensNothing):
            fetches(both_worlds, halves, wrong(halves.code))
    assert fetches(both_worlds, halves).packet


def test_the_code_of_another_link_opens_nothing(both_worlds: World) -> None:
    case, halves = handed_out(both_worlds)
    other = lays_out(both_worlds, case, label_of(both_worlds, case).links[0].agency, b"two!" * 8)
    with pytest.raises(OpensNothing):
        fetches(both_worlds, HandedOut(halves.link, other.code))


def test_the_same_page_sent_twice_lays_out_one_packet_with_the_same_halves(
    both_worlds: World,
) -> None:
    case, halves = handed_out(both_worlds)
    again = lays_out(both_worlds, case, label_of(both_worlds, case).links[0].agency, b"page" * 8)
    assert again == halves
    assert len(label_of(both_worlds, case).links) == 1


def test_after_a_week_it_is_gone(both_worlds: World) -> None:
    _case, halves = handed_out(both_worlds)
    both_worlds.clock.pass_by(LASTS + timedelta(minutes=1))
    with pytest.raises(OpensNothing):
        fetches(both_worlds, halves)
    both_worlds.clock.pass_by(hours=1)
    with both_worlds.app.app_context():
        perform_due(both_worlds.deployment)
    both_worlds.clock.pass_by(-LASTS)
    with pytest.raises(OpensNothing):
        fetches(both_worlds, halves)


def test_what_is_answered_comes_back_as_dates_and_the_name_as_a_letter(
    both_worlds: World,
) -> None:
    case, halves = handed_out(both_worlds)
    answer = fetches(both_worlds, halves).answer
    assert says(both_worlds, halves, answer, "confirm") == ("accept", "decline")
    assert label_of(both_worlds, case).state == "acknowledged_by_entity"
    assert not label_of(both_worlds, case).running("confirm_referral")
    says(both_worlds, halves, answer, "accept")
    with pytest.raises(Forbidden):
        says(both_worlds, halves, answer, "decline", reason="Not ours.", code="another_entity")
    assert looks(both_worlds, "Sarah", case)
    signed = [one["signed"] for one in letters_between(records_of(both_worlds, "Sarah", case))]
    assert signed == ["Ana Ruiz", "Ana Ruiz"]


def test_only_who_fetched_it_last_can_answer(both_worlds: World) -> None:
    _case, halves = handed_out(both_worlds)
    first = fetches(both_worlds, halves).answer
    fetches(both_worlds, halves)
    for none in (first, "", "0" * 64):
        with pytest.raises(OpensNothing):
            says(both_worlds, halves, none, "confirm")


def test_what_was_called_back_or_declined_is_fetched_by_nobody(both_worlds: World) -> None:
    case, halves = handed_out(both_worlds)
    referral = label_of(both_worlds, case).links[0].id
    steps(both_worlds, "Sarah", case, referral, "recall", Said(reason="A mistake."))
    with pytest.raises(OpensNothing):
        fetches(both_worlds, halves)
