"""Signing in: two steps, one answer to every failure, a code that opens once."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import read_row
from casefile.audit.models import AuditRow
from casefile.people.accounts import State, change_person, person_by_id
from casefile.people.roles import Role
from casefile.people.rules import FREE_FAILURES, TICKET_HOLDS
from casefile.people.sessions import COOKIE, NewSession
from casefile.people.signing_in import SignInFailed, TicketExpired, first_step, second_step
from casefile.platform.database import own_transaction, write
from casefile.platform.deployment import Deployment
from tests.people.conftest import HALF_MINUTE, House, Joined, begin, finish, hidden

WRONG = "000000"


def attempt(house: House, ticket: str, code: str) -> NewSession:
    return house.do(lambda session, deployment: second_step(session, deployment, ticket, code))


def fail_often(house: House, ticket: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            attempt(house, ticket, WRONG)


def test_a_member_signs_in_with_words_and_code(house: House, ada: Joined) -> None:
    browser = house.sign_in(ada)
    assert ada.name in browser.get("/people", base_url="https://localhost").text


def test_the_cookie_stays_with_this_host_and_this_site(house: House, ada: Joined) -> None:
    browser = house.browser()
    page = begin(browser, ada.email, ada.passphrase)
    answer = finish(browser, hidden(page, "ticket"), house.code(ada))
    name, *rest = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert set(rest) == {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}


def test_words_are_read_whatever_their_case_and_spacing(house: House, ada: Joined) -> None:
    typed = ada.passphrase.upper().replace(" ", "  -")
    ticket = house.do(lambda s, d: first_step(s, d, f"  {ada.email.upper()} ", typed))
    assert attempt(house, ticket, house.code(ada)).member.person == ada.person


def test_digits_of_any_script_are_read(house: House, ada: Joined) -> None:
    arabic = house.code(ada).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert attempt(house, house.ticket(ada), f"\u200f{arabic[:3]} {arabic[3:]}").cookie


def test_known_and_unknown_people_get_the_same_pages(house: House, ada: Joined) -> None:
    house.invite("Invited Only", Role.AUDITOR)
    typed = {
        "right": (ada.email, ada.passphrase),
        "wrong": (ada.email, "bolat nirum tazok gifur dolan mizap"),
        "unknown": ("nobody@planted.example", ada.passphrase),
        "invited": ("invited.only@planted.example", ada.passphrase),
    }
    seen = {which: _pages(house, *given) for which, given in typed.items()}
    assert seen["wrong"] == seen["unknown"] == seen["invited"] == seen["right"]


def _pages(house: House, email: str, passphrase: str) -> list[tuple[int, str, list[str]]]:
    """Both pages of a failing sign-in, the ticket blotted out but for its length."""
    browser = house.browser()
    first = begin(browser, email, passphrase)
    ticket = hidden(first, "ticket")
    second = finish(browser, ticket, WRONG)
    return [
        (
            page.status_code,
            page.text.replace(ticket, "x" * len(ticket)),
            sorted(page.headers.keys()),
        )
        for page in (first, second)
    ]


class Counting(BoundedSemaphore):
    """Slots that count who came."""

    def __init__(self) -> None:
        super().__init__(1)
        self.came = 0

    def __enter__(self) -> bool:
        self.came += 1
        return super().__enter__()


def test_the_first_step_stretches_once_whoever_asks(house: House, ada: Joined) -> None:
    for email in (ada.email, "nobody@planted.example"):
        counting = Counting()

        def verb(session: Session, deployment: Deployment) -> str:
            slots = dataclasses.replace(deployment.slots, sign_ins=counting)  # noqa: B023
            counted = dataclasses.replace(deployment, slots=slots)
            return first_step(session, counted, email, "some words")  # noqa: B023

        house.do(verb)
        assert counting.came == 1


def test_wrong_words_open_nothing_even_with_the_right_code(house: House, ada: Joined) -> None:
    ticket = house.do(lambda s, d: first_step(s, d, ada.email, ada.passphrase + " x"))
    with pytest.raises(SignInFailed):
        attempt(house, ticket, house.code(ada))


def test_a_code_opens_once(house: House, ada: Joined) -> None:
    code = house.code(ada)
    attempt(house, house.ticket(ada), code)
    with pytest.raises(SignInFailed):
        attempt(house, house.ticket(ada), code)
    house.clock.pass_by(HALF_MINUTE)
    assert attempt(house, house.ticket(ada), house.code(ada)).cookie


def test_the_code_used_for_joining_is_spent(house: House) -> None:
    eve = house.join("Eve", Role.AUDITOR)
    house.clock.pass_by(-HALF_MINUTE)
    with pytest.raises(SignInFailed):
        attempt(house, house.ticket(eve), house.code(eve))


def test_one_code_sent_several_times_at_once_lets_one_in(house: House, ada: Joined) -> None:
    ticket, code = house.ticket(ada), house.code(ada)
    start = threading.Barrier(FREE_FAILURES - 1)

    def run(_: int) -> bool:
        start.wait()
        try:
            attempt(house, ticket, code)
        except SignInFailed:
            return False
        return True

    with ThreadPoolExecutor(FREE_FAILURES - 1) as pool:
        assert sum(pool.map(run, range(FREE_FAILURES - 1))) == 1


def test_a_paper_code_opens_once_and_leaves_the_others(house: House, ada: Joined) -> None:
    ticket = house.ticket(ada)
    assert attempt(house, ticket, ada.codes[0].upper().replace("-", " ")).cookie
    with pytest.raises(SignInFailed):
        attempt(house, ticket, ada.codes[0])
    assert attempt(house, ticket, ada.codes[1]).cookie


def test_a_paper_code_of_somebody_else_opens_nothing(house: House, ada: Joined) -> None:
    ben = house.join("Ben", Role.AUDITOR)
    with pytest.raises(SignInFailed):
        attempt(house, house.ticket(ada), ben.codes[0])


def test_a_ticket_is_good_for_five_minutes(house: House, ada: Joined) -> None:
    ticket = house.ticket(ada)
    house.clock.pass_by(TICKET_HOLDS)
    with pytest.raises(TicketExpired):
        attempt(house, ticket, house.code(ada))


@pytest.mark.parametrize("ticket", ["", "x", "é", "AAAA", "=" * 40])
def test_what_is_no_ticket_asks_to_begin_again(house: House, ticket: str) -> None:
    answer = finish(house.browser(), ticket, WRONG)
    assert answer.status_code == 401
    assert 'name="passphrase"' in answer.text


def test_a_changed_ticket_opens_nothing(house: House, ada: Joined) -> None:
    ticket = house.ticket(ada)
    changed = ticket[:-4] + ("AAAA" if ticket[-4:] != "AAAA" else "BBBB")
    with pytest.raises(TicketExpired):
        attempt(house, changed, house.code(ada))


def test_after_five_wrong_codes_the_right_one_waits(house: House, ada: Joined) -> None:
    ticket = house.ticket(ada)
    fail_often(house, ticket, FREE_FAILURES)
    with pytest.raises(SignInFailed):
        attempt(house, ticket, house.code(ada))
    house.clock.pass_by(timedelta(minutes=1))
    assert attempt(house, ticket, house.code(ada)).cookie
    fail_often(house, ticket, 1)
    assert attempt(house, ticket, ada.codes[0]).cookie


def test_many_tries_at_once_count_as_many(house: House, ada: Joined) -> None:
    ticket = house.ticket(ada)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: fail_often(house, ticket, 1), range(16)))
    account = house.do(lambda s, d: person_by_id(s, d, ada.person))
    assert account is not None
    assert account.account.failures == FREE_FAILURES


def test_wrong_words_never_keep_a_colleague_out(house: House, ada: Joined) -> None:
    stranger = house.do(lambda s, d: first_step(s, d, ada.email, "nonsense"))
    fail_often(house, stranger, 3 * FREE_FAILURES)
    assert attempt(house, house.ticket(ada), house.code(ada)).cookie


def test_an_account_that_is_not_open_lets_nobody_in(house: House, ada: Joined) -> None:
    def close(session: Session, deployment: Deployment) -> None:
        person = person_by_id(session, deployment, ada.person)
        assert person is not None
        closed = dataclasses.replace(person.account, state=State.INVITED)
        write(lambda s: change_person(s, deployment, person, closed), session)

    house.do(close)
    with pytest.raises(SignInFailed):
        attempt(house, house.ticket(ada), house.code(ada))


def test_a_failed_sign_in_is_on_the_log(house: House, ada: Joined) -> None:
    page = begin(house.browser(), ada.email, "nonsense")
    assert finish(house.browser(), hidden(page, "ticket"), WRONG).status_code == 401
    assert (Event.SIGN_IN_FAILED, ada.person) in _log(house)


def test_signing_in_and_using_a_paper_code_are_on_the_log(house: House, ada: Joined) -> None:
    attempt(house, house.ticket(ada), ada.codes[0])
    events = [event for event, _ in _log(house)]
    assert {Event.SIGNED_IN, Event.RECOVERY_CODE_USED} <= set(events)


def _log(house: House) -> list[tuple[Event, bytes | None]]:
    def verb(session: Session, deployment: Deployment) -> list[tuple[Event, bytes | None]]:
        lines = [read_row(deployment, row) for row in session.scalars(select(AuditRow))]
        return [(line.event, line.about) for line in lines]

    return house.do(verb)


def test_an_empty_first_step_keeps_the_e_mail(house: House, ada: Joined) -> None:
    answer = begin(house.browser(), ada.email, "")
    assert answer.status_code == 400
    assert f'value="{ada.email}"' in answer.text


def test_a_failure_counts_although_its_page_is_rolled_back(house: House, ada: Joined) -> None:
    browser = house.browser()
    page = begin(browser, ada.email, ada.passphrase)
    finish(browser, hidden(page, "ticket"), WRONG)
    with house.app.app_context(), own_transaction() as session:
        deployment = house.app.extensions["casefile.deployment"]
        person = person_by_id(session, deployment, ada.person)
        assert person is not None
        assert person.account.failures == 1
