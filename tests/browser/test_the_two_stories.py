"""The first two stories of docs/walk.md, played on the running demonstration by several people.

A reporter without script, a thief with the disk, an administrator, the desk that may read, and the
person a report is about, each with a browser of their own.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Demo, window
from tests.browser.test_the_whole_way import cases_listed, shown_number
from tests.invariants.traces import AS_TEXT, base64_forms

pytestmark = [pytest.mark.server, pytest.mark.browser]

THREE_LINES = (
    "جارتنا أرملة وعندها طفلان.\n"
    "قال لها موظف التوزيع إن القسيمة جاهزة إن زارته مساء.\n"
    "هي لا تعرف القراءة فكتبت عنها."
)
WORDS = ("أرملة", "طفلان", "القسيمة", "التوزيع", "فكتبت")
PLACE = {"North": "1", "River": "2"}
ABOUT_HIM = "Peter Nyambura of your office asks women for visits before he signs their cards."
NOT_ABOUT_HIM = "The tap beside the school gives no water since yesterday."


def report(page: Page, demo: Demo, language: str, text: str, place: str) -> str:
    """Fill in two questions of the form and send it; returns the number."""
    page.goto(f"{demo.base}/{language}/")
    page.fill("[name=what]", text)
    page.locator("details:has([name=area]) summary").click()
    page.select_option("[name=area]", PLACE[place])
    page.locator("#report button").last.click()
    return shown_number(page)


def everything_on_disk(folder: Path) -> bytes:
    """What a thief carries away: database, its log, keys and settings, one after the other."""
    return b"\0".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def found_in(data: bytes, words: tuple[str, ...]) -> list[str]:
    """The words that stand in these bytes, as text in any encoding or in base64."""
    small = data.lower()
    return [
        word
        for word in words
        if any(encoded(word).lower() in small for encoded in AS_TEXT.values())
        or any(form in data for _, form in base64_forms(word.encode()))
    ]


def everything_shown(page: Page, demo: Demo) -> str:
    """The words of every page the head of the page leads this member to."""
    links = page.locator("header a[href^='/']").all()
    addresses = {str(link.get_attribute("href")) for link in links} | {"/home"}
    said = []
    for address in sorted(addresses):
        page.goto(demo.base + address)
        said.append(page.content())
    return "\n".join(said)


def all_cases(page: Page, demo: Demo) -> set[str]:
    """Every case this member can list, over all pages of the list."""
    found: set[str] = set()
    for number in range(1, 50):
        page.goto(f"{demo.base}/queue?view=all&page={number}")
        listed = cases_listed(page)
        if listed <= found:
            break
        found |= listed
    return found


def counts(page: Page, demo: Demo) -> list[str]:
    """What the list of work says at its head: how many there are of everything."""
    page.goto(f"{demo.base}/queue?view=all")
    return page.locator("h1, main nav").all_inner_texts()


def answer_to(page: Page, address: str) -> tuple[int, str]:
    """What typing an address brings: the status and the words."""
    answer = page.goto(address)
    assert answer is not None
    return answer.status, page.locator("body").inner_text()


def test_two_minutes_on_a_borrowed_phone(chromium: Browser, demo: Demo) -> None:
    with ExitStack() as several:
        phone, desk, other_desk, office = (
            several.enter_context(window(chromium, *size)).new_page()
            for size in ((320, 640), (1280, 800), (1280, 800), (1280, 800))
        )
        demo.sign_in(desk, "Sarah")
        before = all_cases(desk, demo)

        number = report(phone, demo, "ar", THREE_LINES, "River")
        assert len(number) == 21
        assert phone.locator("html").get_attribute("dir") == "rtl"
        assert not any(word in phone.content() for word in WORDS)
        phone.locator(".leave").click()

        stolen = everything_on_disk(demo.installation.folder)
        assert found_in(stolen, WORDS) == []
        assert found_in(stolen + THREE_LINES.encode(), WORDS) == list(WORDS)

        (case,) = all_cases(desk, demo) - before
        demo.sign_in(office, "Omar")
        shown = everything_shown(office, demo)
        assert not any(word in shown for word in WORDS)
        assert case not in shown
        assert answer_to(office, f"{demo.base}/queue")[0] == 403
        assert answer_to(office, demo.base + case)[0] == 403

        demo.sign_in(other_desk, "Lucia")
        assert answer_to(other_desk, demo.base + case)[0] == 404

        desk.goto(demo.base + case)
        desk.locator("button[formaction*='/report']").first.click()
        assert desk.locator(".voice", has_text="القسيمة").inner_text().splitlines() == (
            THREE_LINES.splitlines()
        )


def test_the_wrong_person_never_sees_it(chromium: Browser, demo: Demo) -> None:
    with ExitStack() as several:
        phone, his, other_agency = (
            several.enter_context(window(chromium, *size)).new_page()
            for size in ((320, 640), (1280, 800), (1280, 800))
        )
        demo.sign_in(his, "Peter")
        demo.sign_in(other_agency, "Ines")
        he_saw, his_counts = all_cases(his, demo), counts(his, demo)
        they_saw = all_cases(other_agency, demo)

        report(phone, demo, "en", ABOUT_HIM, "North")

        (case,) = all_cases(other_agency, demo) - they_saw
        assert all_cases(his, demo) == he_saw
        assert counts(his, demo) == his_counts
        nothing = "/cases/" + b32encode(secrets.token_bytes(16)).decode().rstrip("=")
        assert answer_to(his, demo.base + case) == answer_to(his, demo.base + nothing)

        other_agency.goto(demo.base + case)
        other_agency.locator("button[formaction*='/report']").first.click()
        assert other_agency.locator(".voice", has_text=ABOUT_HIM).is_visible()

        _confirmed_in_one_click(other_agency, demo)
        assert all_cases(his, demo) == he_saw
        assert counts(his, demo) == his_counts

        report(phone, demo, "en", NOT_ABOUT_HIM, "North")
        assert len(all_cases(his, demo) - he_saw) == 1, "his list no longer fills at all"


def _confirmed_in_one_click(page: Page, demo: Demo) -> None:
    """The desk that is asked says that the name is his; of the report it sees the name alone."""
    page.goto(f"{demo.base}/questions")
    asked = page.locator("main section", has_text="Peter Nyambura")
    assert asked.count() == 1
    assert "signs their cards" not in page.locator("main").inner_text()
    asked.locator("button[name=answer][value=confirmed]").click()
    assert page.locator("main section", has_text="Peter Nyambura").count() == 0
