"""Saved lists: filters under a name, for one person or her desk, and never a case."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from casefile.cases.leaving import leave
from casefile.cases.models import SavedRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_views import Filters, Sort, View
from casefile.cases.saved_views import (
    LONGEST_NAME,
    MOST,
    SIZE,
    SavedView,
    TooManyViews,
    carry_views,
    remove_view,
    rename_view,
    save_view,
    saved_views,
    share_view,
)
from casefile.network.custody import NoSeat, forget_earlier
from casefile.platform.database import write
from tests.cases.excluding import RIVER, joins
from tests.cases.test_leaving import goes
from tests.world import World

LATE_NORTH = SavedView("0" * 16, "Zawadi’s north", View.LATE, Sort.OLDEST, Filters(area=1, step=3))


def saves(world: World, who: str, one: SavedView = LATE_NORTH) -> None:
    with world.session() as session:
        save_view(session, world.deployment, world.member(who), one)


def shares(world: World, who: str, desk: str = RIVER) -> None:
    with world.session() as session:
        share_view(session, world.deployment, world.member(who), "0" * 16, world.desk(desk).id)


def sees(world: World, who: str) -> list[SavedView]:
    with world.session() as session:
        return list(saved_views(session, world.deployment, world.member(who)).every)


def bodies(world: World) -> list[bytes]:
    with world.session() as session:
        return list(session.scalars(select(SavedRow.body)))


def test_a_list_is_kept_for_whoever_saved_it_alone(both_worlds: World) -> None:
    world = both_worlds
    saves(world, "Sarah")
    saves(world, "Sarah")
    assert sees(world, "Sarah") == [LATE_NORTH]
    assert sees(world, "Amal") == []
    (body,) = bodies(world)
    assert len(body) == SIZE + 29
    assert b"Zawadi" not in body


def test_a_shared_list_is_its_desks_and_nobody_elses(both_worlds: World) -> None:
    world = both_worlds
    saves(world, "Sarah")
    shares(world, "Sarah")
    assert sees(world, "Amal") == [LATE_NORTH]
    for who in ("Peter", "Ines", "Lucia"):
        assert sees(world, who) == []
    joins(world, "Lucia", let_in_by="Amal")
    assert sees(world, "Lucia") == [LATE_NORTH]
    with pytest.raises(NoSeat):
        shares(world, "Sarah", "Intake desk, North")


def test_a_shared_list_shows_nobody_what_is_kept_from_her(both_worlds: World) -> None:
    world = both_worlds
    saves(world, "Amal", SavedView("0" * 16, "all", View.ALL))
    shares(world, "Amal")
    world.report("It was Sarah Okello.", area="2")
    for who, count in (("Sarah", 0), ("Amal", 1)):
        (view, *_) = sees(world, who)
        with world.session() as session:
            page = queue_page(
                session,
                world.deployment,
                world.member(who),
                view=view.view,
                sort=view.sort,
                filters=view.filters,
            )
        assert len(page.lines) == count


def test_lists_are_called_otherwise_and_removed_where_they_are(both_worlds: World) -> None:
    world, river = both_worlds, both_worlds.desk(RIVER).id
    saves(world, "Sarah")
    shares(world, "Sarah")
    with world.session() as session:
        amal = world.member("Amal")
        rename_view(session, world.deployment, amal, "0" * 16, "North, late", river)
    assert [one.name for one in sees(world, "Amal")] == ["North, late"]
    assert [one.name for one in sees(world, "Sarah")] == [LATE_NORTH.name, "North, late"]
    with world.session() as session:
        remove_view(session, world.deployment, world.member("Sarah"), "0" * 16)
    assert [one.name for one in sees(world, "Sarah")] == ["North, late"]
    with world.session() as session:
        remove_view(session, world.deployment, world.member("Amal"), "0" * 16, river)
    assert sees(world, "Sarah") == []


def test_there_is_room_for_as_many_of_the_longest_names_as_may_be_kept(world: World) -> None:
    for number in range(MOST):
        name = f"{number:02}" + "𠮷" * (LONGEST_NAME - 2)
        every = Filters(*(65_535,) * 10)
        saves(world, "Sarah", SavedView(f"{number:016}", name, View.ACT_TODAY, Sort.NEWEST, every))
    assert len(bodies(world)[0]) == SIZE + 29
    with pytest.raises(TooManyViews):
        saves(world, "Sarah")
    assert len(sees(world, "Sarah")) == MOST


def test_a_desks_lists_outlive_a_leaver_and_her_own_do_not(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Lucia", let_in_by="Sarah")
    saves(world, "Lucia")
    shares(world, "Lucia")
    goes(world, "Lucia")
    assert len(bodies(world)) == 1
    assert sees(world, "Sarah") == [LATE_NORTH]
    with world.session() as session:
        carry_views(session, world.deployment, world.member("Sarah"))
    with world.session() as session:
        desk = world.desk(RIVER)
        write(lambda writing: forget_earlier(writing, world.deployment, desk), session)
    assert sees(world, "Amal") == [LATE_NORTH]
    assert len(bodies(world)) == 1


def test_a_damaged_row_is_an_empty_shelf(world: World) -> None:
    saves(world, "Sarah")
    with world.session() as session:
        session.execute(update(SavedRow).values(token=b"\0" * 16))
    assert sees(world, "Sarah") == []
    saves(world, "Sarah")
    assert sees(world, "Sarah") == [LATE_NORTH]


def test_whoever_leaves_takes_her_lists_along(both_worlds: World) -> None:
    world = both_worlds
    saves(world, "Sarah")
    with world.session() as session:
        person = world.member("Sarah").person
        write(lambda writing: leave(writing, world.deployment, person, by=None), session)
    assert bodies(world) == []
