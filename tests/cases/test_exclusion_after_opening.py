"""Exclusion after opening takes keys, not only pages; and a circle grows by its members alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.exclusion_circle import NamedInTheCase, circle_page, let_into_circle
from casefile.cases.exclusion_questions import answer_question
from casefile.cases.exclusion_settling import settle_waiting
from casefile.cases.label import CaseNotFound
from casefile.cases.membership import ExcludedFromACase
from casefile.cases.queue_rows import address_of
from casefile.people.accounts import person_holder
from casefile.platform.database import write
from casefile.registers.directory import publish
from casefile.sealing.keypairs import new_private_key
from tests.cases.excluding import (
    adds,
    asked,
    declares,
    forced,
    held,
    joins,
    lets_in,
    looks,
    reads,
    says,
    works,
)
from tests.cases.working import case_of, events, fact_restricted, notes
from tests.world import World

SAID = "Something happened at the well."
WHOLE = {"mailbox", "work", "assistance"}


def test_who_is_named_in_a_message_loses_her_keys_in_the_next_readers_session(
    both_worlds: World,
) -> None:
    """Until then the pages bar her: the window the threat model names."""
    world = both_worlds
    receipt = world.report(SAID, area="2")
    assert looks(world, "Sarah")
    adds(world, receipt, "It was Sarah Okello.")
    assert not looks(world, "Sarah")
    assert set(forced(world, "Sarah", held(world))) == WHOLE
    assert looks(world, "Amal")
    assert forced(world, "Sarah", held(world)) == {}
    assert reads(world, "Amal") == f"{SAID}\nIt was Sarah Okello."
    assert fact_restricted(world, "Amal")


def test_the_list_of_work_is_session_enough(world: World) -> None:
    receipt = world.report(SAID, area="2")
    adds(world, receipt, "It was Sarah Okello.")
    for who in ("Sarah", "Lucia"):
        with world.session() as session:
            settle_waiting(session, world.deployment, world.member(who))
    assert forced(world, "Sarah", held(world))
    with world.session() as session:
        settle_waiting(session, world.deployment, world.member("Amal"))
    assert forced(world, "Sarah", held(world)) == {}


def test_lifted_before_anybody_looked_nothing_was_taken(world: World) -> None:
    receipt = world.report(SAID, area="2")
    adds(world, receipt, "It was Sarah Okello.")
    says(world, "Ines", "lifted")
    assert not looks(world, "Sarah")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")
    assert not held(world).label.circle
    assert not fact_restricted(world, "Amal")


def test_lifted_after_her_keys_were_taken_she_is_in_the_circle(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2")
    adds(world, receipt, "It was Sarah Okello.")
    assert looks(world, "Amal")
    says(world, "Ines", "lifted")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")
    assert set(forced(world, "Sarah", held(world))) == WHOLE
    notes(world, "Sarah", b"n" * 32)


def test_what_the_reporter_writes_in_the_window_is_hers_and_theirs(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2")
    for text in ("It was Sarah Okello.", "She came again.", "And again."):
        adds(world, receipt, text)
    assert looks(world, "Amal")
    adds(world, receipt, "Still.")
    assert reads(world, "Amal").endswith("And again.\nStill.")


def test_a_case_is_sealed_anew_as_often_as_it_must_be(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2", contact="way", contact_how="By radio")
    for newcomer in ("Lucia", "Peter"):
        joins(world, newcomer, let_in_by="Sarah")
    for gone, left in (("Lucia", "Amal"), ("Sarah", "Peter"), ("Amal", "Peter")):
        declares(world, gone)
        assert looks(world, left)
        adds(world, receipt, f"After {gone}.")
        assert forced(world, gone, held(world)) == {}
    assert reads(world, "Peter").count("After") == 3
    assert set(forced(world, "Peter", held(world))) == WHOLE | {"identity"}


def test_whom_a_member_supervises_and_her_own_supervisor_are_excluded_with_her(
    both_worlds: World,
) -> None:
    world = both_worlds
    works(world, "Sarah", "Intake desk, River", under="Lucia")
    works(world, "Lucia", "Intake desk, River")
    works(world, "Amal", "Intake desk, River", under="Sarah", area=1)
    world.report("Sarah Okello came.", area="2")
    out = {world.member(who).person for who in ("Sarah", "Lucia", "Amal")}
    assert set(held(world).label.excluded) == out
    assert looks(world, "Ines")
    assert not looks(world, "Amal")


def test_a_supervisor_in_another_office_is_not_excluded(world: World) -> None:
    works(world, "Sarah", "Intake desk, River", under="Lucia")
    works(world, "Lucia", "Intake desk, River", area=1)
    world.report("Sarah Okello came.", area="2")
    assert held(world).label.excluded == (world.member("Sarah").person,)


def test_lifting_a_name_lifts_its_line_and_nothing_else(world: World) -> None:
    works(world, "Amal", "Intake desk, River", under="Peter", area=1)
    world.report("Peter Nyambura and Lucia Fernandez came.", area="2")
    (peters,) = [one for one in asked(world, "Ines") if "Peter" in one.known.name]
    with world.session() as session:
        answer_question(session, world.deployment, world.member("Ines"), peters.id, "lifted")
    assert not looks(world, "Amal")
    assert looks(world, "Sarah")
    assert looks(world, "Amal")
    assert held(world).label.excluded == (world.member("Lucia").person,)


def test_a_small_office_reads_no_report_about_itself(both_worlds: World) -> None:
    world = both_worlds
    for who in ("Sarah", "Ines", "Peter"):
        works(world, who, "Intake desk, North")
    world.report("The driver came.", area="2", employer="Terra Aid")
    out = {world.member(who).person for who in ("Sarah", "Ines", "Peter")}
    assert set(held(world).label.excluded) == out
    assert looks(world, "Amal")
    assert not asked(world, "Ines")


@pytest.mark.parametrize("answers", [{"area": "1"}, {"employer": "Well and Way"}, {"employer": ""}])
def test_another_office_or_another_place_excludes_nobody(
    world: World, answers: dict[str, str]
) -> None:
    for who in ("Sarah", "Ines", "Peter"):
        works(world, who, "Intake desk, North")
    world.report("The driver came.", **({"area": "2", "employer": "Terra Aid"} | answers))
    assert held(world).label.excluded == ()


def test_a_large_office_is_not_excluded_for_its_name(world: World) -> None:
    for who in ("Sarah", "Ines", "Peter", "Lucia", "Marta", "Joseph"):
        works(world, who, "Intake desk, North")
    world.report("The driver came.", area="2", employer="Terra Aid")
    assert held(world).label.excluded == ()


def test_who_joins_the_desk_later_is_in_no_circle_until_a_member_lets_her_in(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report("Sarah Okello came.", area="2")
    joins(world, "Peter", let_in_by="Amal")
    assert not looks(world, "Peter")
    assert forced(world, "Peter", held(world)) == {}
    lets_in(world, "Amal", "Peter")
    assert reads(world, "Peter") == "Sarah Okello came."
    assert events(world, Event.CIRCLE_JOINED) == 1


def test_the_accused_who_becomes_a_member_later_never_gets_a_key(both_worlds: World) -> None:
    """She had no account when the report came, and sits on the very desk afterwards."""
    world = both_worlds
    world.report("The man Sarah Okello works with, Peter N. of the store, came.", area="2")
    first = case_of(world)
    notes_on(world, "Amal", first, "Peter Nyambura is meant.")
    assert world.member("Peter").person not in held(world, first).label.excluded
    joins(world, "Peter", let_in_by="Amal")
    assert not looks(world, "Peter", first)
    with pytest.raises(NamedInTheCase):
        let_in(world, "Amal", "Peter", first)
    assert forced(world, "Peter", held(world, first)) == {}


def test_a_case_of_the_whole_desk_keeps_out_whom_it_names(world: World) -> None:
    world.report("He came.", area="2")
    notes_on(world, "Amal", case_of(world), "Peter Nyambura is meant.")
    with pytest.raises(ExcludedFromACase):
        joins(world, "Peter", let_in_by="Amal")


def test_nobody_excluded_is_let_in_and_nobody_outside_lets_anybody_in(world: World) -> None:
    world.report("Sarah Okello came.", area="2")
    joins(world, "Peter", let_in_by="Amal")
    for who, whom in (("Amal", "Sarah"), ("Sarah", "Peter"), ("Peter", "Peter"), ("Amal", "Amal")):
        with pytest.raises(CaseNotFound):
            lets_in(world, who, whom)
    with world.session() as session:
        address = address_of(case_of(world))
        page = circle_page(session, world.deployment, world.member("Amal"), address)
    assert (page.readers, [one.name for one in page.beside]) == (
        ("Amal Haddad",),
        ["Peter Nyambura"],
    )


def test_a_member_with_a_new_key_is_let_in_again_by_another(both_worlds: World) -> None:
    world = both_worlds
    joins(world, "Peter", let_in_by="Amal")
    world.report("Sarah Okello came.", area="2")
    fresh = new_private_key(world.deployment.random)
    peter = world.seated["Peter"]
    with world.session() as session:
        holder = person_holder(peter.member.person)
        write(lambda at: publish(at, world.deployment, holder, fresh.public), session)
    anew = replace(peter, member=replace(peter.member, private=fresh))
    world.seated = {**world.seated, "Peter": anew}
    assert not looks(world, "Peter")
    lets_in(world, "Amal", "Peter")
    assert looks(world, "Peter")
    assert sum(one.kind == "member" for one in held(world).label.holders) == 2


def notes_on(world: World, who: str, case: bytes, text: str) -> None:
    with world.session() as session:
        member, address = world.member(who), address_of(case)
        write_note(session, world.deployment, member, address, text=text, once=b"n" * 32)


def let_in(world: World, who: str, whom: str, case: bytes) -> None:
    with world.session() as session:
        person = world.member(whom).person
        let_into_circle(session, world.deployment, world.member(who), address_of(case), person)
