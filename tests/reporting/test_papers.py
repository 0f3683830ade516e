"""What can be printed: a day, for the reporter the number, and nothing of any report."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient

from tests.reporting.conftest import Clock
from tests.reporting.test_journeys import STORY, hidden, number_of, report


def paper(browser: FlaskClient, page: str, code: str = "en", **more: str) -> str:
    answer = browser.post(f"/{code}/receipt", data={"paper": hidden(page, "paper")} | more)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_paper_for_staff_names_a_day_and_no_number(browser: FlaskClient) -> None:
    receipt = report(browser, staff="1", employer="Rareword")
    number = number_of(receipt)
    printed = paper(browser, receipt.text, duty="1", number=number)
    assert "24 November 2026" in printed
    for hint in (number, number[:3] + "</span>", STORY, "Rareword"):
        assert hint not in printed


def test_the_paper_is_the_same_for_everybody_who_reported_that_day(browser: FlaskClient) -> None:
    one, other = report(browser, staff="1"), report(browser, what="Another story.", age="child")
    assert paper(browser, one.text, duty="1") == paper(browser, other.text, duty="1")


def test_the_reporters_own_paper_has_the_number_and_nothing_else(browser: FlaskClient) -> None:
    receipt = report(browser, "ar")
    printed = paper(browser, receipt.text, "ar", number=number_of(receipt))
    assert len(re.findall(r"<span>\w{3}</span>", printed)) == 7
    assert STORY not in printed


def test_the_day_on_it_is_the_day_it_came_also_weeks_later(
    browser: FlaskClient, clock: Clock
) -> None:
    number = number_of(report(browser))
    clock.pass_by(timedelta(days=40))
    opened = browser.post("/en/answer", data={"number": number})
    assert "24 November 2026" in paper(browser, opened.text, duty="1")


def test_no_paper_can_be_made_for_a_day_of_ones_own(browser: FlaskClient) -> None:
    seen = hidden(browser.get("/en/").text, "seen")
    for forged in ("", "x", seen, "2026-11-24"):
        assert browser.post("/en/receipt", data={"paper": forged}).status_code == 422


def test_a_tab_that_is_restored_asks_for_the_number(browser: FlaskClient) -> None:
    answer = browser.get("/fr/receipt")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/fr/number")
