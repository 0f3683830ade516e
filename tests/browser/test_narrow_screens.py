"""On the smallest telephones: what belongs on one line stands on it, in every language."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Browser

from casefile.people.sessions import COOKIE
from casefile.platform.language import LANGUAGES
from tests.browser.conftest import Demo, window

pytestmark = [pytest.mark.server, pytest.mark.browser]

TOPS = "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
ENDS = "all => all.map(one => Math.round(one.getBoundingClientRect().right))"


@pytest.mark.parametrize(("width", "lines"), [(240, [2, 2]), (280, [2, 2]), (320, [4])])
def test_no_language_stands_alone_on_a_line(
    chromium: Browser, demo: Demo, width: int, lines: list[int]
) -> None:
    with window(chromium, width, 640) as phone:
        page = phone.new_page()
        for language in LANGUAGES:
            page.goto(f"{demo.base}/{language.code}/")
            tops = page.locator(".tongues > *").evaluate_all(TOPS)
            assert list(Counter(tops).values()) == lines, language.code
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_the_references_of_a_narrow_list_stand_under_each_other(
    chromium: Browser, demo: Demo
) -> None:
    for told in ((), (("now", "danger"),)):
        sent = demo.visitor().report("The well is dry.", ("area", "2"), *told)
        assert sent.number
    member = demo.signed_in("Sarah")
    with window(chromium, 320, 640) as phone:
        cookie = {"name": COOKIE, "value": member.cookies[COOKIE], "domain": "127.0.0.1"}
        phone.add_cookies([cookie | {"path": "/", "secure": True}])  # type: ignore[list-item]
        page = phone.new_page()
        page.goto(f"{demo.base}/queue?view=all")
        ends = page.locator(".queue .ref").evaluate_all(ENDS)
        stamps = page.locator(".queue .stamp").evaluate_all(ENDS)

    assert len(ends) > 2
    assert len(set(stamps)) > 1, "stamps of one width would set the references in line by chance"
    assert len(set(ends)) == 1
