"""An old page acts on nothing: what happened since is told, and what was typed comes back."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest

from casefile.cases.mailbox import open_by_number
from tests.console.conftest import AtDesk
from tests.world import World

Sits = Callable[[str], AtDesk]
Case = Callable[[str], str]
TYPED = "She comes on Tuesday, ask for the blue folder."
OWN_WORDS = {"letter": TYPED, "reason": "asked for a day", "written_in": "en"}


def letters_behind(world: World, code: str) -> list[str]:
    with world.session() as session:
        return [one.text for one in open_by_number(session, world.deployment, code).letters]


def changes_told(page: str) -> str:
    return page.split('id="changed"')[1].split("</section>")[0]


def amal_notes(sits: Sits, case: str) -> None:
    amal = sits("Amal")
    amal.sends(amal.opens(case), "/note", note="I called the clinic.")


@pytest.mark.parametrize(
    ("opened", "to", "written"),
    [
        ("", "/note", {"note": TYPED}),
        ("?letter=help", "/letter", {}),
        ("?letter=own", "/answer", OWN_WORDS),
    ],
)
def test_nothing_is_sent_from_an_old_page_and_nothing_typed_is_lost(
    world: World, at_desk: Sits, only_case: Case, opened: str, to: str, written: dict[str, str]
) -> None:
    receipt = world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    old = sarah.opens(case + opened)
    amal_notes(at_desk, case)
    back = sarah.sends(old, to, 409, **written)
    assert "Amal Haddad" in changes_told(back)
    assert all(typed in unescape(back) for typed in written.values())
    assert letters_behind(world, receipt.code.digits()) == []
    assert TYPED not in sarah.opens(case)
    sarah.sends(back, to, **written)
    sent = letters_behind(world, receipt.code.digits())
    assert (TYPED in sarah.opens(case)) == bool(written)
    assert bool(sent) == (to != "/note")


def test_a_changed_page_says_that_typed_words_are_below_only_where_some_are(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    old = sarah.opens(case)
    amal_notes(at_desk, case)
    assert "What you typed" not in sarah.sends(old, "/take", 409)
    assert "What you typed" in sarah.sends(old, "/take", 409, note=TYPED)


def test_a_report_is_not_confirmed_from_an_old_page(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    shown = sarah.sends(sarah.opens(case), "/report", 200)
    amal_notes(at_desk, case)
    back = sarah.sends(shown, "/acknowledge", 409)
    assert "Amal Haddad" in changes_told(back)
    sarah.sends(sarah.sends(back, "/report", 200), "/acknowledge")
    assert "<span>you</span>" in sarah.opens(case)


def test_a_look_of_a_colleague_keeps_nobody_from_sending(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah, amal = only_case("Sarah"), at_desk("Sarah"), at_desk("Amal")
    old = sarah.opens(case)
    amal.sends(amal.opens(case), "/report", 200)
    sarah.sends(old, "/note", note=TYPED)
    assert TYPED in sarah.opens(case)


def test_a_letter_after_a_note_from_the_same_page_is_sent_and_not_taken_for_the_note(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    page = sarah.opens(case + "?letter=own")
    sarah.sends(page, "/note", note="Called.")
    back = sarah.sends(page, "/answer", 409, **OWN_WORDS)
    sarah.sends(back, "/answer", **OWN_WORDS)
    assert letters_behind(world, receipt.code.digits()) == [TYPED]


def test_a_page_that_says_nothing_of_what_it_showed_sends_nothing(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    assert TYPED in sarah.sends(sarah.opens(case), "/note", 409, note=TYPED, seen="")
