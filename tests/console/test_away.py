"""Days away: set beside the list of work, seen as gaps, and a desk left alone counts as empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from casefile.cases.queue import queue_page
from casefile.network.away import NoOffice, NotADayOff, set_away, take_back
from casefile.network.gaps import Gap, ahead
from tests.console.conftest import AtDesk
from tests.world import World

At = Callable[[str], AtDesk]
NEXT = (date(2026, 11, 27), date(2026, 11, 29))


def away(world: World, first_name: str, days: tuple[date, date] = NEXT) -> None:
    person = world.member(first_name).person
    with world.session() as session:
        set_away(session, world.deployment, person, days, by=person)


def test_a_member_sets_her_days_and_finds_them_beside_her_work(world: World, at_desk: At) -> None:
    sarah = at_desk("Sarah")
    assert "Set days away" in sarah.opens("/queue")
    sarah.sends(sarah.opens("/away"), "/away", first="2026-12-12", last="2026-12-19")
    assert "away: 12–19 Dec set" in sarah.opens("/queue")
    sarah.sends(sarah.opens("/away"), "/back")
    assert "Set days away" in sarah.opens("/queue")


def test_one_day_alone_is_enough(world: World, at_desk: At) -> None:
    sarah = at_desk("Sarah")
    sarah.sends(sarah.opens("/away"), "/away", first="2026-12-12", last="")
    one = date(2026, 12, 12)
    assert world.directory().posts[world.member("Sarah").person].away == ((one, one),)


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("soon", ""), ("2026-12-19", "2026-12-12"), ("2026-11-01", "")]
)
def test_days_that_cannot_be_meant_are_not_set(
    world: World, at_desk: At, first: str, last: str
) -> None:
    sarah = at_desk("Sarah")
    page = sarah.sends(sarah.opens("/away"), "/away", 400, first=first, last=last)
    assert 'role="alert"' in page
    assert world.member("Sarah").person not in world.directory().posts


def test_where_she_works_is_taken_from_her_first_desk(both_worlds: World) -> None:
    away(both_worlds, "Sarah")
    river = both_worlds.desk("Intake desk, River")
    post = both_worlds.directory().posts[both_worlds.member("Sarah").person]
    assert (post.agency, post.area, post.away) == (river.agency, river.place, (NEXT,))


def test_days_are_added_and_taken_back_and_old_ones_are_forgotten(both_worlds: World) -> None:
    world, sarah = both_worlds, both_worlds.member("Sarah").person
    later = (date(2026, 12, 24), date(2026, 12, 26))
    for days in (later, NEXT, NEXT):
        away(world, "Sarah", days)
    assert world.directory().posts[sarah].away == (NEXT, later)
    world.clock.pass_by(days=10)
    with world.session() as session:
        take_back(session, world.deployment, sarah, (later[0], later[0]), by=sarah)
    assert world.directory().posts[sarah].away == (later,)


def test_who_sits_on_no_desk_has_no_days_to_set(world: World) -> None:
    with pytest.raises(NoOffice):
        away(world, "Grace")


def test_nobody_is_away_for_years_or_before_today(world: World) -> None:
    for days in (
        (date(2026, 11, 20), date(2026, 11, 23)),
        (NEXT[0], date(2028, 1, 1)),
        (NEXT[1], NEXT[0]),
    ):
        with pytest.raises(NotADayOff):
            away(world, "Sarah", days)


def test_the_gaps_of_the_coming_days_name_who_is_away_and_when_nobody_is_there(
    world: World,
) -> None:
    away(world, "Sarah")
    away(world, "Amal", (date(2026, 11, 28), date(2026, 12, 20)))
    directory, river = world.directory(), world.desk("Intake desk, River")
    coming = ahead(directory, river)
    assert coming.empty == (Gap(None, date(2026, 11, 28), date(2026, 11, 29)),)
    assert {gap.person for gap in coming.away} == {
        world.member(n).person for n in ("Sarah", "Amal")
    }


def test_her_fellows_gaps_stand_on_her_page(world: World, at_desk: At) -> None:
    away(world, "Sarah")
    away(world, "Amal")
    page = at_desk("Sarah").opens("/away")
    assert "27–29 Nov" in page
    assert "counts as empty" in page


def test_reports_pass_a_desk_whose_members_are_all_away(both_worlds: World) -> None:
    world, today = both_worlds, date(2026, 11, 24)
    river, first = world.desk("Intake desk, River"), world.desk("Inter-agency intake desk")
    directory = world.directory()
    assert directory.attended(river)
    for name in ("Sarah", "Amal"):
        away(world, name, (today, today))
    directory = world.directory()
    assert not directory.attended(river)
    assert river.live
    world.report(area="2")
    assert shown(world, "Ines") == 1
    assert shown(world, "Sarah") == 0
    world.clock.pass_by(days=1)
    world.report("Another thing.", area="2")
    assert shown(world, "Sarah") == 1
    assert first.live


def test_the_day_is_the_one_of_the_duty_station(world: World) -> None:
    assert world.directory().day == date(2026, 11, 24)
    world.clock.pass_by(hours=14)
    assert world.directory().day == date(2026, 11, 25)


def shown(world: World, first_name: str) -> int:
    with world.session() as session:
        member = world.member(first_name)
        return queue_page(session, world.deployment, member, view="all", page=1).all_open
