"""What every anonymous page is, in every language and state."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask import render_template
from flask.testing import FlaskClient

from casefile.app import Casefile
from casefile.cases.choices import Choice
from casefile.cases.mailbox_page import (
    Letter,
    Mailbox,
    PathStep,
    Stage,
)
from casefile.intake.receive import Receipt
from casefile.platform.language import LANGUAGES
from casefile.reporting import pages
from casefile.reporting.forms import LetterForm, Mistake, ReportForm
from casefile.reporting.pages import Trouble
from casefile.sealing.receipts import ReceiptCode
from casefile.settings import ROOT
from tests.reporting.conftest import Grounds, running
from tests.world import Clock

CODES = [language.code for language in LANGUAGES]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DIGITS = "482019735610284957306"
FIRST_VISIT = 9_000
"""Bytes of the first visit on the wire: the promise is 14,600, this is what we want to keep."""

LETTERS = (
    Letter(NOW, "Is this a safe place?\n\nYou do not have to <answer>.", "en"),
    Letter(NOW, "شكرًا على رسالتك.", "ar"),
)
PATH = (
    PathStep("received", "done", NOW),
    PathStep("read", "now", None),
    PathStep("passed_on", "later", None),
    PathStep("finished", "later", None),
)


def mailbox(stage: Stage) -> Mailbox:
    return Mailbox(stage, NOW, NOW + timedelta(days=2), PATH, LETTERS, "the-token", wrote=False)


def all_pages() -> Iterator[str]:
    """Every page in every state it has, in the language of the request."""
    wrong = ReportForm(answers={"employer": ("a vest",)}, mistake=Mistake.EMPTY)
    letter = LetterForm(text="more", number="12 34", once=bytes(32))
    receipt = Receipt(ReceiptCode(DIGITS), NOW, NOW + timedelta(days=2), again=False)
    yield pages.not_open_page()
    yield pages.form_page(ReportForm(), ())
    yield pages.form_page(wrong, ())
    for trouble in (Trouble.NOT_SAVED, Trouble.NOT_OPEN):
        yield pages.form_page(ReportForm(text="x", answers={"area": ("7",)}), (), trouble)
    yield pages.receipt_page(receipt)
    yield pages.receipt_page(replace(receipt, again=True))
    for shown in (None, Trouble.LOCKED, Trouble.NOT_SAVED):
        yield pages.number_page(LetterForm(), shown)
    yield pages.number_page(letter.opening_nothing())
    for stage in Stage:
        yield pages.mailbox_page(mailbox(stage), LetterForm())
        yield pages.mailbox_page(replace(mailbox(stage), next_by=None, letters=()), LetterForm())
    yield pages.mailbox_page(replace(mailbox(Stage.READ), wrote=True), LetterForm())
    yield pages.mailbox_page(mailbox(Stage.READ), LetterForm(mistake=Mistake.EMPTY))
    for shown in (Trouble.LOCKED, Trouble.NOT_SAVED):
        yield pages.letter_page(letter, shown)
    yield pages.letter_page(letter.opening_nothing())
    for shown in (Trouble.BUSY, Trouble.FULL):
        yield pages.letter_page(letter, shown)
    yield pages.number_page(letter, Trouble.BUSY)
    yield pages.help_page(())
    yield from for_the_young_and_for_listening()
    yield from choosing_and_printing()


def for_the_young_and_for_listening() -> Iterator[str]:
    """The two short pages."""
    yield pages.listen_page()
    yield pages.young_page(ReportForm(), ())
    yield pages.young_page(ReportForm(mistake=Mistake.EMPTY, answers={"safe": ("no",)}), ())
    for trouble in (Trouble.NOT_SAVED, Trouble.NOT_OPEN, Trouble.TOO_LARGE):
        yield pages.young_page(ReportForm(text="x"), (), trouble)


def choosing_and_printing() -> Iterator[str]:
    """What can be printed, and the mailbox with every choice open or made."""
    for duty in (True, False):
        yield pages.paper_page(NOW, ReceiptCode(DIGITS), duty=duty)
    everything = replace(mailbox(Stage.READ), choices=tuple(Choice), received=NOW)
    yield pages.mailbox_page(everything, LetterForm())
    shared = replace(everything, name_shared=(NOW,))
    yield pages.mailbox_page(shared, LetterForm())
    for choice in Choice:
        chosen = replace(everything, choices=(), chosen=tuple(Choice))
        yield pages.mailbox_page(chosen, LetterForm(), chose=choice)


@pytest.fixture(scope="module")
def in_every_language(
    grounds: Grounds, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """All pages of each language, rendered once."""
    here = shutil.copytree(grounds.founded, tmp_path_factory.mktemp("pages") / "instance")
    with running(here, grounds.keyring, Clock(), os.urandom) as app:
        return {code: list(_rendered(app, code)) for code in CODES}


def _rendered(app: Casefile, code: str) -> Iterator[str]:
    with speaking(app, code):
        yield from all_pages()


@contextmanager
def speaking(app: Casefile, code: str) -> Iterator[None]:
    """A request to a page of ours in one language."""
    with app.test_request_context(f"/{code}/number"):
        app.preprocess_request()
        yield


@pytest.fixture(params=CODES)
def shown(request: pytest.FixtureRequest, in_every_language: dict[str, list[str]]) -> list[str]:
    """All pages in one language."""
    return in_every_language[request.param]


class Markup(HTMLParser):
    """What the checks below need to know of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside_label = 0
        self.unnamed: list[dict[str, str]] = []
        self.feed(page)
        self.ids = [attributes["id"] for _tag, attributes in self.tags if "id" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self.inside_label += tag == "label"
        control = tag in ("textarea", "select", "input") and attributes.get("type") != "hidden"
        named = {"aria-label", "aria-labelledby"} & set(attributes)
        if control and not named and not self.inside_label:
            self.unnamed.append(attributes)

    def handle_endtag(self, tag: str) -> None:
        self.inside_label -= tag == "label"


def test_pages_run_nothing_load_nothing_and_style_nothing_inline(shown: list[str]) -> None:
    for page in shown:
        for tag, attributes in Markup(page).tags:
            assert tag not in {"script", "style", "iframe", "svg", "object", "video"}
            assert tag != "img" or (attributes["alt"], "listen" in page) == ("", True)
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("href", "src", "action", "formaction"):
                assert re.match(r"/(?!/)|#|tel:|$", attributes.get(name, "")), attributes


def test_every_page_begins_with_the_way_out(shown: list[str]) -> None:
    for page in shown:
        links = [attributes for tag, attributes in Markup(page).tags if tag == "a"]
        assert str(links[0]["href"]).split("?")[0] == "/leave"


def test_every_control_has_a_name_and_every_reference_leads_somewhere(shown: list[str]) -> None:
    for page in shown:
        markup = Markup(page)
        assert not markup.unnamed
        assert len(markup.ids) == len(set(markup.ids))
        for _tag, attributes in markup.tags:
            for name in ("aria-labelledby", "aria-describedby", "form"):
                assert set(attributes.get(name, "").split()) <= set(markup.ids), attributes
            if attributes.get("href", "").startswith("#"):
                assert attributes["href"][1:] in markup.ids


def test_forms_leave_nothing_behind_in_the_browser(shown: list[str]) -> None:
    for page in shown:
        for tag, attributes in Markup(page).tags:
            if tag == "form" and attributes.get("class") != "tongues":
                assert attributes["autocomplete"] == "off"
                assert attributes["method"] == "post"


def test_what_a_page_says_is_all_in_its_language(app: Casefile) -> None:
    with speaking(app, "ar"):
        letterless = replace(mailbox(Stage.RECEIVED), letters=())
        said = [
            pages.receipt_page(Receipt(ReceiptCode(DIGITS), NOW, NOW, again=True)),
            pages.mailbox_page(letterless, LetterForm()),
            pages.help_page(()),
        ]
    for page in said:
        words = re.sub(r"<[^>]*>|English|Français|Español", " ", page)
        assert not re.findall(r"[A-Za-z]{2,}|[0-9]", words)


def test_every_stage_has_its_own_heading(shown: list[str]) -> None:
    mailboxes = [page for page in shown if "<article>" in page]
    headings = {found for page in mailboxes for found in re.findall(r"<h1>(.+?)</h1>", page)}

    assert len(headings) == len(Stage)


def test_our_letters_keep_their_own_language_and_direction(shown: list[str]) -> None:
    for page in shown:
        if "<article>" in page:
            assert '<p class="letter" lang="ar" dir="auto">' in page
            assert "&lt;answer&gt;" in page


def test_a_question_once_answered_is_shown_open(app: Casefile) -> None:
    with speaking(app, "en"):
        blank = pages.form_page(ReportForm(), ())
        filled = pages.form_page(ReportForm(answers={"employer": ("a vest",)}), ())

    assert filled.count("<details open>") == blank.count("<details open>") + 1


def test_without_a_telephone_number_no_page_tells_anybody_to_call_it(app: Casefile) -> None:
    silent = pages.SafetyLine("", "", "", always=True)
    receipt = Receipt(ReceiptCode(DIGITS), NOW, NOW, again=False)
    with speaking(app, "en"):
        for template in ("not_open", "receipt"):
            page = render_template(
                f"reporting/{template}.html", safety=silent, receipt=receipt, paper=""
            )
            assert "tel:" not in page
            assert "()" not in page


@pytest.mark.parametrize("code", CODES)
def test_a_first_visit_is_light(browser: FlaskClient, code: str) -> None:
    page = browser.get(f"/{code}/", headers={"Accept-Encoding": "gzip"})
    address = re.search(r'href="(/static/[^"]+)"', gzip.decompress(page.data).decode())
    assert address is not None
    sheet = browser.get(address.group(1), headers={"Accept-Encoding": "gzip"})

    wire = sum(len(str(answer.headers)) + len(answer.data) + 20 for answer in (page, sheet))
    assert wire < FIRST_VISIT


def test_the_stylesheet_loads_nothing_and_knows_no_left_or_right() -> None:
    sheet = (ROOT / "casefile" / "static" / "public.css").read_text()

    assert not re.search(r"url\(|@import|@font-face", sheet)
    assert not re.search(r"[{;]\s*[\w-]*\b(left|right|top|bottom)\s*:", sheet)
    assert not re.search(r"[{;]\s*(min-|max-)?(width|height)\s*:", sheet)
