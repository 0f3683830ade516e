"""Leaving by the button: what was sent arrived once, and whoever goes back finds nothing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from casefile.app import Casefile
from casefile.cases.models import CaseRow
from casefile.platform.database import db
from tests.reporting.test_journeys import STORY, hidden, number_of


def cases(app: Casefile) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CaseRow)) or 0


def sent(browser: FlaskClient, at: str = "report") -> tuple[dict[str, str], TestResponse]:
    """A report as a browser sends it, to be sent again by who goes back; and what it shows."""
    page = browser.get("/en/young" if at == "young" else "/en/").text
    body = {"once": hidden(page, "once"), "seen": hidden(page, "seen"), "what": STORY}
    return body, browser.post(f"/en/{at}", data=body)


def leave(browser: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of this page."""
    found = re.search(r'<a class="leave" href="([^"]+)"', page.text)
    assert found is not None
    with browser.get(unescape(found.group(1))) as answer:
        return answer


def shows_nothing(answer: TestResponse, number: str) -> bool:
    words = re.sub(r"\D", "", re.sub(r"<[^>]+>", "", answer.text))
    return number not in words and number not in answer.text


@pytest.mark.parametrize("at", ["report", "young"])
def test_the_receipt_is_not_shown_again_once_it_was_left(
    app: Casefile, browser: FlaskClient, at: str
) -> None:
    body, receipt = sent(browser, at)
    number = number_of(receipt)
    gone = leave(browser, receipt)
    again = browser.post(f"/en/{at}", data=body)

    assert (gone.status_code, "wikipedia" in gone.location) == (303, True)
    assert (again.status_code, again.location) == (303, "/en/")
    assert shows_nothing(again, number)
    assert cases(app) == 1
    assert browser.post("/en/answer", data={"number": number}).status_code == 200


def test_a_receipt_that_was_not_left_is_shown_again(app: Casefile, browser: FlaskClient) -> None:
    body, receipt = sent(browser)
    browser.get("/leave")
    again = browser.post("/en/report", data=body)

    assert number_of(again) == number_of(receipt)
    assert cases(app) == 1


def test_leaving_one_report_hides_no_other(browser: FlaskClient) -> None:
    (_, first), (body, second) = sent(browser), sent(browser)
    leave(browser, first)
    assert number_of(browser.post("/en/report", data=body)) == number_of(second)


def test_no_page_of_a_mailbox_that_was_left_opens_it_again(browser: FlaskClient) -> None:
    number = number_of(sent(browser)[1])
    typed = {"number": number, "once": hidden(browser.get("/en/number").text, "once")}
    opened = browser.post("/en/answer", data=typed)
    letter = {"token": hidden(opened.text, "token"), "once": "ab" * 32, "text": "More."}
    wrote = browser.post("/en/answer/write", data=letter)
    assert (opened.status_code, wrote.status_code) == (200, 200)
    leave(browser, wrote)

    kept = [
        browser.post("/en/answer", data=typed),
        browser.post("/fr/answer", data={"token": letter["token"]}),
        browser.post("/en/answer/write", data=letter),
        browser.post("/en/answer/choose", data={"token": letter["token"], "choice": "no_help"}),
    ]
    assert {answer.status_code for answer in kept} == {422}
    assert all('class="path"' not in answer.text for answer in kept)

    anew = {"number": number, "once": hidden(browser.get("/en/number").text, "once")}
    assert browser.post("/en/answer", data=anew).status_code == 200
    assert browser.post("/en/answer", data={"number": number}).status_code == 200


def test_the_mailbox_opened_from_the_receipt_is_left_with_it(browser: FlaskClient) -> None:
    body, receipt = sent(browser)
    number = number_of(receipt)
    opening = {"number": number, "once": body["once"]}
    assert f'value="{body["once"]}"' in receipt.text
    opened = browser.post("/en/answer", data=opening)
    leave(browser, opened)

    assert browser.post("/en/answer", data=opening).status_code == 422
    assert browser.post("/en/report", data=body).status_code == 303


@pytest.mark.parametrize("carried", ["x", "A" * 200, "%00", "é"])
def test_whatever_the_button_carries_one_leaves(browser: FlaskClient, carried: str) -> None:
    answer = browser.get("/leave", query_string={"left": carried})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, '"cache", "storage"')
    answer.close()
