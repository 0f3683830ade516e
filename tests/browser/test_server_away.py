"""In a real browser: the form is filled in, the server is away when it is sent, and is reloaded."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error

from tests.browser.conftest import aside, window
from tests.servers.books import count_cases, open_number
from tests.servers.running import SOAK, installed
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.soak]

AWAY_S = 150 if SOAK else 2
STORY = "It was written while the server was there."


def test_a_reload_sends_the_filled_form_and_the_report_arrives_once(
    world: World, chromium: Browser
) -> None:
    at = installed(world)
    with window(chromium, 320, 480) as opened:
        page = opened.new_page()
        with at.serving() as server:
            page.goto(f"{server.base}/en/")
            page.fill("[name=what]", STORY)
            page.check("[name=now][value=danger]")
        with suppress(Error):  # the browser's own page says that nobody answers
            page.click("#report button >> nth=0")
            page.wait_for_url("chrome-error://**")
        assert not page.locator(".number").count()
        time.sleep(AWAY_S)
        with at.serving(port=server.port):
            page.reload()
            number = page.locator(".number").inner_text()
            page.reload()
            again = page.locator(".number").inner_text()

    print(f"Away for {AWAY_S} s in a real browser; reloaded twice, one number.")
    assert again == number
    assert aside(lambda: count_cases(world)) == 1
    assert aside(lambda: open_number(world, number)).text == STORY
