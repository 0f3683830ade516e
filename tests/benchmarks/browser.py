"""What a reporter's browser takes: bytes before one can write, and the time from click to number.

Real Chromium against real gunicorn. Bytes are counted outside of both, at a door between them, each
language with an empty cache; whatever the browser asks for counts. The time is read off the receipt
page's own timeline: start of the navigation to first contentful paint.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casefile.platform.language import LANGUAGES
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.proxy import Counted, counting
from tests.benchmarks.serving import gunicorn
from tests.benchmarks.story import STORY
from tests.benchmarks.timing import median
from tests.benchmarks.visitor import UnexpectedAnswer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIRST_VISIT_BYTES = 14_600
"""One initial TCP window: ten segments of 1,460 bytes."""
FIRST_VISIT_REQUESTS = 2
CLICK_MS = 150
ROUNDS, UNMEASURED = 30, 3
SILENCE_S = 1.5
PAINT = "performance.getEntriesByName('first-contentful-paint').map(each => each.startTime)[0] ?? 0"


class BrowserMissing(Exception):
    """There is no Chromium here: its figures are left out, and said so."""


@dataclass(frozen=True)
class Visit:
    """A first visit in one language: bytes of the answers, bytes sent, and what was asked for."""

    language: str
    answered: int
    sent: int
    requests: tuple[str, ...]


def measure(deployed: Deployed) -> Iterator[Figure]:
    """First visits, then clicks."""
    with (
        gunicorn("wsgi:app", deployed.environ, "/en/") as server,
        gunicorn("tests.benchmarks.tiny:app", deployed.environ, "/") as tiny,
        chromium() as browser,
    ):
        with counting(server.port) as (port, counted):
            visits = [_visit(browser, port, counted, each.code) for each in LANGUAGES]
        yield from _first_visit(visits)
        yield _click_to_receipt(browser, server.address("/en/"), tiny.address("/"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, driven; BrowserMissing without it or without its driver."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as missing:
        raise BrowserMissing from missing
    if path is None:
        raise BrowserMissing
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path,
            args=ARGUMENTS,
            handle_sigint=False,
            handle_sigterm=False,
        )
        try:
            yield browser
        finally:
            browser.close()


def _visit(browser: Browser, port: int, counted: Counted, language: str) -> Visit:
    """Open the form for the first time, and wait until nothing more is asked for."""
    counted.empty()
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/{language}/", wait_until="load")
        if not page.locator("#report").count():
            raise UnexpectedAnswer(page.content()[:300])
        counted.wait_for_silence(SILENCE_S)
        return Visit(language, counted.answered, len(counted.sent), tuple(counted.requests))
    finally:
        context.close()


def _first_visit(visits: list[Visit]) -> Iterator[Figure]:
    said = ", ".join(f"{each.language} {each.answered:,}" for each in visits)
    asked = max(visits, key=lambda each: len(each.requests)).requests
    yield Figure(
        "first_visit_bytes",
        max(each.answered for each in visits),
        "bytes",
        f"answers with their headers before one can write, the longest of {said}",
        limit=FIRST_VISIT_BYTES,
    )
    yield Figure(
        "first_visit_requests",
        len(asked),
        "requests",
        ", ".join(line.split()[1] for line in asked),
        limit=FIRST_VISIT_REQUESTS,
    )
    sent = max(each.sent for each in visits)
    yield Figure("first_visit_sent_bytes", sent, "bytes", "what the browser sent for it")


def _click_to_receipt(browser: Browser, form: str, link: str) -> Figure:
    """Send now → the receipt's first contentful paint, in turns with a link to a tiny page."""
    context = browser.new_context()
    page = context.new_page()
    ours, floor = [], []
    for number in range(ROUNDS + UNMEASURED):
        taken, least = _send(page, form), _follow(page, link)
        if number >= UNMEASURED:
            ours.append(taken)
            floor.append(least)
    context.close()
    return Figure(
        "report_click_to_receipt_ms",
        median(ours),
        "ms",
        "navigation start to first contentful paint; floor: a link to a tiny page",
        limit=CLICK_MS,
        floor=median(floor),
    )


def _send(page: Page, form: str) -> float:
    page.goto(form, wait_until="load")
    page.fill("#report textarea", STORY)
    taken = _paint_after(page, page.locator("#report button").first.click)
    if not page.locator(".number").count():
        raise UnexpectedAnswer(page.content()[:300])
    return taken


def _follow(page: Page, link: str) -> float:
    page.goto(link, wait_until="load")
    return _paint_after(page, page.locator("a").click)


def _paint_after(page: Page, press: Callable[[], None]) -> float:
    """Milliseconds from the start of the navigation to the first contentful paint."""
    with page.expect_navigation(wait_until="load"):
        press()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        painted = float(page.evaluate(PAINT))
        if painted:
            return painted
        time.sleep(0.01)
    raise UnexpectedAnswer("the page was never painted")
