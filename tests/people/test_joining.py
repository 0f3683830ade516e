"""The joining pages: shown once, typed back, then inside."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casefile.people.roles import Role
from casefile.people.rules import OFFER_HOLDS
from casefile.people.second_factor import code_at
from casefile.people.sessions import COOKIE
from tests.people.conftest import BASE, House, Joined, begin, hidden


def passphrase_on(page: TestResponse) -> str:
    return re.findall(r'class="passphrase"><bdi dir="ltr">([a-z ]+)<', page.text)[0]


def seed_on(page: TestResponse) -> str:
    return re.findall(r'<bdi class="ref">([A-Z2-7 ]{39})<', page.text)[0].replace(" ", "")


def type_back(
    house: House, browser: FlaskClient, token: str, page: TestResponse, **typed: str
) -> TestResponse:
    right = {
        "offer": hidden(page, "offer"),
        "passphrase": passphrase_on(page) if 'class="passphrase"' in page.text else "",
        "code": code_at(seed_on(page), house.clock()) if 'class="passphrase"' in page.text else "",
    }
    return browser.post(f"/join/{token}/account", data=right | typed, base_url=BASE)


def test_a_newcomer_reads_types_back_and_is_inside(house: House) -> None:
    token, browser = house.invite("Noor", Role.ADMINISTRATOR), house.browser()
    first = browser.get(f"/join/{token}", base_url=BASE)
    second = browser.post(f"/join/{token}", data={"offer": hidden(first, "offer")}, base_url=BASE)
    assert passphrase_on(first) not in second.text
    inside = type_back(house, browser, token, first, offer=hidden(second, "offer"))
    assert (inside.status_code, inside.location) == (303, "/home")
    assert "Noor" in browser.get("/people", base_url=BASE).text


def test_what_was_shown_signs_the_newcomer_in_later(house: House) -> None:
    token, browser = house.invite("Noor", Role.ADMINISTRATOR), house.browser()
    first = browser.get(f"/join/{token}", base_url=BASE)
    type_back(house, browser, token, first)
    codes = re.findall(r'<bdi class="ref">([a-z-]{17})<', first.text)
    kept = Joined(
        b"", "Noor", "noor@planted.example", passphrase_on(first), seed_on(first), tuple(codes)
    )
    assert len(codes) == 8
    house.clock.pass_by(timedelta(days=1))
    house.sign_in(kept)


@pytest.mark.parametrize("wrong", [{"passphrase": "not these words"}, {"code": "000000"}])
def test_a_wrong_entry_keeps_the_page(house: House, wrong: dict[str, str]) -> None:
    token, browser = house.invite("Noor", Role.AUDITOR), house.browser()
    first = browser.get(f"/join/{token}", base_url=BASE)
    page = type_back(house, browser, token, first, **wrong)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert browser.get_cookie(COOKIE, domain="localhost") is None
    again = type_back(house, browser, token, first, offer=hidden(page, "offer"))
    assert again.status_code == 303


def test_after_an_hour_everything_is_shown_anew(house: House) -> None:
    token, browser = house.invite("Noor", Role.AUDITOR), house.browser()
    first = browser.get(f"/join/{token}", base_url=BASE)
    house.clock.pass_by(OFFER_HOLDS)
    late = type_back(house, browser, token, first)
    assert passphrase_on(late) != passphrase_on(first)
    assert type_back(house, browser, token, late).status_code == 303


def test_an_offer_of_another_invitation_is_not_taken(house: House) -> None:
    one, other = house.invite("Noor", Role.AUDITOR), house.invite("Omar", Role.AUDITOR)
    browser = house.browser()
    foreign = browser.get(f"/join/{other}", base_url=BASE)
    page = type_back(house, browser, one, foreign)
    assert passphrase_on(page) != passphrase_on(foreign)


def test_a_used_invitation_shows_one_clear_page(house: House) -> None:
    token, browser = house.invite("Noor", Role.AUDITOR), house.browser()
    first = browser.get(f"/join/{token}", base_url=BASE)
    type_back(house, browser, token, first)
    for answer in (
        browser.get(f"/join/{token}", base_url=BASE),
        browser.post(f"/join/{token}", data={"offer": hidden(first, "offer")}, base_url=BASE),
        type_back(house, browser, token, first),
        browser.get("/join/never-was", base_url=BASE),
    ):
        assert answer.status_code == 404
        assert 'href="/sign-in"' in answer.text


def test_looking_at_an_invitation_does_not_use_it_up(house: House) -> None:
    token = house.invite("Noor", Role.AUDITOR)
    pages = [house.browser().get(f"/join/{token}", base_url=BASE) for _ in range(3)]
    assert len({passphrase_on(page) for page in pages}) == 3
    assert type_back(house, house.browser(), token, pages[0]).status_code == 303


def test_the_joining_pages_speak_the_language_of_the_invitation(house: House) -> None:
    token = house.invite("Leila", Role.AUDITOR, "ar")
    page = house.browser().get(f"/join/{token}", headers={"Accept-Language": "en"}, base_url=BASE)
    assert '<html lang="ar" dir="rtl">' in page.text


def test_the_administrator_hands_over_an_address_that_opens(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    form = browser.get("/people", base_url=BASE)
    typed = {
        "csrf_token": hidden(form, "csrf_token"),
        "name": "Omar <i>",
        "email": "omar@planted.example",
        "role": "secretariat",
        "language": "fr",
    }
    answer = browser.post("/people", data=typed, base_url=BASE)
    address = re.findall(rf"{BASE}(/join/[A-Za-z0-9_-]+)", answer.text)[0]
    page = house.browser().get(address, base_url=BASE)
    assert '<html lang="fr"' in page.text
    assert "Omar <i>" in html.unescape(page.text)
    assert "Omar <i>" not in page.text


@pytest.mark.parametrize(
    "spoiled",
    [{"name": "  "}, {"name": ""}, {"email": "nobody"}, {"email": "a@b@c"}, {"role": ""},
     {"role": "chief"}, {"language": "xx"}, {"desks": "zz"}],
)  # fmt: skip
def test_a_spoiled_invitation_is_refused_and_keeps_what_was_typed(
    house: House, ada: Joined, spoiled: dict[str, str]
) -> None:
    browser = house.sign_in(ada)
    form = browser.get("/people", base_url=BASE)
    typed = {
        "csrf_token": hidden(form, "csrf_token"),
        "name": "Omar",
        "email": "omar@planted.example",
        "role": "auditor",
        "language": "fr",
    }
    answer = browser.post("/people", data=typed | spoiled, base_url=BASE)
    assert answer.status_code == 400
    assert "/join/" not in answer.text
    kept = (typed | spoiled)["email"]
    assert f'value="{kept}"' in answer.text


def test_an_open_account_is_not_invited_again_by_the_page(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    typed = {
        "csrf_token": hidden(browser.get("/people", base_url=BASE), "csrf_token"),
        "name": ada.name,
        "email": ada.email.upper(),
        "role": "auditor",
        "language": "fr",
    }
    assert browser.post("/people", data=typed, base_url=BASE).status_code == 409
    page = begin(house.browser(), ada.email, ada.passphrase)
    assert page.status_code == 200
