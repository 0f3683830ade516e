"""A case passed on lives at two ends: dates in both, keys in each, words only where sent."""

from __future__ import annotations

import pytest

from casefile.cases.doors import letters_between
from casefile.cases.label import CaseNotFound
from casefile.cases.links import waited_for
from casefile.codes.machines import Forbidden
from casefile.referral.answering import Said
from casefile.referral.machines import Kind
from casefile.referral.sending import NobodyThere
from casefile.sealing.compartments import Compartment
from tests.cases.excluding import declares, joins, looks
from tests.cases.working import case_of
from tests.referral.passing_on import (
    SUMMARY,
    label_of,
    opens_case,
    passes_on,
    records_of,
    sorted_out,
    steps,
    writes,
)
from tests.world import World

INVESTIGATIONS, CARE = "Investigations", "Care desk, River"
SAID = "Something happened at the well."


def passed_on(world: World, **more: str) -> tuple[bytes, bytes, bytes]:
    """A report that Sarah passed on to the investigators: origin, packet, referral."""
    world.report(SAID, area="2")
    origin = case_of(world)
    sorted_out(world, "Sarah", origin)
    referral = passes_on(world, "Sarah", origin, INVESTIGATIONS, **more)
    return origin, label_of(world, origin).link(referral).other, referral


def test_the_recipient_gets_what_was_sent_and_no_key_of_the_case_it_came_from(
    both_worlds: World,
) -> None:
    world = both_worlds
    origin, packet, _ = passed_on(world)
    assert not opens_case(world, "Joseph", origin)
    assert not opens_case(world, "Sarah", packet)
    assert opens_case(world, "Joseph", packet) == {
        Compartment.MAILBOX,
        Compartment.WORK,
        Compartment.INVESTIGATION,
    }
    told = [one.content for one in records_of(world, "Joseph", packet) if one.kind == "packet"]
    assert [one["text"] for one in told] == [SUMMARY]
    assert SAID not in str(told)


def test_both_ends_know_the_same_dates_and_neither_who_acted(both_worlds: World) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    assert waited_for(label_of(world, origin)) == {world.desk(INVESTIGATIONS).agency}
    assert not waited_for(label_of(world, packet))
    world.clock.pass_by(hours=3)
    steps(world, "Joseph", packet, referral, "confirm")
    ours, theirs = label_of(world, origin).link(referral), label_of(world, packet).link(referral)
    assert ours.steps == theirs.steps
    assert not waited_for(label_of(world, origin))
    assert ours.state == theirs.state == "confirmed"
    assert label_of(world, origin).state == "acknowledged_by_entity"
    assert not label_of(world, origin).running("confirm_referral")
    assert not label_of(world, packet).running("confirm_packet")
    told = str([one.content for one in records_of(world, "Sarah", origin)])
    assert world.member("Joseph").person.hex() not in told


def test_what_is_declined_or_called_back_is_opened_by_nobody_at_that_desk(
    both_worlds: World,
) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    steps(world, "Joseph", packet, referral, "decline", Said(reason="Not ours."))
    with pytest.raises(CaseNotFound):
        steps(world, "Joseph", packet, referral, "confirm")
    assert not opens_case(world, "Joseph", packet)
    assert label_of(world, origin).state == "declined_by_entity"
    assert label_of(world, origin).running("reroute")


def test_nothing_is_called_back_once_somebody_has_confirmed_it(both_worlds: World) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    steps(world, "Joseph", packet, referral, "confirm")
    with pytest.raises(Forbidden):
        steps(world, "Sarah", origin, referral, "recall", Said(reason="A mistake."))
    assert opens_case(world, "Joseph", packet)


def test_a_letter_from_the_other_end_waits_at_the_door_and_is_taken_in_by_a_reader(
    both_worlds: World,
) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    writes(world, "Joseph", packet, referral, "When was it?")
    assert label_of(world, origin).dropped == 1
    assert looks(world, "Sarah", origin)
    assert [one["text"] for one in letters_between(records_of(world, "Sarah", origin))] == [
        "When was it?"
    ]
    writes(world, "Sarah", origin, referral, "In June.")
    assert looks(world, "Joseph", packet)
    assert [one["text"] for one in letters_between(records_of(world, "Joseph", packet))] == [
        "In June."
    ]


def test_a_letter_that_waits_is_not_lost_when_the_keys_are_drawn_anew(both_worlds: World) -> None:
    world = both_worlds
    origin, packet, referral = passed_on(world)
    writes(world, "Joseph", packet, referral, "When was it?")
    declares(world, "Amal", origin)
    assert looks(world, "Sarah", origin)
    assert [one["text"] for one in letters_between(records_of(world, "Sarah", origin))] == [
        "When was it?"
    ]


def test_whoever_is_kept_from_one_end_is_kept_from_the_other(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Joseph", english=INVESTIGATIONS)
    _origin, packet, _ = passed_on(world, subject="Peter Nyambura")
    assert opens_case(world, "Joseph", packet)
    assert not opens_case(world, "Peter", packet)


def test_a_conflict_declared_later_at_one_end_reaches_the_other(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Amal", let_in_by="Joseph", english=INVESTIGATIONS)
    origin, packet, _ = passed_on(world)
    assert opens_case(world, "Amal", packet)
    declares(world, "Amal", origin)
    assert not looks(world, "Amal", packet)
    assert looks(world, "Joseph", packet)
    assert not opens_case(world, "Amal", packet)
    assert label_of(world, packet).circle


def test_nothing_is_sent_to_a_desk_at_which_everybody_is_kept_from_it(both_worlds: World) -> None:
    world = both_worlds
    world.report(SAID, area="2")
    origin = case_of(world)
    sorted_out(world, "Sarah", origin)
    with pytest.raises(NobodyThere):
        passes_on(world, "Sarah", origin, INVESTIGATIONS, subject="Joseph Okech")
    assert label_of(world, origin).state == "referral_pending"


def test_help_is_asked_for_whatever_state_the_complaint_is_in(both_worlds: World) -> None:
    world = both_worlds
    world.report(SAID, area="2")
    origin = case_of(world)
    referral = passes_on(world, "Sarah", origin, CARE, Kind.ASSISTANCE, needs=("health_care",))
    helped = label_of(world, origin).link(referral).other
    assert opens_case(world, "Marta", helped) == {
        Compartment.MAILBOX,
        Compartment.WORK,
        Compartment.ASSISTANCE,
    }
    assert label_of(world, origin).state == "received"
    steps(world, "Marta", helped, referral, "confirm")
    assert label_of(world, helped).state == "helping"
    assert label_of(world, helped).running("follow_up")
