"""Headers: one table on every answer, whatever it is."""

from __future__ import annotations

import gzip

import pytest
from werkzeug.datastructures import Headers

from casefile.platform.headers import HEADERS, SMALLEST_COMPRESSED, compressible, put_on
from tests.world import World

SECURE = "https://localhost"
ADDRESSES = ("/", "/en/", "/ar/help", "/en/number", "/leave", "/sign-in", "/queue", "/nowhere")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_wears_the_table(standing_world: World, address: str) -> None:
    answer = standing_world.client().get(address, base_url=SECURE)
    for name, value in HEADERS.items():
        assert answer.headers.get_all(name) == [value]
    assert answer.headers["Strict-Transport-Security"]


def test_an_answer_in_the_clear_promises_nothing_about_encryption(standing_world: World) -> None:
    answer = standing_world.client().get("/en/", base_url="http://localhost")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_public_page_sets_no_cookie_and_names_no_server_of_ours(
    standing_world: World, address: str
) -> None:
    client = standing_world.client()
    client.set_cookie("anything", "x")
    assert "Set-Cookie" not in client.get(address, base_url=SECURE).headers


def test_nothing_may_run_and_nothing_may_come_from_elsewhere() -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert not {"script-src", "connect-src", "frame-src", "object-src"} & set(policy)
    assert set(policy.values()) <= {"'none'", "'self'"}


@pytest.mark.parametrize("name", HEADERS)
def test_a_page_cannot_loosen_a_header(name: str) -> None:
    headers = Headers({name: "anything", "X-Own": "kept"})
    put_on(headers, secure=True)
    assert headers.get_all(name) == [HEADERS[name]]
    assert headers["X-Own"] == "kept"


def test_only_what_never_changes_may_be_cached() -> None:
    for given, wanted in (
        ("public, max-age=31536000, immutable", "public, max-age=31536000, immutable"),
        ("public, max-age=60", "no-store"),
    ):
        headers = Headers({"Cache-Control": given})
        put_on(headers, secure=False)
        assert headers["Cache-Control"] == wanted


@pytest.mark.parametrize(("asked", "packed"), [("gzip", True), ("br", False), ("gzip;q=0", False)])
def test_a_page_without_a_number_is_compressed_where_the_browser_can(
    standing_world: World, asked: str, packed: bool
) -> None:
    page = "words " * SMALLEST_COMPRESSED
    with standing_world.app.test_request_context("/", headers={"Accept-Encoding": asked}):
        response = compressible(page)
        body = response.get_data()
    assert (response.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(body) if packed else body) == page.encode()
    assert "Accept-Encoding" in response.vary


def test_the_same_page_is_always_compressed_to_the_same_bytes(standing_world: World) -> None:
    answers = []
    for _ in range(2):
        with standing_world.app.test_request_context("/", headers={"Accept-Encoding": "gzip"}):
            answers.append(compressible("words " * 900).get_data())
        standing_world.clock.pass_by(hours=1)
    assert answers[0] == answers[1]


def test_a_page_that_shows_a_number_is_never_compressed(standing_world: World) -> None:
    told = {"what": "He came.", "once": "ab" * 32}
    answer = standing_world.client().post(
        "/en/report", data=told, headers={"Accept-Encoding": "gzip"}
    )
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
