"""Every error becomes one clear page in the reader's language, and repeats nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Blueprint, abort, request
from flask.testing import FlaskClient
from sqlalchemy.exc import InterfaceError, OperationalError

from casefile.people.gate import public
from casefile.platform.errors import SHOWN, Unavailable, keep_what_was_written
from casefile.platform.headers import HEADERS
from casefile.platform.language import LANGUAGES
from tests.world import World

SECRET = "Rareword"
WAYS = {"en": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl"}


@pytest.fixture(scope="module")
def browser(standing_world: World) -> FlaskClient:
    """A browser, and addresses that fail in every way."""

    def refused(status: int, word: str) -> str:
        abort(status, word)

    def failed(kind: str) -> str:
        raise {
            "locked": Unavailable(SECRET),
            "away": OperationalError(SECRET, {}, Exception(SECRET)),
            "gone": InterfaceError(SECRET, {}, Exception(SECRET)),
            "broken": ZeroDivisionError(SECRET),
        }[kind]

    standing_world.app.add_url_rule("/refused/<int:status>/<word>", "refused", public(refused))
    standing_world.app.add_url_rule(
        "/failed/<kind>", "failed", public(failed), methods=["GET", "POST"]
    )
    standing_world.app.register_blueprint(keeping(failed))
    return standing_world.client()


def keeping(failed: Callable[[str], str]) -> Blueprint:
    """A feature that gives back what was written, unless that page is broken as well."""

    def give_back(_status: int) -> str:
        return f"<h1>Kept</h1>{request.form['text']}"

    feature = Blueprint("keeping", __name__)
    feature.add_url_rule("/kept/<kind>", view_func=public(failed), methods=["GET", "POST"])
    keep_what_was_written(feature, give_back)
    return feature


def title(page: str) -> str:
    found = re.search(r"<h1>(.+?)</h1>", page)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("status", sorted(SHOWN))
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_a_refusal_is_a_page_in_the_readers_language(
    browser: FlaskClient, status: int, language: object
) -> None:
    code = language.code  # type: ignore[attr-defined]
    answer = browser.get(f"/refused/{status}/{SECRET}", headers={"Accept-Language": code})
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert f'<html lang="{code}" dir="{WAYS[code]}">' in page
    assert SECRET not in page


@pytest.mark.parametrize("status", sorted(SHOWN))
def test_no_two_languages_say_a_problem_in_the_same_words(
    browser: FlaskClient, status: int
) -> None:
    titles = {
        title(
            browser.get(
                f"/refused/{status}/x", headers={"Accept-Language": language.code}
            ).get_data(as_text=True)
        )
        for language in LANGUAGES
    }
    assert len(titles) == len(LANGUAGES)


@pytest.mark.parametrize(("kind", "status"), [("locked", 503), ("away", 503), ("gone", 503)])
def test_an_absent_database_says_that_nothing_was_saved(
    browser: FlaskClient, kind: str, status: int
) -> None:
    for send in (browser.get, browser.post):
        answer = send(f"/failed/{kind}")
        assert answer.status_code == status
        assert SECRET not in answer.get_data(as_text=True)


def test_a_defect_is_a_page_without_its_cause(browser: FlaskClient) -> None:
    answer = browser.get("/failed/broken")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert SECRET not in page
    assert "ZeroDivision" not in page
    assert "Traceback" not in page


@pytest.mark.parametrize(("kind", "status"), [("locked", 503), ("broken", 500)])
def test_whatever_failed_what_was_written_comes_back(
    browser: FlaskClient, kind: str, status: int
) -> None:
    answer = browser.post(f"/kept/{kind}", data={"text": "Her words."})
    assert (answer.status_code, title(answer.text)) == (status, "Kept")
    assert "Her words." in answer.text


@pytest.mark.parametrize(("kind", "status"), [("locked", 503), ("broken", 500)])
def test_a_page_that_cannot_give_back_is_still_a_clear_one(
    browser: FlaskClient, kind: str, status: int
) -> None:
    for answer in (browser.post(f"/kept/{kind}", data={}), browser.get(f"/kept/{kind}")):
        assert answer.status_code == status
        assert "/leave" in answer.text


@pytest.mark.parametrize("status", [401, 409, 410, 415, 418, 422, 451, 501, 502, 504])
def test_a_problem_without_words_of_its_own_gets_those_of_its_kind(
    browser: FlaskClient, status: int
) -> None:
    answer = browser.get(f"/refused/{status}/{SECRET}")
    likeness = browser.get(f"/refused/{500 if status >= 500 else 400}/x")
    assert answer.status_code == status
    assert title(answer.get_data(as_text=True)) == title(likeness.get_data(as_text=True))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nowhere", 404),
        ("/de/help", 404),
        ("/en/answer/write", 405),
        ("/static/000000000000/public.css", 404),
        ("/../etc/passwd", 404),
        (f"/{SECRET}", 404),
        ("/en/%00", 404),
    ],
)
def test_an_address_that_is_not_there_is_answered_like_any_other(
    browser: FlaskClient, address: str, status: int
) -> None:
    answer = browser.get(address)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert SECRET not in page
    assert "/leave" in page


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_a_method_nobody_serves_is_refused(browser: FlaskClient, method: str) -> None:
    assert browser.open("/en/", method=method).status_code == 405


def test_an_answer_too_large_is_refused_and_says_so(browser: FlaskClient) -> None:
    head = b'--z\r\nContent-Disposition: form-data; name="what"\r\n\r\n'
    body = head + b"x" * (5 * 1024 * 1024) + b"\r\n--z--\r\n"
    kind = "multipart/form-data; boundary=z"
    answer = browser.post("/en/report", data=body, content_type=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "address", ["/refused/400/x", "/failed/broken", "/nowhere", "/failed/away"]
)
def test_every_problem_wears_the_headers_and_sets_no_cookie(
    browser: FlaskClient, address: str
) -> None:
    answer = browser.get(address)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "Set-Cookie" not in answer.headers


def test_a_problem_page_loads_nothing_from_elsewhere(browser: FlaskClient) -> None:
    page = browser.get("/nowhere").get_data(as_text=True)
    assert not re.findall(r'(?:src|href|action)="(?!/)', page)
    assert "<script" not in page


def test_a_redirect_is_not_an_error(standing_world: World) -> None:
    answer = standing_world.client().get("/queue")
    assert answer.status_code == 303
