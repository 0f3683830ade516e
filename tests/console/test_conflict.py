"""The pages of conflicts of interest: one press gives a case up, one answers about a name."""

from __future__ import annotations

from collections.abc import Callable

from tests.cases.excluding import joins
from tests.console.conftest import AtDesk, form_of
from tests.world import World

Desk = Callable[[str], AtDesk]
Only = Callable[[str], str]
STORY = "Amal Haddad asked for money behind the Zanzibarwort store."


def test_one_press_gives_the_case_up_and_nobody_asks_why(
    world: World, at_desk: Desk, only_case: Only
) -> None:
    world.report("He came.", area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    sarah.sends(sarah.opens(case), "/conflict")
    sarah.opens(case, 404)
    assert case not in sarah.opens("/queue?view=all")
    assert case in at_desk("Amal").opens("/queue?view=all")


def test_a_second_press_on_an_old_page_finds_no_case(
    world: World, at_desk: Desk, only_case: Only
) -> None:
    world.report("He came.", area="2")
    sarah, case = at_desk("Sarah"), only_case("Sarah")
    page = sarah.opens(case)
    sarah.sends(page, "/conflict")
    sarah.sends(page, "/conflict", 404)
    sarah.sends(page, "/note", 404, note="A note.")


def test_who_is_asked_sees_the_name_and_answers_with_one_press(world: World, at_desk: Desk) -> None:
    world.report(STORY, area="2", employer="a blue vest")
    ines = at_desk("Ines")
    page = ines.opens("/questions")
    assert "Amal Haddad" in page
    assert "a blue vest" in page
    assert "Zanzibarwort" not in page
    assert "Done: it is not" in ines.sends(page, "/questions", 200, answer="lifted")
    assert "answered already" in ines.sends(page, "/questions", 200, answer="confirmed")
    assert "Amal Haddad" not in ines.opens("/questions")
    assert "Amal Haddad" not in at_desk("Sarah").opens("/questions")


def test_an_answer_that_is_none_changes_nothing(world: World, at_desk: Desk) -> None:
    world.report(STORY, area="2")
    ines = at_desk("Ines")
    ines.sends(ines.opens("/questions"), "/questions", answer="perhaps")
    told = ines.posts("/questions", ines_fields(ines) | {"question": "00", "answer": "lifted"}, 200)
    assert "Done" not in told
    assert "Amal Haddad" in ines.opens("/questions")


def test_a_question_nobody_answered_in_a_day_is_marked_late(world: World, at_desk: Desk) -> None:
    world.report(STORY, area="2")
    assert 'class="stamp late"' not in at_desk("Ines").opens("/questions")
    world.clock.pass_by(days=1, minutes=1)
    assert 'class="stamp late"' in at_desk("Ines").opens("/questions")


def test_a_member_of_the_circle_lets_a_newcomer_in(
    world: World, at_desk: Desk, only_case: Only
) -> None:
    world.report(STORY, area="2")
    case = only_case("Sarah")
    joins(world, "Peter", let_in_by="Sarah")
    peter, sarah = at_desk("Peter"), at_desk("Sarah")
    peter.opens(case, 404)
    peter.opens(f"{case}/readers", 404)
    sarah.sends(sarah.opens(f"{case}/readers"), "/readers")
    peter.opens(case)
    assert "Amal Haddad" not in sarah.opens(f"{case}/readers")


def ines_fields(ines: AtDesk) -> dict[str, str]:
    """The hidden fields of the one question."""

    return form_of(ines.opens("/questions"), "/questions")[1]
