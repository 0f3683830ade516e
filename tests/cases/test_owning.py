"""Who answers for a case: taken over, handed over, let go; never from a page out of date."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casefile.audit.events import Event
from casefile.cases.case_page import CasePage
from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.label import CaseNotFound
from casefile.cases.owning import hand_over, let_go, take_over
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import address_of, owner_mark
from casefile.cases.reading import open_case, show_report
from tests.cases.working import case_of, confirms, events, kinds, label_of, notes, queue_row
from tests.world import World

ONCE = b"1" * 32


def opens(world: World, who: str) -> CasePage:
    with world.session() as session:
        return open_case(session, world.deployment, world.member(who), address_of(case_of(world)))


def takes(world: World, who: str, page: CasePage) -> None:
    once = world.deployment.random(32)
    with world.session() as session:
        take_over(
            session, world.deployment, world.member(who), page.case, seen=page.version, once=once
        )


def hands(
    world: World, who: str, to: str, page: CasePage, text: str = "", once: bytes | None = None
) -> None:
    with world.session() as session:
        hand_over(
            session,
            world.deployment,
            world.member(who),
            page.case,
            to=world.member(to).person,
            text=text,
            seen=page.version,
            once=once or world.deployment.random(32),
        )


def lets_go(world: World, who: str, page: CasePage) -> None:
    once = world.deployment.random(32)
    with world.session() as session:
        let_go(
            session, world.deployment, world.member(who), page.case, seen=page.version, once=once
        )


def mine(world: World, who: str) -> tuple[int, int]:
    """How many are hers, and how many nobody's."""
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member(who), view="mine")
        return page.counts["mine"], page.counts["unassigned"]


def test_a_case_is_taken_handed_over_with_a_note_and_let_go(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    takes(world, "Sarah", opens(world, "Sarah"))
    assert (mine(world, "Sarah"), mine(world, "Amal")) == ((1, 0), (0, 0))
    hands(world, "Sarah", "Amal", opens(world, "Sarah"), "She comes on Tuesday.")
    assert (mine(world, "Sarah"), mine(world, "Amal")) == ((0, 0), (1, 0))
    page = opens(world, "Amal")
    assert [one.text for one in page.notes] == ["She comes on Tuesday."]
    assert page.answers_mine
    handed = next(one for one in page.dates if one.kind == "handed_over")
    assert (handed.by, handed.to) == ("Sarah Okello", "Amal Haddad")
    assert queue_row(world)["owner"] == owner_mark(world.member("Amal").person)
    lets_go(world, "Amal", page)
    assert (mine(world, "Amal"), label_of(world).owner) == ((0, 1), b"")
    noted = [Event.CASE_TAKEN, Event.CASE_HANDED_OVER, Event.CASE_LET_GO]
    assert [events(world, each) for each in noted] == [1, 1, 1]


def test_an_old_page_does_nothing_and_tells_what_happened_since(world: World) -> None:
    world.report(area="2")
    page = opens(world, "Sarah")
    takes(world, "Amal", opens(world, "Amal"))
    notes(world, "Amal", b"2" * 32)
    with pytest.raises(ChangedMeanwhile) as changed:
        takes(world, "Sarah", page)
    told = [(one.kind, one.by) for one in changed.value.changes]
    assert told == [("taken", "Amal Haddad"), ("note_added", "Amal Haddad")]
    assert label_of(world).owner == world.member("Amal").person
    takes(world, "Sarah", changed.value.page)
    assert label_of(world).owner == world.member("Sarah").person


def test_a_look_does_not_make_a_page_old(world: World) -> None:
    world.report(area="2")
    page = opens(world, "Sarah")
    for who in ("Sarah", "Amal"):
        with world.session() as session:
            show_report(session, world.deployment, world.member(who), page.case)
    takes(world, "Sarah", page)
    assert mine(world, "Sarah") == (1, 0)


@pytest.mark.parametrize("seen", ["", "x", "é", "AAAA" * 20])
def test_a_page_that_does_not_say_what_it_showed_counts_as_old(world: World, seen: str) -> None:
    world.report(area="2")
    page = opens(world, "Sarah")
    with pytest.raises(ChangedMeanwhile):
        takes(world, "Sarah", replace(page, version=seen))


def test_what_one_person_saw_is_no_page_of_another(world: World) -> None:
    world.report(area="2")
    with pytest.raises(ChangedMeanwhile):
        takes(world, "Sarah", opens(world, "Amal"))


def test_a_case_is_handed_to_nobody_who_may_not_read_it(world: World) -> None:
    world.report("It was Peter Mensah.", area="2")
    page = opens(world, "Sarah")
    for stranger in ("Peter", "Omar"):
        with pytest.raises(CaseNotFound):
            hands(world, "Sarah", stranger, page)
    assert label_of(world).owner == b""


def test_an_excluded_colleague_is_neither_offered_nor_given_the_case(world: World) -> None:
    world.report("It was Sarah Okello.", area="2")
    page = opens(world, "Amal")
    assert page.fellows == ()
    with pytest.raises(CaseNotFound):
        hands(world, "Amal", "Sarah", page)
    with pytest.raises(CaseNotFound):
        takes(world, "Sarah", page)


def test_a_button_pressed_twice_acts_once(world: World) -> None:
    world.report(area="2")
    page = opens(world, "Sarah")
    for _ in range(2):
        hands(world, "Sarah", "Amal", page, "Tuesday.", ONCE)
    assert kinds(world).count("note") == 1
    assert events(world, Event.CASE_HANDED_OVER) == 1


def test_another_button_of_a_page_that_was_used_is_not_passed_over_in_silence(
    world: World,
) -> None:
    world.report(area="2")
    page, sarah = opens(world, "Sarah"), world.member("Sarah")
    with world.session() as session:
        take_over(session, world.deployment, sarah, page.case, seen=page.version, once=ONCE)
    with pytest.raises(ChangedMeanwhile):
        hands(world, "Sarah", "Amal", page, "Tuesday.", ONCE)


def test_who_took_a_case_over_goes_on_answering_when_a_colleague_confirms(world: World) -> None:
    world.report(area="2")
    takes(world, "Amal", opens(world, "Amal"))
    confirms(world, "Sarah")
    assert label_of(world).owner == world.member("Amal").person
