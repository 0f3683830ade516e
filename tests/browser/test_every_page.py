"""Every page, in every language: it fits every screen, and nothing keeps a person from using it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import NotFound

from casefile.app import create_app
from casefile.settings import read_settings
from tests.browser.conftest import Demo, aside
from tests.browser.every_page import (
    LANGUAGES,
    Sheet,
    administrator_pages,
    auditor_pages,
    closed_page,
    doorway_pages,
    invite,
    member_pages,
    passed_pages,
    public_pages,
    speaking,
    watching_pages,
)
from tests.browser.laying_out import easel, lay_out
from tests.servers.joining import join
from tests.servers.running import SOAK, Installation

pytestmark = [pytest.mark.server, pytest.mark.browser]

WIDTHS = (240, 320, 768, 1280)
SCHEMES = ("light", "dark")
HEIGHT = 640
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ALONE = {"type": "tag", "values": RULES}
TOO_WIDE = """
() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return null;
  const out = [...document.querySelectorAll('body *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1);
  });
  const named = one => one.tagName.toLowerCase() + (one.className ? '.' + one.className : '');
  return root.scrollWidth + ' of ' + innerWidth + ': ' + out.slice(0, 4).map(named).join(', ');
}
"""


@pytest.fixture(scope="module")
def sheets(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> list[Sheet]:
    """All pages of the application, fetched once."""
    unopened = Installation(tmp_path_factory.mktemp("unopened") / "instance")
    assert unopened.command("init", "--yes").returncode == 0
    return list(gathered(demo, unopened))


def gathered(demo: Demo, unopened: Installation) -> Iterator[Sheet]:
    focal, administrator = demo.signed_in("Amal"), demo.signed_in("Omar")
    auditor, senior = demo.signed_in("Grace"), demo.signed_in("Anders")
    desk = aside(lambda: demo.world.desk("Intake desk, River").id.hex())
    join(demo.visitor(), invite(administrator, "en", "focal_point", desk))
    for language in LANGUAGES:
        yield from public_pages(demo, language)
        yield closed_page(unopened, language)
        yield from doorway_pages(
            demo.visitor(), invite(administrator, language, "auditor"), language
        )
        yield from member_pages(speaking(demo, focal, language), language)
        yield from passed_pages(speaking(demo, focal, language), language)
        yield from watching_pages(speaking(demo, senior, language), language)
        yield from auditor_pages(speaking(demo, auditor, language), language)
        yield from administrator_pages(speaking(demo, administrator, language), language)


def test_no_page_scrolls_sideways_in_any_language(chromium: Browser, sheets: list[Sheet]) -> None:
    wide = []
    with easel(chromium) as page:
        for sheet in sheets:
            lay_out(page, sheet.html)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                sticking = page.evaluate(TOO_WIDE)
                if sticking:
                    wide.append(f"{sheet.name} ({sheet.language}): {sticking}")
    assert not wide, "\n".join(wide)


def test_a_picture_of_a_case_is_laid_out_as_it_was_cleaned(
    chromium: Browser, sheets: list[Sheet]
) -> None:
    shown = [sheet for sheet in sheets if sheet.name == "file, the picture shown"]
    assert shown
    with easel(chromium) as page:
        for sheet in shown:
            page.set_viewport_size({"width": 240, "height": HEIGHT})
            lay_out(page, sheet.html)
            picture = page.locator("img.shown")
            picture.evaluate("one => one.decode()")
            drawn = picture.evaluate("one => [one.naturalWidth, one.clientWidth, innerWidth]")
            assert drawn[0] > drawn[2] > drawn[1] > 100, sheet.language


@pytest.mark.soak
def test_nothing_keeps_anybody_from_using_a_page(chromium: Browser, sheets: list[Sheet]) -> None:
    found = []
    with easel(chromium) as page:
        for sheet, width, scheme in examined(sheets):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": HEIGHT})
            lay_out(page, sheet.html)
            found += violations(page, f"{sheet.name} ({sheet.language}, {width} px, {scheme})")
    assert not found, "\n".join(found)


def examined(sheets: list[Sheet]) -> Iterator[tuple[Sheet, int, str]]:
    """Every page once; width, light and direction in pairs over the pages; all of it in a soak."""
    if SOAK:
        yield from ((sheet, *view) for sheet in sheets for view in product(WIDTHS, SCHEMES))
        return
    pairs = ((1280, "light", "en"), (240, "dark", "fr"), (1280, "dark", "ar"), (240, "light", "ar"))
    by_name = {(sheet.name, sheet.language): sheet for sheet in sheets}
    names = dict.fromkeys(sheet.name for sheet in sheets)
    for at, name in zip(count(), names):
        width, scheme, language = pairs[at % len(pairs)]
        yield by_name[name, language], width, scheme


def violations(page: Page, where: str) -> list[str]:
    """What axe finds against WCAG 2.2, A and AA, one line each."""
    options = {"runOnly": ALONE, "resultTypes": ["violations"]}
    answer = Axe().run(page, options=options).response
    return [
        f"{where}: {one['id']} at {node['target']}: {node['failureSummary']}"
        for one in answer["violations"]
        for node in one["nodes"]
    ]


def test_no_page_is_missing_from_these_tests(demo: Demo, sheets: list[Sheet]) -> None:
    """Whoever adds a page to the application adds it to `every_page`."""
    names = {sheet.name for sheet in sheets}
    assert len(sheets) == len(names) * len(LANGUAGES)

    app = aside(lambda: create_app(read_settings(demo.installation.environ())))
    rules = list(app.url_map.iter_rules())
    addresses = app.url_map.bind("127.0.0.1")
    met = set()
    for method, path in demo.visited:
        try:
            met.add(addresses.match(path.partition("?")[0], method)[0])
        except NotFound:
            continue
    assert {rule.endpoint for rule in rules} - met == WITHOUT_A_PAGE


WITHOUT_A_PAGE = {
    "static",
    "reporting.first_page",
    "reporting.leave",
    "reporting.report_again",
    "reporting.answer_again",
    "people.lock",
    "people.unlock",
    "people.sign_out",
    "people.end_session",
    "people.end_others",
    "console.lock",
    "console.take_over",
    "console.hand_over",
    "console.let_go",
    "finding.by_reference",
    "console.acknowledge",
    "console.send_letter",
    "console.confirm_second_look",
    "console.is_no_junk",
    "files.copy",
    "people.locked",
    "reporting.take_file",
}
"""They answer with another page, with the same one, or with none."""
