"""Who joins late is looked for in every case of the desk as she would be in a report of today."""

from __future__ import annotations

import pytest

from casefile.cases.label import Label
from casefile.cases.membership import ExcludedFromACase
from tests.cases.excluding import (
    RIVER,
    answer_question,
    asked,
    forced,
    held,
    joins,
    looks,
    opens,
    works,
)
from tests.cases.test_handing_over import drawn, emptied, recovers
from tests.world import World


def reasons(label: Label, who: bytes) -> set[str]:
    return {one.why for one in label.exclusions if one.person == who}


def lifts(world: World) -> None:
    """Whoever is asked says that the name is somebody else's."""
    for who in ("Ines", "Peter", "Lucia", "Sarah"):
        for one in asked(world, who):
            with world.session() as session:
                answer_question(session, world.deployment, world.member(who), one.id, "lifted")
            return
    raise AssertionError("nobody is asked")


@pytest.mark.parametrize("known", [True, False], ids=["known at arrival", "posted since"])
def test_whom_the_person_named_supervises_joins_and_gets_no_key_to_the_case(
    both_worlds: World, known: bool
) -> None:
    world = both_worlds
    if known:
        works(world, "Lucia", RIVER, under="Joseph", area=3)
    world.report(named(world, "Joseph"), area="2")
    if not known:
        works(world, "Lucia", RIVER, under="Joseph", area=3)
    joins(world, "Lucia", let_in_by="Sarah")
    assert not looks(world, "Lucia")
    assert forced(world, "Lucia", held(world)) == {}
    assert opens(world, "Sarah") == opens(world, "Amal") != set()
    assert reasons(held(world).label, world.member("Lucia").person) == {"line"}
    lifts(world)
    assert looks(world, "Sarah")
    assert looks(world, "Lucia")


def test_who_shares_a_small_office_with_the_person_reported_joins_and_gets_no_key(
    both_worlds: World,
) -> None:
    world = both_worlds
    river = world.directory().agencies[world.desk(RIVER).agency]
    north = world.directory().agencies[world.desk("Intake desk, North").agency]
    world.report(f"A driver of {north.names['en']} did it.", area="2")
    assert river.id != north.id
    works(world, "Peter", "Intake desk, North")
    joins(world, "Peter", let_in_by="Sarah")
    assert forced(world, "Peter", held(world)) == {}
    assert reasons(held(world).label, world.member("Peter").person) == {"office"}
    assert opens(world, "Sarah")


def test_a_case_about_nobody_of_hers_is_the_newcomers(world: World) -> None:
    works(world, "Lucia", RIVER, under="Joseph")
    world.report("It was somebody else.", area="2")
    joins(world, "Lucia", let_in_by="Sarah")
    assert not held(world).label.circle
    assert opens(world, "Lucia")


def test_who_was_to_be_kept_out_by_a_single_name_is_not_let_in(world: World) -> None:
    world.report("He came at night.", area="2", keep_from="Somebody called Lucia")
    with pytest.raises(ExcludedFromACase):
        joins(world, "Lucia", let_in_by="Sarah")


def test_whom_the_person_asked_about_supervises_is_not_let_in_where_it_is_asked(
    world: World,
) -> None:
    world.report(named(world, "Joseph"), area="2")
    works(world, "Lucia", RIVER, under="Joseph")
    with pytest.raises(ExcludedFromACase):
        joins(world, "Lucia", let_in_by="Ines", english="Inter-agency intake desk")


def test_custodians_keep_a_case_from_the_line_of_whoever_it_names(world: World) -> None:
    shares = drawn(world)
    emptied(world, named(world, "Joseph"))
    works(world, "Lucia", "Intake desk, North", under="Joseph")
    joins(world, "Lucia", let_in_by="Peter", english="Intake desk, North")
    recovers(world, "--give-to", "Peter", shares[0], shares[2])
    assert looks(world, "Peter")
    assert not looks(world, "Lucia")
    assert forced(world, "Lucia", held(world)) == {}


def named(world: World, who: str) -> str:
    return f"It was {world.seated[who].person.name}."
