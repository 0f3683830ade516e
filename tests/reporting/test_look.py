"""The anonymous pages in a real browser: nothing sideways, nothing hidden, nothing inaccessible."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from casefile.cases.choices import Choice
from casefile.cases.mailbox_page import (
    Letter,
    Mailbox,
    PathStep,
    Stage,
)
from casefile.intake.receive import Receipt
from casefile.network.directory import Area
from casefile.reporting import pages
from casefile.reporting.forms import LetterForm, Mistake, ReportForm
from casefile.reporting.pages import Trouble
from casefile.sealing.receipts import ReceiptCode
from casefile.settings import ROOT
from tests.reporting.conftest import CLINIC, Grounds, running
from tests.world import Clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
WIDTHS = (240, 320, 768, 1280)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"]
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
FARTHEST = """Math.max(...[...document.querySelectorAll('body *')].map(one => {
  const box = one.getBoundingClientRect();
  return Math.ceil(Math.max(box.right, document.documentElement.clientWidth - box.left));
}), document.documentElement.scrollWidth)"""
SMALL = """[...document.querySelectorAll('a, button, summary, label, select, textarea')]
  .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
  .filter(([_, box]) => box.height > 0 && (box.height < 44 || box.width < 44))
  .map(([said, _]) => said)"""
FOCUSED = """(() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const bar = document.querySelector('.leave').getBoundingClientRect();
  if (one === document.body || one.className === 'leave') return true;
  return box.top < bar.top && (box.bottom <= bar.top || one.tagName === 'TEXTAREA');
})()"""


def shown() -> dict[str, str]:
    """The pages people see, each in one telling state."""
    area = Area(b"", {"en": "North"}, 1, (CLINIC,))
    path = (
        PathStep("received", "done", NOW),
        PathStep("read", "now", None),
        PathStep("passed_on", "later", None),
    )
    letters = (Letter(NOW, "One line.\n\nAnother line.", "en"),)
    until = NOW + timedelta(days=2)
    mailbox = Mailbox(Stage.READ, NOW, until, path, letters, "t", wrote=True)
    wrong = LetterForm(text="more", number="12").opening_nothing()
    return {
        "not_open": pages.not_open_page(),
        "form": pages.form_page(ReportForm(), [area]),
        "mistake": pages.form_page(ReportForm(mistake=Mistake.EMPTY), [area]),
        "not_saved": pages.form_page(ReportForm(text="x"), (), Trouble.NOT_SAVED),
        "receipt": pages.receipt_page(Receipt(ReceiptCode("0" * 21), NOW, until, again=True)),
        "number": pages.number_page(wrong),
        "mailbox": pages.mailbox_page(mailbox, LetterForm()),
        "letter": pages.letter_page(wrong),
        "help": pages.help_page([area]),
        "young": pages.young_page(ReportForm(mistake=Mistake.EMPTY), [area]),
        "listen": pages.listen_page(),
        "paper": pages.paper_page(NOW, ReceiptCode("0" * 21), duty=False),
        "duty": pages.paper_page(NOW, None, duty=True),
        "choices": pages.mailbox_page(
            replace(mailbox, choices=tuple(Choice), chosen=tuple(Choice), received=NOW),
            LetterForm(),
            chose=Choice.NO_HELP,
        ),
    }


@pytest.fixture(scope="module")
def files(grounds: Grounds, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every page as a file beside its stylesheet, left to right and right to left."""
    folder = tmp_path_factory.mktemp("look")
    for file in (ROOT / "casefile" / "static").iterdir():
        shutil.copy(file, folder)
    here = shutil.copytree(grounds.founded, folder / "instance")
    with running(here, grounds.keyring, Clock(), os.urandom) as app:
        for code in ("fr", "ar"):
            with app.test_request_context(f"/{code}/number"):
                app.preprocess_request()
                for name, page in shown().items():
                    page = re.sub(r'"/static/[^/"]*/([^"]*)"', r'"\1"', page)
                    (folder / f"{code}-{name}.html").write_text(page, encoding="utf-8")
    return sorted(folder.glob("*.html"))


@dataclass(frozen=True)
class Eyes:
    """A browser that can be asked for a page in light or dark."""

    browser: Browser

    @contextmanager
    def looking(self, scheme: Scheme = "light") -> Iterator[Page]:
        """A phone's window, closed afterwards."""
        context = self.browser.new_context(
            color_scheme=scheme, viewport={"width": 320, "height": 480}
        )
        yield context.new_page()
        context.close()


@pytest.fixture(scope="module")
def eyes() -> Iterator[Eyes]:
    """The system's Chromium, or Playwright's own."""
    with playwright.sync_playwright() as started:
        found = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            browser = started.chromium.launch(executable_path=found, args=FLAGS)
        except playwright.Error:
            pytest.skip("no Chromium on this machine")
        yield Eyes(browser)
        browser.close()


def unfolded(page: Page, file: Path) -> str:
    """Open the file, unfold everything that can be unfolded, and name the page."""
    page.goto(file.as_uri())
    page.evaluate(UNFOLD)
    return file.stem


def test_nothing_scrolls_sideways_at_any_width(files: list[Path], eyes: Eyes) -> None:
    with eyes.looking() as page:
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 480})
            for file in files:
                assert unfolded(page, file)
                assert page.evaluate(FARTHEST) <= width, (file.stem, width)


def test_everything_to_touch_is_large_enough_for_a_thumb(files: list[Path], eyes: Eyes) -> None:
    with eyes.looking() as page:
        for file in files:
            assert unfolded(page, file)
            assert page.evaluate(SMALL) == [], file.stem


@pytest.mark.parametrize("name", ["ar-mistake", "fr-mailbox", "fr-help", "ar-receipt"])
def test_the_keyboard_never_stops_under_the_way_out(
    files: list[Path], eyes: Eyes, name: str
) -> None:
    with eyes.looking() as page:
        assert unfolded(page, next(file for file in files if file.stem == name))
        for key in ["Tab"] * 24 + ["Shift+Tab"] * 12:
            page.keyboard.press(key)
            assert page.evaluate(FOCUSED), key


@pytest.mark.parametrize(("code", "scheme"), [("fr", "light"), ("ar", "dark")])
def test_the_automatic_check_of_accessibility_finds_nothing(
    files: list[Path], eyes: Eyes, code: str, scheme: Scheme
) -> None:
    with eyes.looking(scheme) as page:
        for file in (one for one in files if one.stem.startswith(code)):
            name = unfolded(page, file)
            found = axe.Axe().run(page, options={"runOnly": RULES}).response["violations"]
            assert [(name, each["id"]) for each in found] == []
