"""Laying a fetched page out in a browser that can measure: its own stylesheet, no server behind it.

The pages themselves run without script; here script is on, because measuring needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from casefile.platform.static import FOLDER
from tests.browser.conftest import window

LINK = re.compile(r'<link rel="stylesheet" href="/static/[0-9a-f]+/([a-z]+\.css)">')


def with_its_style(html: str) -> str:
    """The page with its stylesheet inside, as one piece."""

    def inlined(found: re.Match[str]) -> str:
        return f"<style>{(FOLDER / found[1]).read_text('utf-8')}</style>"

    whole, links = LINK.subn(inlined, html)
    assert links == 1, html[:500]
    return whole


@contextmanager
def easel(chromium: Browser) -> Iterator[Page]:
    """A page to lay others out on."""
    with window(chromium, script=True) as context:
        yield context.new_page()


def lay_out(page: Page, html: str, *, unfolded: bool = True) -> None:
    """Put a page on the easel, with everything that can be unfolded open."""
    page.set_content(with_its_style(html))
    if unfolded:
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
