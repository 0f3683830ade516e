"""What was written when a session ended comes back to who wrote it, and to nobody else."""

from __future__ import annotations

import html

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casefile.people.gate import needs
from casefile.people.roles import Permission, Role
from casefile.people.sessions import COOKIE
from tests.people.conftest import BASE, House, Joined, begin, finish, hidden

WRITTEN = 'She said "come back <b>later</b>"\r\nand left & went home. \u202b\u0644\u0627\u202c'


@pytest.fixture
def noted(house: House) -> list[list[tuple[str, str]]]:
    """A page of members that takes a note, and what arrived there."""
    arrived: list[list[tuple[str, str]]] = []

    @needs(Permission.SEE_OWN_ACCOUNT)
    def take() -> str:
        arrived.append([pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"])
        return "taken"

    house.app.add_url_rule("/cases/x/take", "take", take, methods=["POST"])
    return arrived


def write_and_lose(house: House, who: Joined) -> tuple[FlaskClient, TestResponse]:
    """Write a note, lose the session, press the button."""
    browser = house.sign_in(who)
    token = hidden(browser.get("/people", base_url=BASE), "csrf_token")
    browser.delete_cookie(COOKIE, domain="localhost")
    posted = [("csrf_token", token), ("text", WRITTEN), ("once", "ab12"), ("to", "1"), ("to", "2")]
    answer = browser.post("/cases/x/take?view=all", data=_pairs(posted), base_url=BASE)
    return browser, answer


def _pairs(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def sign_in_again(house: House, browser: FlaskClient, who: Joined, kept: str) -> TestResponse:
    first = begin(browser, who.email, who.passphrase, kept)
    assert hidden(first, "kept") == kept
    return finish(browser, hidden(first, "ticket"), house.code(who), hidden(first, "kept"))


def test_a_post_after_the_session_ended_keeps_its_text_and_replays(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    browser, asked = write_and_lose(house, ada)
    assert asked.status_code == 401
    assert noted == []
    given_back = sign_in_again(house, browser, ada, hidden(asked, "kept"))
    assert given_back.status_code == 200
    assert WRITTEN in html.unescape(given_back.text)
    assert "<b>later" not in given_back.text
    assert 'action="/cases/x/take?view=all"' in given_back.text
    again = [("csrf_token", hidden(given_back, "csrf_token")), ("text", WRITTEN)]
    carried = [("once", "ab12"), ("to", "1"), ("to", "2")]
    assert all(f'name="{name}" value="{value}"' in given_back.text for name, value in carried)
    answer = browser.post("/cases/x/take?view=all", data=_pairs(again + carried), base_url=BASE)
    assert answer.text == "taken"
    assert noted == [[("text", WRITTEN), *carried]]


def test_the_sign_in_page_does_not_show_what_it_keeps(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    _, asked = write_and_lose(house, ada)
    assert "come back" not in asked.text
    assert "/cases/x" not in asked.text


def test_the_next_person_at_the_screen_does_not_get_it(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    ben = house.join("Ben", Role.AUDITOR)
    browser, asked = write_and_lose(house, ada)
    answer = sign_in_again(house, browser, ben, hidden(asked, "kept"))
    assert (answer.status_code, answer.location) == (303, "/home")
    assert noted == []


def test_a_wrong_code_loses_nothing(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    browser, asked = write_and_lose(house, ada)
    first = begin(browser, ada.email, ada.passphrase, hidden(asked, "kept"))
    wrong = finish(browser, hidden(first, "ticket"), "000000", hidden(first, "kept"))
    answer = finish(browser, hidden(wrong, "ticket"), house.code(ada), hidden(wrong, "kept"))
    assert answer.status_code == 200
    assert "come back" in answer.text


def test_a_late_second_step_loses_nothing(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    browser, asked = write_and_lose(house, ada)
    late = finish(browser, "no ticket", "000000", hidden(asked, "kept"))
    assert hidden(late, "kept") == hidden(asked, "kept")


def test_what_was_kept_and_changed_on_the_way_is_dropped(
    house: House, ada: Joined, noted: list[list[tuple[str, str]]]
) -> None:
    browser, asked = write_and_lose(house, ada)
    kept = hidden(asked, "kept")
    answer = sign_in_again(house, browser, ada, kept[:-6] + "AAAAAA")
    assert answer.status_code == 303


def test_a_stranger_who_posts_is_only_asked_to_sign_in(
    house: House, noted: list[list[tuple[str, str]]]
) -> None:
    answer = house.browser().post("/cases/x/take", data={"text": WRITTEN}, base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert noted == []


def test_locking_twice_keeps_nothing(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    token = hidden(browser.get("/people", base_url=BASE), "csrf_token")
    browser.post("/lock", data={"csrf_token": token}, base_url=BASE)
    answer = browser.post("/lock", data={"csrf_token": token}, base_url=BASE)
    assert (answer.status_code, hidden(answer, "kept")) == (401, "")
