"""Whatever a browser sends to a real server: it arrives whole, or it stands on the page again."""

from __future__ import annotations

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

import pytest

from casefile.reporting.first_view import seal_first_view
from casefile.sealing.receipts import CODE_DIGITS, check_digit
from tests.servers.books import count_cases, open_number
from tests.servers.conftest import Service
from tests.servers.visiting import Page, Visitor, fresh, own

pytestmark = pytest.mark.server

PRESSES = 12
TO_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

SIGNS = {
    "nulls": (b"be\x00fore\x00", "before"),
    "control signs": (b"a\x07b\x1b[31mc\x7fd\xc2\x85e", "ab[31mcde"),
    "line ends": (b"one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
    "pictures": ("👩🏽‍⚕️ 🇸🇸 said so".encode(), "👩🏽‍⚕️ 🇸🇸 said so"),
    "right to left": (
        "\u202eevil\u202c \u2067هنا\u2069".encode(),
        "\u202eevil\u202c \u2067هنا\u2069",
    ),
    "other bytes": (b"caf\xe9 \xff\xfe end", "caf\ufffd \ufffd\ufffd end"),
    "a surrogate": (b"half \xed\xa0\x80.", None),
    "markup": (
        b"</textarea><script>alert(1)</script>&amp;",
        "</textarea><script>alert(1)</script>&amp;",
    ),
    "beyond the basic plane": ("𞤀𞤣𞤤𞤢𞤥 𝔘".encode(), "𞤀𞤣𞤤𞤢𞤥 𝔘"),
}
"""What is sent, and what must be found; None where a mark stands for what was broken."""


def number_of(page: Page) -> str:
    """The number on a receipt."""
    assert page.status == 200, page.text[:1000]
    assert len(page.number) == CODE_DIGITS
    return page.number


def test_an_empty_text_gives_the_page_again_with_everything_on_it(
    service: Service, visitor: Visitor
) -> None:
    before, form = count_cases(service.world), visitor.get("/en/")
    more = [("who", "other"), ("now", "danger"), ("employer", "green “vest” & <cap>")]

    again = visitor.post("/en/report", [*own(form), ("what", " \u200b\n"), *more])

    assert again.status == 422
    assert again.alert
    assert not again.number
    assert own(again) == own(form)
    assert again.fields["employer"] == "green “vest” & <cap>"
    assert set(again.ticked) == {("who", "other"), ("now", "danger")}
    assert count_cases(service.world) == before


@pytest.mark.parametrize("way", ["post", "post_plainly"])
def test_a_megabyte_of_text_arrives_whole(service: Service, visitor: Visitor, way: str) -> None:
    text = "قالت إنها لن تعود. " * 31_000 + secrets.token_hex(8)
    assert len(text.encode()) > 1_000_000

    page = getattr(visitor, way)("/ar/report", [*fresh(), ("what", text)])

    assert open_number(service.world, number_of(page)).text == text


@pytest.mark.parametrize("way", ["post", "post_plainly"])
def test_far_too_much_is_taken_in_whole_before_it_is_refused(
    service: Service, visitor: Visitor, way: str
) -> None:
    before = count_cases(service.world)

    page = getattr(visitor, way)("/ar/report", [*fresh(), ("what", "كلام " * 2_000_000)])

    assert page.status == 413
    assert page.alert
    assert not page.number
    assert ("كلام " * 2_000_000).startswith(page.fields["what"])
    assert len(page.fields["what"]) > 700_000
    assert count_cases(service.world) == before


@pytest.mark.parametrize("kind", SIGNS)
def test_every_sign_arrives_or_is_seen_to_be_missing(
    service: Service, visitor: Visitor, kind: str
) -> None:
    sent, kept = SIGNS[kind]

    found = open_number(service.world, number_of(visitor.report(sent))).text

    if kept is None:
        assert found.startswith("half \ufffd")
        assert found.endswith(".")
    else:
        assert found == kept


@pytest.mark.parametrize("kind", SIGNS)
def test_every_sign_stands_on_the_page_that_comes_again(visitor: Visitor, kind: str) -> None:
    sent, kept = SIGNS[kind]

    again = visitor.post("/en/answer/write", [("text", sent), ("number", "123"), ("once", "")])

    assert again.status == 422
    if kept is None:
        assert "\ufffd" in again.fields["text"]
    else:
        assert again.fields["text"] == kept


def test_unknown_and_repeated_fields_do_no_harm(service: Service, visitor: Visitor) -> None:
    given = [
        *fresh(),
        *fresh(),
        ("what", ""),
        ("what", "The second field says it."),
        ("what", "The third adds nothing."),
        *(("who", code) for code in ("me", "several", "nobody", "me")),
        ("age", "\x00"),
        ("area", "9" * 5000),
        ("__proto__", "x"),
        *((f"unknown{at}", "y") for at in range(200)),
    ]

    number = number_of(visitor.post("/en/report", given))

    assert open_number(service.world, number).text == "The second field says it."


def test_a_body_that_is_no_form_gets_a_page_and_no_number(
    service: Service, visitor: Visitor
) -> None:
    before = count_cases(service.world)
    broken = "multipart/form-data; boundary=never-comes"
    for kind, body in ((broken, b"--other\r\nnothing"), ("application/json", b'{"what": 1}')):
        page = visitor._ask("POST", "/en/report", body, {"Content-Type": kind})

        assert 400 <= page.status < 500
        assert page.title
        assert not page.number
    assert count_cases(service.world) == before


def test_a_page_opened_two_days_ago_is_still_sent(service: Service, visitor: Visitor) -> None:
    opened = datetime.now(UTC) - timedelta(days=2)
    seen = seal_first_view(service.world.deployment.keyring, opened, secrets.token_bytes)

    page = visitor.post(
        "/en/report", [("once", secrets.token_hex(32)), ("seen", seen), ("what", "It was late.")]
    )

    assert open_number(service.world, number_of(page)).text == "It was late."


@pytest.mark.parametrize("seen", ["", "nonsense", "A" * 4000, "é\x00"])
def test_a_page_without_its_marks_is_still_sent(visitor: Visitor, seen: str) -> None:
    page = visitor.post("/fr/report", [("once", "zz"), ("seen", seen), ("what", "Sans marque.")])

    assert number_of(page)


def test_twelve_presses_at_once_are_one_report(service: Service, visitor: Visitor) -> None:
    before = count_cases(service.world)
    given = [*own(visitor.get("/en/")), ("what", "Pressed with a shaking hand.")]

    with ThreadPoolExecutor(PRESSES) as pressing:
        pages = list(pressing.map(lambda _: visitor.post("/en/report", given), range(PRESSES)))

    assert len({number_of(page) for page in pages}) == 1
    told = Counter(page.unmarked for page in pages)
    assert sorted(told.values()) == [1, PRESSES - 1]
    assert count_cases(service.world) == before + 1


def test_a_lost_answer_comes_again_with_the_same_number(service: Service, visitor: Visitor) -> None:
    before = count_cases(service.world)
    given = [*fresh(), ("what", "The connection broke.")]

    visitor.post_and_vanish("/en/report", given)
    numbers = {number_of(visitor.post("/en/report", given)) for _ in range(2)}

    assert len(numbers) == 1
    assert count_cases(service.world) == before + 1
    assert open_number(service.world, numbers.pop()).text == "The connection broke."


def test_an_edited_text_on_the_same_page_is_another_report(
    service: Service, visitor: Visitor
) -> None:
    page = fresh()
    first = number_of(visitor.post("/en/report", [*page, ("what", "First words.")]))
    second = number_of(visitor.post("/en/report", [*page, ("what", "First words. And more.")]))

    assert first != second
    assert open_number(service.world, first).text == "First words."
    assert open_number(service.world, second).text == "First words. And more."


def test_an_unknown_number_and_a_mistyped_one_get_the_same_page(visitor: Visitor) -> None:
    stem = f"{secrets.randbelow(10**20):020d}"
    fitting = check_digit(stem)
    unknown, mistyped = f"{stem}{fitting}", f"{stem}{(fitting + 1) % 10}"

    pages = {typed: visitor.mailbox(typed) for typed in (unknown, mistyped, "12", "no digits", "")}

    assert {page.status for page in pages.values()} == {422}
    assert all(page.alert for page in pages.values())
    said = {page.unmarked.replace(typed or "no digits", "") for typed, page in pages.items()}
    assert len(said) == 1


def test_a_number_is_read_however_it_is_typed(visitor: Visitor) -> None:
    number = number_of(visitor.report("It opens in any script."))
    groups = [number[at : at + 3] for at in range(0, CODE_DIGITS, 3)]
    typed = (
        "-".join(groups).translate(TO_ARABIC),
        "  ".join(groups).translate(TO_ARABIC),
        "\u200f" + " – ".join(groups) + " .",
        "．".join(groups),
        "".join(chr(0xFF10 + int(digit)) for digit in number),
    )
    for way in typed:
        for language in ("ar", "en"):
            page = visitor.mailbox(way, language)
            assert page.status == 200
            assert page.fields["token"]


def test_what_a_reporter_adds_twice_is_kept_once(service: Service, visitor: Visitor) -> None:
    number = number_of(visitor.report("The first part."))
    inside = visitor.mailbox(number)
    given = [(name, inside.fields[name]) for name in ("once", "token")]
    letter = [*given, ("text", "And then \U0001f4a7.")]

    visitor.post_and_vanish("/en/answer/write", letter)
    with ThreadPoolExecutor(4) as pressing:
        answers = list(pressing.map(lambda _: visitor.post("/en/answer/write", letter), range(4)))

    assert {answer.status for answer in answers} == {200}
    assert open_number(service.world, number).messages == ("And then \U0001f4a7.",)


def test_no_answer_asks_the_browser_to_remember_anything(visitor: Visitor) -> None:
    number = number_of(visitor.report("Nothing stays."))
    for path in ("/", "/ar/", "/en/number", "/en/help", "/leave"):
        visitor.get(path)
    visitor.mailbox(number)
    visitor.mailbox("123")

    assert visitor.cookies == {}


def test_the_server_says_nothing_of_who_came_and_what_was_written(
    service: Service, visitor: Visitor
) -> None:
    word = "planted" + secrets.token_hex(8)
    number = number_of(visitor.report(word, ("employer", word)))
    visitor.mailbox(number)
    visitor.get(f"/en/{word}?{word}")
    visitor._ask("POST", "/en/report", word.encode(), {"User-Agent": word})

    said = service.server.said()
    assert word not in said
    assert number not in said
    assert "127.0.0.1" not in said
    assert quote_plus(word) not in said
