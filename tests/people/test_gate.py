"""The gate: what declares nothing is not there, and no other site can press our buttons."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from casefile.people.gate import access_of, doorway, needs, public
from casefile.people.models import PersonRow
from casefile.people.roles import Permission, Role
from casefile.people.sessions import COOKIE
from tests.people.conftest import BASE, House, Joined, begin, hidden

INVITED = {"name": "Noor New", "email": "noor@planted.example", "role": "auditor", "language": "en"}


def people_there(house: House) -> int:
    return house.do(lambda s, _: s.scalar(select(func.count()).select_from(PersonRow)) or 0)


def test_a_view_that_declares_nothing_is_not_there(house: House, ada: Joined) -> None:
    house.app.add_url_rule("/undeclared", "undeclared", lambda: "open", methods=["GET", "POST"])
    assert house.browser().get("/undeclared", base_url=BASE).status_code == 404
    browser = house.sign_in(ada)
    assert browser.get("/undeclared", base_url=BASE).status_code == 404
    assert browser.post("/undeclared", base_url=BASE).status_code == 404
    assert browser.options("/undeclared", base_url=BASE).status_code == 404


def test_each_declaration_is_read_back() -> None:
    assert access_of(lambda: "") is None
    assert access_of(None) is None
    assert access_of(needs(Permission.OPEN_CASE)(lambda: "")) is Permission.OPEN_CASE
    assert access_of(public(lambda: "")) != access_of(doorway(lambda: ""))


def test_a_stranger_is_sent_to_sign_in(house: House) -> None:
    answer = house.browser().get("/people", base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/sign-in")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_the_administrator_opens_the_list_of_people(house: House, role: Role) -> None:
    browser = house.sign_in(house.join("Somebody", role))
    assert browser.get("/people", base_url=BASE).status_code == 403


def test_a_public_page_reads_and_sets_no_cookie(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    answer = browser.get("/leave", base_url=BASE)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    strange = house.browser().get("/leave", headers={"Cookie": f"{COOKIE}=\x01; remember_token=x"})
    assert strange.status_code == answer.status_code


def test_a_foreign_cookie_of_flask_login_does_nothing(house: House, ada: Joined) -> None:
    for value in ("x", "1|0", f"{ada.person.hex()}|{'0' * 128}"):
        answer = house.browser().get(
            "/people", headers={"Cookie": f"remember_token={value}; session={value}"}, base_url=BASE
        )
        assert answer.status_code == 303


def test_static_files_need_no_sign_in(house: House) -> None:
    page = house.browser().get("/sign-in", base_url=BASE)
    sheet = page.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert house.browser().get(sheet, base_url=BASE).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": BASE + ".elsewhere.example"},
    ],
)
def test_a_post_from_another_site_is_refused(
    house: House, ada: Joined, said: dict[str, str]
) -> None:
    browser = house.sign_in(ada)
    token = hidden(browser.get("/people", base_url=BASE), "csrf_token")
    before = people_there(house)
    posted = INVITED | {"csrf_token": token}
    answer = browser.post("/people", data=posted, headers=said, base_url=BASE)
    assert answer.status_code == 403
    assert INVITED["name"] not in answer.text
    assert people_there(house) == before
    typed = {"email": ada.email, "passphrase": ada.passphrase}
    assert browser.post("/sign-in", data=typed, headers=said, base_url=BASE).status_code == 403


@pytest.mark.parametrize(
    "said", [{"Sec-Fetch-Site": "same-origin", "Origin": BASE}, {"Origin": BASE}, {}]
)
def test_a_post_from_our_own_page_is_taken(house: House, ada: Joined, said: dict[str, str]) -> None:
    browser = house.sign_in(ada)
    token = hidden(browser.get("/people", base_url=BASE), "csrf_token")
    posted = INVITED | {"csrf_token": token}
    assert browser.post("/people", data=posted, headers=said, base_url=BASE).status_code == 200


def test_a_post_without_the_pages_token_is_refused_and_keeps_the_text(
    house: House, ada: Joined
) -> None:
    browser, before = house.sign_in(ada), people_there(house)
    refused = browser.post("/people", data=INVITED, base_url=BASE)
    assert refused.status_code == 403
    assert INVITED["name"] in refused.text
    assert people_there(house) == before
    again = {name: hidden(refused, name) for name in ("csrf_token", "email", "role", "language")}
    taken = browser.post("/people", data=again | {"name": INVITED["name"]}, base_url=BASE)
    assert taken.status_code == 200
    assert people_there(house) == before + 1


def test_the_token_of_another_session_is_refused(house: House, ada: Joined) -> None:
    one, other = house.sign_in(ada), house.sign_in(ada)
    token = hidden(one.get("/people", base_url=BASE), "csrf_token")
    posted = INVITED | {"csrf_token": token}
    assert other.post("/people", data=posted, base_url=BASE).status_code == 403
    assert one.post("/people", data=posted, base_url=BASE).status_code == 200


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 64, "=" * 64])
def test_what_is_no_token_is_refused(house: House, ada: Joined, token: str) -> None:
    browser = house.sign_in(ada)
    posted = INVITED | {"csrf_token": token}
    assert browser.post("/people", data=posted, base_url=BASE).status_code == 403


def test_somebody_signed_in_is_not_asked_again(house: House, ada: Joined) -> None:
    answer = house.sign_in(ada).get("/sign-in", base_url=BASE)
    assert (answer.status_code, answer.location) == (303, "/home")


def test_signing_in_leads_to_the_first_page(house: House, ada: Joined) -> None:
    assert house.sign_in(ada).get("/home", base_url=BASE).status_code == 200


def test_members_pages_speak_the_language_of_the_account(house: House) -> None:
    leila = house.join("Leila", Role.ADMINISTRATOR, "ar")
    english = {"Accept-Language": "en"}
    page = house.sign_in(leila).get("/people", headers=english, base_url=BASE)
    assert '<html lang="ar" dir="rtl">' in page.text
    assert '<html lang="en"' in begin(house.browser(), "x@y.example", "z").text
