"""Keeping a case for a court: one word counts at once, two people hold it and two let it go."""

from __future__ import annotations

import pytest

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.keeping import Keeping, NotNow, keep, open_words
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import address_of
from casefile.cases.queue_views import View
from tests.cases.ending import LONG, ends, label_at, lets_time_pass, tonight
from tests.cases.test_deleting import gone
from tests.cases.test_leaving import cases_of
from tests.world import World


@pytest.fixture
def case(both_worlds: World) -> bytes:
    """A closed case whose deletion is announced."""
    both_worlds.report("Something.", area="2")
    (one,) = cases_of(both_worlds)
    ends(both_worlds, one)
    both_worlds.clock.pass_by(LONG)
    tonight(both_worlds)
    return one


def says(world: World, who: str, case: bytes, word: Keeping, reason: str = "") -> None:
    with world.session() as session:
        keep(
            session,
            world.deployment,
            world.member(who),
            address_of(case),
            word,
            reason=reason,
            once=world.deployment.random(32),
        )


def can_say(world: World, who: str, case: bytes) -> tuple[Keeping, ...]:
    return open_words(label_at(world, case), world.member(who).person, world.clock())


def test_the_word_of_one_person_holds_a_case_for_thirty_days(
    both_worlds: World, case: bytes
) -> None:
    says(both_worlds, "Sarah", case, Keeping.ASK, "A court asked.")
    both_worlds.clock.pass_by(days=29)
    tonight(both_worlds)
    assert not label_at(both_worlds, case).running("deletion")
    both_worlds.clock.pass_by(days=2)
    tonight(both_worlds)
    assert label_at(both_worlds, case).running("deletion"), "it is announced anew, not deleted"
    lets_time_pass(both_worlds)
    tonight(both_worlds)
    assert gone(both_worlds, case)


def test_two_people_hold_a_case_and_one_alone_cannot_let_it_go(
    both_worlds: World, case: bytes
) -> None:
    says(both_worlds, "Sarah", case, Keeping.ASK, "A court asked.")
    with pytest.raises(NotNow):
        says(both_worlds, "Sarah", case, Keeping.CONFIRM)
    says(both_worlds, "Amal", case, Keeping.CONFIRM)
    says(both_worlds, "Sarah", case, Keeping.ASK_END, "It is over.")
    with pytest.raises(NotNow):
        says(both_worlds, "Sarah", case, Keeping.CONFIRM_END)
    for _ in range(3):
        both_worlds.clock.pass_by(LONG)
        assert tonight(both_worlds) == 0
    says(both_worlds, "Amal", case, Keeping.CONFIRM_END)
    tonight(both_worlds)
    assert not gone(both_worlds, case), "the wait is announced anew"
    lets_time_pass(both_worlds)
    assert tonight(both_worlds) == 1
    with both_worlds.session() as session:
        said = {one.event for one in lines_newest_first(session, both_worlds.deployment)}
    wanted = {Event.HOLD_ASKED, Event.HOLD_SET, Event.HOLD_LIFTING_ASKED, Event.HOLD_LIFTED}
    assert wanted <= said


def test_what_each_person_can_say_follows_from_what_was_said(
    both_worlds: World, case: bytes
) -> None:
    assert can_say(both_worlds, "Sarah", case) == (Keeping.ASK,)
    says(both_worlds, "Sarah", case, Keeping.ASK, "A court asked.")
    assert can_say(both_worlds, "Sarah", case) == ()
    assert can_say(both_worlds, "Amal", case) == (Keeping.CONFIRM,)
    says(both_worlds, "Amal", case, Keeping.CONFIRM)
    assert can_say(both_worlds, "Amal", case) == (Keeping.ASK_END,)
    says(both_worlds, "Amal", case, Keeping.ASK_END, "Over.")
    assert can_say(both_worlds, "Amal", case) == (Keeping.GO_ON,)
    says(both_worlds, "Sarah", case, Keeping.GO_ON)
    assert can_say(both_worlds, "Sarah", case) == (Keeping.ASK_END,)


def test_what_is_announced_stands_on_the_list_of_what_is_soon_deleted(
    both_worlds: World, case: bytes
) -> None:
    def leaving() -> list[str]:
        with both_worlds.session() as session:
            sarah = both_worlds.member("Sarah")
            page = queue_page(session, both_worlds.deployment, sarah, view=View.LEAVING)
            return [line.case for line in page.lines]

    assert leaving() == [address_of(case)]
    says(both_worlds, "Sarah", case, Keeping.ASK, "A court asked.")
    assert leaving() == []
