"""The part *complaint* of a case: passing it on to whom it concerns, and what comes back.

Four moves each: load, form, verb, redirect or render. Nothing leaves that was not shown on the
page before it, line by line.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases.changed import ChangedMeanwhile
from casefile.cases.label import CaseNotFound
from casefile.codes.machines import Forbidden
from casefile.codes.questions import Questionnaire
from casefile.console.answers import questionnaire
from casefile.console.case_pages import part_page
from casefile.console.complaint_forms import PacketForm, StepForm, chosen_of
from casefile.console.complaint_words import (
    ComplaintWords,
    complaint_words,
    options_of,
    packet_lines,
)
from casefile.console.forms import identity_of, once_of
from casefile.console.frame import named
from casefile.network.directory import Directory, read_directory
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.errors import keep_what_was_written, problem_page
from casefile.referral.answering import Said, take_step, write_between
from casefile.referral.composing import Chosen
from casefile.referral.delivering import ask_fund, deliver_letter
from casefile.referral.machines import Kind
from casefile.referral.outside import HandedOut, send_outside
from casefile.referral.packet import Packet
from casefile.referral.part import open_complaint
from casefile.referral.previewing import compose, preview
from casefile.referral.sending import NobodyThere, send

complaint = Blueprint("complaint", __name__)

PRESSED = frozenset(
    {"confirm", "accept", "decline", "recall", "open_investigation", "conclude"}
    | {"share_outcome", "close"}
)
"""Steps a person takes on this page; sending and the first look are none of them."""
REASONED = frozenset({"decline", "recall"})


@complaint.get("/cases/<case>/complaint")
@needs(Permission.OPEN_CASE)
def part(case: str) -> ResponseReturnValue:
    """Who is concerned, what left, and what came back."""
    return _page(case)


@complaint.post("/cases/<case>/complaint/preview")
@needs(Permission.WRITE_NOTE)
def look_first(case: str) -> ResponseReturnValue:
    """Exactly what would leave, line by line, before anything leaves."""
    form = PacketForm()
    return _preview(case, form) if form.validate_on_submit() else _page(case, form)


@complaint.post("/cases/<case>/complaint/send")
@needs(Permission.WRITE_NOTE)
def pass_on(case: str) -> ResponseReturnValue:
    """Send what was just shown."""
    form, to = PacketForm(), identity_of(request.form.get("to"))
    if not form.validate_on_submit() or request.form.get("again") or to is None:
        return _page(case, form)
    packet = compose(*_acting(), case, _chosen(form))
    once, seen = _once(form.once.data), form.seen.data or ""
    if to in _directory().agencies:
        return _hand_out(case, form, packet, to, once, seen)
    desk = to
    return _done(
        case,
        lambda: send(*_acting(), case, Kind.COMPLAINT, packet, desk, once=once, seen=seen),
        form,
    )


@complaint.post("/cases/<case>/complaint/step")
@needs(Permission.WRITE_NOTE)
def step(case: str) -> ResponseReturnValue:
    """Take one step of a referral from this end."""
    form = StepForm()
    verb, referral = form.verb.data or "", identity_of(form.referral.data)
    if not form.validate_on_submit() or verb not in PRESSED or referral is None:
        return _page(case, typed=form)
    if wrong := _missing(form, verb):
        return _page(case, typed=form, refused=wrong), 422
    said = Said(
        reason=form.reason.data or "",
        reason_code=form.code.data or "",
        letter=_letter_with(form, verb),
        language=current_member().language,
        for_reporter=verb == "share_outcome",
    )
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(
        case,
        lambda: take_step(*_acting(), case, referral, verb, said, once=once, seen=seen),
        typed=form,
    )


@complaint.post("/cases/<case>/complaint/write")
@needs(Permission.WRITE_NOTE)
def write(case: str) -> ResponseReturnValue:
    """Leave a letter for the other end, for it to read or to hand on to the reporter."""
    form = StepForm()
    referral = identity_of(form.referral.data)
    if not form.validate_on_submit() or referral is None:
        return _page(case, typed=form)
    if not form.letter.data:
        return _page(case, typed=form, refused="letter"), 422
    said = Said(
        letter=form.letter.data,
        language=current_member().language,
        for_reporter=bool(request.form.get("for_reporter")),
    )
    once = _once(form.once.data)
    return _done(
        case, lambda: write_between(*_acting(), case, referral, said, once=once), typed=form
    )


@complaint.post("/cases/<case>/complaint/deliver")
@needs(Permission.ANSWER_REPORTER)
def deliver(case: str) -> ResponseReturnValue:
    """Hand a letter of the other end on to who reported."""
    form = StepForm()
    number = request.form.get("number", type=int)
    if not form.validate_on_submit() or number is None:
        return _page(case, typed=form)
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: deliver_letter(*_acting(), case, number, once=once, seen=seen))


@complaint.post("/cases/<case>/complaint/fund")
@needs(Permission.WRITE_NOTE)
def fund(case: str) -> ResponseReturnValue:
    """Record that the inter-agency fund was asked for investigators."""
    form = StepForm()
    agency = identity_of(form.agency.data)
    if not form.validate_on_submit() or agency is None:
        return _page(case, typed=form)
    once, seen = _once(form.once.data), form.seen.data or ""
    return _done(case, lambda: ask_fund(*_acting(), case, agency.hex(), once=once, seen=seen))


@complaint.errorhandler(CaseNotFound)
def _not_there(_error: CaseNotFound) -> ResponseReturnValue:
    return problem_page(404)


@complaint.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    """A colleague was a moment earlier: nothing was saved, and what was written is kept."""
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(_status: int) -> str:
    return repeat_page(posted_page(), why="not_saved")


keep_what_was_written(complaint, _not_saved)


def _missing(form: StepForm, verb: str) -> str:
    """What has to be said before this step can be taken; empty if nothing is missing."""
    if verb in REASONED and not form.reason.data:
        return "reason"
    if verb == "decline" and form.code.data not in _words().reasons:
        return "reason"
    return "letter" if verb == "share_outcome" and not form.letter.data else ""


def _letter_with(form: StepForm, verb: str) -> str:
    """Words for the other end: why it was declined, or what the reporter is to be told."""
    return (form.reason.data if verb == "decline" else form.letter.data) or ""


def _done(
    case: str,
    verb: Callable[[], object],
    form: PacketForm | None = None,
    typed: StepForm | None = None,
) -> ResponseReturnValue:
    """Do it and show the part again; what stands against it is said, with what was typed."""
    try:
        verb()
    except Forbidden:
        return _page(case, form, typed, refused="not_now"), 409
    except NobodyThere:
        return _page(case, form, typed, refused="nobody_there"), 409
    except ChangedMeanwhile as changed:
        return _page(case, form, typed, changes=changed.changes), 409
    return redirect(url_for("complaint.part", case=case), 303)


def _hand_out(
    case: str, form: PacketForm, packet: Packet, agency: bytes, once: bytes, seen: str
) -> ResponseReturnValue:
    """Lay it out to be fetched; the two halves stand on this page and on no other."""
    given: list[HandedOut] = []

    def lay_out() -> None:
        given.append(send_outside(*_acting(), case, packet, agency, once=once, seen=seen))

    answer = _done(case, lay_out, form)
    if not given:
        return answer
    page, _found = open_complaint(*_acting(), case)
    base = current_deployment().settings.base.rstrip("/")
    code = given[0].code
    return part_page(
        "console/case/complaint_outside.html",
        page,
        address=base + url_for("passed_on.ask", link=given[0].link),
        code=" ".join(code[at : at + 3] for at in range(0, len(code), 3)),
    )


def _preview(case: str, form: PacketForm) -> ResponseReturnValue:
    to = identity_of(form.to.data)
    if to is None or not form.summary.data:
        return _page(case, form, refused="words" if to else "recipient"), 422
    chosen = _chosen(form)
    packet = compose(*_acting(), case, chosen)
    try:
        shown = preview(*_acting(), case, packet, to)
    except NobodyThere:
        return _page(case, form, refused="nobody_there"), 409
    page, _found = open_complaint(*_acting(), case)
    areas = _directory().areas
    area = named(areas[packet.area].names) if packet.area else ""
    return part_page(
        "console/case/complaint_preview.html",
        page,
        preview=shown,
        agency=named(shown.agency),
        desk=named(shown.desk) if shown.desk else shown.outside,
        lines=packet_lines(_questions(), packet.plain(), area),
        kept=[(name, value) for name, value in request.form.items(multi=True) if name in KEPT],
    )


KEPT = frozenset(
    {"to", "summary", "employer", "subject", "place", "area", "when", "who", "age", "sex"}
    | {"danger", "needs", "name", "contact"}
)
"""What the page before sending carries on."""


def _page(
    case: str,
    form: PacketForm | None = None,
    typed: StepForm | None = None,
    *,
    refused: str = "",
    changes: object = None,
) -> str:
    page, found = open_complaint(*_acting(), case)
    questions, words = _questions(), _words()
    areas = _directory().areas
    return part_page(
        "console/case/complaint.html",
        page,
        part=found,
        words=words,
        named=named,
        options={name: options_of(questions, name) for name in OPTIONS},
        areas=[(code, named(area.names)) for code, area in areas.items()],
        lines={
            card.id: packet_lines(questions, card.packet, _area(areas, card.packet["area"]))
            for card in found.cards
            if card.packet
        },
        chosen=_chosen(form) if form else found.offered,
        form=form,
        typed=typed,
        refused=words.refused[refused] if refused else "",
        changed=changes is not None,
        changes=changes or (),
        may_answer=current_member().may(Permission.ANSWER_REPORTER),
    )


OPTIONS = ("when", "who", "age", "sex", "danger", "needs")


def _area(areas: object, code: int) -> str:
    known = areas.get(code) if isinstance(areas, dict) else None
    return named(known.names) if known else ""


def _chosen(form: PacketForm) -> Chosen:
    return chosen_of(form, _questions(), _directory())


def _directory() -> Directory:
    return read_directory(current_session(), current_deployment())


def _questions() -> Questionnaire:
    return questionnaire(current_deployment().settings.config)


def _words() -> ComplaintWords:
    return complaint_words(current_deployment().settings.config)


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _once(field: str | None) -> bytes:
    """The page's own token, or a random one: a page without it is never refused."""
    return once_of(field) or current_deployment().random(32)
