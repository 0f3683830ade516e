"""Every answer to everybody: what it carries, what it loads, what it remembers, and its labels.

P5 and P9 of the threat model, over the whole tour. What a page must carry is written here anew
and not taken from the code that sends it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from casefile.settings import ROOT
from tests.invariants.browsing import BASE, Answer, Browser
from tests.invariants.pages import Element, controls
from tests.invariants.touring import TEXT_OVER_THE_LIMIT, Tour
from tests.world import World

STATUSES = {200, 303, 308, 400, 401, 403, 404, 405, 409, 413, 422, 500, 503}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
CLOSED = {"default-src", "base-uri", "frame-ancestors"}
"""Directives of the content policy that allow nothing at all."""
WORN_BY_STATIC_FILES = "public, max-age=31536000, immutable"
ADDRESSES = {"href", "src", "srcset", "action", "formaction", "poster", "data", "cite", "ping"}
ACTIVE = ("script", "style", "iframe", "frame", "object", "embed", "base", "template", "portal")
LEAVE = "/leave"
DESCRIBES = ("for", "aria-labelledby", "aria-describedby", "form", "headers", "list")


def test_the_tour_met_every_kind_of_answer(tour: Tour) -> None:
    assert {answer.status for answer in tour.answers} == STATUSES
    assert {answer.status for answer in tour.public} >= {200, 303, 404, 405, 413, 422, 500, 503}


def test_every_template_is_on_the_tour(tour: Tour) -> None:
    """A template that no page of the tour shows is one that no test here has looked at."""
    shown = {key[1] for app in tour.apps for key in app.jinja_env.cache}
    there = {str(file.relative_to(ROOT / "templates")) for file in _templates()}
    assert there - shown == set()


def test_every_answer_carries_the_whole_table_of_headers(tour: Tour) -> None:
    for answer in tour.answers:
        headers = answer.response.headers
        for name, value in EXACT.items():
            assert headers.getlist(name) == [value], answer
        assert _is_closed(headers["Content-Security-Policy"]), answer
        closed = dict(part.split("=") for part in headers["Permissions-Policy"].split(", "))
        assert closed == {"camera": "()", "geolocation": "()", "microphone": "()"}
        kept = WORN_BY_STATIC_FILES if _is_file(answer) else "no-store"
        assert headers["Cache-Control"] == kept, answer
        assert re.fullmatch(r"max-age=\d{8,}", headers["Strict-Transport-Security"]), answer
        assert "Server" not in headers, answer


def test_the_public_side_sets_no_cookie_and_reads_none(tour: Tour) -> None:
    for answer in tour.public:
        assert "Set-Cookie" not in answer.response.headers, answer
        assert "cookie" not in answer.response.headers.get("Vary", "").lower(), answer


def test_a_members_cookie_changes_nothing_on_the_public_side(world: World) -> None:
    member, stranger = Browser(world.signed_in("Sarah")), Browser(world.client())
    for address in ("/en/help", "/ar/help", "/nothing"):
        seen = [each.opens(address, None) for each in (member, stranger)]
        assert seen[0].body == seen[1].body
        assert "Set-Cookie" not in seen[0].response.headers
    for address in ("/en/", "/en/number"):
        forms = [each.opens(address).body for each in (member, stranger)]
        forms = [re.sub(r'name="(once|seen)" value="[^"]*"', "", form) for form in forms]
        assert forms[0] == forms[1]


def test_there_is_one_cookie_and_it_is_locked_to_this_host(tour: Tour) -> None:
    given = [
        line for answer in tour.members for line in answer.response.headers.getlist("Set-Cookie")
    ]
    assert len(given) > 10
    for line in given:
        ((name, morsel),) = SimpleCookie(line).items()
        assert name == "__Host-casefile"
        assert (morsel["path"], morsel["domain"]) == ("/", "")
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Strict"


def test_no_page_loads_or_sends_anything_elsewhere(tour: Tour) -> None:
    for answer in tour.pages:
        for element, name, address in _addresses(answer.page):
            assert _is_ours(address), (answer, element.tag, name, address)
    (left,) = {a.response.headers["Location"] for a in tour.public if a.asked == f"GET {LEAVE}"}
    assert left.startswith("https://")
    for answer in tour.answers:
        if "Location" in answer.response.headers and answer.asked != f"GET {LEAVE}":
            assert _is_ours(answer.response.headers["Location"]), answer


def test_no_page_has_script_or_style_of_its_own(tour: Tour) -> None:
    for answer in tour.pages:
        assert not answer.page.all(*ACTIVE), answer
        for element in answer.page.walk():
            given = set(element.attrs)
            assert not {name for name in given if name == "style" or name.startswith("on")}, answer
            assert element.attrs.get("http-equiv", "").lower() not in {"refresh", "set-cookie"}


def test_only_pages_that_hold_no_number_and_no_token_are_compressed(tour: Tour) -> None:
    """The length of a compressed page speaks of what stands on it."""
    packed = [answer for answer in tour.answers if "Content-Encoding" in answer.response.headers]
    assert packed
    for answer in packed:
        assert answer.asked.startswith("GET "), answer
        assert answer in tour.public
        names = {one.attrs.get("name") for one in answer.page.all("input")}
        assert not names & {"token", "csrf_token", "ticket", "offer", "kept"}, answer


def test_every_field_has_words_beside_it(tour: Tour) -> None:
    for answer in tour.pages:
        for control in controls(answer.page):
            assert _label_of(control, answer.page), (answer, control.attrs)
        for button in answer.page.all("button"):
            assert button.text(), answer


def test_whatever_points_at_a_part_of_its_page_finds_it(tour: Tour) -> None:
    for answer in tour.pages:
        there = Counter(one.attrs["id"] for one in answer.page.walk() if "id" in one.attrs)
        assert set(there.values()) <= {1}, (answer, there)
        meant = {part for part in _pointed_at(answer.page) if part}
        assert not meant - set(there), (answer, meant - set(there))


def test_every_page_names_itself_and_its_language(tour: Tour) -> None:
    for answer in tour.pages:
        (html,) = answer.page.all("html")
        code = html.attrs["lang"]
        assert code in {"en", "fr", "es", "ar"}, answer
        assert html.attrs["dir"] == ("rtl" if code == "ar" else "ltr"), answer
        assert answer.page.all("title")[0].text(), answer
        assert len(answer.page.all("h1")) == 1, answer
        assert len(answer.page.all("main")) == 1, answer


def test_no_public_page_names_a_member_or_a_desk(tour: Tour, world: World) -> None:
    directory = world.directory()
    names = {one.person.name for one in world.seated.values()}
    names |= {name for desk in directory.desks.values() for name in desk.names.values()}
    for answer in tour.public:
        if answer.is_page:
            assert not {name for name in names if name in answer.body}, answer


def test_a_text_beyond_the_limit_is_refused_however_it_is_sent(world: World) -> None:
    browser = Browser(world.client())
    for parts in (True, False):
        sent = {"what": TEXT_OVER_THE_LIMIT}
        answer = browser.sends("/en/report", sent, None, parts=parts)
        assert answer.status == 413, f"in parts: {parts}"


def _is_closed(policy: str) -> bool:
    """Whether a content policy allows this host alone, and no script from anywhere.

    Bytes that somebody else made are put into a sandbox, without any of what it may allow.
    """
    given = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert given.pop("sandbox", []) == []
    assert all(given[name] == ["'none'"] for name in CLOSED)
    assert "script-src" not in given
    assert "form-action" in given
    return all(source in (["'none'"], ["'self'"]) for source in given.values())


def _is_file(answer: Answer) -> bool:
    return answer.asked.startswith("GET /static/") and answer.status == 200


def _templates() -> Iterator[object]:
    return (ROOT / "templates").rglob("*.html")


def _addresses(page: Element) -> Iterator[tuple[Element, str, str]]:
    for element in page.walk():
        for name, value in element.attrs.items():
            if name in ADDRESSES or name.endswith(":href"):
                yield element, name, value


def _is_ours(address: str) -> bool:
    """On this host, a part of this page, or a telephone number."""
    parts = urlsplit(address)
    if parts.scheme == "tel":
        return True
    return address.startswith(BASE + "/") or not (parts.scheme or parts.netloc)


def _label_of(control: Element, page: Element) -> str:
    """The words a screen reader says for a field."""
    by_id = {one.attrs["id"]: one for one in page.walk() if "id" in one.attrs}
    named = [by_id[part].text() for part in control.attrs.get("aria-labelledby", "").split()]
    around = [one.text() for one in control.ancestors() if one.tag == "label"]
    own_id = control.attrs.get("id")
    pointing = [
        one.text() for one in page.all("label") if own_id and one.attrs.get("for") == own_id
    ]
    return control.attrs.get("aria-label", "") or "".join(named + around + pointing)


def _pointed_at(page: Element) -> Iterator[str]:
    for element in page.walk():
        for name in DESCRIBES:
            yield from element.attrs.get(name, "").split()
        if element.attrs.get("href", "").startswith("#"):
            yield element.attrs["href"][1:]
