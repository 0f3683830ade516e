"""Confirming, answering, noting: done once however often it is pressed, and by whoever may."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.label import CaseNotFound
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.platform.now import minutes
from tests.cases.working import (
    answers,
    case_of,
    confirms,
    events,
    fact,
    goes_to_whom_it_concerns,
    kinds,
    label_of,
    notes,
    queue_row,
    records,
)
from tests.world import World

Verb = Callable[[World, str, bytes], None]


def test_who_confirms_first_answers_from_then_on(both_worlds: World) -> None:
    both_worlds.report(area="2")
    confirms(both_worlds, "Amal")
    confirms(both_worlds, "Sarah")
    label = label_of(both_worlds)
    assert label.owner == both_worlds.member("Amal").person
    assert (label.state, label.acknowledged) == ("acknowledged", minutes(both_worlds.clock()))
    with both_worlds.session() as session:
        for who, mine in (("Amal", True), ("Sarah", False)):
            member = both_worlds.member(who)
            page = open_case(
                session, both_worlds.deployment, member, address_of(case_of(both_worlds))
            )
            assert (page.answers_mine, page.who_answers) == (mine, "Amal Haddad")


def test_confirming_twice_is_confirming_once(world: World) -> None:
    world.report(area="2")
    confirms(world, "Sarah")
    before = label_of(world), kinds(world), fact(world), queue_row(world)
    world.clock.pass_by(hours=60)
    confirms(world, "Sarah")
    assert (label_of(world), kinds(world), fact(world), queue_row(world)) == before
    assert events(world, Event.CASE_ACKNOWLEDGED) == 1


@pytest.mark.parametrize(("verb", "kind"), [(answers, "letter"), (notes, "note")])
def test_a_page_sent_twice_acts_once_and_another_page_acts_again(
    both_worlds: World, verb: Verb, kind: str
) -> None:
    both_worlds.report(area="2")
    for page in (b"1" * 32, b"1" * 32, b"2" * 32, b"1" * 32):
        verb(both_worlds, "Sarah", page)
    assert kinds(both_worlds).count(kind) == 2


@pytest.mark.parametrize("verb", [confirms, answers, notes])
@pytest.mark.parametrize("who", ["Lucia", "Marta", "Omar"])
def test_nobody_acts_on_a_case_that_is_not_hers(world: World, verb: Verb, who: str) -> None:
    world.report(area="2")
    with pytest.raises(CaseNotFound):
        verb(world, who, b"1" * 32)


@pytest.mark.parametrize("verb", [confirms, answers, notes])
def test_nobody_acts_on_a_case_that_names_her(world: World, verb: Verb) -> None:
    world.report("It was Sarah Okello.", area="2")
    with pytest.raises(CaseNotFound):
        verb(world, "Sarah", b"1" * 32)
    verb(world, "Amal", b"1" * 32)


def test_a_look_at_the_report_is_noted_and_only_the_first_is_the_reading(world: World) -> None:
    world.report(area="2")
    for who in ("Sarah", "Amal", "Sarah"):
        with world.session() as session:
            show_report(session, world.deployment, world.member(who), address_of(case_of(world)))
    said = [
        (one.content["what"], one.content["by"]) for one in records(world) if one.kind == "event"
    ]
    sarah, amal = (world.member(who).person.hex() for who in ("Sarah", "Amal"))
    assert said == [("read", sarah), ("looked", amal), ("looked", sarah)]
    assert events(world, Event.REPORT_LOOKED) == 3


def test_nothing_is_written_by_a_verb_that_fails(world: World) -> None:
    world.report(area="2")
    before = label_of(world), kinds(world), queue_row(world), fact(world)
    sarah, address = world.member("Sarah"), address_of(case_of(world))
    with world.session() as session, pytest.raises(UnicodeEncodeError):
        write_note(session, world.deployment, sarah, address, text="\ud800", once=b"1" * 32)
    assert (label_of(world), kinds(world), queue_row(world), fact(world)) == before


def test_the_list_shows_the_case_to_the_desk_until_it_is_done(world: World) -> None:
    world.report(area="2")
    with world.session() as session:
        before = queue_page(session, world.deployment, world.member("Amal"), view="todo", page=1)
    confirms(world, "Sarah")
    answers(world, "Sarah", b"1" * 32)
    goes_to_whom_it_concerns(world)
    with world.session() as session:
        show_report(session, world.deployment, world.member("Sarah"), address_of(case_of(world)))
        after = queue_page(session, world.deployment, world.member("Amal"), view="todo", page=1)
    assert (before.counts["todo"], after.counts["todo"], after.counts["reporter"]) == (1, 0, 1)
    assert after.all_open == 1
