"""Many cases at once: each in a write of its own, none done that changed, and none twice."""

from __future__ import annotations

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.keys import unlock
from casefile.cases.label import Label
from casefile.cases.many_cases import MOST, Outcome, Planned, Wish, act_on_many, plan
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record, read_records
from tests.cases.excluding import declares
from tests.cases.test_leaving import goes
from tests.cases.working import events
from tests.world import World

ONCE = b"o" * 32


def cases_of(world: World, who: str = "Sarah") -> list[str]:
    with world.session() as session:
        lines = queue_page(session, world.deployment, world.member(who), view="all").lines
        return [line.case for line in lines]


def planned(
    world: World, wish: Wish, cases: list[str] | None = None, who: str = "Sarah"
) -> tuple[Planned, ...]:
    with world.session() as session:
        return plan(session, world.deployment, world.member(who), cases or cases_of(world), wish)


def does(
    world: World, wish: Wish, pages: tuple[Planned, ...], who: str = "Sarah", once: bytes = ONCE
) -> list[Outcome]:
    chosen = [(one.case, one.seen) for one in pages]
    with world.session() as session:
        member = world.member(who)
        done = act_on_many(session, world.deployment, member, chosen, wish, once=once)
        return [one.outcome for one in done]


def read(world: World, case: str, who: str = "Amal") -> tuple[Label, list[Record]]:
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member(who), case_at(case))
        found = read_records(session, world.deployment, opened.case, opened.label, opened.keys)
        return opened.label, found


def notes_in(world: World, case: str) -> list[str]:
    return [one.content["text"] for one in read(world, case)[1] if one.kind == "note"]


def reports(world: World, count: int = 3) -> list[str]:
    for number in range(count):
        world.report(f"near the well {number}", area="2")
    return cases_of(world)


def test_the_chosen_cases_go_to_a_colleague_with_a_note_in_each(both_worlds: World) -> None:
    world = both_worlds
    cases = reports(world)
    wish = Wish(world.member("Amal").person, "Please, all from the well.")
    pages = planned(world, wish, cases[:2])
    assert [one.outcome for one in pages] == [Outcome.DONE] * 2
    assert not events(world, Event.CASE_HANDED_OVER)
    assert does(world, wish, pages) == [Outcome.DONE] * 2
    for case in cases[:2]:
        assert read(world, case)[0].owner == wish.to
        assert notes_in(world, case) == [wish.text]
    assert not read(world, cases[2])[0].owner
    assert events(world, Event.CASE_HANDED_OVER) == 2


def test_pressing_twice_acts_once(both_worlds: World) -> None:
    world = both_worlds
    (case,) = reports(world, 1)
    for at, to in enumerate((None, world.member("Sarah").person, world.member("Amal").person, b"")):
        wish = Wish(to, f"note {at}")
        pages = planned(world, wish)
        for _ in range(2):
            assert does(world, wish, pages, once=bytes([at]) * 32) == [Outcome.DONE]
    assert notes_in(world, case) == [f"note {at}" for at in range(4)]


def test_what_changed_meanwhile_is_left_and_the_others_are_done(both_worlds: World) -> None:
    world = both_worlds
    cases = reports(world)
    wish = Wish(None, "One for all.")
    pages = planned(world, wish, cases)
    with world.session() as session:
        amal = world.member("Amal")
        write_note(session, world.deployment, amal, cases[1], text="First.", once=b"x" * 32)
    assert does(world, wish, pages) == [Outcome.DONE, Outcome.CHANGED, Outcome.DONE]
    assert [notes_in(world, case) for case in cases] == [[wish.text], ["First."], [wish.text]]


def test_what_is_no_longer_hers_is_left_and_says_so(both_worlds: World) -> None:
    world = both_worlds
    cases = reports(world, 2)
    wish = Wish(world.member("Amal").person)
    pages = planned(world, wish, cases)
    declares(world, "Sarah", case_at(cases[0]))
    assert does(world, wish, pages) == [Outcome.GONE, Outcome.DONE]
    assert not read(world, cases[0])[0].owner


def test_no_case_goes_to_somebody_who_may_not_read_it(both_worlds: World) -> None:
    world = both_worlds
    cases = reports(world, 2)
    declares(world, "Amal", case_at(cases[0]))
    for to in (world.member("Amal").person, world.member("Peter").person):
        pages = planned(world, Wish(to), cases)
        hers = to == world.member("Amal").person
        wanted = [Outcome.NOT_A_READER, Outcome.DONE if hers else Outcome.NOT_A_READER]
        assert [one.outcome for one in pages] == wanted
        assert does(world, Wish(to), pages, once=to * 2) == wanted


def test_a_colleague_who_left_meanwhile_gets_nothing(world: World) -> None:
    cases = reports(world, 1)
    wish = Wish(world.member("Amal").person)
    pages = planned(world, wish, cases)
    goes(world, "Amal")
    assert does(world, wish, pages) != [Outcome.DONE]


def test_what_is_so_already_is_told_apart(world: World) -> None:
    reports(world, 1)
    wish = Wish(b"")
    assert [one.outcome for one in planned(world, wish)] == [Outcome.SAME]
    assert does(world, wish, planned(world, wish)) == [Outcome.SAME]


def test_cases_of_others_and_addresses_that_are_none_are_not_there(world: World) -> None:
    cases = reports(world, 1)
    wish = Wish(None, "A note.")
    pages = planned(world, wish, [*cases, "none", "A" * 26], who="Peter")
    assert [one.outcome for one in pages] == [Outcome.GONE] * 3
    assert does(world, wish, pages, who="Peter") == [Outcome.GONE] * 3


def test_never_more_than_a_page_of_a_list(world: World) -> None:
    cases = reports(world, 1) + [f"{number:026}" for number in range(60)]
    assert len(planned(world, Wish(None, "x"), cases)) == MOST
    pages = tuple(Planned(case, "", Outcome.DONE) for case in cases)
    assert len(does(world, Wish(None, "x"), pages)) == MOST
