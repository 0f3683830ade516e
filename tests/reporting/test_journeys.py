"""What people do on the anonymous pages, from the first visit to reading an answer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse, encode_multipart

from casefile.app import LONGEST_TEXT, Casefile
from casefile.cases.models import CaseRow
from casefile.network.directory import Area, change_entry, read_directory
from casefile.platform.database import commit, db, write
from casefile.platform.deployment import EXTENSION, current_deployment
from casefile.platform.language import LANGUAGES
from tests.world import Clock

CODES = [language.code for language in LANGUAGES]
STORY = "He said: first you come with me, then the food."
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return unescape(found.group(1))


def report(browser: FlaskClient, code: str = "en", **answers: str) -> TestResponse:
    """Open the form, write the story, send it."""
    page = browser.get(f"/{code}/").text
    once = {"once": hidden(page, "once"), "seen": hidden(page, "seen")}
    return browser.post(f"/{code}/report", data=once | {"what": STORY} | answers)


def number_of(receipt: TestResponse) -> str:
    """The number as it stands in the frame, in ASCII digits."""
    frame = re.search(r'class="number".*?</p>', receipt.text)
    assert frame is not None
    shown = re.findall(r"<span>(\w{3})</span>", frame.group(0))
    assert len(shown) == 7
    return "".join(str(int(sign)) for sign in "".join(shown))


@contextmanager
def busy_database(app: Casefile) -> Iterator[None]:
    """Somebody else is writing for longer than anybody waits."""
    with app.app_context():
        other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.parametrize("code", CODES)
def test_a_survivor_comes_back_with_the_number(browser: FlaskClient, code: str) -> None:
    receipt = report(browser, code)
    opened = browser.post(f"/{code}/answer", data={"number": number_of(receipt)})

    assert receipt.status_code == opened.status_code == 200
    assert 'class="path"' in opened.text


def test_the_number_is_read_in_digits_of_any_script(browser: FlaskClient) -> None:
    number = number_of(report(browser, "ar"))
    typed = " ".join(number[at : at + 3] for at in range(0, 21, 3)).translate(EASTERN)

    assert browser.post("/en/answer", data={"number": f"  {typed} "}).status_code == 200


def test_a_number_that_opens_nothing_gets_one_answer(browser: FlaskClient) -> None:
    real = number_of(report(browser))
    mistyped = real[:-1] + str((int(real[-1]) + 1) % 10)
    answers = {
        typed: browser.post("/en/answer", data={"number": typed})
        for typed in (mistyped, "000", "", "no digits")
    }

    bare = {
        re.sub(r'name="once" value="[0-9a-f]{64}"', "", answer.text).replace(f'value="{typed}"', "")
        for typed, answer in answers.items()
    }
    assert len(bare) == 1
    assert {answer.status_code for answer in answers.values()} == {422}
    assert all(f'value="{typed}"' in answer.text for typed, answer in answers.items())


@pytest.mark.parametrize("address", ["answer", "answer/write"])
@pytest.mark.parametrize("code", CODES)
def test_why_a_number_opens_nothing_stands_once_beside_the_field(
    browser: FlaskClient, code: str, address: str
) -> None:
    page = browser.post(f"/{code}/{address}", data={"number": "000", "text": STORY}).text
    wrong = re.findall(r'<p id="number-wrong"><a href="#number">([^<]+)<', page)

    assert len(wrong) == page.count(wrong[0]) == 1
    assert re.search(r'aria-describedby="[^"]*number-wrong"', page)


def shown(page: str) -> dict[str, list[str]]:
    """The paragraphs and lines of a page under each of its second headings."""
    parts = re.split(r"<h2[^>]*>(.*?)</h2>", page, flags=re.DOTALL)[1:]
    said = (re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", part, re.DOTALL) for part in parts[1::2])
    return dict(zip(parts[::2], said, strict=True))


def close_every_service() -> None:
    """Nothing is listed any more of where help is."""
    deployment = current_deployment()
    for area in read_directory(db.session, deployment).areas.values():
        write(lambda it, of=area.id: change_entry(it, deployment, Area, of, help=()))


@pytest.mark.parametrize("code", CODES)
def test_where_no_place_of_help_is_known_the_page_still_says_where_to_go(
    app: Casefile, browser: FlaskClient, code: str
) -> None:
    with_one = shown(browser.get(f"/{code}/help").text)
    with app.app_context():
        close_every_service()
        commit()
    bare = shown(browser.get(f"/{code}/help").text)

    assert bare.keys() == with_one.keys()
    assert all(bare.values())
    places = next(iter(bare))
    assert len(bare[places]) >= 3
    assert set(bare[places]) - set(with_one[places])
    assert set(with_one[places]) - set(bare[places])


def test_without_a_number_for_danger_the_help_page_tells_nobody_to_call(
    app: Casefile, browser: FlaskClient
) -> None:
    without = browser.get("/en/help").text
    settings = replace(app.extensions[EXTENSION].settings, safety_number="0800 1")
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], settings=settings)
    having = browser.get("/en/help").text

    assert "tel:" in having
    assert "tel:" not in without
    danger = r"<p><b>In danger now\?</b>(.*?)</p>"
    assert re.findall(danger, without) != re.findall(danger, having)
    assert len(re.findall(danger, without)) == len(re.findall(danger, having)) == 1


def test_the_first_page_speaks_the_language_the_browser_asks_for(browser: FlaskClient) -> None:
    asked = {"ar-SY,fr;q=0.5": "ar", "fr-CD": "fr", "sw": "en", "": "en"}
    for wish, code in asked.items():
        page = browser.get("/", headers={"Accept-Language": wish})
        assert page.status_code == 200
        assert f'<html lang="{code}"' in page.text
        assert "Accept-Language" in page.headers["Vary"]
        assert f'action="/{code}/report"' in page.text


def test_an_address_in_a_language_we_do_not_speak_is_not_there(browser: FlaskClient) -> None:
    for address in ("/xx/", "/de/number", "/EN/help", "/english/"):
        assert browser.get(address).status_code == 404


def test_areas_are_offered_in_the_language_of_the_page_else_in_english(
    browser: FlaskClient,
) -> None:
    page = browser.get("/ar/").text

    assert '<option value="1">الشمال</option>' in page
    assert '<option value="2">River</option>' in page


def test_before_the_desk_has_keys_there_is_no_place_to_write(unfounded: Casefile) -> None:
    browser = unfounded.test_client()
    for code in CODES:
        page = browser.get(f"/{code}/")
        assert page.status_code == 200
        assert "<textarea" not in page.text
        assert f"/{code}/help" in page.text


def test_a_report_sent_before_the_desk_has_keys_comes_back_whole(unfounded: Casefile) -> None:
    answer = unfounded.test_client().post("/fr/report", data={"what": STORY, "employer": "vest"})

    assert answer.status_code == 503
    assert STORY in unescape(answer.text)
    assert 'value="vest"' in answer.text


def test_an_empty_report_comes_back_with_everything_else_in_its_place(
    browser: FlaskClient,
) -> None:
    answer = report(browser, what=" \r\n", now="danger", who="me", area="1", keep_from='"<b>"')

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'href="#what"' in answer.text
    for kept in (
        'value="danger" checked',
        'value="me" checked',
        '<option value="1" selected>',
        'value="&#34;&lt;b&gt;&#34;"',
    ):
        assert kept in answer.text


def test_the_page_sent_again_after_a_mistake_is_still_the_same_page(browser: FlaskClient) -> None:
    first = browser.get("/en/").text
    again = browser.post("/en/report", data={"once": hidden(first, "once"), "what": ""}).text

    assert hidden(again, "once") == hidden(first, "once")
    assert hidden(first, "once") != hidden(browser.get("/en/").text, "once")


def test_a_page_sent_twice_gives_one_number(browser: FlaskClient) -> None:
    page = browser.get("/en/").text
    sent = {"once": hidden(page, "once"), "what": STORY, "now": "danger"}
    numbers = [number_of(browser.post("/en/report", data=sent)) for _ in range(2)]
    edited = number_of(browser.post("/en/report", data=sent | {"what": STORY + " Today."}))

    assert numbers[0] == numbers[1] != edited


def test_a_page_opened_two_days_ago_is_received(browser: FlaskClient, clock: Clock) -> None:
    page = browser.get("/en/").text
    sent = {"once": hidden(page, "once"), "seen": hidden(page, "seen"), "what": STORY}
    clock.pass_by(timedelta(days=2))

    assert browser.post("/en/report", data=sent).status_code == 200


@pytest.mark.parametrize(
    "damage",
    [{"once": "", "seen": ""}, {"once": "é", "seen": "not ours"}, {"area": "9", "who": "zz"}, {}],
)
def test_a_damaged_page_is_received_all_the_same(
    browser: FlaskClient, damage: dict[str, str]
) -> None:
    answer = browser.post("/es/report", data={"what": STORY} | damage)

    assert len(number_of(answer)) == 21


def test_a_megabyte_of_arabic_is_received(browser: FlaskClient) -> None:
    page = browser.get("/ar/").text
    sent = {"once": hidden(page, "once"), "what": "كلام " * 110_000}
    boundary, body = encode_multipart(sent)
    kind = f"multipart/form-data; boundary={boundary}"
    answer = browser.post("/ar/report", data=body, content_type=kind)

    assert answer.status_code == 200


def parts(**given: str) -> dict[str, Any]:
    """A body in parts, as the form sends it."""
    mark, body = encode_multipart(given)
    return {"data": body, "content_type": f"multipart/form-data; boundary={mark}"}


@pytest.mark.parametrize("code", CODES)
def test_a_report_that_is_too_long_comes_back_as_far_as_it_fits_and_can_be_sent(
    browser: FlaskClient, code: str
) -> None:
    once = hidden(browser.get(f"/{code}/").text, "once")
    text = "كلام طويل " * 260_000
    too_long = browser.post(
        f"/{code}/report", **parts(once=once, what=text, area="1", help="health", employer="vest")
    )
    kept = textarea(too_long.text)

    assert too_long.status_code == 413
    assert 'role="alert"' in too_long.text
    assert f'<html lang="{code}"' in too_long.text
    assert len(kept.encode()) > LONGEST_TEXT - 3
    assert text.startswith(kept)
    assert 'value="vest"' in too_long.text
    assert 'value="health" checked' in too_long.text
    again = browser.post(f"/{code}/report", **parts(once=once, what=kept, area="1", help="health"))
    assert again.status_code == 200


def test_a_letter_that_is_too_long_comes_back_as_far_as_it_fits_and_can_be_sent(
    browser: FlaskClient,
) -> None:
    mailbox = browser.post("/en/answer", data={"number": number_of(report(browser))}).text
    own = {"once": hidden(mailbox, "once"), "token": hidden(mailbox, "token")}
    too_long = browser.post("/en/answer/write", **parts(text="word " * 900_000, **own))
    kept = textarea(too_long.text)

    assert too_long.status_code == 413
    assert len(kept) > LONGEST_TEXT - 5
    back = {name: hidden(too_long.text, name) for name in own}
    assert back == own
    assert browser.post("/en/answer/write", **parts(text=kept, **own)).status_code == 200


def test_what_is_cut_is_never_taken_for_a_report(app: Casefile, browser: FlaskClient) -> None:
    before = cases(app)
    many = {f"more{at}": "y" for at in range(500)}
    bodies: list[dict[str, Any]] = [
        parts(what=STORY, employer="x" * 5_000_000),
        parts(what=STORY, **many),
        parts(what=STORY, **dict.fromkeys(("a", "b", "c"), "y" * 3000000)),
        {"data": {"what": STORY, "employer": "é" * 5_000_000}},
    ]
    for body in bodies:
        answer = browser.post("/en/report", **body)
        assert answer.status_code == 413
        assert STORY in answer.text
        assert "%" not in answer.text
    assert browser.post("/en/answer", **parts(number="1" * 5_000_000)).status_code == 413
    assert cases(app) == before


def textarea(page: str) -> str:
    """What stands in the page's large field."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return unescape(found.group(1))


def cases(app: Casefile) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CaseRow)) or 0


def test_a_busy_database_gives_every_word_back_and_the_next_try_goes_through(
    app: Casefile, browser: FlaskClient
) -> None:
    page = browser.get("/en/").text
    sent = {"once": hidden(page, "once"), "what": STORY, "area": "1", "help": "health"}
    with busy_database(app):
        answer = browser.post("/en/report", data=sent)

    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert STORY in answer.text
    assert 'value="health" checked' in answer.text
    assert '<option value="1" selected>' in answer.text
    assert hidden(answer.text, "once") == sent["once"]
    assert browser.post("/en/report", data=sent).status_code == 200


def test_a_busy_database_gives_a_letter_back_and_the_next_try_goes_through(
    app: Casefile, browser: FlaskClient
) -> None:
    mailbox = browser.post("/en/answer", data={"number": number_of(report(browser))}).text
    sent = {"once": hidden(mailbox, "once"), "token": hidden(mailbox, "token"), "text": "More."}
    with busy_database(app):
        answer = browser.post("/en/answer/write", data=sent)

    assert answer.status_code == 503
    assert ">\nMore.</textarea>" in answer.text
    again = {name: hidden(answer.text, name) for name in ("once", "token", "number")}
    assert browser.post("/en/answer/write", data=again | {"text": "More."}).status_code == 200


@contextmanager
def refused_commits(app: Casefile) -> Iterator[None]:
    """The database takes every row and then refuses to commit: a fault, not an absence."""
    with app.app_context():
        own = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        orphaned = "CREATE TABLE orphan (parent REFERENCES nowhere DEFERRABLE INITIALLY DEFERRED)"
        own.execute("CREATE TABLE nowhere (id PRIMARY KEY)")
        own.execute(orphaned)
        own.execute(
            "CREATE TRIGGER leave_orphan AFTER INSERT ON entry BEGIN"
            " INSERT INTO orphan VALUES (1); END"
        )
        event.listen(db.engine, "checkout", _mind_parents)
    try:
        yield
    finally:
        with app.app_context():
            event.remove(db.engine, "checkout", _mind_parents)
        own.execute("DROP TRIGGER leave_orphan")
        own.close()


def _mind_parents(connection: sqlite3.Connection, *_about: object) -> None:
    connection.execute("PRAGMA foreign_keys=ON")


def test_a_fault_while_a_report_is_saved_gives_every_word_back(
    app: Casefile, browser: FlaskClient
) -> None:
    page = browser.get("/ar/").text
    sent = {"once": hidden(page, "once"), "what": STORY, "area": "1", "help": "health"}
    with refused_commits(app):
        answer = browser.post("/ar/report", data=sent)

    assert answer.status_code == 500
    assert '<html lang="ar"' in answer.text
    assert 'role="alert"' in answer.text
    assert STORY in answer.text
    assert 'value="health" checked' in answer.text
    assert '<option value="1" selected>' in answer.text
    assert hidden(answer.text, "once") == sent["once"]
    assert browser.post("/ar/report", data=sent).status_code == 200


def test_a_fault_while_a_letter_is_saved_gives_it_back(app: Casefile, browser: FlaskClient) -> None:
    mailbox = browser.post("/en/answer", data={"number": number_of(report(browser))}).text
    sent = {"once": hidden(mailbox, "once"), "token": hidden(mailbox, "token"), "text": "More."}
    with refused_commits(app):
        answer = browser.post("/en/answer/write", data=sent)

    assert answer.status_code == 500
    assert ">\nMore.</textarea>" in answer.text
    again = {name: hidden(answer.text, name) for name in ("once", "token", "number")}
    assert browser.post("/en/answer/write", data=again | {"text": "More."}).status_code == 200


def test_the_mailbox_never_shows_the_report_or_what_was_written_to_us(
    browser: FlaskClient,
) -> None:
    receipt = report(browser, keep_from="the driver")
    number = number_of(receipt)
    mailbox = browser.post("/en/answer", data={"number": number}).text
    sent = {"once": hidden(mailbox, "once"), "token": hidden(mailbox, "token"), "text": "His car."}
    wrote = browser.post("/en/answer/write", data=sent).text
    opened = browser.post("/en/answer", data={"number": number}).text

    for page in (receipt.text, mailbox, wrote, opened):
        assert not [said for said in (STORY, "the driver", "His car.") if said in page]
    assert 'role="status"' in wrote
    assert 'role="status"' not in opened


def test_a_mailbox_open_for_too_long_keeps_what_was_written_and_asks_for_the_number(
    browser: FlaskClient, clock: Clock
) -> None:
    number = number_of(report(browser))
    mailbox = browser.post("/en/answer", data={"number": number}).text
    sent = {"once": hidden(mailbox, "once"), "token": hidden(mailbox, "token"), "text": "More."}
    clock.pass_by(timedelta(minutes=16))

    locked = browser.post("/en/answer/write", data=sent)
    wrong = browser.post("/en/answer/write", data=sent | {"number": "123"})
    right = browser.post("/en/answer/write", data=sent | {"number": number})

    for page in (locked, wrong):
        assert page.status_code == 422
        assert ">\nMore.</textarea>" in page.text
        assert 'name="number"' in page.text
        assert hidden(page.text, "once") == sent["once"]
    assert right.status_code == 200
    assert 'role="status"' in right.text


def test_an_empty_letter_is_not_sent(browser: FlaskClient) -> None:
    mailbox = browser.post("/en/answer", data={"number": number_of(report(browser))}).text
    answer = browser.post("/en/answer/write", data={"token": hidden(mailbox, "token"), "text": " "})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'class="path"' in answer.text


def test_an_open_mailbox_can_be_read_in_another_language(
    browser: FlaskClient, clock: Clock
) -> None:
    mailbox = browser.post("/en/answer", data={"number": number_of(report(browser))}).text
    token = hidden(mailbox, "token")

    assert '<html lang="ar"' in browser.post("/ar/answer", data={"token": token}).text
    clock.pass_by(timedelta(minutes=16))
    locked = browser.post("/ar/answer", data={"token": token})
    assert locked.status_code == 422
    assert 'name="number"' in locked.text


def test_pages_with_a_number_or_a_token_are_never_compressed(browser: FlaskClient) -> None:
    squeezed = {"Accept-Encoding": "gzip"}
    receipt = report(browser)
    answers = [
        browser.post("/en/report", data={"what": STORY}, headers=squeezed),
        browser.post("/en/report", data={"what": ""}, headers=squeezed),
        browser.post("/en/answer", data={"number": number_of(receipt)}, headers=squeezed),
        browser.post("/en/answer", data={"number": "123"}, headers=squeezed),
        browser.post("/en/answer/write", data={"text": "x", "token": "y"}, headers=squeezed),
    ]

    assert not [answer for answer in answers if "Content-Encoding" in answer.headers]
    assert browser.get("/en/help", headers=squeezed).headers["Content-Encoding"] == "gzip"


def test_help_is_listed_by_area_in_the_language_of_the_page(browser: FlaskClient) -> None:
    french = browser.get("/fr/help").text

    assert "Clinique verte" in french
    assert '<bdi lang="en">behind the water point</bdi>' in french
    assert "River" not in french


def test_leaving_clears_what_it_can_and_says_nothing(browser: FlaskClient) -> None:
    left = browser.get("/leave")

    assert left.status_code == 303
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not left.headers["Location"].startswith("/")
    assert left.data == b""


def test_no_page_leaves_a_cookie(browser: FlaskClient) -> None:
    receipt = report(browser)
    number = number_of(receipt)
    answers = [receipt, browser.post("/en/answer", data={"number": number})]
    answers += [browser.get(at) for at in ("/", "/en/", "/en/number", "/en/help", "/leave")]

    assert not [answer for answer in answers if "Set-Cookie" in answer.headers]
    assert not [answer for answer in answers if "Cookie" in answer.headers.get("Vary", "")]


def test_what_a_person_wrote_is_text_and_never_markup(browser: FlaskClient) -> None:
    nasty = "</textarea><script>alert(1)</script>"
    answers = [
        report(browser, what="", employer=nasty),
        browser.post("/en/answer", data={"number": nasty}),
        browser.post("/en/answer/write", data={"text": nasty, "token": nasty, "number": nasty}),
    ]

    for answer in answers:
        assert "<script" not in answer.text
        assert nasty in unescape(answer.text)
