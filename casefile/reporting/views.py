"""The addresses of the anonymous pages, all on this one screen; four moves each.

A view loads, reads the form, calls one verb and renders. No query, no cryptography and no rule of
the field stands here, and whatever goes wrong, what a person wrote comes back on the page.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from casefile.cases.choices import asked_for
from casefile.cases.files import FileNotThere, receive_files
from casefile.cases.mailbox import (
    MailboxFull,
    NumberOpensNothing,
    TokenExpired,
    choose,
    open_by_token,
    take_our_file,
)
from casefile.documents.kinds import ending_of
from casefile.intake.receive import Receipt, ServiceNotOpen, receive
from casefile.network.desks import service_open
from casefile.network.directory import Area
from casefile.network.places import areas
from casefile.people.gate import public
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.downloads import attachment
from casefile.platform.errors import TOO_LARGE, keep_what_was_written, problem_page
from casefile.platform.headers import compressible
from casefile.platform.language import LANGUAGES, current_language, use_language
from casefile.platform.throttle import Busy
from casefile.platform.uploads import ArrivingFile, SealingRequest, takes_files
from casefile.reporting import pages
from casefile.reporting.first_view import open_paper
from casefile.reporting.forms import (
    LetterForm,
    ReportForm,
    read_letter,
    read_report,
)
from casefile.reporting.pages import SentFiles, Trouble
from casefile.reporting.sending import admitted, inbound, leave_for_good, opened, written
from casefile.sealing.receipts import parse_code

TOO_MANY = 429
NOT_ACCEPTED = 422
"""Nothing was saved, and the page says what is missing."""
FILE_DIGITS = 6
"""Digits of the number of a file in a mailbox: more than there can be."""

SPOKEN = tuple(language.code for language in LANGUAGES)
LANG = f"/<any({','.join(SPOKEN)}):lang>"

reporting = Blueprint("reporting", __name__)


@reporting.url_value_preprocessor
def _speak(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let the address decide the language; without one the browser's wish counts."""
    if values and "lang" in values:
        use_language(values.pop("lang"))


@reporting.context_processor
def _safety() -> dict[str, object]:
    return {"safety": pages.safety_line()}


@reporting.get("/")
@public
def first_page() -> Response:
    """The form in the language the browser asks for, without a redirect on the way."""
    page = compressible(_blank_form())
    page.vary.add("Accept-Language")
    return page


@reporting.get(f"{LANG}/")
@public
def form_page() -> Response:
    """The empty form."""
    return compressible(_blank_form())


@reporting.post(f"{LANG}/report")
@public
@takes_files
def send_report() -> ResponseReturnValue:
    """Take the report and show its number; with a file that is refused the page comes back."""
    filled, arrived = read_report(request.form, pages.questions()), _arrived()
    again = SentFiles(again=bool(arrived))
    if filled.mistake:
        return pages.form_page(filled, _areas(), files=again), NOT_ACCEPTED
    received = receive_files(current_deployment(), arrived)
    if received.refused:
        return pages.form_page(filled, _areas(), files=SentFiles(received.refused)), NOT_ACCEPTED
    told = inbound(filled, received.taken)
    try:
        receipt = receive(current_session(), current_deployment(), told)
    except ServiceNotOpen:
        return pages.form_page(filled, _areas(), Trouble.NOT_OPEN, again), 503
    return _receipt_page(receipt)


@reporting.get(f"{LANG}/young")
@public
def young_page() -> Response:
    """The short page for people under 18."""
    if not service_open(current_session(), current_deployment()):
        return compressible(pages.not_open_page())
    return compressible(pages.young_page(ReportForm(), _areas()))


@reporting.post(f"{LANG}/young")
@public
def send_young() -> ResponseReturnValue:
    """Take what a young person tells, for those whose job is to keep children safe."""
    filled = read_report(request.form, pages.young_questions())
    if filled.mistake:
        return pages.young_page(filled, _areas()), NOT_ACCEPTED
    try:
        told = replace(inbound(filled, ()), young=True)
        receipt = receive(current_session(), current_deployment(), told)
    except ServiceNotOpen:
        return pages.young_page(filled, _areas(), Trouble.NOT_OPEN), 503
    return _receipt_page(receipt)


@reporting.get(f"{LANG}/listen")
@public
def listen() -> Response:
    """Few large words for people who do not read, and who can be called."""
    return compressible(pages.listen_page())


@reporting.post(f"{LANG}/receipt")
@public
def print_receipt() -> ResponseReturnValue:
    """A page to print that says nothing of the report; for staff one that says the day alone."""
    deployment = current_deployment()
    given = request.form.get("paper", "")
    received = open_paper(deployment.keyring, given, deployment.now())
    if received is None:
        return pages.number_page(LetterForm(), Trouble.LOCKED), NOT_ACCEPTED
    code = parse_code(request.form.get("number", ""))
    return pages.paper_page(received, code, duty=request.form.get("duty") == "1")


@reporting.get(f"{LANG}/report")
@public
def report_again() -> ResponseReturnValue:
    """A telephone that restores its tab asks for the receipt's address: the form, then."""
    return redirect(url_for("reporting.form_page", lang=current_language().code), 303)


@reporting.get(f"{LANG}/answer")
@reporting.get(f"{LANG}/receipt")
@public
def answer_again() -> ResponseReturnValue:
    """The same for the mailbox: where the number is typed."""
    return redirect(url_for("reporting.number_page", lang=current_language().code), 303)


@reporting.get(f"{LANG}/number")
@public
def number_page() -> Response:
    """Where a number is typed."""
    return compressible(pages.number_page(LetterForm()))


@reporting.post(f"{LANG}/answer")
@public
def open_mailbox() -> ResponseReturnValue:
    """Show where the report stands and what we wrote: by number, or again by the page's token."""
    filled = read_letter(request.form)
    try:
        return pages.mailbox_page(opened(filled), LetterForm())
    except Busy:
        return pages.number_page(filled, Trouble.BUSY), TOO_MANY
    except NumberOpensNothing:
        return pages.number_page(filled.opening_nothing()), NOT_ACCEPTED
    except TokenExpired:
        return pages.number_page(LetterForm(), Trouble.LOCKED), NOT_ACCEPTED


@reporting.post(f"{LANG}/answer/write")
@public
@takes_files
def write_letter() -> ResponseReturnValue:
    """Take what a reporter writes: by the page's token, or by the number once that expired."""
    filled, arrived = read_letter(request.form), _arrived()
    again = SentFiles(again=bool(arrived))
    try:
        if filled.mistake:
            return pages.mailbox_page(opened(filled), filled, again), NOT_ACCEPTED
        letter = admitted(filled) if arrived else filled
        received = receive_files(current_deployment(), arrived)
        if received.refused:
            files = SentFiles(received.refused)
            return pages.mailbox_page(opened(letter), filled, files), NOT_ACCEPTED
        return pages.mailbox_page(written(letter, received.taken), LetterForm())
    except Busy:
        return pages.letter_page(filled, Trouble.BUSY, again), TOO_MANY
    except MailboxFull:
        return pages.letter_page(filled, Trouble.FULL, again), TOO_MANY
    except NumberOpensNothing:
        return pages.letter_page(filled.opening_nothing(), files=again), NOT_ACCEPTED
    except TokenExpired:
        return pages.letter_page(filled, Trouble.LOCKED, again), NOT_ACCEPTED


@reporting.post(f"{LANG}/answer/file")
@public
def take_file() -> ResponseReturnValue:
    """Hand over a file we sent to this number, to be saved under a neutral name."""
    filled, number = read_letter(request.form), request.form.get("file", "")
    if not (number.isascii() and number.isdecimal() and len(number) <= FILE_DIGITS):
        return problem_page(404)
    session, deployment = current_session(), current_deployment()
    try:
        file, data = take_our_file(session, deployment, token=filled.token, number=int(number))
    except TokenExpired:
        return pages.number_page(LetterForm(), Trouble.LOCKED), NOT_ACCEPTED
    except FileNotThere:
        return problem_page(404)
    return attachment(data, f"{file.number}{ending_of(file.kind, data[:64])}")


@reporting.post(f"{LANG}/answer/choose")
@public
def make_choice() -> ResponseReturnValue:
    """Make one of the choices of the mailbox; what is no choice opens the page again."""
    session, deployment = current_session(), current_deployment()
    token, choice = request.form.get("token", ""), asked_for(request.form.get("choice", ""))
    try:
        if choice is None:
            return pages.mailbox_page(open_by_token(session, deployment, token), LetterForm())
        mailbox = choose(session, deployment, token=token, choice=choice)
    except TokenExpired:
        return pages.number_page(LetterForm(), Trouble.LOCKED), NOT_ACCEPTED
    return pages.mailbox_page(mailbox, LetterForm(), chose=choice)


@reporting.get(f"{LANG}/help")
@public
def where_to_get_help() -> Response:
    """Where to get help, how to leave, and what stays on the phone."""
    return compressible(pages.help_page(_areas()))


@reporting.get("/leave")
@public
def leave() -> Response:
    """Away from here: what the browser kept of us is cleared and another page opens.

    A page that showed a number or a mailbox is not shown again to whoever goes back.
    """
    response = Response(status=303)
    response.location = current_deployment().settings.leave_to
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    if carried := request.args.get("left", ""):
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(partial(leave_for_good, app, carried))
    return response


def _receipt_page(receipt: Receipt) -> ResponseReturnValue:
    """The number; after the reporter left it by the button, the empty form."""
    return report_again() if receipt.left else pages.receipt_page(receipt)


def _areas() -> list[Area]:
    return areas(current_session(), current_deployment())


def _blank_form() -> str:
    if not service_open(current_session(), current_deployment()):
        return pages.not_open_page()
    return pages.form_page(ReportForm(), _areas())


def _arrived() -> list[ArrivingFile]:
    return cast(SealingRequest, request).arrived


def _given_back(status: int) -> str:
    """The same page again with everything on it: too large, the database away, or our mistake."""
    trouble = Trouble.TOO_LARGE if status == TOO_LARGE else Trouble.NOT_SAVED
    again = SentFiles(again=bool(_arrived()))
    if request.endpoint == "reporting.send_report":
        filled = read_report(request.form, pages.questions())
        return pages.form_page(filled, (), trouble, again)
    if request.endpoint == "reporting.send_young":
        filled = read_report(request.form, pages.young_questions())
        return pages.young_page(filled, (), trouble)
    if request.endpoint == "reporting.write_letter":
        return pages.letter_page(read_letter(request.form), trouble, again)
    if status == TOO_LARGE:
        return pages.number_page(LetterForm().opening_nothing())
    return pages.number_page(read_letter(request.form), trouble)


keep_what_was_written(reporting, _given_back)
