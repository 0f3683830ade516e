"""Where being kept out meets leaving, coming back and custodians: nobody gains a key by it."""

from __future__ import annotations

import pytest

from casefile.cases.giving_back import give_back_circles
from casefile.cases.membership import ExcludedFromACase
from casefile.cases.search import search
from casefile.cases.search_segments import read_segments
from casefile.network.custody import open_desk
from casefile.sealing.compartments import Compartment
from tests.cases.coming_and_going import (
    custodians_give,
    custodians_meet,
    custodians_seat,
    draw_all_shares,
    in_hand,
    leaves,
    loses,
    secures,
)
from tests.cases.excluding import RIVER, adds, declares, held, joins, lets_in, looks, opens, says
from tests.world import World

FIRST, NORTH, EAST = "Inter-agency intake desk", "Intake desk, North", "Intake desk, East"
SARAH = "It was Sarah Okello."


def test_who_leaves_a_circle_has_no_wrap_of_it_from_that_moment(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Amal")
    world.report(SARAH, area="2")
    assert in_hand(world, world.member("Peter")).parts
    leaves(world, "Peter", RIVER)
    assert not in_hand(world, world.member("Peter")).wraps
    assert looks(world, "Amal")
    joins(world, "Peter", let_in_by="Amal")
    assert not in_hand(world, world.member("Peter")).wraps
    lets_in(world, "Amal", "Peter")
    assert looks(world, "Peter")


def test_who_is_kept_out_and_alone_on_the_desk_is_left_without_a_key(both_worlds: World) -> None:
    """Nobody may read it any more, so nobody could ever take the keys from her in a session."""
    world = both_worlds
    shares = draw_all_shares(world, (world.desk(RIVER),))
    receipt = world.report("He came.", area="2")
    adds(world, receipt, SARAH)
    assert in_hand(world, world.member("Sarah")).parts
    leaves(world, "Amal", RIVER)
    assert not in_hand(world, world.member("Sarah")).wraps
    north = world.desk(NORTH)
    handing = custodians_meet(world, shares, world.desk(RIVER), north)
    assert custodians_give(world, handing, world.desk(RIVER)) == 1
    assert looks(world, "Peter")
    assert not in_hand(world, world.member("Sarah")).wraps


def test_of_a_circle_too_nothing_is_left_to_whom_it_is_kept_from(world: World) -> None:
    joins(world, "Peter", let_in_by="Amal")
    receipt = world.report(SARAH, area="2")
    adds(world, receipt, "And Peter Nyambura.")
    assert in_hand(world, world.member("Peter")).parts
    leaves(world, "Amal", RIVER)
    assert not in_hand(world, world.member("Peter")).wraps


def test_securing_wraps_nothing_anew_for_whom_it_is_kept_from(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Amal")
    receipt = world.report("He came.", area="2")
    leaves(world, "Peter", RIVER)
    adds(world, receipt, SARAH)
    before = in_hand(world, world.member("Sarah")).wraps
    assert secures(world, "Amal") == 0
    assert in_hand(world, world.member("Sarah")).wraps <= before
    assert looks(world, "Amal")
    assert not in_hand(world, world.member("Sarah")).wraps
    assert looks(world, "Amal")


def test_no_fellow_gives_away_what_waits_for_the_custodians(both_worlds: World) -> None:
    """A newcomer the case is about is let in while its desk's line began anew without it."""
    world = both_worlds
    river = world.desk(RIVER)
    shares = draw_all_shares(world, (river,))
    world.report("It was Lucia Fernandez.", area="2")
    old = loses(world, "Amal")
    custodians_seat(world, custodians_meet(world, shares, river, river), old.person)
    assert not in_hand(world, world.member("Sarah")).wraps
    joins(world, "Lucia", let_in_by="Sarah")
    assert not in_hand(world, world.member("Lucia")).wraps
    assert not looks(world, "Sarah")
    given = custodians_meet(world, shares, river, river)
    assert custodians_give(world, given, river) == 1
    assert looks(world, "Sarah")
    assert not in_hand(world, world.member("Lucia")).wraps


def test_who_is_kept_from_a_case_of_the_whole_desk_comes_back_by_the_custodians(
    both_worlds: World,
) -> None:
    """She lost her passphrase before anybody could take the keys from her: no fellow can tell."""
    world = both_worlds
    river = world.desk(RIVER)
    shares = draw_all_shares(world, (river,))
    receipt = world.report("He came.", area="2")
    adds(world, receipt, SARAH)
    old = loses(world, "Sarah")
    assert looks(world, "Amal")
    with pytest.raises(ExcludedFromACase):
        joins(world, "Sarah", let_in_by="Amal")
    handing = custodians_meet(world, shares, river, river)
    custodians_seat(world, handing, old.person)
    assert custodians_give(world, handing, river) == 1
    assert looks(world, "Amal")
    assert not looks(world, "Sarah")
    assert not in_hand(world, old, world.member("Sarah")).wraps


def test_whose_name_was_somebody_elses_comes_back_to_her_desk(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report("He came.", area="2")
    adds(world, receipt, SARAH)
    says(world, "Ines", "lifted")
    assert looks(world, "Amal")
    loses(world, "Sarah")
    joins(world, "Sarah", let_in_by="Amal")
    assert looks(world, "Sarah")


def test_custodians_give_a_case_to_whom_the_name_does_not_mean(both_worlds: World) -> None:
    """Lifted after the last reader left: nobody is there in whose session it could end."""
    world = both_worlds
    river = world.desk(RIVER)
    shares = draw_all_shares(world, (river,))
    world.report(SARAH, area="2")
    leaves(world, "Amal", RIVER)
    says(world, "Ines", "lifted")
    handing = custodians_meet(world, shares, river, river)
    assert custodians_give(world, handing, river) == 1
    assert looks(world, "Sarah")
    assert held(world).label.excluded == ()


def test_custodians_leave_a_grown_up_who_was_named_to_the_desk(world: World) -> None:
    river = world.desk(RIVER)
    shares = draw_all_shares(world, (river,))
    world.report("He came.", area="2", grown_up="My aunt", grown_up_how="At the pump")
    before = opens(world, "Sarah")
    assert Compartment.IDENTITY in before
    for who in ("Sarah", "Amal"):
        leaves(world, who, RIVER)
    handing = custodians_meet(world, shares, river, world.desk(NORTH))
    assert custodians_give(world, handing, river) == 1
    assert opens(world, "Peter") == before


def test_words_for_search_go_with_the_keys_also_before_the_case_was_secured(
    both_worlds: World,
) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Amal")
    world.report("He came.", area="2")
    leaves(world, "Peter", RIVER)
    with world.session() as session:
        assert search(session, world.deployment, world.member("Sarah"), "came").count == 1
    declares(world, "Sarah")
    river, sarah = world.desk(RIVER), world.member("Sarah")
    with world.session() as session:
        secret = open_desk(session, world.deployment, sarah, river)
        assert not read_segments(session, world.deployment, river, secret)


def test_a_case_that_goes_on_goes_to_nobody_it_names(both_worlds: World) -> None:
    """Naming everybody who could read it excluded nobody; the next desk is looked at again."""
    world = both_worlds
    receipt = world.report("He came.", area="2")
    declares(world, "Amal")
    adds(world, receipt, "It was Sarah Okello, and Ines Moreau knows.")
    assert looks(world, "Sarah")
    declares(world, "Sarah")
    assert not in_hand(world, world.member("Ines")).wraps
    assert not looks(world, "Ines")
    assert looks(world, "Peter")


def test_circles_are_given_back_also_where_one_of_them_is_the_desks_again(world: World) -> None:
    river = world.desk(RIVER)
    shares = draw_all_shares(world, (river,))
    world.report("Lucia Fernandez saw it, and Sarah Okello did it.", area="2")
    peter = world.member("Peter").person
    leaves(world, "Amal", RIVER)
    leaves(world, "Sarah", RIVER)
    handing = custodians_meet(world, shares, river, world.desk(NORTH))
    assert custodians_give(world, handing, river) == 1
    joins(world, "Amal", let_in_by="Peter", english=NORTH)
    with world.session() as session:
        amal = world.member("Amal")
        assert give_back_circles(session, world.deployment, amal, peter) == 0
        member = world.member("Peter")
        assert give_back_circles(session, world.deployment, member, amal.person) == 0
    assert looks(world, "Amal")


def test_a_conflict_that_was_declared_outlasts_leaving_and_coming_back(both_worlds: World) -> None:
    world = both_worlds
    world.report("He came.", area="2")
    declares(world, "Sarah")
    leaves(world, "Sarah", RIVER)
    joins(world, "Sarah", let_in_by="Amal")
    old = loses(world, "Sarah")
    joins(world, "Sarah", let_in_by="Amal")
    assert not looks(world, "Sarah")
    assert not in_hand(world, old, world.member("Sarah")).wraps
    assert looks(world, "Amal")
