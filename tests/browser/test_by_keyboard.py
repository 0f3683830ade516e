"""Everything by keyboard alone: what has the focus is seen, and never lies under the Leave bar."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo, window

pytestmark = [pytest.mark.server, pytest.mark.browser]

MOST_TABS = 240
LINE = 60
"""Pixels that a line of a field and its edge take at most."""
STANDING = """
() => {
  const at = document.activeElement, bar = document.querySelector('.leave');
  const box = at.getBoundingClientRect(), look = getComputedStyle(at);
  return {
    tag: at.tagName.toLowerCase(), name: at.getAttribute('name') || '', kind: at.type || '',
    about: at.querySelector('[id]')?.id || '',
    address: at.getAttribute('href') || at.getAttribute('formaction')
      || at.closest('form')?.getAttribute('action') || '',
    leaving: at === bar, body: at === document.body,
    outline: look.outlineStyle === 'none' ? 0 : parseFloat(look.outlineWidth),
    top: box.top, bottom: box.bottom, height: box.height,
    free: bar ? bar.getBoundingClientRect().top : innerHeight,
  };
}
"""
Standing = dict[str, Any]


def tab(page: Page) -> Standing:
    """Go on by one, and say where the focus stands now."""
    page.keyboard.press("Tab")
    standing: Standing = page.evaluate(STANDING)
    return standing


def tab_to(page: Page, **wanted: str) -> Standing:
    """Go on until the focus stands on what is wanted: tag, name, kind, or a part of an address."""
    for _ in range(MOST_TABS):
        standing = tab(page)
        if all(value in standing[key] for key, value in wanted.items()):
            return standing
    raise AssertionError(f"the keyboard never reached {wanted}")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["", "number", "help"])
def test_the_focus_is_seen_and_never_under_the_leave_bar(
    chromium: Browser, demo: Demo, language: str, path: str
) -> None:
    with window(chromium, 320, 480) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/{language}/{path}")
        if path == "number":
            page.locator("[name=number]").evaluate("at => at.blur()")
        stood = [tab(page)]
        assert stood[0]["leaving"]
        while len(stood) < MOST_TABS and not (standing := tab(page))["body"]:
            if standing["leaving"]:
                break
            stood.append(standing)

    assert 5 < len(stood) < MOST_TABS
    for standing in stood:
        assert standing["outline"] >= 2, standing
    for standing in stood[1:]:
        # Of a field for long text the browser shows the line that is written on.
        needed = LINE if standing["tag"] == "textarea" else standing["height"]
        assert standing["top"] >= -1, standing
        assert standing["top"] + needed <= standing["free"] + 1, standing


def test_a_report_is_sent_with_tab_space_and_enter_alone(chromium: Browser, demo: Demo) -> None:
    with window(chromium, 320, 480) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        tab_to(page, name="what")
        page.keyboard.type("Typed without a mouse.\nSecond line.")
        tab_to(page, name="now")
        page.keyboard.press("Space")
        tab_to(page, tag="summary")
        page.keyboard.press("Enter")
        tab_to(page, name="who", kind="radio")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        tab_to(page, tag="summary", about="employer")
        page.keyboard.press("Enter")
        tab_to(page, name="employer")
        page.keyboard.type("a blue vest")
        tab_to(page, tag="button")
        page.keyboard.press("Enter")
        page.wait_for_selector(".number")
        digits = "".join(filter(str.isdecimal, page.locator(".number").inner_text()))

    found = demo.opened(digits)
    assert found.text == "Typed without a mouse.\nSecond line."


def test_enter_in_a_line_sends_what_was_written_and_refuses_nothing(
    chromium: Browser, demo: Demo
) -> None:
    with window(chromium, 320, 480) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        page.fill("[name=what]", "Enter was pressed by mistake.")
        page.locator("[name=employer]").evaluate("at => at.closest('details').open = true")
        page.focus("[name=employer]")
        page.keyboard.type("blue")
        page.keyboard.press("Enter")
        page.wait_for_selector(".number")


def test_a_member_signs_in_and_opens_a_case_by_keyboard(chromium: Browser, demo: Demo) -> None:
    person = demo.people["Sarah"]
    with window(chromium) as desk:
        page = desk.new_page()
        page.goto(f"{demo.base}/sign-in")
        tab_to(page, name="email")
        page.keyboard.type(person["email"])
        tab_to(page, name="passphrase")
        page.keyboard.type(person["passphrase"])
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=code]")
        if page.evaluate("document.activeElement.name") != "code":
            tab_to(page, name="code")
        page.keyboard.type(demo.code("Sarah"))
        page.keyboard.press("Enter")
        page.wait_for_selector("header.top")

        assert tab(page)["address"] == "#main"
        page.keyboard.press("Enter")
        tab_to(page, tag="a", address="view=all")
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue?view=all")
        assert [tab(page)["address"] for _ in range(2)] == ["#main", "#list"]
        page.keyboard.press("Enter")
        standing = tab_to(page, name="case", kind="checkbox")
        assert standing["outline"] >= 2
        page.keyboard.press("Space")
        tab_to(page, tag="button", address="/queue/chosen")
        page.keyboard.press("Enter")
        page.wait_for_selector("textarea[name=text]")
        assert page.locator("th .ref").count() == 1
        page.go_back()
        standing = tab_to(page, tag="a", address="/cases/")
        assert standing["outline"] >= 2
        page.keyboard.press("Enter")
        page.wait_for_url("**/cases/*")
        tab_to(page, tag="button", address="/report")
        page.keyboard.press("Enter")
        page.wait_for_selector("#report .voice")
        for _ in range(MOST_TABS):
            standing = tab(page)
            if standing["body"]:
                break
            assert standing["outline"] >= 2, standing
