"""From the first word to the answer and back, in a real browser without any script."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import Demo, window

pytestmark = [pytest.mark.server, pytest.mark.browser]

STORY = "قال لها الحارس إن الدور يأتي أسرع لمن تعود مساءً وحدها."
MORE = "عاد مرة أخرى هذا المساء 💧"
SETTLING_MS = 1000
"""Until Chromium has put its own page in the place of the one it has not kept."""
NOTE = "Called the clinic: open until six. Agreed to look again tomorrow."
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ASCII = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789")


def shown_number(page: Page) -> str:
    """The digits on the receipt."""
    said = page.locator(".number").inner_text().translate(ASCII)
    return "".join(filter(str.isdecimal, said))


def cases_listed(page: Page) -> set[str]:
    """The addresses of the cases on a list."""
    links = page.locator("a[href^='/cases/']").all()
    return {str(link.get_attribute("href")) for link in links}


def test_a_report_is_sent_read_answered_and_answered_again(chromium: Browser, demo: Demo) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    with ExitStack() as open_windows:
        phone = open_windows.enter_context(window(chromium, 320, 640, locale="ar"))
        desk = open_windows.enter_context(window(chromium, locale="en-GB"))
        for one in (phone, desk):
            one.on("request", lambda request: asked.append(request.url))
            one.on("console", lambda message: _hear(complaints, message.text))
        reporter, focal = phone.new_page(), desk.new_page()

        demo.sign_in(focal, "Ines")
        focal.goto(f"{demo.base}/queue")
        before = cases_listed(focal)

        number = _reporter_sends(reporter, demo)
        focal.reload()
        (case,) = cases_listed(focal) - before
        _focal_point_reads_and_answers(focal, case)
        _reporter_reads_and_writes_again(reporter, number)
        _focal_point_reads_the_message_and_locks(focal, case, demo)
        assert phone.cookies() == []

    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{demo.port}"}
    assert complaints == []
    found = demo.opened(number)
    assert found.text == STORY
    assert found.messages == (MORE,)


def _hear(complaints: list[str], said: str) -> None:
    """Keep what the browser complains of, but that a locked screen is locked and names nobody."""
    if not said.startswith("[DOM] Password forms should have") and "status of 401" not in said:
        complaints.append(said)


def _reporter_sends(page: Page, demo: Demo) -> str:
    page.goto(f"{demo.base}/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.fill("[name=what]", STORY)
    page.check("[name=now][value=danger]")
    page.locator("#report button").last.click()
    number = shown_number(page)
    assert len(number) == 21
    assert re.search("[٠-٩]", page.locator(".number").inner_text())
    assert STORY not in page.content()
    return number


def _focal_point_reads_and_answers(page: Page, case: str) -> None:
    page.click(f"a[href='{case}']")
    assert STORY not in page.content()
    page.locator("button[formaction*='/report']").first.click()
    expect(page.locator(".voice", has_text=STORY)).to_be_visible()
    page.locator("button[formaction$='/acknowledge']").first.click()
    assert STORY not in page.content()

    page.check("[name=choice][value=help]")
    page.click("button[formaction$='#write']:not([name])")
    theirs = page.locator(".voice[lang=ar], [lang=ar] .voice").all_inner_texts()
    assert theirs
    page.click("button[formaction$='/letter']")
    expect(page.locator("#letters details")).to_have_count(1)

    page.fill("[name=note]", NOTE)
    page.click("button[formaction*='/note']")
    expect(page.locator("#notes .voice", has_text=NOTE)).to_be_visible()


def _reporter_reads_and_writes_again(page: Page, number: str) -> None:
    page.goto(page.url.split("/ar/")[0] + "/ar/number")
    typed = " - ".join(number[at : at + 3] for at in range(0, 21, 3)).translate(ARABIC)
    page.fill("[name=number]", typed)
    page.click("main button")
    expect(page.locator(".letter[lang=ar]")).to_have_count(1)
    assert STORY not in page.content()

    page.fill("[name=text]", MORE)
    page.locator("form[action$='/answer/write'] button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert MORE not in page.content()


def _focal_point_reads_the_message_and_locks(page: Page, case: str, demo: Demo) -> None:
    page.goto(f"{demo.base}/queue")
    assert case in cases_listed(page)
    page.goto(f"{demo.base}{case}")
    page.locator("button[formaction*='/report']").first.click()
    expect(page.locator(".voice", has_text=MORE)).to_be_visible()

    page.locator("header button[formaction$='/lock']").click()
    page.wait_for_url("**/locked")
    page.goto(f"{demo.base}{case}")
    expect(page.locator("form[action='/unlock']")).to_be_visible()
    assert MORE not in page.content()
    page.go_back()
    assert STORY not in page.content()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_after_sending_back_shows_an_empty_form(
    chromium: Browser, demo: Demo, language: str
) -> None:
    with window(chromium, 320, 640) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/{language}/")
        page.fill("[name=what]", STORY)
        page.check("[name=now][value=health]")
        page.locator("#report button").first.click()
        expect(page.locator(".number")).to_be_visible()

        page.go_back()

        assert page.url.endswith(f"/{language}/")
        assert page.input_value("[name=what]") == ""
        assert not page.is_checked("[name=now][value=health]")


def test_leaving_goes_away_and_back_shows_an_empty_form(
    chromium: Browser, demo: Demo, another_site: str
) -> None:
    with window(chromium, 320, 640) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        page.fill("[name=what]", STORY)
        page.click(".leave")
        assert page.url == another_site

        page.go_back()

        assert page.input_value("[name=what]") == ""


def test_a_reload_of_the_receipt_shows_the_same_number(chromium: Browser, demo: Demo) -> None:
    with window(chromium, 320, 640) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        page.fill("[name=what]", "Reloaded in doubt.")
        page.locator("#report button").first.click()
        number = shown_number(page)

        page.reload()

        assert shown_number(page) == number


def test_whoever_goes_back_after_the_receipt_was_left_finds_an_empty_form(
    chromium: Browser, demo: Demo, another_site: str
) -> None:
    with window(chromium, 320, 640) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        page.fill("[name=what]", "Left in a hurry.")
        page.locator("#report button").first.click()
        number = shown_number(page)
        page.click(".leave")
        assert page.url == another_site

        _goes_back_and_insists(page)

        assert page.url.endswith("/en/")
        assert page.input_value("[name=what]") == ""
        assert number not in "".join(filter(str.isdecimal, page.content()))
        assert demo.opened(number).text == "Left in a hurry."


def test_whoever_goes_back_after_a_mailbox_was_left_is_asked_for_the_number(
    chromium: Browser, demo: Demo
) -> None:
    with window(chromium, 320, 640) as phone:
        page = phone.new_page()
        page.goto(f"{demo.base}/en/")
        page.fill("[name=what]", "Read in a hurry.")
        page.locator("#report button").first.click()
        number = shown_number(page)
        page.goto(f"{demo.base}/en/number")
        page.fill("[name=number]", number)
        page.click("main button")
        expect(page.locator(".path")).to_be_visible()
        page.click(".leave")

        _goes_back_and_insists(page)

        expect(page.locator("[name=number]")).to_be_visible()
        assert page.locator(".path").count() == 0
        assert page.input_value("[name=number]") == ""


def _goes_back_and_insists(page: Page) -> None:
    """Back: Chromium has kept no page and asks whether to send the form again; then yes."""
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    page.wait_for_timeout(SETTLING_MS)
    with page.expect_request(lambda request: request.method == "POST"):
        page.reload()
