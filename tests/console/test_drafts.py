"""What is half written on a case's page outlives every other button of that page."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest

from casefile.cases.mailbox import open_by_number
from casefile.cases.queue_rows import case_at, reference_of
from tests.cases.filing import posted
from tests.console.conftest import BASE, AtDesk, form_of
from tests.world import World

Sits = Callable[[str], AtDesk]
Case = Callable[[str], str]
NOTE = "She comes on Tuesday,\nask for the blue folder."
REASON = "asked for a day"
LETTER = "Please come back on Monday."
HANDING_OVER = "Call before you go there."
TYPED = {"note": NOTE, "reason": REASON, "letter": LETTER, "message": HANDING_OVER}


def half_written(page: str) -> set[str]:
    """Which of the typed texts stand on a page."""
    return {name for name, text in TYPED.items() if text in unescape(page)}


@pytest.mark.parametrize(
    "button", ["/take", "/let-go", "/report", "/acknowledge", "/second-look", "/no-junk", "/files"]
)
def test_no_other_button_loses_what_is_half_written(
    world: World, at_desk: Sits, only_case: Case, button: str
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    _, fields = form_of(sarah.opens(case + "?letter=own"), "/note")
    status = 422 if button == "/files" else 200
    page = sarah.posts(case + button, fields | TYPED, status)
    assert half_written(page) == set(TYPED)
    if button != "/files":
        sarah.sends(page, "/note", 200)
        assert NOTE in sarah.opens(case)


@pytest.mark.parametrize(
    ("button", "sent"),
    [("/note", {"note"}), ("/answer", {"reason", "letter"}), ("/hand-over", {"message"})],
)
def test_what_was_sent_is_gone_and_the_rest_is_not(
    world: World, at_desk: Sits, only_case: Case, button: str, sent: set[str]
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    written = TYPED | {"fellow": world.member("Amal").person.hex()}
    page = sarah.sends(sarah.opens(case + "?letter=own"), button, 200, **written)
    _, left = form_of(page, "/note")
    assert {name for name in TYPED if left.get(name)} == set(TYPED) - sent


def test_a_letter_begun_in_own_words_outlives_a_look_at_a_reviewed_one(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    receipt = world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    own = sarah.opens(case + "?letter=own")
    words = {"letter": LETTER, "reason": REASON, "written_in": "fr", "asks": "1"}
    reviewed = sarah.sends(own, case, 200, **words, choice="help")
    sent = sarah.sends(reviewed, "/letter", 200)
    own_again = sarah.sends(reviewed, case, 200, choice="own")
    assert 'value="fr" lang="fr" selected' in own_again
    assert 'name="asks" form="page" value="1" checked' in own_again
    sarah.sends(sarah.sends(sent, case, 200, choice="own"), "/answer")
    with world.session() as session:
        letters = open_by_number(session, world.deployment, receipt.code.digits()).letters
    assert {(one.text == LETTER, one.language) for one in letters} == {(False, "en"), (True, "fr")}


def test_what_a_half_written_page_holds_is_kept_nowhere(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    sarah.sends(sarah.opens(case + "?letter=own"), "/take", 200, **TYPED)
    assert not half_written(sarah.opens(case + "?letter=own"))
    assert not half_written(at_desk("Amal").opens(case + "?letter=own"))


def test_a_double_press_with_something_half_written_still_acts_once(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    page = sarah.opens(case)
    for _ in range(2):
        again = sarah.sends(page, "/note", 200, note=NOTE, message=HANDING_OVER)
    assert sarah.opens(case).count(NOTE) == 1
    sarah.sends(again, "/note", 200, note="Another one.")
    assert "Another one." in sarah.opens(case)


def test_files_that_are_kept_cost_no_text(world: World, at_desk: Sits, only_case: Case) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    address, fields = form_of(sarah.opens(case), "/files")
    answer = posted(sarah.client, address, fields | {"note": NOTE}, (b"Plain words.", "a.txt"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "note" in half_written(page)) == (200, True)
    assert f"{case}/files/1" in page
    sarah.sends(page, "/note")
    assert NOTE in sarah.opens(case)


def test_a_file_that_is_refused_costs_no_text(world: World, at_desk: Sits, only_case: Case) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    refused = sarah.sends(sarah.opens(case), "/files", 422, note=NOTE)
    assert half_written(sarah.sends(refused, case, 200)) == {"note"}


def test_locking_the_screen_keeps_what_is_half_written_for_the_same_person(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    locked = sarah.sends(sarah.opens(case + "?letter=own"), "/lock", 200, **TYPED)
    assert not half_written(locked)
    passphrase = world.seated["Sarah"].offer.passphrase
    back = sarah.sends(locked, "/unlock", 200, passphrase=passphrase)
    page = sarah.sends(back, case, 200)
    assert half_written(page) == set(TYPED)


def test_a_page_given_back_names_the_case_and_what_was_to_be_done(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    back = sarah.sends(sarah.opens(case), "/note", 403, note=NOTE, csrf_token="old")
    assert reference_of(case_at(case.removeprefix("/cases/"))) in back
    assert "A note for the colleagues" in back
    assert "A letter to the reporter" not in back


def test_handing_over_to_nobody_says_what_is_missing(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    page = sarah.sends(sarah.opens(case), "/hand-over", 200, **TYPED)
    assert 'id="wrong-fellow"' in page
    assert half_written(page) == set(TYPED)


def test_a_page_on_which_nothing_was_typed_is_left_as_before(
    world: World, at_desk: Sits, only_case: Case
) -> None:
    world.report(area="2")
    case, sarah = only_case("Sarah"), at_desk("Sarah")
    answer = sarah.client.post(
        *form_of(sarah.opens(case), "/take")[:1],
        data=form_of(sarah.opens(case), "/take")[1],
        base_url=BASE,
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, case)
