"""The pages as they are drawn, kept as pictures under tests/.artifacts to be looked at by people.

A page that loads anything from elsewhere, is refused its stylesheet, or makes the browser complain
fails here; whether it is calm and clear only a person can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

from casefile.people.sessions import COOKIE
from tests.browser.conftest import Demo, window
from tests.browser.every_page import first_case

pytestmark = [pytest.mark.server, pytest.mark.browser]

FOLDER = Path(__file__).resolve().parents[1] / ".artifacts"
HEIGHT = 640
STORIES = {
    "en": "The man who hands out the food cards asks girls to come back in the evening.",
    "ar": "قال رجل يوزع بطاقات الطعام للفتيات أن يعدن في المساء.",
}


@contextmanager
def sitting(chromium: Browser, width: int, **more: Any) -> Iterator[BrowserContext]:
    """A browser whose every answer must come from us, be there, and raise no complaint."""
    complaints: list[str] = []

    def heard(answer: Response) -> None:
        # A form that comes back with a question is drawn too; only what is missing is a fault.
        if answer.status >= 400 and answer.status != 422:
            complaints.append(f"{answer.status} {answer.url}")

    def said(message: ConsoleMessage) -> None:
        if "server responded" not in message.text:
            complaints.append(message.text)

    with window(chromium, width, HEIGHT, **more) as context:
        context.on("response", heard)
        context.on("requestfailed", lambda request: complaints.append(request.url))
        context.on("console", said)
        yield context
    assert complaints == []


def draw(page: Page, name: str) -> None:
    """Keep a picture of the whole page, in a window as high as the page."""
    FOLDER.mkdir(exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 320
    page.wait_for_load_state()
    page.wait_for_function("document.scrollingElement !== null")
    height = page.evaluate("document.scrollingElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    page.screenshot(path=str(FOLDER / f"{name}.png"))
    page.set_viewport_size({"width": width, "height": HEIGHT})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_public_pages_are_drawn_on_a_telephone(
    chromium: Browser, demo: Demo, language: str, scheme: str
) -> None:
    mark = f"320-{language}-{scheme}"
    with sitting(chromium, 320, color_scheme=scheme) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/{language}/")
        draw(page, f"form-{mark}")
        page.locator("form#report").evaluate("at => at.noValidate = true")
        page.locator("#report button").first.click()
        draw(page, f"form-not-sent-{mark}")
        page.fill("[name=what]", STORIES[language])
        page.locator("#report button").first.click()
        draw(page, f"receipt-{mark}")
        page.locator("main form button").first.click()
        page.fill("[name=text]", STORIES[language])
        page.locator("form[action$='/answer/write'] button").click()
        draw(page, f"mailbox-{mark}")
        page.goto(f"{demo.base}/{language}/help")
        draw(page, f"help-{mark}")


def test_the_members_pages_are_drawn(chromium: Browser, demo: Demo) -> None:
    member = demo.signed_in("Sarah")
    case = first_case(member)
    hers: Any = {"name": COOKIE, "value": member.cookies[COOKIE], "domain": "127.0.0.1"}
    hers |= {"path": "/", "secure": True, "httpOnly": True, "sameSite": "Strict"}
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "light")):
        with sitting(chromium, width, color_scheme=scheme) as desk:
            page, mark = desk.new_page(), f"{width}-{scheme}"
            page.goto(f"{demo.base}/sign-in")
            draw(page, f"sign-in-{mark}")
            desk.add_cookies([hers])
            for name, path in (("queue", "/queue"), ("all", "/queue?view=all"), ("case", case)):
                page.goto(demo.base + path)
                draw(page, f"{name}-{mark}")
            page.locator("button[formaction*='/report']").first.click()
            draw(page, f"case-shown-{mark}")
