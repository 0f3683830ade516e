"""Who answers, changed on the page; an old page comes back with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from tests.console.conftest import AtDesk
from tests.world import World

Sits = Callable[[str], AtDesk]
TYPED = "She comes on Tuesday, ask for the blue folder."


def test_a_colleague_gets_the_case_with_a_note(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    case, sarah, amal = only_case("Sarah"), at_desk("Sarah"), world.member("Amal")
    page = sarah.opens(case)
    sarah.sends(page, "/take")
    page = sarah.opens(case)
    assert "/take" not in page
    sarah.sends(page, "/hand-over", fellow=amal.person.hex(), message=TYPED)
    assert f"{amal.name}</bdi>" in sarah.opens("/queue?view=others")
    assert TYPED in at_desk("Amal").opens(case)


def test_a_case_a_colleague_answers_for_is_let_go_only_when_asked_once_more(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    case, sarah, amal = only_case("Sarah"), at_desk("Sarah"), at_desk("Amal")
    amal.sends(amal.opens(case), "/take")
    asked = sarah.sends(sarah.opens(case), "/let-go", 200, note=TYPED)
    assert "Amal Haddad" in asked
    assert "/take" not in amal.opens(case)
    assert TYPED in sarah.sends(asked, case, 200)
    assert TYPED in sarah.sends(asked, "/let-go", 200, sure="yes")
    assert "/take" in amal.opens(case)


def test_who_answers_lets_it_go_without_being_asked(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    sarah.sends(sarah.opens(case), "/take")
    sarah.sends(sarah.opens(case), "/let-go")


def test_an_old_page_comes_back_with_what_was_typed_and_what_changed(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    case, sarah, amal = only_case("Sarah"), at_desk("Sarah"), world.member("Amal")
    old = sarah.opens(case)
    at_amals = at_desk("Amal")
    at_amals.sends(at_amals.opens(case), "/note", note="I called the clinic.")
    chosen = amal.person.hex()
    back = sarah.sends(old, "/hand-over", 409, fellow=chosen, message=TYPED)
    assert TYPED in back
    assert f'value="{chosen}" selected' in back
    assert amal.name in back.split('id="changed"')[1].split("</section>")[0]
    sarah.sends(back, "/hand-over", fellow=chosen, message=TYPED)
    assert TYPED in sarah.opens(case)


def test_nobody_is_given_a_case_by_an_id_that_is_none(
    world: World, at_desk: Sits, only_case: Callable[[str], str]
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    for wrong in ("", "x", "0" * 31):
        assert TYPED in sarah.sends(
            sarah.opens(case), "/hand-over", 200, fellow=wrong, message=TYPED
        )
    sarah.sends(sarah.opens(case), "/hand-over", 404, fellow="0" * 32, message=TYPED)
