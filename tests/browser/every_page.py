"""Every page a person can meet, in every language, as the servers send it.

Pages are fetched without a browser; each comes back by name, as plain HTML, to be laid out and
examined. Whoever adds a page adds it here: a test finds addresses that nobody visited.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from casefile.app import create_app
from casefile.people.sessions import COOKIE, begin_session, resume_session
from casefile.platform.database import commit, current_session, write
from casefile.settings import read_settings
from tests.browser.conftest import Demo, aside
from tests.documents import making
from tests.servers.running import Installation
from tests.servers.visiting import Page, Visitor, address_in, fresh
from tests.world import World

LANGUAGES = ("en", "fr", "es", "ar")
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
"""A word that no narrow page has room for."""
WRITTEN = f"The guard said it again. {LONG} قال الحارس ذلك مرة أخرى."


class Sheet(NamedTuple):
    """One page in one language: what it is called, and its HTML."""

    name: str
    language: str
    html: str


def spoken(name: str, page: Page, language: str) -> Sheet:
    """A page as it came, which must be in the language that was asked for."""
    assert f'<html lang="{language}"' in page.text[:100], f"{name}: {page.text[:300]}"
    return Sheet(name, language, page.text)


def public_pages(demo: Demo, language: str) -> Iterator[Sheet]:
    """What a reporter can meet."""
    visitor, at = demo.visitor(), f"/{language}"
    visitor.speaks = language

    def sheet(name: str, page: Page) -> Sheet:
        return spoken(name, page, language)

    yield sheet("form", visitor.get(f"{at}/"))
    told = [("employer", LONG), ("keep_from", LONG), ("way_how", LONG), ("who", "me")]
    yield sheet("form not sent", visitor.post(f"{at}/report", [*fresh(), ("what", ""), *told]))
    receipt = visitor.post(f"{at}/report", [*fresh(), ("what", WRITTEN)])
    yield sheet("receipt", receipt)
    yield sheet("number", visitor.get(f"{at}/number"))
    yield sheet("number not opened", visitor.mailbox(LONG, language))
    mailbox = visitor.mailbox(receipt.number, language)
    yield sheet("mailbox", mailbox)
    mine = [(name, mailbox.fields[name]) for name in ("once", "token")]
    yield sheet("mailbox, nothing written", visitor.post(f"{at}/answer/write", mine))
    said = [*mine, ("text", WRITTEN)]
    yield sheet("mailbox, written", visitor.post(f"{at}/answer/write", said))
    late = [("token", "old"), ("text", WRITTEN)]
    yield sheet("letter kept", visitor.post(f"{at}/answer/write", late))
    wrong = [("number", LONG), ("text", WRITTEN)]
    yield sheet("letter, wrong number", visitor.post(f"{at}/answer/write", wrong))
    for choice in ("stop_contact", "take_back_name", "no_help"):
        chosen = visitor.post(f"{at}/answer/choose", [mine[1], ("choice", choice)])
    yield sheet("mailbox, everything chosen", chosen)
    paper = [("paper", receipt.fields["paper"]), ("number", receipt.number)]
    yield sheet("receipt to print", visitor.post(f"{at}/receipt", paper))
    yield sheet("confirmation for staff", visitor.post(f"{at}/receipt", [*paper, ("duty", "1")]))
    yield sheet("young", visitor.get(f"{at}/young"))
    yield sheet("young, not sent", visitor.post(f"{at}/young", [*fresh(), ("what", ""), *told]))
    yield sheet("listen", visitor.get(f"{at}/listen"))
    yield sheet("help", visitor.get(f"{at}/help"))
    yield sheet("nothing here", visitor.get(f"{at}/no-such-page"))


def closed_page(at: Installation, language: str) -> Sheet:
    """The page of a deployment that nobody can read reports in yet."""

    def seen() -> str:
        client = create_app(read_settings(at.environ())).test_client()
        return str(client.get(f"/{language}/").get_data(as_text=True))

    return Sheet("not open", language, aside(seen))


def doorway_pages(visitor: Visitor, invitation: str, language: str) -> Iterator[Sheet]:
    """What somebody meets before signing in: in the invitation's or the browser's language."""

    def sheet(name: str, page: Page) -> Sheet:
        return spoken(name, page, language)

    visitor.speaks = language
    yield sheet("sign-in", visitor.get("/sign-in"))
    yield sheet("sign-in, empty", visitor.post_plainly("/sign-in", [("email", LONG)]))
    given = [("email", "nobody@example.org"), ("passphrase", "none of these words")]
    second = visitor.post_plainly("/sign-in", given)
    yield sheet("second step", second)
    wrong = [("ticket", second.fields["ticket"]), ("code", "000000")]
    yield sheet("second step, wrong", visitor.post_plainly("/sign-in/second", wrong))
    yield sheet("invitation used", visitor.get("/join/nothing"))
    offer = visitor.get(invitation)
    yield sheet("joining", offer)
    proof = visitor.post_plainly(invitation, [("offer", offer.fields["offer"])])
    yield sheet("joining, proof", proof)
    mistyped = [("offer", proof.fields["offer"]), ("passphrase", "wrong"), ("code", "1")]
    yield sheet("joining, mistyped", visitor.post_plainly(f"{invitation}/account", mistyped))


UNFILLED = {
    "triage": ("sort", "confirm", "refuse", "reopen", "split", "risk"),
    "complaint": ("preview", "send", "step", "write", "deliver", "fund"),
}
"""Parts of a case, and what can be pressed there without having filled anything in."""


def unfilled(visitor: Visitor, case: str, mark: tuple[str, str]) -> Iterator[tuple[str, Page]]:
    """Each part of a case, and what it answers where nothing was filled in."""
    for part, verbs in UNFILLED.items():
        yield part, visitor.get(f"{case}/{part}")
        for verb in verbs:
            answered = visitor.post_plainly(f"{case}/{part}/{verb}", [mark])
            if answered.status != 303:
                yield f"{part}, {verb} without anything", answered


def watching_pages(visitor: Visitor, language: str) -> Iterator[Sheet]:
    """What a senior focal point sees: dates."""
    yield spoken("late", visitor.get("/late"), language)


def passed_pages(visitor: Visitor, language: str) -> Iterator[Sheet]:
    """The page behind a link that was passed on, which says nothing of what lies there."""
    for name, page in (
        ("passed on", visitor.get("/passed/none")),
        ("passed on, no code", visitor.post_plainly("/passed/none", [])),
        ("passed on, nothing answered", visitor.post_plainly("/passed/none/answer", [])),
    ):
        yield spoken(name, page, language)


def member_pages(visitor: Visitor, language: str) -> Iterator[Sheet]:
    """What a focal point meets."""

    def sheet(name: str, page: Page) -> Sheet:
        return spoken(name, page, language)

    for view in ("todo", "reporter", "all", "junk", "ended"):
        yield sheet(f"queue, {view}", visitor.get(f"/queue?view={view}"))
    case = first_case(visitor)
    page = visitor.get(case)
    yield sheet("case", page)
    mark = ("csrf_token", page.fields["csrf_token"])
    yield sheet("case, report shown", visitor.post_plainly(f"{case}/report", [mark]))
    yield sheet("case, letter", visitor.get(f"{case}?letter=help"))
    yield sheet("case, own words", visitor.get(f"{case}?letter=own"))
    yield sheet("case, words missing", visitor.post_plainly(f"{case}/answer", [mark]))
    yield sheet("case, note missing", visitor.post_plainly(f"{case}/note", [mark]))
    seen = ("seen", page.fields["seen"])
    assert visitor.post_plainly(f"{case}/note", [mark, seen, ("note", WRITTEN)]).status == 303
    yield sheet("case, with a note", visitor.get(case))
    changed = visitor.post_plainly(f"{case}/note", [mark, seen, ("note", WRITTEN)])
    assert changed.status == 409
    yield sheet("case, changed meanwhile", changed)
    nothing = visitor.post_plainly(f"{case}/triage/end", [mark, seen, ("verb", "close")])
    yield sheet("triage, nothing done", nothing)
    yield sheet("case, another letter chosen", visitor.post_plainly(case, [mark]))
    for name, answered in unfilled(visitor, case, mark):
        yield sheet(name, answered)
    yield sheet("page too old", visitor.post_plainly(f"{case}/note", [("note", WRITTEN)]))
    yield sheet("desk", visitor.get("/desk"))
    for name, page in list_pages(visitor, mark):
        yield sheet(name, page)
    yield sheet("desk, nobody to let in", visitor.post_plainly("/desk/let-in", [mark]))
    yield sheet("away", visitor.get("/away"))
    yield sheet("away, wrong", visitor.post_plainly("/away", [mark]))
    yield sheet("away, nothing to take back", visitor.post_plainly("/away/back", [mark]))
    yield sheet("case, who reads it", visitor.get(f"{case}/readers"))
    yield sheet("case, nobody let in", visitor.post_plainly(f"{case}/readers", [mark]))
    papers = f"{case}/papers"
    chosen = [("sections", "report"), ("reason", "other"), ("text", LONG)]
    yield sheet("papers", visitor.get(papers))
    yield sheet("papers, nothing chosen", visitor.post_plainly(f"{papers}/paper", [mark]))
    yield sheet("papers, words shown", visitor.post_plainly(f"{papers}/words", [mark, *chosen]))
    over = [mark, ("ticket", "old")]
    yield sheet("papers, words over", visitor.post_plainly(f"{papers}/archive", over))
    asked = [mark, ("word", "ask")]
    yield sheet("papers, no reason", visitor.post_plainly(f"{papers}/keep", asked))
    kept = visitor.post_plainly(f"{papers}/keep", [*asked, ("why", LONG)])
    yield sheet("papers, kept", visitor.get(papers) if kept.status == 303 else kept)
    yield sheet("find", visitor.get("/find"))
    yield sheet("found", visitor.post_plainly("/find/words", [mark, ("words", "card")]))
    yield sheet("my sessions", visitor.get("/sessions"))
    (leave, *_) = re.findall(r"/desk/[0-9a-f]+/leave", visitor.get("/desk").text)
    yield sheet("leaving a desk", visitor.get(leave))
    yield sheet("no such desk to leave", visitor.post_plainly("/desk/00/leave", [mark]))
    assert visitor.post_plainly("/desk/give-back", [mark]).status == 303
    for name, page in file_pages(visitor, case, mark):
        yield sheet(name, page)
    for act in ("show", "mark", "unlock"):
        yield sheet(f"no file to {act}", visitor.post_plainly(f"{case}/files/99/{act}", [mark]))
    yield sheet("questions", visitor.get("/questions"))
    assert visitor.post_plainly("/questions", [mark, ("answer", "none")]).status == 303
    nowhere = "/cases/AAAAAAAAAAAAAAAAAAAAAAAAAA/conflict"
    yield sheet("conflict, no such case", visitor.post_plainly(nowhere, [mark]))
    yield sheet("no such case", visitor.get("/cases/AAAAAAAAAAAAAAAAAAAAAAAAAA"))
    ended = replace(visitor, cookies={COOKIE: "ended"})
    yield sheet("session ended", ended.post_plainly(f"{case}/note", [mark, ("note", WRITTEN)]))


def list_pages(visitor: Visitor, mark: tuple[str, str]) -> Iterator[tuple[str, Page]]:
    """Saved lists, and many cases at once before and afterwards."""
    listed = [mark, ("view", "all"), ("area", "2"), ("sort", "oldest")]
    assert visitor.post_plainly("/queue/saved", [*listed, ("name", LONG[:60])]).status == 303
    yield "saved lists", visitor.get("/queue/saved")
    yield "saved lists, no name", visitor.post_plainly("/queue/saved", listed)
    found = re.search(r'name="saved" value="([0-9a-f]+)"', visitor.get("/queue/saved").text)
    assert found is not None
    (which, desk) = ("saved", found.group(1)), ("desk", "00" * 16)
    yield "saved lists, wrong name", visitor.post_plainly("/queue/saved/name", [mark, which])
    yield (
        "saved lists, not her desk",
        visitor.post_plainly("/queue/saved/share", [mark, which, desk]),
    )
    yield "queue, with a saved list", visitor.get("/queue?view=all&area=2&sort=oldest")
    assert visitor.post_plainly("/queue/saved/remove", [mark, which]).status == 303
    lines = re.findall(r'name="case" value="([A-Z2-7]+)"', visitor.get("/queue?view=all").text)
    cases = [mark, *(("case", one) for one in lines[:9]), ("case", "none")]
    yield "no case chosen", visitor.post_plainly("/queue/chosen", [mark])
    yield "cases chosen", visitor.post_plainly("/queue/chosen", cases)
    sure = visitor.post_plainly("/queue/chosen", [*cases, ("text", WRITTEN)])
    yield "cases chosen, what will happen", sure
    seen = re.findall(r'name="seen" value="([^"]+)"', sure.text)
    told = [mark, ("text", WRITTEN), *(("seen", one) for one in [*seen, "none:"])]
    yield "cases done", visitor.post_plainly("/queue/chosen/done", told)


def file_pages(visitor: Visitor, case: str, mark: tuple[str, str]) -> Iterator[tuple[str, Page]]:
    """A cleaned picture and a PDF: closed, shown, locked; and files that are not taken."""
    named = (f"{LONG[:80]}.jpg", making.picture("JPEG", (1600, 1200)))
    sent = visitor.post(f"{case}/files", [mark], named, (f"{LONG[:80]}.pdf", making.pdf()))
    assert sent.status == 303
    yield "case, with files", visitor.get(case)
    *_, picture, pdf = re.findall(rf'href="({case}/files/\d+)"', visitor.get(case).text)
    yield "file, a PDF", visitor.get(pdf)
    yield "file, a picture", visitor.get(picture)
    shown = visitor.post_plainly(f"{picture}/show", [mark])
    yield "file, the picture shown", with_its_picture(visitor, shown)
    unsaid = visitor.post_plainly(f"{picture}/unlock", [mark])
    yield "file, no reason", unsaid
    assert visitor.post_plainly(f"{pdf}/mark", [mark]).status == 303
    yield "file, locked", visitor.get(pdf)
    yield "files not taken", visitor.post(f"{case}/files", [mark], ("empty.jpg", b""))
    yield "no such file", visitor.get(f"{case}/files/99")


def with_its_picture(visitor: Visitor, page: Page) -> Page:
    """The page with its picture inside, for no server stands behind it when it is laid out."""
    found = re.search(r'<img class="shown" src="([^"]+)"', page.text)
    assert found is not None
    drawn = b64encode(visitor.fetch(found[1])).decode()
    inside = page.text.replace(found[1], f"data:image/png;base64,{drawn}")
    return Page(page.status, page.headers, inside.encode())


def auditor_pages(visitor: Visitor, language: str) -> Iterator[Sheet]:
    """What an auditor meets."""
    page = visitor.get("/log")
    yield spoken("log", page, language)
    mark = ("csrf_token", page.fields["csrf_token"])
    checked = visitor.post_plainly("/log/check", [mark, ("head", LONG[:80])])
    yield spoken("log, no head", checked, language)


def administrator_pages(visitor: Visitor, language: str) -> Iterator[Sheet]:
    """What an administrator meets, the first page included."""

    def sheet(name: str, page: Page) -> Sheet:
        return spoken(name, page, language)

    yield sheet("home", visitor.get("/home"))
    page = visitor.get("/people")
    yield sheet("people", page)
    mark = ("csrf_token", page.fields["csrf_token"])
    yield sheet("people, wrong", visitor.post_plainly("/people", [mark, ("name", LONG)]))
    given = [("name", LONG[:100]), ("email", f"{language}@example.org"), ("role", "auditor")]
    invited = visitor.post_plainly("/people", [mark, *given, ("language", language)])
    assert address_in(invited.text)
    yield sheet("invited", invited)
    (person, *_) = re.findall(r"/people/[0-9a-f]{32}", page.text)
    correct = visitor.get(f"{person}/correct")
    yield sheet("correct", correct)
    yield sheet("correct, wrong", visitor.post_plainly(f"{person}/correct", [mark]))
    yield sheet("account", visitor.get(person))
    for act in ("left", "begin-again"):
        yield sheet(f"nobody, {act}", visitor.post_plainly(f"/people/00/{act}", [mark]))
    for name, page in network_pages(visitor, mark, language):
        yield sheet(name, page)


def network_pages(
    visitor: Visitor, mark: tuple[str, str], language: str
) -> Iterator[tuple[str, Page]]:
    """What whoever keeps the network meets, with every mistake and long names."""
    yield "network", visitor.get("/network/")
    name = ("name_en", f"{language} {LONG}")
    agency = [mark, name, ("entity_class", "ngo"), ("investigates", "no")]
    for kind, told in (
        ("agencies", agency),
        ("countries", [mark, name, ("iso", f"X{language.upper()}")]),
        ("places", [mark, name]),
    ):
        yield f"new, {kind}", visitor.get(f"/network/{kind}/new")
        yield f"{kind}, wrong", visitor.post_plainly(f"/network/{kind}/new", [mark])
        assert visitor.post_plainly(f"/network/{kind}/new", told).status == 303
    yield "new desk", visitor.get("/network/desks/new")
    page = visitor.get("/network/").text
    newest = re.findall(r'href="/network/agencies/([0-9a-f]{32})"', page)[-1]
    desk = [mark, name, ("agency", newest), ("function", "intake")]
    yield "shares", visitor.post_plainly("/network/desks/new", desk)
    yield "desk of one name", visitor.post_plainly("/network/desks/new", desk)
    page = visitor.get("/network/").text
    found = re.findall(r'href="(/network/(?:agencies|countries|places|desks)/[0-9A-Za-z]+)"', page)
    for kind in ("agencies", "countries", "places", "desks"):
        address = next(one for one in found if f"/{kind}/" in one and not one.endswith("/new"))
        yield f"one of {kind}", visitor.get(address)
        yield f"{kind}, empty", visitor.post_plainly(address, [mark])
    yield from place_pages(visitor, mark, found)


def place_pages(
    visitor: Visitor, mark: tuple[str, str], found: list[str]
) -> Iterator[tuple[str, Page]]:
    """A service of a place, and where somebody works."""
    place = next(one for one in found if "/places/" in one and not one.endswith("/new"))
    service = f"{place}/services/1"
    yield "service", visitor.get(service)
    yield "service, wrong", visitor.post_plainly(service, [mark])
    yield "service, overtaken", visitor.post_plainly(f"{service}/remove", [mark])
    desks = [one for one in found if "/desks/" in one and not one.endswith("/new")]
    seats = "".join(visitor.get(one).text for one in desks)
    person = re.findall(r'href="(/network/people/[0-9a-f]+)"', seats)[0]
    yield "post", visitor.get(person)
    yield "post, wrong", visitor.post_plainly(person, [mark, ("job", LONG * 3)])
    yield "post, days", visitor.post_plainly(f"{person}/away", [mark])
    assert visitor.post_plainly(f"{person}/back", [mark]).status == 303


def invite(administrator: Visitor, language: str, role: str, *desks: str) -> str:
    """Invite somebody with a long name on the real page; the address of the invitation."""
    mark = ("csrf_token", administrator.get("/people").fields["csrf_token"])
    given = [
        ("name", f"Someone {LONG}"[:110]),
        ("email", f"{role}.{language}@example.org"),
        ("role", role),
        ("language", language),
        *(("desks", desk) for desk in desks),
    ]
    return address_in(administrator.post_plainly("/people", [mark, *given]).text)


def first_case(visitor: Visitor) -> str:
    """The address of the case that stands first in the queue."""
    found = re.search(r'href="(/cases/[A-Z2-7]+)"', visitor.get("/queue?view=all").text)
    assert found is not None
    return found[1]


def speaking(demo: Demo, visitor: Visitor, language: str) -> Visitor:
    """The same member, as if the account had this language: a session of its own."""

    def verb(world: World) -> str:
        with world.app.app_context():
            member = resume_session(current_session(), world.deployment, visitor.cookies[COOKIE])
            assert member is not None
            told = replace(member, language=language)
            new = write(lambda session: begin_session(session, world.deployment, told))
            commit()
            return new.cookie

    cookie = aside(lambda: verb(demo.world))
    return replace(visitor, cookies={COOKIE: cookie}, speaks=language)
