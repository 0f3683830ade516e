"""A story in which every word is planted: told over the real pages, then looked for everywhere.

Words of people (what happened, answers, notes, how to reach somebody) and names (of desks,
members, places, agencies) are kept apart, for the deployment may know names and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from casefile.audit.chain import chain_rows
from casefile.cases.deletion_notes import leave_note
from casefile.cases.label import read_label
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of
from casefile.network.desks import INTAKE
from casefile.network.directory import Agency, Area, Desk, HelpPlace, list_entry
from casefile.network.recovery import found_recovery
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.people.second_factor import code_at
from casefile.platform.database import own_transaction, write
from casefile.platform.jobs import claim, enqueue, perform_due
from casefile.referral.outside import send_outside
from tests.documents import making
from tests.invariants.browsing import Browser
from tests.invariants.pages import form_to
from tests.invariants.traces import ARABIC_MARK, LATIN_MARK
from tests.referral.passing_on import packet as packet_of
from tests.referral.passing_on import passes_on, sorted_out, writes
from tests.world import World

AREA, DESK = 77, 77


def latin(end: str) -> str:
    """A planted word of Latin letters."""
    return LATIN_MARK + end


def arabic(end: str) -> str:
    """A planted word of Arabic letters."""
    return ARABIC_MARK + end


NAMES = {
    "agency": latin("agency relief"),
    "also called": latin("short"),
    "area": latin("hill"),
    "area in Arabic": arabic("تل"),
    "clinic": latin("clinic"),
    "the way to it": latin("wayto"),
    "its hours": latin("dawn"),
    "desk": latin("desk hill"),
    "desk in Arabic": arabic("مكتب"),
    "member": f"{latin('ruth')} {latin('kamau')}",
    "member's e-mail": latin("ruth") + "@example.org",
    "invited": f"{latin('nadia')} {arabic('نادية')}",
    "invited person's e-mail": latin("nadia") + "@example.org",
}
"""What the deployment knows by design: names of desks, members, places and agencies."""

WORDS = {
    "what": f"He said {latin('story')} to her.\n{arabic('قصة')} — {latin('told')}",
    "employer": f"{latin('vest')} with a {latin('logo')}",
    "keep_from": f"Health Bridge, {latin('avoided')}",
    "contact_how": f"call {latin('phone')}",
    "contact_when": f"after {arabic('غروب')}",
}
"""What a reporter types, by field of the form."""

CHOSEN: dict[str, str | list[str]] = {
    "now": ["danger", "health"],
    "who": "other_knows",
    "age": "child",
    "sex": "female",
    "area": str(AREA),
    "when": "d3",
    "help": ["health", "talk"],
    "contact": "way",
    "name_may": "ask",
    "staff": "1",
}
MESSAGE = f"{latin('addition')} and {arabic('زيادة')}"
LETTER = f"{latin('letter')} for you"
REASON = latin("reason")
NOTE = f"{latin('note')} {arabic('ملاحظة')}"
LIST = f"{latin('list')} {arabic('قائمة')}"
MANY = f"{latin('many')} {arabic('كثيرة')}"
STRAY = latin("stray")
"""Typed where nothing can be kept: an empty report's answers, a wrong number, an address."""


FILES = (
    (latin("photo") + ".jpg", making.picture("JPEG", (1200, 900))),
    (latin("letter") + ".pdf", making.pdf()),
    (latin("minutes") + ".docx", making.docx()),
    (latin("voice") + ".ogg", b"OggS" + latin("spoken ").encode() * 30_000),
    (latin("words") + ".txt", WORDS["what"].encode("utf-16-le")),
)
"""Files whose names, details and contents are planted words: some are cleaned, some cannot be."""


@dataclass
class Story:
    """A world in which the story was told, with the browsers of those it happened to."""

    world: World
    reporter: Browser
    member: Browser
    number: str = field(repr=False)
    case: str


def tell(world: World) -> Story:
    """Tell the story from the first name to the last note; jobs and sessions are left lying."""
    _list_names(world)
    member = _join(world)
    _invite_another(world)
    reporter = Browser(world.client())
    number = _report(reporter, "en")
    _work(world)
    _come_back(reporter, number)
    case = _answer(member)
    _pass_on(world)
    _report(reporter, "ar")
    _err(reporter, member, case)
    _leave_jobs(world)
    _leave_note(world)
    return Story(world, reporter, member, number, case)


def digits(page: str) -> str:
    """The number on a receipt page, in digits of our own."""
    shown = re.search(r'<p class="number".*?</p>', page, re.S)
    assert shown is not None
    return "".join(str(int(sign)) for sign in shown.group() if sign.isdecimal())


def secret_on(page: str) -> tuple[str, str]:
    """The passphrase and the authenticator's secret of a joining page."""
    passphrase = re.search(r'class="passphrase"><bdi[^>]*>([^<]+)', page)
    seed = re.search(r'<bdi class="ref">([A-Z2-7 ]+)</bdi>', page)
    assert passphrase is not None
    assert seed is not None
    return passphrase[1], seed[1].replace(" ", "")


def _list_names(world: World) -> None:
    """An agency with a desk in an area of its own, all named with planted words."""
    deployment = world.deployment
    agency = Agency(
        deployment.random(16), {"en": NAMES["agency"]}, "ngo", (NAMES["also called"],), code=77
    )
    names = {"en": NAMES["area"], "ar": NAMES["area in Arabic"]}
    help_place = HelpPlace(
        "health",
        {"en": NAMES["clinic"]},
        {"en": NAMES["the way to it"]},
        {"en": NAMES["its hours"]},
    )
    area = Area(deployment.random(16), names, AREA, (help_place,))
    names = {"en": NAMES["desk"], "ar": NAMES["desk in Arabic"]}
    desk = Desk(deployment.random(16), names, agency.id, AREA, INTAKE, code=DESK)

    with world.session() as session:
        for entry in (agency, area, desk):
            write(lambda writing, entry=entry: list_entry(writing, deployment, entry), session)
        write(lambda writing: found_recovery(writing, deployment, agency.id), session)


def _join(world: World) -> Browser:
    """The desk's first member is invited and joins over the pages."""
    with world.session() as session:
        token = invite(
            session,
            world.deployment,
            email=NAMES["member's e-mail"],
            name=NAMES["member"],
            role=Role.FOCAL_POINT,
            language="en",
            desks=(world.desk(NAMES["desk"]).id,),
            by=None,
        )
    browser = Browser(world.client())
    shown = browser.opens(f"/join/{token}")
    passphrase, seed = secret_on(shown.body)
    asked = browser.presses(shown, f"/join/{token}", 200)
    code = code_at(seed, world.clock())
    browser.presses(asked, "/account", 303, passphrase=passphrase, code=code)
    return browser


def _invite_another(world: World) -> None:
    """The administrator invites somebody, over the page."""
    omar = Browser(world.signed_in("Omar"))
    omar.presses(
        omar.opens("/people"),
        "/people",
        200,
        name=NAMES["invited"],
        email=NAMES["invited person's e-mail"],
        role="investigator",
        language="ar",
    )


def _report(reporter: Browser, language: str) -> str:
    """Fill in the whole form and send it; the number."""
    page = reporter.opens(f"/{language}/")
    address = f"/{language}/report"
    once = next(one.attrs["value"] for one in page.page.all("input") if one.attrs["name"] == "once")
    sent = reporter.sends(address, {"once": once} | WORDS | CHOSEN, files=FILES)
    return digits(sent.body)


def _come_back(reporter: Browser, number: str) -> None:
    page = reporter.posts("/en/answer", number=number)
    reporter.presses(page, "/answer/write", 200, text=MESSAGE, files=FILES[:1])


def _answer(member: Browser) -> str:
    """The member reads the report, confirms, writes in her own words and leaves a note."""
    queue = member.opens("/queue")
    case = next(one.attrs["href"] for one in queue.page.all("a") if "/cases/" in one.attrs["href"])
    shown = member.presses(member.opens(case), f"{case}/report", 200)
    member.presses(shown, f"{case}/acknowledge")
    composer = member.opens(f"{case}?letter=own")
    member.presses(composer, f"{case}/answer", letter=LETTER, reason=REASON)
    member.presses(member.opens(case), f"{case}/note", note=NOTE)
    _handle_files(member, case)
    found = member.presses(member.opens("/find"), "/find/words", 200, words=NOTE)
    assert case in found.body
    _work_with_lists(member, case)
    return case


def _pass_on(world: World) -> None:
    """Another case is passed on in planted words, and a planted letter waits at its door."""
    before = _cases(world)
    world.report(latin("passed"), area="2")
    (origin,) = _cases(world) - before
    sorted_out(world, "Sarah", origin)
    referral = passes_on(
        world,
        "Sarah",
        origin,
        "Investigations",
        summary=f"{latin('summary')} {arabic('ملخص')}",
        subject=latin("subject"),
        place=latin("place"),
    )
    with world.session() as session:
        packet = read_label(session, world.deployment, origin).label.link(referral).other
    _lay_out(world, origin)
    writes(world, "Joseph", packet, referral, f"{latin('between')} {arabic('بيننا')}")


def _lay_out(world: World, origin: bytes) -> None:
    """The same case goes to an agency without a desk here."""
    agency = next(iter(world.directory().agencies))
    told = packet_of(summary=latin("outside"), subject=latin("subject"))
    with world.session() as session:
        deployment, sarah = world.deployment, world.member("Sarah")
        address = address_of(origin)
        send_outside(session, deployment, sarah, address, told, agency, once=b"page" * 8)


def _cases(world: World) -> set[bytes]:
    with world.session() as session:
        return set(session.scalars(select(CaseRow.id)))


def _work_with_lists(member: Browser, case: str) -> None:
    """A list is saved and shared under a planted name, and a note left in many cases at once."""
    queue = member.opens("/queue?view=all")
    member.presses(queue, "/queue/saved", name=LIST)
    desk = re.search(r'<option value="([0-9a-f]{32})"', member.opens("/queue/saved").body)
    assert desk is not None
    member.presses(member.opens("/queue/saved"), "/share", desk=desk[1])
    member.presses(member.opens("/queue/saved"), "/name", name=LIST + "2")
    chosen = form_to(queue.page, "/queue/chosen").fields | {"case": case[-26:]}
    sure = member.sends("/queue/chosen", chosen | {"fellow": "", "text": MANY})
    member.presses(sure, "/queue/chosen/done", 200)


def _handle_files(member: Browser, case: str) -> None:
    """A file is added, looked at, copied, locked, and unlocking it is tried."""
    member.presses(member.opens(case), f"{case}/files", files=FILES[:4])
    shown = member.presses(member.opens(f"{case}/files/1"), "/show", 200)
    picture = next(one.attrs["src"] for one in shown.page.all("img"))
    member.opens(picture)
    member.presses(shown, "/copy", 200)
    locking = form_to(shown.page, "/mark")
    member.sends(locking.address, locking.fields, 303)
    member.sends(f"{case}/files/1/unlock", locking.fields | {"reason": latin("harmless")}, 409)


def _err(reporter: Browser, member: Browser, case: str) -> None:
    """What is refused or goes astray must not be kept either."""
    reporter.sends("/en/report", {"what": ""} | {"employer": STRAY}, 422)
    refused = ((STRAY + ".png", b""), (STRAY + ".ogg", b"OggS" + STRAY.encode() * 100_000))
    reporter.sends("/en/report", WORDS, 422, files=refused)
    reporter.posts("/en/answer", 422, number=STRAY)
    reporter.posts("/en/answer/write", 422, text=STRAY, token=STRAY)
    reporter.opens(f"/en/{STRAY}?{STRAY}={STRAY}", 404, User_Agent=STRAY, Referer=STRAY)
    member.opens(f"/cases/{STRAY}", 404)
    page = member.opens(case)
    member.posts(f"{case}/note", 403, note=f"{STRAY} {STRAY}", csrf_token="old")
    stranger = Browser(reporter.client.application.test_client())
    stranger.presses(page, f"{case}/note", 401, note=f"{STRAY} {STRAY}")
    stranger.posts("/sign-in", 200, email=STRAY + "@example.org", passphrase=STRAY)


def _leave_jobs(world: World) -> None:
    """One job failed and waits, one was taken by a worker that died, one is for later."""
    deployment = world.deployment
    with world.session() as session:
        write(lambda writing: enqueue(writing, deployment, "nobody_does_this", {}), session)
    with world.app.app_context():
        perform_due(deployment)
    with world.session() as session:
        for when in (timedelta(), timedelta(hours=5)):
            write(lambda it, when=when: enqueue(it, deployment, "tell_desk", {}, when), session)
    with world.app.app_context():
        claim(deployment)
    _report(Browser(world.client()), "fr")


def _leave_note(world: World) -> None:
    """A case that is long gone left its note."""
    deployment = world.deployment
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).first()
        assert case is not None
        label = read_label(session, deployment, case).label
        gone = deployment.random(16)
        write(lambda writing: leave_note(writing, deployment, gone, label), session)


def _work(world: World) -> None:
    """The worker does what is due and chains the log."""
    with world.app.app_context():
        perform_due(world.deployment)
        with own_transaction() as session:
            chain_rows(session, world.deployment)
