"""A tour of every page: as reporters, as members of each kind, and through every mistake.

A new page belongs on it; `test_every_template_is_on_the_tour` names those that are missing. What
was answered is remembered in two heaps: the public side, and the members' side with its doors.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from casefile.app import Casefile, create_app
from casefile.audit.chain import NOTHING, Head
from casefile.cases.escalating import escalate_late
from casefile.cases.founding import found_deployment
from casefile.cases.label import read_label
from casefile.cases.queue_rows import address_of, case_at, reference_of
from casefile.cases.queue_views import View
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.people.second_factor import code_at
from casefile.platform.database import commit, db
from casefile.platform.deployment import current_deployment
from casefile.platform.language import LANGUAGES
from casefile.platform.migrating import migrate
from casefile.platform.static import FOLDER
from casefile.platform.uploads import LARGEST_FILE
from casefile.sealing.keyring import Keyring
from casefile.settings import read_settings
from tests.documents import making
from tests.invariants.browsing import Answer, Browser
from tests.invariants.pages import form_to, forms
from tests.invariants.planting import digits, secret_on
from tests.referral.passing_on import designates, names_outside, sorted_out
from tests.world import World

SETTINGS = """
[limits]
lock_wait_s = 0

[safety]
number = "0800 116 116"
hours = "at night"
"""
"""A locked database is said at once, and the pages name a telephone number."""
TEXT_OVER_THE_LIMIT = "word " * 900_000
WHOLE_FORM: dict[str, str | list[str]] = {
    "what": "He asks for more than the list says.",
    "now": ["danger", "goes_on"],
    "who": "other_knows",
    "age": "both",
    "sex": "female",
    "employer": "a blue vest",
    "area": "2",
    "when": "d5",
    "keep_from": "the cook",
    "help": ["health", "legal"],
    "contact": "way",
    "contact_how": "by radio",
    "contact_when": "in the morning",
    "name_may": "ask",
    "staff": "1",
    "before": "1",
}


FILES = (("photo.jpg", making.picture("JPEG")), ("letter.pdf", making.pdf()))


@dataclass
class Tour:
    """Everything that was answered, and the applications that answered."""

    public: list[Answer] = field(default_factory=list)
    members: list[Answer] = field(default_factory=list)
    apps: list[Casefile] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        return self.public + self.members

    @property
    def pages(self) -> list[Answer]:
        """Answers that people read."""
        return [answer for answer in self.answers if answer.is_page]


def take_tour(world: World, elsewhere: Path) -> Tour:
    """Go everywhere. The world has `SETTINGS`; `elsewhere` is an empty folder."""
    tour = Tour(apps=[world.app])
    reporter = Browser(world.client(), tour.public)
    _before_anybody_joined(tour, elsewhere)
    number = _as_a_reporter(world, reporter)
    _at_the_doors(world, Browser(world.client(), tour.members))
    _as_members(world, tour, reporter, number)
    _static_files(world, reporter)
    _when_something_is_broken(world, tour, number)
    return tour


def _before_anybody_joined(tour: Tour, folder: Path) -> None:
    """A deployment in which nobody can read yet takes no reports."""
    settings = read_settings({"CASEFILE_INSTANCE": str(folder)})
    app = create_app(settings, keyring=_keyring_of(tour.apps[0]))
    with app.app_context():
        migrate(db.engine)
        found_deployment(db.session, current_deployment(), name="A", email="a@b.c", language="en")
        commit()
    reporter = Browser(app.test_client(), tour.public)
    for language in LANGUAGES:
        reporter.opens(f"/{language.code}/")
    reporter.posts("/en/report", 503, what="Too early.")
    with app.app_context():
        db.engine.dispose()
    tour.apps.append(app)


def _as_a_reporter(world: World, reporter: Browser) -> str:
    """Every public page in every language, every mistake in English; the number of a report."""
    for language in LANGUAGES:
        for page in ("", "number", "help", "young", "listen"):
            reporter.opens(f"/{language.code}/{page}")
    for address in ("/", "/en/", "/en/help", "/en/number"):
        reporter.opens(address, Accept_Language="ar")
    blank = reporter.opens("/en/")
    sent = reporter.presses(blank, "/report", 200, what="He asks for more.", area="2")
    reporter.presses(blank, "/report", 200, what="He asks for more.", area="2")
    reporter.presses(sent, "/answer", 200)
    reporter.presses(sent, "/receipt", 200)
    reporter.presses(sent, "/receipt", 200, duty="1")
    reporter.posts("/en/receipt", 422, paper="none")
    young = reporter.opens("/es/young")
    reporter.presses(young, "/young", 422, what=" ", safe="no")
    reporter.presses(young, "/young", 200, what="He is my teacher.", safe="no", grown_up="Aunt")
    junk = {"what": "Win at http://a.invalid and http://b.invalid", "url": "x", "area": "2"}
    reporter.sends("/en/report", junk)
    for language in ("ar", "fr"):
        whole = reporter.sends(f"/{language}/report", WHOLE_FORM)
        _in_the_mailbox(world, reporter, digits(whole.body), language)
    _with_files(reporter)
    for language in LANGUAGES:
        reporter.sends(f"/{language.code}/report", WHOLE_FORM | {"what": " "}, 422)
        reporter.posts(f"/{language.code}/answer", 422, number="123")
    reporter.opens("/leave", 303)
    _astray(reporter)
    return digits(sent.body)


def _with_files(reporter: Browser) -> None:
    """Files that are taken, and every reason for which one is not."""
    large = ("large.bin", bytes(LARGEST_FILE + 1))
    bad = (("", b"x"), ("empty.png", b""), large, ("bomb.png", making.bomb_of_points()))
    for language in LANGUAGES:
        address = f"/{language.code}/report"
        reporter.sends(address, WHOLE_FORM, 422, files=[*bad[1:3], *[("a.txt", b"a")] * 4])
        reporter.sends(address, WHOLE_FORM, 422, files=bad[3:])
        reporter.sends(address, WHOLE_FORM | {"what": " "}, 422, files=bad[:1])
    sent = reporter.sends("/ar/report", WHOLE_FORM, files=FILES)
    box = reporter.posts("/ar/answer", number=digits(sent.body))
    reporter.presses(box, "/answer/write", 200, text="And this.", files=FILES[:1])
    reporter.presses(box, "/answer/write", 422, text="And this.", files=bad[1:2])
    token = form_to(box.page, "/answer/write").fields["token"]
    for asked, status in (("1", 404), ("none", 404)):
        reporter.posts("/ar/answer/file", status, token=token, file=asked)
    reporter.posts("/ar/answer/file", 422, token="old", file="1")


def token_of(box: Answer) -> str:
    """The token of an open mailbox."""
    return form_to(box.page, "/answer/write").fields["token"]


def _in_the_mailbox(world: World, reporter: Browser, number: str, language: str) -> None:
    box = reporter.posts(f"/{language}/answer", number=number)
    reporter.presses(box, "/answer/write", 200, text="One thing more.")
    reporter.presses(box, "/answer/write", 422, text="")
    late = reporter.posts(f"/{language}/answer", number=number)
    world.clock.pass_by(minutes=20)
    kept = reporter.presses(late, "/answer/write", 422, text="I was slow.")
    token = form_to(late.page, "/answer/write").fields["token"]
    reporter.posts("/es/answer", 422, token=token)
    reporter.presses(kept, "/answer/write", 422, number="000")
    reporter.presses(kept, "/answer/write", 200, number=number)
    world.clock.pass_by(days=4)
    box = reporter.posts(f"/{language}/answer", number=number)
    reporter.posts(f"/{language}/answer/choose", token=token_of(box), choice="none")
    for choice in ("stop_contact", "take_back_name", "no_help", "second_look"):
        reporter.posts(f"/{language}/answer/choose", token=token_of(box), choice=choice)
    reporter.posts(f"/{language}/answer/choose", 422, token="old", choice="no_help")


def _astray(reporter: Browser) -> None:
    """Addresses that are none, ways that are not open, texts beyond any length."""
    for address in ("/nothing", "/en/nothing", "/static/0/none.css", "/de/"):
        reporter.opens(address, 404)
    reporter.opens("/en", 308)
    reporter.posts("/en/number", 405)
    reporter.posts("/", 405)
    reporter.sends("/en/report", {"what": TEXT_OVER_THE_LIMIT}, 413, parts=True)


def _at_the_doors(world: World, browser: Browser) -> None:
    """Signing in and joining, with everything that can be mistyped."""
    sarah = world.seated["Sarah"]
    first = browser.opens("/sign-in")
    browser.presses(first, "/sign-in", 400, email="somebody")
    second = browser.presses(
        first, "/sign-in", 200, email=sarah.person.email, passphrase=sarah.offer.passphrase
    )
    browser.presses(second, "/second", 400, code="")
    browser.presses(second, "/second", 401, code="000000")
    browser.presses(second, "/second", 401, code="000000", ticket="none")
    _elsewhere(browser)
    for address in ("/home", "/queue", "/people", "/cases/AAAAAAAAAAAAAAAAAAAAAAAAAA"):
        browser.opens(address, 303)
    browser.opens("/join/none", 404)
    for language in LANGUAGES:
        _join(world, browser, language.code)


def _elsewhere(browser: Browser) -> None:
    """A post that another site sent."""
    answer = browser.client.post(
        "/sign-in", base_url="https://localhost", headers={"Sec-Fetch-Site": "cross-site"}
    )
    browser.seen.append(Answer("POST /sign-in from another site", answer))
    assert answer.status_code == 403


def _join(world: World, browser: Browser, language: str) -> None:
    """Join with an invitation, with every mistake on the way."""
    told = {"role": Role.SECRETARIAT, "language": language, "desks": ()}
    token = _invited(world, f"new.{language}@example.org", f"New {language}", **told)
    offer = browser.opens(f"/join/{token}")
    browser.presses(offer, token, 200, offer="damaged")
    proof = browser.presses(offer, token, 200)
    passphrase, _ = secret_on(offer.body)
    browser.presses(proof, "/account", 400, passphrase="other words", code="1")
    browser.presses(proof, "/account", 400, passphrase=passphrase, code="1")
    _accept(world, browser, offer)
    browser.presses(browser.opens("/sessions"), "/sign-out")


def _invited(world: World, email: str, name: str, **told: Any) -> str:
    with world.session() as session:
        return invite(session, world.deployment, email=email, name=name, by=None, **told)


def _accept(world: World, browser: Browser, offer: Answer) -> None:
    """Type back what the first joining page showed."""
    passphrase, seed = secret_on(offer.body)
    token = offer.asked.rpartition("/")[2]
    proof = browser.presses(offer, token, 200)
    code = code_at(seed, world.clock())
    browser.presses(proof, "/account", 303, passphrase=passphrase, code=code)


def _let_in(world: World, tour: Tour, sarah: Browser, reporter: Browser) -> None:
    """Two wait to be let in; a case is kept from one of them."""
    desk = world.desk("Intake desk, River")
    told = {"role": Role.FOCAL_POINT, "language": "en", "desks": (desk.id,)}
    for name in ("Ruth Kamau", "Nadia Omar"):
        token = _invited(world, name.replace(" ", ".") + "@example.org", name, **told)
        browser = Browser(world.client(), tour.members)
        _accept(world, browser, browser.opens(f"/join/{token}"))
        browser.opens("/desk")
    sarah.presses(sarah.opens("/desk"), "/let-in")
    reporter.posts("/en/report", what="A word.", area="2", keep_from="Nadia")
    sarah.presses(sarah.opens("/desk"), "/let-in", 409)
    sarah.presses(sarah.opens("/desk"), "/let-in", 404, person="none")


def _as_members(world: World, tour: Tour, reporter: Browser, number: str) -> None:
    sarah = _sign_in(world, "Sarah", tour)
    cases = _cases(sarah.opens("/queue"))
    for view in (*View, "none"):
        sarah.opens(f"/queue?view={view}&page=2")
    sarah.opens("/queue?view=all&area=3&category=1&sort=newest")
    _find(world, tour, sarah, cases[0])
    _save_lists(world, sarah)
    _many(world, sarah)
    for case in cases:
        sarah.opens(case)
        _read_and_answer(sarah, case)
    for case in _cases(sarah.opens("/queue?view=junk")):
        sarah.presses(sarah.opens(case), "/no-junk")
    _mistype(world, sarah, cases[0], tour)
    reporter.posts("/ar/answer", number=number)
    _unlock_by_another(_sign_in(world, "Amal", tour), cases[0])
    _triage(world, tour, sarah, cases)
    _take_ours(reporter, number)
    _take_papers(world, sarah, cases[0])
    for number in ("one", "two"):
        reporter.posts("/en/report", what=f"Story {number}.", area="2", keep_from="Amal")
    _let_in(world, tour, sarah, reporter)
    _pass_on(world, tour, sarah, reporter)
    _conflicts(world, tour, sarah)
    for name in ("Amal", "Marta", "Lucia", "Joseph"):
        _look_around(_sign_in(world, name, tour))
    for name in ("Hana", "Anders", "Claire", "Tomas"):
        _sign_in(world, name, tour).opens("/home")
    _see_what_is_late(world, tour)
    _read_the_log(_sign_in(world, "Grace", tour))
    _keep_network(world, _sign_in(world, "Claire", tour))
    _be_away(_sign_in(world, "Sarah", tour))
    _invite(_sign_in(world, "Omar", tour))
    _leave(world, tour)


def _triage(world: World, tour: Tour, sarah: Browser, cases: list[str]) -> None:
    """Sort cases, end one with two people, look at it again, split one, and look at the risk."""
    amal, part, other = _sign_in(world, "Amal", tour), f"{cases[0]}/triage", f"{cases[1]}/triage"
    first = sarah.opens(part)
    sarah.presses(first, "/triage/risk", 422, reason="Guards.")
    levels = dict.fromkeys(("retaliation", "repetition", "family"), "low")
    risk = {"verb": "assess_risk", "measure": "other", "review": "2027-03-01", **levels}
    sarah.presses(sarah.opens(part), "/triage/risk", **risk)
    sarah.presses(sarah.opens(part), "/triage/sort", conduct="fraud")
    sarah.opens(part)
    amal.presses(amal.opens(part), "/triage/confirm", reason="Yes.")
    sarah.presses(sarah.opens(part), "/triage/split", 422)
    sarah.presses(sarah.opens(part), "/triage/split", reason="The oil is sold.")
    office = sarah.opens(part)
    sarah.presses(office, "/triage/end", 422)
    sarah.presses(sarah.opens(part), "/triage/end", office="integrity", reason="Theirs.")
    sarah.presses(office, "/triage/sort", 409)
    sarah.presses(sarah.opens(part), "/triage/reopen", 422)
    sarah.presses(sarah.opens(part), "/triage/reopen", reason="More came.")
    sarah.presses(sarah.opens(other), "/triage/sort", conduct="information", victims_girls="2")
    waiting = form_to(amal.opens(other).page, "/triage/confirm").fields
    for reason in ("It is more than that.", "Pressed twice."):
        amal.posts(f"{other}/refuse", 303, **waiting | {"reason": reason})
    sarah.opens("/queue?view=ended")


def _see_what_is_late(world: World, tour: Tour) -> None:
    """What has gone up the ladder, for the two who watch; for nobody else there is such a page."""
    with world.app.app_context(), Session(db.engine) as session:
        escalate_late(session, world.deployment)
    for name, status in (("Anders", 200), ("Ines", 200), ("Sarah", 404)):
        _sign_in(world, name, tour).opens("/late?page=2", status)


def _pass_on(world: World, tour: Tour, sarah: Browser, reporter: Browser) -> None:
    """A case is passed on to a desk and to an agency without one, confirmed, asked about, ended."""
    designates(world, "Terra Aid", "Investigations")
    names_outside(world, "Health Bridge", "the director, by letter")
    before = set(_cases(sarah.opens("/queue?view=all")))
    told = {"employer": "Terra Aid and Health Bridge", "area": "2", "when": "month"}
    reporter.posts("/en/report", what="At the store.", **told)
    (case,) = set(_cases(sarah.opens("/queue?view=all"))) - before
    sarah.opens(f"{case}/complaint")
    sorted_out(world, "Sarah", case_at(case.rpartition("/")[2]))
    desk = world.desk("Investigations").id.hex()
    form = sarah.opens(f"{case}/complaint")
    words = {"to": desk, "summary": "He asked for something in return."}
    sarah.presses(form, "/preview", 422, summary="")
    kept_out = sarah.presses(form, "/preview", 409, **words, subject="Joseph Okech")
    shown = sarah.presses(kept_out, "/preview", 200, **words, subject="", danger="danger")
    sarah.presses(shown, "/send", 200, again="1")
    sarah.presses(shown, "/send")
    _fetch_outside(world, tour, sarah, case)
    there = _answer_there(world, tour, sarah, case)
    sarah.presses(sarah.opens(f"{case}/complaint"), "/step", 422, verb="recall", reason="")
    sarah.opens(case)
    there.opens("/home", None)


def _answer_there(world: World, tour: Tour, sarah: Browser, case: str) -> Browser:
    """The recipient opens, confirms, asks, and sends words for the reporter."""
    joseph = _sign_in(world, "Joseph", tour)
    with world.session() as session:
        held = read_label(session, world.deployment, case_at(case.rpartition("/")[2]))
    packet = f"/cases/{address_of(held.label.links[0].other)}"
    joseph.presses(joseph.opens(packet), "/report", 200)
    part = f"{packet}/complaint"
    joseph.presses(joseph.opens(part), "/step", 422, verb="decline", reason="")
    joseph.presses(joseph.opens(part), "/step", verb="confirm")
    joseph.presses(joseph.opens(part), "/write", 422, letter="")
    joseph.presses(joseph.opens(part), "/write", letter="When was it?")
    joseph.presses(joseph.opens(part), "/step", verb="share_outcome", letter="Thank you.")
    joseph.opens(packet)
    sarah.presses(sarah.opens(f"{case}/complaint"), "/deliver")
    sarah.presses(sarah.opens(f"{case}/complaint"), "/step", 409, verb="recall", reason="No.")
    return joseph


def _fetch_outside(world: World, tour: Tour, sarah: Browser, case: str) -> None:
    """The two halves are given, mistyped, used, used again, and answered with a name."""
    agencies = world.directory().agencies.values()
    bridge = next(one.id.hex() for one in agencies if one.names["en"] == "Health Bridge")
    form = sarah.opens(f"{case}/complaint")
    shown = sarah.presses(form, "/preview", 200, to=bridge, summary="He asked for something.")
    given = sarah.presses(shown, "/send", 200)
    link = re.search(r"/passed/[A-Za-z0-9_=-]+", given.body)
    code = re.search(r'class="passphrase">([0-9 ]+)<', given.body)
    assert link is not None
    assert code is not None
    outside = Browser(world.client(), tour.members)
    asked = outside.opens(link[0])
    outside.presses(asked, link[0], 422, code="1")
    fetched = outside.presses(asked, link[0], 200, code=code[1])
    outside.presses(asked, link[0], 200, code=code[1])
    outside.presses(fetched, "/answer", 422, verb="confirm", name="Ana Ruiz")
    again = outside.presses(asked, link[0], 200, code=code[1])
    outside.presses(again, "/answer", 422, verb="confirm", name="")
    outside.presses(again, "/answer", 200, verb="confirm", name="Ana Ruiz")


def _conflicts(world: World, tour: Tour, sarah: Browser) -> None:
    """Who joined later is let in to one case and not to another; a case is given up; a name is
    somebody's, somebody else's, and nobody has said so in time."""
    cases = _cases(sarah.opens("/queue?view=all"))
    pages = {case: sarah.opens(f"{case}/readers") for case in cases}
    circles = [
        case
        for case, page in pages.items()
        if "Ruth" in page.body and "/readers" in [form.address[-8:] for form in forms(page.page)]
    ]
    named, other = circles[:2]
    sarah.presses(sarah.opens(named), "/note", note="Ruth Kamau is meant.")
    sarah.presses(pages[named], "/readers", 409)
    sarah.presses(pages[other], "/readers", 404, person="none")
    sarah.presses(pages[other], "/readers")
    sarah.presses(sarah.opens(other), "/conflict")
    sarah.opens(f"{other}/readers", 404)
    ines = _sign_in(world, "Ines", tour)
    ines.presses(ines.opens("/questions"), "/questions", answer="none")
    ines.presses(ines.opens("/questions"), "/questions", 200, answer="lifted")
    world.clock.pass_by(days=2)
    ines = _sign_in(world, "Ines", tour)
    ines.presses(ines.opens("/questions"), "/questions", 200, answer="confirmed")
    ines.opens("/questions")


def _take_ours(reporter: Browser, number: str) -> None:
    """What was laid into the mailbox is there to be saved."""
    box = reporter.posts("/en/answer", number=number)
    reporter.presses(box, "/answer/file", 200)


def _save_lists(world: World, sarah: Browser) -> None:
    """Keep a list, with every mistake; share it, call it otherwise, and remove it."""
    page = sarah.opens("/queue?view=all&area=2&sort=oldest")
    sarah.presses(page, "/saved", 400, name="")
    sarah.presses(page, "/saved", name="North")
    sarah.presses(page, "/saved", name="South")
    page = sarah.opens("/queue/saved")
    sarah.presses(page, "/share", desk=world.desk("Intake desk, River").id.hex())
    sarah.presses(page, "/share", 404, desk="00" * 16)
    sarah.presses(page, "/name", 400, name=" ")
    sarah.presses(page, "/name", name="Far north")
    sarah.presses(page, "/remove")
    sarah.opens("/queue/saved")
    sarah.opens("/queue?view=all&area=2&sort=oldest")
    for number in range(20):
        sarah.presses(sarah.opens("/queue"), "/saved", None, name=f"List {number}")


def _many(world: World, sarah: Browser) -> None:
    """Choose cases on a list, look at what will happen, do it, and find one changed."""
    page = sarah.opens("/queue?view=all")
    token = form_to(page.page, "/chosen").fields["csrf_token"]
    cases = [link[-26:] for link in _cases(page)]
    amal = world.member("Amal").person.hex()
    told = {"csrf_token": token, "case": [*cases, "none"]}
    sarah.sends("/queue/chosen", {"csrf_token": token})
    sarah.sends("/queue/chosen", told | {"case": [f"{number:026}" for number in range(51)]})
    sarah.sends("/queue/chosen", told | {"fellow": "", "text": ""})
    sarah.sends("/queue/chosen", told | {"fellow": "", "text": "x" * 20_001})
    sure = sarah.sends("/queue/chosen", told | {"fellow": amal, "text": "All of them."})
    fields = form_to(sure.page, "/done").fields
    seen = [one.attrs["value"] for one in sure.page.all("input") if one.attrs["name"] == "seen"]
    sarah.sends("/queue/chosen/done", fields | {"seen": seen, "fellow": "", "text": ""}, 400)
    sarah.presses(sarah.opens(f"/cases/{cases[0]}"), "/note", note="Meanwhile.")
    sarah.sends("/queue/chosen/done", fields | {"seen": seen})


def _find(world: World, tour: Tour, sarah: Browser, case: str) -> None:
    """Look for words and for a reference, and let a case go round among the colleagues."""
    page = sarah.opens("/find")
    sarah.presses(page, "/words", 200, words="asks more")
    sarah.presses(page, "/words", 200, words="")
    sarah.presses(page, "/reference", 200, reference="none")
    sarah.presses(page, "/reference", 303, reference=reference_of(case_at(case[-26:])))
    old = sarah.opens(case)
    sarah.presses(old, "/take")
    sarah.presses(sarah.opens(case), "/hand-over", 200, fellow="none", message="Tuesday.")
    theirs = _sign_in(world, "Amal", tour)
    theirs.presses(theirs.opens(case), "/let-go", 200)
    sarah.presses(sarah.opens(case), "/let-go")
    sarah.presses(
        old, "/hand-over", 409, fellow=world.member("Amal").person.hex(), message="Tuesday."
    )


def _sign_in(world: World, first_name: str, tour: Tour) -> Browser:
    """Sign in over the pages; what the doors answer is remembered too."""
    seated, browser = world.seated[first_name], Browser(world.client(), tour.members)
    world.clock.pass_by(minutes=1)
    second = browser.presses(
        browser.opens("/sign-in"),
        "/sign-in",
        200,
        email=seated.person.email,
        passphrase=seated.offer.passphrase,
    )
    browser.presses(second, "/second", code=code_at(seated.offer.totp_seed, world.clock()))
    return browser


def _cases(queue: Answer) -> list[str]:
    links = [one.attrs["href"] for one in queue.page.all("a")]
    return [link for link in links if "/cases/" in link]


def _look_around(browser: Browser) -> None:
    browser.opens("/home", 303)
    for case in _cases(browser.opens("/queue?view=all")):
        browser.presses(browser.opens(f"{case}?letter=help"), "/report", 200)


def _read_and_answer(sarah: Browser, case: str) -> None:
    shown = sarah.presses(sarah.opens(case), "/report", 200)
    sarah.presses(shown, "/acknowledge")
    for letter in ("received", "help", "own", "none"):
        sarah.opens(f"{case}?letter={letter}")
    sarah.presses(sarah.opens(f"{case}?letter=received"), "/letter")
    own = sarah.opens(f"{case}?letter=own")
    sarah.presses(own, "/answer", 200, letter="", reason="")
    sarah.presses(own, "/answer", letter="We are there.", reason="None of them fits.")
    sarah.presses(sarah.opens(case), "/note", 200, note="")
    sarah.presses(sarah.opens(case), "/note", note="Called the clinic.")
    _handle_files(sarah, case)


def _handle_files(sarah: Browser, case: str) -> None:
    """Add files for both, look at each, lock one and try to unlock it."""
    sarah.presses(sarah.opens(case), "/files", files=FILES)
    sarah.presses(sarah.opens(case), "/files", files=FILES[:1], to_reporter="1")
    sarah.presses(sarah.opens(case), "/files", 422, files=[("empty.txt", b"")])
    sarah.presses(sarah.opens(case), "/files", 422)
    for number in (1, 2, 3):
        sarah.opens(f"{case}/files/{number}")
    sarah.opens(f"{case}/files/77", 404)
    shown = sarah.presses(sarah.opens(f"{case}/files/1"), "/show", 200)
    sarah.opens(next(one.attrs["src"] for one in shown.page.all("img")))
    sarah.presses(shown, "/copy", 200)
    sarah.opens(shown.page.all("img")[0].attrs["src"][:-4] + "none", 404)
    sarah.presses(shown, "/mark")
    locked = sarah.opens(shown.asked.split()[1].removesuffix("/show"))
    fields = form_to(shown.page, "/copy").fields
    sarah.posts(f"{locked.asked.split()[1]}/copy", 409, **fields)
    sarah.posts(f"{locked.asked.split()[1]}/unlock", 422, **fields)


def _unlock_by_another(amal: Browser, case: str) -> None:
    locked = next(
        page
        for number in range(1, 20)
        if "/unlock" in (page := amal.opens(f"{case}/files/{number}", None)).body
    )
    amal.presses(locked, "/unlock", 422, reason="")
    amal.presses(locked, "/unlock", reason="It shows no child.")
    amal.opens(locked.asked.split()[1])


def _take_papers(world: World, sarah: Browser, case: str) -> None:
    """Copies that leave and that do not, and a case that two people keep."""
    papers, chosen = f"{case}/papers", {"sections": ["report", "dates", "files", "summary"]}
    why = {"reason": "authority", "text": "The panel asked."}
    page = sarah.opens(papers)
    sarah.presses(page, "/papers/paper", 422)
    sarah.presses(page, "/papers/paper", 200, **chosen, **why)
    token = form_to(page.page, "/papers/paper").fields["csrf_token"]
    shown = sarah.posts(f"{papers}/words", 200, csrf_token=token, **chosen, **why)
    sarah.presses(shown, "/papers/archive", 200)
    sarah.presses(shown, "/papers/archive", 422, ticket="old")
    sarah.presses(page, "/papers/keep", 422)
    sarah.presses(page, "/papers/keep", why="A court asked.")
    sarah.presses(page, "/papers/keep", 409, why="Again.", once="0" * 64)
    sarah.opens(papers)


def _mistype(world: World, sarah: Browser, case: str, tour: Tour) -> None:
    """Old pages, ended sessions, two at once, cases that are not there."""
    page = sarah.opens(case)
    sarah.opens("/cases/AAAAAAAAAAAAAAAAAAAAAAAAAA", 404)
    sarah.opens("/cases/none", 404)
    sarah.opens("/people", 403)
    sarah.presses(page, "/note", 403, note="A note of mine.", csrf_token="old")
    sarah.presses(page, "/lock")
    seated = world.seated["Sarah"]
    asked = sarah.presses(page, "/note", 401, note="A note of mine.")
    sarah.presses(asked, "/unlock", 401, passphrase="not this one")
    kept = sarah.presses(asked, "/unlock", 200, passphrase=seated.offer.passphrase)
    sarah.presses(sarah.opens("/sessions"), "/sign-out")
    asked = sarah.presses(page, "/note", 401, note="A note of mine.")
    world.clock.pass_by(minutes=1)
    second = sarah.presses(
        asked, "/sign-in", 200, email=seated.person.email, passphrase=seated.offer.passphrase
    )
    code = code_at(seated.offer.totp_seed, world.clock())
    kept = sarah.presses(second, "/second", 200, code=code)
    with _database_locked(world):
        sarah.presses(kept, "/note", 503)
    sarah.presses(kept, "/note")


def _read_the_log(grace: Browser) -> None:
    grace.opens("/home", 303)
    page = grace.opens("/log")
    grace.opens("/log?page=2&event=signed_in&name=Sarah&case=none&until=2026-01-01")
    grace.presses(page, "/log/check", 422, head="12")
    grace.presses(page, "/log/check", 200, head=Head(0, NOTHING).said())
    grace.presses(page, "/log/check", 200, head=Head(0, b"x" * 32).said())


def _invite(omar: Browser) -> None:
    page = omar.opens("/people")
    told = {"name": "Noor Aziz", "email": "noor@example.org", "role": "auditor", "language": "ar"}
    omar.presses(page, "/people", 400, name="Nobody")
    omar.presses(page, "/people", 200, **told)
    omar.presses(page, "/people", 409, **(told | {"email": "sarah.okello@example.org"}))
    omar.opens("/queue", 403)
    omar.presses(omar.opens("/home"), "/lock")


def _keep_network(world: World, claire: Browser) -> None:
    """Every page of the network, added to, changed, overtaken and mistyped."""
    directory = world.directory()
    terra = next(one for one in directory.agencies.values() if one.names["en"] == "Terra Aid")
    desk, sarah = world.desk("Intake desk, River"), world.member("Sarah").person
    claire.opens("/network/")
    _add_to_network(world, claire)
    for page in (
        f"/network/agencies/{terra.id.hex()}",
        "/network/countries/XXA",
        "/network/places/2",
        "/network/places/2/services/1",
        f"/network/desks/{desk.id.hex()}",
    ):
        opened = claire.opens(page)
        claire.presses(opened, page.rpartition("/")[2], 400, name_en="")
        claire.presses(opened, page.rpartition("/")[2], name_en=f"Renamed {len(page)}")
        claire.presses(opened, page.rpartition("/")[2], 409, name_en="Renamed again")
    claire.presses(claire.opens("/network/places/2/services/1"), "/remove")
    post = f"/network/people/{sarah.hex()}"
    claire.presses(claire.opens(post), sarah.hex(), agency=terra.id.hex(), job="Officer")
    claire.presses(claire.opens(post), sarah.hex(), 400, job="x" * 301)
    claire.presses(claire.opens(post), "/away", 400, first="soon")
    claire.presses(claire.opens(post), "/away", first="2030-12-12")
    claire.presses(claire.opens(post), "/back")
    claire.opens("/network/agencies/00", 404)
    claire.opens("/network/")


def _add_to_network(world: World, claire: Browser) -> None:
    for kind, more in (
        ("countries", {"name_en": "Examplia", "iso": "XXA"}),
        ("agencies", {"name_en": "Delta Aid", "entity_class": "ngo", "investigates": "no"}),
        ("places", {"name_en": "Delta", "country": "XXA"}),
    ):
        page = claire.opens(f"/network/{kind}/new")
        claire.presses(page, "/new", 400, name_en="")
        claire.presses(page, "/new", **more)
    agencies = world.directory().agencies.values()
    delta = next(one for one in agencies if one.names["en"] == "Delta Aid").id.hex()
    page = claire.opens("/network/desks/new")
    told = {"name_en": "Desk of Delta", "agency": delta, "function": "intake"}
    claire.presses(page, "/new", 400, **(told | {"name_en": ""}))
    claire.presses(page, "/new", 200, **told)
    claire.presses(page, "/new", 409, **told)


def _be_away(sarah: Browser) -> None:
    page = sarah.opens("/away")
    sarah.presses(page, "/away", 400, first="soon")
    sarah.presses(page, "/away", first="2030-12-12", last="2030-12-19")
    sarah.presses(sarah.opens("/away"), "/back", 400, first="soon")
    sarah.presses(sarah.opens("/away"), "/back")
    sarah.opens("/queue")


def _leave(world: World, tour: Tour) -> None:
    """One begins again, one has left, one leaves a desk: what those who stay see meanwhile."""
    omar, amal = _sign_in(world, "Omar", tour), _sign_in(world, "Amal", tour)
    people = {who: world.member(who).person.hex() for who in ("Sarah", "Peter", "Omar")}
    for person in people.values():
        omar.opens(f"/people/{person}")
        omar.opens(f"/people/{person}/correct")
    omar.presses(omar.opens(f"/people/{people['Sarah']}"), "/begin-again", 200)
    page = omar.opens(f"/people/{people['Peter']}")
    omar.presses(page, "/left", 200)
    omar.presses(page, "/left", 409)
    omar.opens(f"/people/{people['Peter']}")
    omar.opens("/people/none", 404)
    amal.opens("/queue?view=all")
    amal.opens(f"/desk/{_desk_of(world, 'Amal')}/leave")
    amal.opens("/desk/none/leave", 404)
    lucia = _sign_in(world, "Lucia", tour)
    lucia.presses(lucia.opens(f"/desk/{_desk_of(world, 'Lucia')}/leave"), "/leave")
    lucia.opens("/desk")


def _desk_of(world: World, first_name: str) -> str:
    return world.directory().desks_of(world.member(first_name).person)[0].id.hex()


def _static_files(world: World, reporter: Browser) -> None:
    with world.app.test_request_context():
        address = world.app.jinja_env.globals["static_file"]
        files = [address(file.name) for file in sorted(FOLDER.iterdir())]
    for file in files:
        reporter.opens(file)
        reporter.opens(file, Accept_Encoding="identity")
        reporter.opens(re.sub("/[0-9a-f]{12}/", "/000000000000/", file), 404)


def _when_something_is_broken(world: World, tour: Tour, number: str) -> None:
    """A locked database keeps what was written; a changed one gives the page of a fault."""
    reporter = Browser(world.client(), tour.public)
    box = reporter.posts("/en/answer", number=number)
    with _database_locked(world):
        reporter.sends("/en/report", WHOLE_FORM, 503)
        reporter.presses(box, "/answer/write", 503, text="Still here.")
        reporter.posts("/en/answer", 503, number=number)
    with _as_sqlite(world) as other:
        other.execute("UPDATE directory_entry SET token = zeroblob(16)")
    reporter.opens("/en/", 500)
    reporter.sends("/en/report", WHOLE_FORM, 500)
    Browser(world.client(), tour.members).opens("/sign-in")


@contextmanager
def _as_sqlite(world: World) -> Iterator[sqlite3.Connection]:
    """Another program at the same file."""
    file = str(make_url(world.settings.database).database)
    other = sqlite3.connect(file, isolation_level=None)
    try:
        yield other
    finally:
        other.close()


@contextmanager
def _database_locked(world: World) -> Iterator[None]:
    with _as_sqlite(world) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _keyring_of(app: Casefile) -> Keyring:
    with app.app_context():
        return current_deployment().keyring
