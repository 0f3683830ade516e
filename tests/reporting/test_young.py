"""What a young person tells goes to those whose job is to keep children safe, today."""

from __future__ import annotations

import re
from html import unescape

import pytest

from casefile.cases.case_page import CasePage
from casefile.cases.label import Label, read_label
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case
from casefile.network.directory import Desk, change_desk
from casefile.platform.database import write
from tests.cases.excluding import declares
from tests.cases.working import case_of, label_of, queue_row
from tests.world import World

STORY = "My teacher said I must come alone."


def tells(world: World, **answers: str) -> str:
    client = world.client()
    form = client.get("/en/young").text
    marks = dict(re.findall(r'name="(once|seen)" value="([^"]*)"', form))
    answer = client.post("/en/young", data=marks | {"what": STORY} | answers)
    assert answer.status_code == 200, answer.text
    return answer.text


def specialists(world: World, *, place: int = 2) -> Desk:
    """The desk of River with its members and keys, as a desk for child protection."""
    river = world.desk("Intake desk, River")
    with world.session() as session:
        return write(
            lambda writing: change_desk(
                writing, world.deployment, river.id, function="child_protection", place=place
            ),
            session,
        )


def no_specialists(world: World) -> None:
    """The network without its desk for child protection."""
    desk = world.desk("Child protection")
    with world.session() as session:
        write(
            lambda writing: change_desk(writing, world.deployment, desk.id, function="assistance"),
            session,
        )


def page(world: World, who: str) -> CasePage:
    with world.session() as session:
        return open_case(session, world.deployment, world.member(who), address_of(case_of(world)))


def functions(world: World, label: Label) -> list[str]:
    desks = world.directory().desks
    return [desks[one].function for one in label.desks]


@pytest.mark.parametrize("place", [2, 0])
def test_it_goes_straight_to_the_specialists_of_the_place_or_of_all_places(
    world: World, place: int
) -> None:
    specialists(world, place=place)
    tells(world, area="2")
    assert functions(world, label_of(world)) == ["child_protection"]
    assert page(world, "Sarah").child_wrote


def test_without_specialists_an_intake_desk_has_it_and_is_told_not_to_ask(world: World) -> None:
    no_specialists(world)
    tells(world, area="2")
    assert functions(world, label_of(world)) == ["intake"]
    assert page(world, "Sarah").child_wrote
    shown = world.signed_in("Sarah")
    case = re.search(r"/cases/[A-Z2-7]+", shown.get("/queue", base_url="https://localhost").text)
    assert case is not None
    told = shown.get(case.group(0), base_url="https://localhost").text
    assert "only a child protection specialist" in unescape(told)


def test_specialists_whom_the_report_is_about_do_not_get_it(world: World) -> None:
    barred, others = specialists(world), world.desk("Child protection")
    name = world.directory().agencies[barred.agency].names["en"]
    tells(world, area="2", keep_from=name)
    assert label_of(world).desks == (others.id,)


def test_it_stays_with_specialists_when_those_who_had_it_give_it_up(world: World) -> None:
    first, others = specialists(world), world.desk("Child protection")
    tells(world, area="2")
    assert label_of(world).desks == (first.id,)
    for who in ("Sarah", "Amal"):
        declares(world, who)
    assert label_of(world).desks == (others.id,)
    assert page(world, "Leila").child_wrote


def test_a_child_who_wrote_of_itself_on_the_ordinary_form_goes_the_same_way(world: World) -> None:
    specialists(world)
    world.report(area="2", who="me", age="child")
    assert functions(world, label_of(world)) == ["child_protection"]


def test_a_grown_up_who_tells_of_a_child_reaches_intake(world: World) -> None:
    specialists(world)
    world.report(area="2", who="other", age="child")
    assert functions(world, label_of(world)) == ["intake"]


@pytest.mark.parametrize("safe", ["no", "yes", "unsure", ""])
def test_whatever_it_says_somebody_acts_today(world: World, safe: str) -> None:
    tells(world, safe=safe)
    assert queue_row(world)["act_today"] == queue_row(world)["child"] == 1
    assert label_of(world).running("offer_help_today")
    assert page(world, "Leila").danger == (("danger",) if safe == "no" else ())


def test_a_child_is_reached_only_through_the_grown_up_it_named(world: World) -> None:
    tells(world, area="2", grown_up="Aunt Rosa", grown_up_how="at the tap, mornings")
    seen = page(world, "Leila")
    assert (seen.contact, seen.grown_up) == ("way", "Aunt Rosa")
    assert seen.contact_how == "at the tap, mornings"


def test_a_grown_up_without_a_safe_way_stays_sealed_from_the_desk(world: World) -> None:
    tells(world, area="2", grown_up="Aunt Rosa")
    assert (page(world, "Leila").grown_up, page(world, "Leila").contact) == ("", "not_said")


def test_an_empty_page_comes_back_with_everything_in_its_place(world: World) -> None:
    sent = {"what": " ", "safe": "no", "grown_up": "Aunt Rosa", "area": "2"}
    answer = world.client().post("/en/young", data=sent)
    assert answer.status_code == 422
    assert 'value="no" checked' in answer.text
    assert 'value="Aunt Rosa"' in answer.text
    with world.session() as session:
        assert session.query(CaseRow).count() == 0


def test_the_same_page_sent_twice_is_one_case(world: World) -> None:
    sent = {"what": STORY, "once": "ab" * 32, "seen": ""}
    for _ in range(2):
        assert world.client().post("/fr/young", data=sent).status_code == 200
    with world.session() as session:
        assert read_label(session, world.deployment, case_of(world)).label.language == "fr"
