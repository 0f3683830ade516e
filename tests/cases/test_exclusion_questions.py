"""A name that matches excludes at once, and somebody is asked whether it is that person."""

from __future__ import annotations

import pytest

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.exclusion_questions import answer_question
from casefile.cases.keys import read_wraps
from casefile.cases.membership import ExcludedFromACase
from casefile.network.custody import open_desk
from casefile.platform.database import db
from casefile.sealing.errors import SealBroken
from casefile.sealing.questions import unwrap_question_key
from tests.cases.excluding import (
    adds,
    asked,
    forced,
    held,
    joins,
    looks,
    opens,
    reads,
    says,
    works,
)
from tests.cases.working import case_of, events, queue_row
from tests.invariants.leaving import Watcher
from tests.world import World

STORY = "Sarah Okello asked my cousin for money behind the Zanzibarwort store."
PEOPLE = ("Ines", "Sarah", "Amal", "Peter", "Lucia", "Marta", "Joseph")


def who_is_asked(world: World) -> set[str]:
    return {who for who in PEOPLE if asked(world, who)}


def test_the_inter_agency_desk_is_asked_and_sees_a_name_and_never_the_report(
    both_worlds: World,
) -> None:
    world = both_worlds
    works(world, "Sarah", "Intake desk, River", area=1)
    world.report(STORY, area="2", employer="blue vest", contact="way", contact_how="By radio")
    assert who_is_asked(world) == {"Ines"}
    (one,) = asked(world, "Ines")
    assert one.said is not None
    assert (one.said.name, one.said.employer, one.said.area) == ("Sarah Okello", "blue vest", 2)
    assert (one.known.name, one.known.job) == ("Sarah Okello", "Officer")
    assert "Zanzibarwort" not in repr((one, vars(one.said)))
    assert "radio" not in repr((one, vars(one.said)))
    assert opens(world, "Ines") == set()
    assert forced(world, "Ines", held(world)) == {}


def test_what_was_written_to_keep_it_from_somebody_is_shown_if_it_is_short(world: World) -> None:
    world.report("He came.", area="2", keep_from="Sarah, the cashier of the office")
    (one,) = asked(world, "Ines")
    assert one.said is not None
    assert one.said.described == "Sarah, the cashier of the office"
    world.report("He came.", area="2", keep_from="Amal " + "and then he came again " * 20)
    told = [each.said.described for each in asked(world, "Ines") if each.said]
    assert sorted(told) == ["", "Sarah, the cashier of the office"]


def test_who_sits_on_the_inter_agency_desk_is_not_asked_about_herself(world: World) -> None:
    world.report("Ines Moreau came.", area="2")
    assert who_is_asked(world)
    assert "Ines" not in who_is_asked(world)


def test_nobody_whom_the_case_is_kept_from_is_asked_anything_about_it(world: World) -> None:
    world.report("Sarah Okello and Ines Moreau and Peter Nyambura came.", area="2")
    assert who_is_asked(world) & {"Sarah", "Ines", "Peter"} == set()
    assert who_is_asked(world)


def test_a_desk_that_is_not_asked_cannot_open_the_question(world: World) -> None:
    world.report(STORY, area="2")
    label = held(world)
    (question,) = label.label.questions
    with world.session() as session:
        body, token = read_wraps(session, world.deployment, label, [question.slot])[question.slot]
        for who, desk in (("Amal", "Intake desk, River"), ("Lucia", "Intake desk, East")):
            secret = open_desk(session, world.deployment, world.member(who), world.desk(desk))
            with pytest.raises(SealBroken):
                unwrap_question_key(
                    secret.private,
                    body,
                    case=label.case,
                    asked=question.desk,
                    slot=question.slot,
                    token=token,
                )


def test_confirmed_it_stands_and_nothing_is_asked_any_more(both_worlds: World) -> None:
    world = both_worlds
    world.report(STORY, area="2")
    says(world, "Ines", "confirmed")
    assert asked(world, "Ines") == ()
    assert looks(world, "Amal")
    assert not looks(world, "Sarah")
    assert forced(world, "Sarah", held(world)) == {}
    assert queue_row(world)["circle"] == 1


def test_lifted_it_ends_in_the_next_session_of_the_circle_and_not_before(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report(STORY, area="2")
    says(world, "Ines", "lifted")
    assert not looks(world, "Sarah")
    assert forced(world, "Sarah", held(world)) == {}
    assert looks(world, "Amal")
    assert looks(world, "Sarah")
    assert reads(world, "Sarah") == STORY
    assert held(world).label.excluded == ()


def test_an_answer_is_noted_with_who_gave_it_and_about_whom(world: World) -> None:
    world.report(STORY, area="2")
    says(world, "Ines", "lifted")
    with world.session() as session:
        lines = lines_newest_first(session, world.deployment)
        line = next(one for one in lines if one.event is Event.EXCLUSION_LIFTED)
    ids = (world.member("Ines").person, case_of(world), world.member("Sarah").person)
    assert (line.by, line.case, line.about) == ids


def test_after_a_day_it_is_late_and_the_exclusion_stands(world: World) -> None:
    world.report(STORY, area="2")
    world.clock.pass_by(hours=24)
    assert [one.late for one in asked(world, "Ines")] == [False]
    world.clock.pass_by(minutes=1)
    assert [one.late for one in asked(world, "Ines")] == [True]
    assert looks(world, "Amal")
    assert not looks(world, "Sarah")
    says(world, "Ines", "lifted")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")


def test_only_who_is_asked_can_answer_and_only_once(world: World) -> None:
    world.report(STORY, area="2")
    (one,) = asked(world, "Ines")
    for who in ("Sarah", "Amal", "Joseph"):
        with world.session() as session:
            answer_question(session, world.deployment, world.member(who), one.id, "lifted")
    assert asked(world, "Ines") == (one,)
    says(world, "Ines", "confirmed")
    with world.session() as session:
        answer_question(session, world.deployment, world.member("Ines"), one.id, "lifted")
    assert (events(world, Event.EXCLUSION_CONFIRMED), events(world, Event.EXCLUSION_LIFTED)) == (
        1,
        0,
    )


def test_whom_a_case_is_kept_from_joins_no_desk_that_is_asked_about_it(world: World) -> None:
    world.report(STORY, area="2")
    with pytest.raises(ExcludedFromACase):
        joins(world, "Sarah", let_in_by="Ines", english="Inter-agency intake desk")
    joins(world, "Peter", let_in_by="Ines", english="Inter-agency intake desk")


def test_more_names_than_a_row_has_places_are_all_asked_about(world: World) -> None:
    everybody = [one.person.name for who, one in world.seated.items() if who != "Joseph"]
    world.report(" and ".join(everybody), area="2")
    label = held(world).label
    assert len(label.questions) == len(label.excluded) > 8
    assert label.question_rows == 2
    assert {one.said.name for one in asked(world, "Joseph") if one.said} == set(everybody)


def test_a_name_in_a_message_is_asked_about_too(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report("He came.", area="2")
    adds(world, receipt, "It was Sarah Okello with the Zanzibarwort.")
    (one,) = asked(world, "Ines")
    assert one.said is not None
    assert one.said.name == "Sarah Okello"
    says(world, "Ines", "lifted")
    assert not looks(world, "Sarah")
    assert looks(world, "Amal")
    assert looks(world, "Sarah")
    adds(world, receipt, "Once more: Sarah Okello.")
    assert not looks(world, "Sarah")
    assert len(asked(world, "Ines")) == 1


def test_a_message_that_names_somebody_leaves_the_same_rows_as_any_other(
    both_worlds: World,
) -> None:
    world = both_worlds
    receipt = world.report("He came.", area="2")
    adds(world, receipt, "First.")
    shapes = set()
    with world.app.app_context(), db.engine.connect() as connection:
        watcher = Watcher(connection)
        for text in ("It was he.", "It was Sarah Okello.", "Nobody else."):
            adds(world, receipt, text)
            connection.rollback()
            left = watcher.look(connection)
            shapes.add(frozenset((table, lengths) for (table, _), lengths in left.added.items()))
    assert len(shapes) == 1
