"""A misspelled name or e-mail is corrected, and nobody escapes a report by a new name."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.leaving import lose_key
from casefile.people.accounts import Person, everybody, names_ever, person_by_email
from casefile.people.correcting import (
    MOST_EARLIER,
    AddressTaken,
    CorrectedTooOften,
    NotToBeCorrected,
    correct,
)
from casefile.people.invitations import read_invitation
from casefile.people.leaving import close_account
from casefile.people.roles import Role
from casefile.platform.database import write
from tests.people.conftest import BASE, House, Joined, address_of, hidden
from tests.world import accept, offered


def who(house: House, email: str) -> Person | None:
    return house.do(lambda session, deployment: person_by_email(session, deployment, email))


def put_right(house: House, person: bytes, name: str, email: str) -> None:
    house.do(lambda s, d: correct(s, d, person, name=name, email=email, by=b"a" * 16))


def invited(house: House, name: str = "Leyla") -> tuple[str, bytes]:
    """Somebody invited: the invitation's token, and her id."""
    token = house.invite(name, Role.FOCAL_POINT)
    person = who(house, address_of(name))
    assert person is not None
    return token, person.id


def test_before_she_joins_name_and_address_are_put_right_and_the_invitation_goes_on(
    house: House,
) -> None:
    token, person = invited(house)
    put_right(house, person, "  Leila   Ḥaddād ", " Leila@Planted.Example ")
    said = house.do(lambda session, deployment: read_invitation(session, deployment, token))
    assert said is not None
    assert (said.name, said.email) == ("Leila Ḥaddād", "leila@planted.example")
    assert who(house, address_of("Leyla")) is None
    with house.app.app_context():
        offer = offered(token)
        accept(token, offer)
    house.clock.pass_by(minutes=1)
    seed, codes = offer.totp_seed, offer.recovery_codes
    house.sign_in(Joined(person, said.name, "leila@planted.example", offer.passphrase, seed, codes))


def test_a_name_nobody_worked_under_is_forgotten(house: House) -> None:
    _, person = invited(house)
    put_right(house, person, "Leila", address_of("Leyla"))
    assert house.do(names_ever)[person] == "Leila"


def test_once_she_works_the_address_stays_and_every_name_is_remembered(house: House) -> None:
    leila = house.join("Leyla", Role.FOCAL_POINT)
    put_right(house, leila.person, "Leila", leila.email)
    put_right(house, leila.person, "Leila Haddad", leila.email)
    assert house.do(names_ever)[leila.person] == "Leila Haddad\nLeila\nLeyla"
    put_right(house, leila.person, "Leila", leila.email)
    assert house.do(names_ever)[leila.person] == "Leila\nLeila Haddad\nLeyla"
    with pytest.raises(NotToBeCorrected):
        put_right(house, leila.person, "Leila", "other@planted.example")
    house.sign_in(leila)


def test_no_number_of_corrections_makes_a_name_forgotten(house: House) -> None:
    leila = house.join("Leyla", Role.FOCAL_POINT)
    for count in range(MOST_EARLIER):
        put_right(house, leila.person, f"Leila {count}", leila.email)
    with pytest.raises(CorrectedTooOften):
        put_right(house, leila.person, "Another", leila.email)
    assert "Leyla" in house.do(names_ever)[leila.person].split("\n")


def test_beginning_again_is_no_way_to_lose_a_name(house: House) -> None:
    leila = house.join("Leyla", Role.FOCAL_POINT)
    house.do(lambda s, d: write(lambda it: lose_key(it, d, leila.person, by=None), s))
    put_right(house, leila.person, "Somebody Else", "new@planted.example")
    assert house.do(names_ever)[leila.person] == "Somebody Else\nLeyla"
    assert who(house, "new@planted.example") is not None


def test_an_address_somebody_else_has_is_refused(house: House, ada: Joined) -> None:
    _, person = invited(house)
    with pytest.raises(AddressTaken):
        put_right(house, person, "Leila", ada.email.upper())
    assert who(house, address_of("Leyla")) is not None


def test_an_account_that_ended_is_not_corrected(house: House) -> None:
    leila = house.join("Leyla", Role.FOCAL_POINT)
    house.do(lambda s, d: write(lambda it: close_account(it, d, leila.person, by=None), s))
    with pytest.raises(NotToBeCorrected):
        put_right(house, leila.person, "Leila", leila.email)


def events(house: House) -> list[Event]:
    return house.do(lambda s, d: [line.event for line in lines_newest_first(s, d)])


def test_a_correction_is_on_the_log_and_one_that_changes_nothing_is_not(house: House) -> None:
    _, person = invited(house)
    put_right(house, person, "Leyla", address_of("Leyla"))
    assert Event.PERSON_CORRECTED not in events(house)
    put_right(house, person, "Leila", address_of("Leyla"))
    assert events(house).count(Event.PERSON_CORRECTED) == 1


def save(browser: FlaskClient, person: bytes, **typed: str) -> TestResponse:
    address = f"/people/{person.hex()}/correct"
    page = browser.get(address, base_url=BASE)
    token = hidden(page, "csrf_token")
    return browser.post(address, data={"csrf_token": token, **typed}, base_url=BASE)


def test_the_administrator_corrects_on_a_page_linked_from_the_list(
    house: House, ada: Joined
) -> None:
    _, person = invited(house)
    browser = house.sign_in(ada)
    assert f"/people/{person.hex()}/correct" in browser.get("/people", base_url=BASE).text
    saved = save(browser, person, name="Leila", email="leila@planted.example")
    assert (saved.status_code, saved.location) == (303, "/people")
    assert "Leila" in browser.get("/people", base_url=BASE).text
    taken = save(browser, person, name="Leila", email=ada.email)
    assert (taken.status_code, taken.text.count('role="alert"')) == (409, 1)
    wrong = save(browser, person, name=" ", email="no address")
    assert (wrong.status_code, wrong.text.count('aria-invalid="true"')) == (400, 2)
    assert browser.get("/people/zz/correct", base_url=BASE).status_code == 404
    assert browser.get(f"/people/{'0' * 32}/correct", base_url=BASE).status_code == 404


def test_the_page_of_somebody_who_works_shows_the_address_and_offers_no_other(
    house: House, ada: Joined
) -> None:
    leila = house.join("Leyla", Role.FOCAL_POINT)
    browser = house.sign_in(ada)
    page = browser.get(f"/people/{leila.person.hex()}/correct", base_url=BASE).text
    assert leila.email in page
    assert 'name="email"' not in page
    saved = save(browser, leila.person, name="Leila", email="other@planted.example")
    assert saved.status_code == 303
    kept = dict(house.do(everybody))[leila.person]
    assert (kept.name, kept.email) == ("Leila", leila.email)


def test_only_the_administrator_corrects(house: House) -> None:
    _, person = invited(house)
    browser = house.sign_in(house.join("Noor", Role.SECRETARIAT))
    address = f"/people/{person.hex()}/correct"
    assert browser.get(address, base_url=BASE).status_code == 403


def test_every_page_of_joining_says_what_one_signs_in_with(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    form = {"name": "Leila", "email": "Leila@Planted.Example", "role": "auditor", "language": "en"}
    token = hidden(browser.get("/people", base_url=BASE), "csrf_token")
    told = browser.post("/people", data={"csrf_token": token, **form}, base_url=BASE).text
    (address,) = re.findall(rf"{BASE}(/join/[\w-]+)", html.unescape(told))
    newcomer = house.browser()
    first = newcomer.get(address, base_url=BASE)
    second = newcomer.post(address, data={"offer": hidden(first, "offer")}, base_url=BASE)
    for page in (told, first.text, second.text):
        assert "leila@planted.example" in page
