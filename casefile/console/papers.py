"""The papers of a case: a copy to be printed, a sealed copy, and how long the case is kept.

A copy is made before anything is written, and it is written before it leaves. The words of a sealed
copy are shown once: the page that shows them brings them back, sealed for one person and a quarter
of an hour, and they are kept nowhere.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.cases import copies, reading
from casefile.cases.case_archive import archive_of
from casefile.cases.copies import Asked, Copy
from casefile.cases.copies import Section as Part
from casefile.cases.keeping import FIRST, Keeping, NotNow, keep
from casefile.cases.keeping_page import keeping_of
from casefile.cases.label import CaseNotFound
from casefile.cases.queue_rows import case_at
from casefile.console.case_pages import part_page
from casefile.console.forms import once_of
from casefile.console.paper_of_case import paper_of
from casefile.console.papers_forms import REASONS, CopyForm, KeepForm, TicketForm
from casefile.console.papers_words import reason_words, section_words
from casefile.documents.fonts import read_fonts
from casefile.documents.papers import PaperFailed, SetPaper, set_paper
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.downloads import attachment
from casefile.platform.errors import TOO_LARGE, keep_what_was_written, problem_page
from casefile.platform.headers import SANDBOX
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.passphrases import generate

papers = Blueprint("papers", __name__)

ASKED_WRONG: Final = 422
TAKEN_WITHIN: Final = timedelta(minutes=15)
BASE: Final = "/cases/<case>/papers"


@papers.get(BASE)
@needs(Permission.EXPORT_CASE)
def page(case: str) -> ResponseReturnValue:
    """What can be taken of the case, and how long it is kept."""
    return _page(case)


@papers.post(f"{BASE}/paper")
@needs(Permission.EXPORT_CASE)
def paper(case: str) -> ResponseReturnValue:
    """The chosen sections as a PDF to be saved."""
    form = CopyForm()
    if not form.validate_on_submit():
        return _page(case, form=form), ASKED_WRONG
    copy = copies.read_copy(*_acting(), case, _parts(form.sections.data))
    made = _set(copy)
    asked = _asked(form.reason.data, form.text.data, form.once.data)
    copies.note_copy(*_acting(), copy, Event.PAPER_TAKEN, asked)
    return attachment(made.pdf, f"{copy.page.reference}.pdf")


@papers.post(f"{BASE}/words")
@needs(Permission.EXPORT_CASE)
def words(case: str) -> ResponseReturnValue:
    """New words for a sealed copy, shown on the page that takes it; nothing leaves yet."""
    form = CopyForm()
    if not form.validate_on_submit():
        return _page(case, form=form), ASKED_WRONG
    copy = copies.read_copy(*_acting(), case, _parts(form.sections.data))
    once = (once_of(form.once.data) or current_deployment().random(32)).hex()
    passphrase = generate(current_deployment().random)
    told = [passphrase, copy.sections, form.reason.data, form.text.data, once]
    return _page(case, passphrase=passphrase, ticket=_seal(case, told))


@papers.post(f"{BASE}/archive")
@needs(Permission.EXPORT_CASE)
def archive(case: str) -> ResponseReturnValue:
    """The sealed copy under the words that were shown, made while it leaves."""
    form = TicketForm()
    told = _open(case, form.ticket.data or "") if form.validate_on_submit() else None
    if told is None:
        return _page(case, said="words_over"), ASKED_WRONG
    passphrase, sections, reason, text, once = told
    copy = copies.read_copy(*_acting(), case, _parts(sections))
    pdf = _set(copy).pdf
    copies.note_copy(*_acting(), copy, Event.ARCHIVE_TAKEN, _asked(reason, text, once))
    pieces = archive_of(current_session().get_bind(), current_deployment(), copy, pdf, passphrase)
    answer = Response(pieces, mimetype="application/octet-stream")
    name = f"{copy.page.reference}.casefile"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


@papers.post(f"{BASE}/keep")
@needs(Permission.EXPORT_CASE)
def keep_case(case: str) -> ResponseReturnValue:
    """Say a word about keeping the case for a court."""
    form = KeepForm()
    if not form.validate_on_submit():
        return _page(case, keeping=form), ASKED_WRONG
    word = Keeping(form.word.data)
    if word in FIRST and not form.why.data:
        return _page(case, keeping=form, said="why_missing"), ASKED_WRONG
    try:
        once = once_of(form.once.data) or current_deployment().random(32)
        keep(*_acting(), case, word, reason=form.why.data, once=once)
    except NotNow:
        return _page(case, keeping=form, said="not_now"), 409
    return redirect(url_for("papers.page", case=case, _anchor="keeping"), 303)


@papers.errorhandler(CaseNotFound)
def _not_there(_error: CaseNotFound) -> ResponseReturnValue:
    return problem_page(404)


@papers.errorhandler(PaperFailed)
def _not_set(_error: PaperFailed) -> ResponseReturnValue:
    """Nothing was made and nothing was written; fewer sections may do."""
    return _page((request.view_args or {})["case"], form=CopyForm(), said="not_set"), 503


@papers.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(status: int) -> str:
    return "" if status == TOO_LARGE else repeat_page(posted_page(), why="not_saved")


keep_what_was_written(papers, _not_saved)


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _page(
    case: str,
    *,
    form: CopyForm | None = None,
    keeping: KeepForm | None = None,
    passphrase: str = "",
    ticket: str = "",
    said: str = "",
) -> str:
    shown = reading.open_case(*_acting(), case)
    return part_page(
        "console/case/papers.html",
        shown,
        form=form or CopyForm(formdata=None),
        keeping=keeping or KeepForm(formdata=None),
        kept=keeping_of(*_acting(), case),
        sections=copies.sections_for(*_acting(), case),
        section_words=section_words(),
        reasons={code: reason_words()[code] for code in REASONS},
        passphrase=passphrase,
        ticket=ticket,
        told=said,
    )


def _set(copy: Copy) -> SetPaper:
    deployment = current_deployment()
    laid = paper_of(deployment, current_member(), copy)
    with deployment.slots.papers:
        return set_paper(laid, read_fonts(deployment.settings.instance))


def _parts(codes: Collection[str]) -> frozenset[Part]:
    return frozenset(part for part in Part if part in codes)


def _asked(reason: str, text: str, once: str | None) -> Asked:
    return Asked(reason, text, once_of(once) or current_deployment().random(32))


def _seal(case: str, told: Any) -> str:
    """What the page with the words brings back, for this person, this case and a while."""
    deployment = current_deployment()
    until = int((deployment.now() + TAKEN_WITHIN).timestamp())
    sealed = deployment.keyring.seal(
        json.dumps([until, told]).encode(), _whose(case), deployment.random
    )
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _open(case: str, ticket: str) -> Any:
    """The inverse of `_seal`; None if it is another's, another case's, or over."""
    deployment = current_deployment()
    try:
        sealed = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        until, told = json.loads(deployment.keyring.open(sealed, _whose(case)))
    except (SealBroken, ValueError):
        return None
    return told if until >= int(deployment.now().timestamp()) else None


def _whose(case: str) -> bytes:
    return context("sealed copy", current_member().person, case_at(case))
