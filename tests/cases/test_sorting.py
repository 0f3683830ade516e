"""Sorting a case, ending it with two people, looking at it again, and the risk for who reported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from casefile.audit.events import Event
from casefile.cases.acting import WrittenLetter, acknowledge, answer
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, read_label
from casefile.cases.mailbox_page import Stage, compose_mailbox
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import address_of, case_at
from casefile.cases.records import Record, read_records
from casefile.cases.risk import KINDS, Risk, assess_risk
from casefile.cases.second_person import (
    CLOSE,
    FORWARD,
    INFORM,
    LINK,
    Ending,
    confirm,
    decide_ending,
    refuse,
    reopen,
)
from casefile.cases.seen import seal_seen
from casefile.cases.sorting import Sorting, sort_case
from casefile.cases.splitting import split_case
from casefile.cases.statistics_row import row_in, row_of
from casefile.codes.machines import Forbidden
from casefile.codes.triage import Decision
from casefile.facts.register import DUPLICATE, FACTS, RESTRICTED
from casefile.registers.storage import read_row
from tests.cases.working import _fact, answers, case_of, confirms, events, label_of, records
from tests.world import World

SEXUAL = {"conduct": "sexual", "by": "aid", "to_us": "recipient", "age": "adult"}
FRAUD = {"conduct": "fraud"}
PEOPLE = {"victims_women": 2, "victims_girls": 1, "perpetrators_men": 1}


@pytest.fixture
def read_report(both_worlds: World) -> World:
    """A report that Sarah has confirmed."""
    both_worlds.report(area="2")
    confirms(both_worlds, "Sarah")
    return both_worlds


def sorts(world: World, who: str = "Sarah", **said: Any) -> Decision:
    with world.session() as session:
        sorting = Sorting(**{"answers": SEXUAL} | said)
        address = address_of(case_of(world))
        once = world.deployment.random(32)
        return sort_case(session, world.deployment, world.member(who), address, sorting, once=once)


def does(world: World, verb: Any, who: str, *given: Any, case: bytes = b"", **more: Any) -> None:
    case = case or case_of(world)
    member = world.member(who)
    with world.session() as session:
        opened = unlock(session, world.deployment, member, case)
        seen = seal_seen(world.deployment, member, case, opened.label)
        once = world.deployment.random(32)
        verb(
            session,
            world.deployment,
            member,
            address_of(case),
            *given,
            once=once,
            seen=seen,
            **more,
        )


def stage(world: World) -> Stage:
    return compose_mailbox(label_of(world), [], world.clock(), "").stage


def test_what_was_decided_stands_in_the_case_and_in_its_statistics_row(read_report: World) -> None:
    world = read_report
    agency = world.desk("Intake desk, River").agency
    said = {
        "allegation_type": "sexual_abuse",
        "allegation_subtype": "sexual_assault",
        "entity_class": "implementing_partners",
        "personnel_category": "staff",
        "agencies": (agency.hex(),),
        "people": PEOPLE,
    }
    assert sorts(world, **said) == Decision("sea")
    coded, people = _fact(world, "Sarah", "coded"), _fact(world, "Sarah", "people")
    assert (coded["category"], coded["allegation_type"], coded["entity_class"]) == (2, 2, 3)
    assert coded["concerned"] == world.directory().agencies[agency].code
    assert {name: count for name, count in people.items() if count} == {
        **PEOPLE,
        "allegation_subtype": 2,
    }
    label = label_of(world)
    assert (label.category, label.state) == ("sea", "referral_pending")
    assert label.running("refer")
    assert not label.running("triage")
    kept = next(one.content for one in records(world) if one.kind == "sorting")
    assert kept["answers"] == SEXUAL
    assert events(world, Event.CASE_SORTED) == 1


def test_sorting_again_overwrites_the_statistics_row_and_keeps_its_steps(
    read_report: World,
) -> None:
    sorts(read_report, people=PEOPLE)
    sorts(read_report, people={"victims_men": 300})
    people = _fact(read_report, "Sarah", "people")
    assert (people["victims_women"], people["victims_men"]) == (0, 255)
    assert _fact(read_report, "Sarah", "steps")["acknowledged_class"]
    assert _fact(read_report, "Sarah", "coded")["used"] == 1


def test_nobody_sorts_what_nobody_has_confirmed(world: World) -> None:
    world.report(area="2")
    with pytest.raises(Forbidden) as refused:
        sorts(world)
    assert refused.value.code == "not_from_here"
    assert label_of(world).state == "received"


def test_a_child_switches_the_child_track_on(read_report: World) -> None:
    assert not label_of(read_report).child
    sorts(read_report, answers={**SEXUAL, "age": "child"})
    assert label_of(read_report).child


def test_leaving_sea_waits_for_a_second_person_and_nobody_is_her_own(read_report: World) -> None:
    world, other = read_report, "Amal"
    assert sorts(world, answers=FRAUD).category == "fraud_corruption"
    label = label_of(world)
    assert (label.category, label.state) == ("possible_sea", "triage")
    assert label.pending is not None
    assert (label.pending.what, label.pending.target) == ("leave_counted", "fraud_corruption")
    deadline = label.running("second_person")
    assert deadline is not None
    assert deadline.due - deadline.started == 48 * 60
    assert _fact(world, "Sarah", "coded")["category"] == 1
    with pytest.raises(Forbidden) as refused:
        does(world, confirm, "Sarah", reason="I am sure.")
    assert refused.value.code == "same_person"
    does(world, confirm, other, reason="She is right.")
    assert label_of(world).category == "fraud_corruption"
    assert label_of(world).pending is None
    assert not label_of(world).running("second_person")
    assert _fact(world, "Sarah", "coded")["category"] == 5


def test_what_is_refused_goes_on_as_it_was(read_report: World) -> None:
    world, other = read_report, "Amal"
    sorts(world, answers=FRAUD)
    with pytest.raises(Forbidden) as silent:
        does(world, refuse, other, reason="")
    assert silent.value.code == "reason_given"
    does(world, refuse, other, reason="There is more to it.")
    label = label_of(world)
    assert (label.category, label.state, label.pending) == ("possible_sea", "triage", None)
    assert label.running("triage")


def test_the_list_of_work_shows_the_second_person_as_the_step(read_report: World) -> None:
    world = read_report
    answers(world, "Sarah", b"p" * 32)
    sorts(world, answers=FRAUD)
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member("Amal"), view="todo")
    assert [one.step for one in page.lines] == ["second_person"]


def test_two_roles_are_sea_at_once_and_possible_sea_if_the_second_refuses(
    read_report: World,
) -> None:
    world = read_report
    sorts(world, answers={**SEXUAL, "to_us": "both"})
    assert label_of(world).category == "sea"
    does(world, refuse, "Amal", reason="She only works there.")
    assert label_of(world).category == "possible_sea"
    assert _fact(world, "Sarah", "coded")["category"] == 1


def test_what_is_sent_to_another_office_leaves_a_note_without_content(read_report: World) -> None:
    world, other = read_report, "Amal"
    ending = Ending(FORWARD, reason="Not ours.", office="integrity")
    sorts(world)
    with pytest.raises(Forbidden) as counted:
        does(world, decide_ending, "Sarah", ending)
    assert counted.value.code == "not_counted_as_sea"
    sorts(world, answers=FRAUD)
    does(world, confirm, other, reason="Yes.")
    assert stage(world) is Stage.READ
    does(world, decide_ending, "Sarah", ending)
    assert label_of(world).state == "forwarded"
    assert stage(world) is Stage.OTHER_OFFICE
    left = next(one.content for one in records(world) if one.kind == "forwarding_note")
    assert set(left) == {"when", "office", "category"}
    assert not label_of(world).running("write_to_reporter")


def test_an_answer_with_information_ends_only_when_a_second_person_says_so(
    read_report: World,
) -> None:
    world = read_report
    sorts(world)
    does(world, decide_ending, "Sarah", Ending(INFORM, reason="A question about opening hours."))
    assert label_of(world).state == "triage"
    does(world, confirm, "Amal", reason="Yes.")
    assert label_of(world).state == "information_given"
    assert stage(world) is Stage.FINISHED


def test_a_case_is_closed_only_after_who_reported_was_told(read_report: World) -> None:
    sorts(read_report)
    with pytest.raises(Forbidden) as early:
        does(read_report, decide_ending, "Sarah", Ending(CLOSE, reason="Done."))
    assert early.value.code == "not_from_here"


def test_a_duplicate_is_not_counted_and_counts_again_when_reopened(world: World) -> None:
    world.report("He asked for money at the well.", area="2")
    world.report("The same, from my sister.", area="2")
    with world.session() as session:
        first, second = session.scalars(select(CaseRow.id)).all()
    for case in (first, second):
        with world.session() as session:
            acknowledge(session, world.deployment, world.member("Sarah"), address_of(case))
    with world.session() as session:
        sort_case(
            session,
            world.deployment,
            world.member("Sarah"),
            address_of(first),
            Sorting(SEXUAL),
            once=world.deployment.random(32),
        )
    same = Ending(LINK, reason="The same.", other=address_of(first))
    with pytest.raises(Forbidden) as itself:
        does(world, decide_ending, "Sarah", same, case=first)
    assert itself.value.code == "other_case"
    ending = Ending(LINK, reason="The same.", other=address_of(second))
    does(world, decide_ending, "Sarah", ending, case=first)
    assert left_out(world, first) == 0
    does(world, confirm, "Amal", reason="Yes.", case=first)
    assert label_at(world, first).state == "linked"
    assert (left_out(world, first), left_out(world, second)) == (DUPLICATE, 0)
    does(world, reopen, "Sarah", reason="They differ after all.", case=first)
    assert label_at(world, first).state == "reopened"
    assert label_at(world, first).running("triage")
    assert left_out(world, first) == 0


def test_the_risk_is_looked_at_again_on_the_day_that_was_set(read_report: World) -> None:
    world = read_report
    sorts(world)
    assert label_of(world).running("assess_risk")
    levels = dict.fromkeys(KINDS, "medium")
    with pytest.raises(Forbidden) as past:
        does(world, assess_risk, "Sarah", Risk("assess_risk", levels, review=date(2026, 1, 1)))
    assert past.value.code == "review_day_given"
    with pytest.raises(Forbidden) as open_level:
        does(world, assess_risk, "Sarah", Risk("assess_risk", {}, review=date(2026, 12, 4)))
    assert open_level.value.code == "levels_given"
    risk = Risk("assess_risk", levels, ("fewer_readers",), "Guards at night.", date(2026, 12, 4))
    does(world, assess_risk, "Sarah", risk)
    label = label_of(world)
    review = label.running("review_risk")
    assert label.protection == "watched"
    assert review is not None
    assert (review.due - review.started) // (24 * 60) in (9, 10)
    assert not label.running("assess_risk")
    with pytest.raises(Forbidden) as no_staff:
        does(world, assess_risk, "Sarah", Risk("ask_protection", review=date(2026, 12, 9)))
    assert no_staff.value.code == "staff_reporter"


def label_at(world: World, case: bytes) -> Label:
    with world.session() as session:
        return read_label(session, world.deployment, case).label


def left_out(world: World, case: bytes) -> int:
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member("Sarah"), case)
        place = row_of(session, world.deployment, opened)
        row = read_row(session, world.deployment, FACTS, place, "coded")
    return int(row["left_out"]) & (DUPLICATE | RESTRICTED)


def test_two_complaints_in_one_message_become_two_cases(read_report: World) -> None:
    world, first = read_report, case_of(read_report)
    did = does_split(world, "The cook also sells the oil.")
    second = case_at(did)
    parent, child = label_at(world, first), label_at(world, second)
    assert (child.parent, child.desks, child.received) == (first, parent.desks, parent.received)
    assert child.state == "triage"
    assert child.running("triage")
    assert not child.running("offer_help")
    assert child.receipt != parent.receipt
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member("Amal"), second)
        held = read_records(session, world.deployment, second, opened.label, opened.keys)
    said = {record.kind: record.content for record in held}
    assert said["report"]["text"] == "The cook also sells the oil."
    assert "Something happened" not in str(said)
    assert row_in(held) != row_in(records_of(world, first))
    with pytest.raises(CaseNotFound):
        writes_to(world, did)


def writes_to(world: World, address: str) -> None:
    letter, member = WrittenLetter("Hello.", "en", "help"), world.member("Sarah")
    with world.session() as session:
        answer(session, world.deployment, member, address, lambda _code: letter, once=b"l" * 32)


def test_who_is_kept_from_a_case_is_kept_from_what_is_split_off(both_worlds: World) -> None:
    both_worlds.report("Amal Haddad asks for money.", area="2", keep_from="Amal Haddad")
    confirms(both_worlds, "Sarah")
    did = does_split(both_worlds, "And she takes the oil.")
    amal = both_worlds.member("Amal").person
    assert amal in label_at(both_worlds, case_at(did)).excluded
    with both_worlds.session() as session, pytest.raises(CaseNotFound):
        unlock(session, both_worlds.deployment, both_worlds.member("Amal"), case_at(did))


def does_split(world: World, text: str) -> str:
    case, member = case_of(world), world.member("Sarah")
    with world.session() as session:
        opened = unlock(session, world.deployment, member, case)
        seen = seal_seen(world.deployment, member, case, opened.label)
        return split_case(
            session,
            world.deployment,
            member,
            address_of(case),
            text=text,
            once=b"s" * 32,
            seen=seen,
        )


def records_of(world: World, case: bytes) -> list[Record]:
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member("Sarah"), case)
        return read_records(session, world.deployment, case, opened.label, opened.keys)
