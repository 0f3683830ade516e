"""The locked screen: it asks for the passphrase after five minutes or at once; nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.people.models import SessionRow
from casefile.people.roles import Role
from casefile.people.rules import MOST_WRONG_PASSPHRASES, SCREEN_LOCKS_AFTER, SESSION_HOLDS
from casefile.people.sessions import COOKIE, Locked, Member, resume_session
from tests.people.conftest import BASE, House, Joined, hidden

MINUTE = timedelta(minutes=1)
TYPED = {"name": "Noor Planted Aziz", "email": "noor@planted.example", "role": "auditor"}


def token(page: TestResponse) -> str:
    return hidden(page, "csrf_token")


def unlock(browser: FlaskClient, locked: TestResponse, passphrase: str) -> TestResponse:
    given = {"passphrase": passphrase, "kept": hidden(locked, "kept")}
    return browser.post("/unlock", data=given, base_url=BASE)


def events(house: House, event: Event) -> int:
    lines = house.do(lambda session, deployment: list(lines_newest_first(session, deployment)))
    return sum(line.event is event for line in lines)


def found(house: House, cookie: str) -> Member | Locked | None:
    return house.do(lambda session, deployment: resume_session(session, deployment, cookie))


def cookie_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    return cookie.value


def body_of_the_row(house: House) -> bytes:
    return house.do(lambda session, _: session.scalars(select(SessionRow.body)).one())


def test_a_screen_that_is_used_stays_open_all_day_until_the_session_ends(
    house: House, ada: Joined
) -> None:
    browser = house.sign_in(ada)
    for _ in range(int(SESSION_HOLDS / (4 * MINUTE)) - 1):
        house.clock.pass_by(4 * MINUTE)
        assert browser.get("/people", base_url=BASE).status_code == 200
    house.clock.pass_by(4 * MINUTE)
    assert browser.get("/people", base_url=BASE).status_code == 303


def test_after_five_minutes_the_passphrase_alone_leads_back_to_the_page(
    house: House, ada: Joined
) -> None:
    browser = house.sign_in(ada)
    house.clock.pass_by(SCREEN_LOCKS_AFTER + MINUTE)
    locked = browser.get("/people?at=here", base_url=BASE)
    assert locked.status_code == 401
    assert ada.name not in locked.text
    back = unlock(browser, locked, ada.passphrase)
    assert (back.status_code, back.location) == (303, "/people?at=here")
    assert browser.get("/people", base_url=BASE).status_code == 200
    assert [events(house, one) for one in (Event.SCREEN_LOCKED, Event.SCREEN_UNLOCKED)] == [1, 1]


def test_what_was_being_typed_comes_back_to_be_sent(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    given = TYPED | {"csrf_token": token(browser.get("/people", base_url=BASE)), "language": "en"}
    house.clock.pass_by(SCREEN_LOCKS_AFTER + MINUTE)
    locked = browser.post("/people", data=given, base_url=BASE)
    assert locked.status_code == 401
    assert TYPED["name"] not in locked.text
    back = unlock(browser, locked, ada.passphrase)
    assert TYPED["name"] in back.text
    sent = browser.post("/people", data=given | {"csrf_token": token(back)}, base_url=BASE)
    assert (sent.status_code, "/join/" in sent.text) == (200, True)


def test_a_locked_row_holds_no_key_for_any_copy_of_the_cookie(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    copied, key = cookie_of(browser), body_of_the_row(house)
    page = browser.get("/people", base_url=BASE)
    answer = browser.post("/lock", data={"csrf_token": token(page)}, base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/locked")
    assert isinstance(found(house, copied), Locked)
    assert body_of_the_row(house) != key
    assert len(body_of_the_row(house)) == len(key)
    assert "passphrase" in browser.get("/locked", base_url=BASE).text


def test_a_wrong_passphrase_opens_nothing_and_too_many_end_the_session(
    house: House, ada: Joined
) -> None:
    browser = house.sign_in(ada)
    house.clock.pass_by(SCREEN_LOCKS_AFTER + MINUTE)
    locked = browser.get("/people", base_url=BASE)
    for _ in range(MOST_WRONG_PASSPHRASES):
        wrong = unlock(browser, locked, "not these words at all")
        assert wrong.status_code == 401
    assert events(house, Event.SIGN_IN_FAILED) == MOST_WRONG_PASSPHRASES
    answer = browser.get("/people", base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("stamp", ["", ".", ".x", ".AAAA", "." + "A" * 32])
def test_a_cookie_whose_time_was_changed_by_hand_opens_nothing(
    house: House, ada: Joined, stamp: str
) -> None:
    cookie = house.cookie(ada)
    assert isinstance(found(house, cookie), Member)
    assert found(house, cookie.partition(".")[0] + stamp) is None


def test_the_time_of_another_session_does_not_keep_one_awake(house: House, ada: Joined) -> None:
    old = house.cookie(ada)
    house.clock.pass_by(SCREEN_LOCKS_AFTER + MINUTE)
    fresh = house.cookie(ada)
    assert isinstance(found(house, old), Locked)
    assert found(house, old.partition(".")[0] + "." + fresh.partition(".")[2]) is None


def test_sessions_are_listed_by_coarse_times_and_ended_one_by_one_or_together(
    house: House, ada: Joined
) -> None:
    others = [house.cookie(ada) for _ in range(3)]
    strangers = house.cookie(house.join("Ben", Role.AUDITOR))
    browser = house.sign_in(ada)
    page = browser.get("/sessions", base_url=BASE)
    assert page.text.count('name="mark"') == 3
    given = {"csrf_token": token(page), "mark": hidden(page, "mark")}
    assert browser.post("/sessions/end", data=given, base_url=BASE).status_code == 303
    assert sum(found(house, one) is None for one in others) == 1
    browser.post("/sessions/end", data=given | {"mark": "none"}, base_url=BASE)
    assert sum(found(house, one) is None for one in others) == 1
    browser.post("/sessions/end-others", data={"csrf_token": token(page)}, base_url=BASE)
    assert [found(house, one) for one in others] == [None] * 3
    assert found(house, strangers) is not None
    assert browser.get("/sessions", base_url=BASE).status_code == 200
    assert events(house, Event.SESSION_ENDED) == 3


def test_use_is_noted_to_the_quarter_of_an_hour(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    labels = set()
    for _ in range(8):
        house.clock.pass_by(2 * MINUTE)
        browser.get("/people", base_url=BASE)
        labels.add(house.do(lambda session, _: session.scalars(select(SessionRow.label)).one()))
    assert len(labels) == 2
