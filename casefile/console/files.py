"""The addresses of a case's files: add, see what is known, show a picture, take a copy, lock.

Nothing opens by itself. A picture is drawn for a page that was asked for by a button, under an
address that holds for a minute and for one person; everything else leaves as a file to be saved.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Final, cast

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from casefile.cases import files_acting as acting
from casefile.cases.files import (
    FileLocked,
    FileNotThere,
    KeptFile,
    ReceivedFiles,
    receive_files,
)
from casefile.cases.label import CaseNotFound
from casefile.cases.queue_rows import case_at, reference_of
from casefile.console.case_pages import back_to
from casefile.console.case_words import case_words
from casefile.console.drafts import drafts_left
from casefile.console.forms import ButtonForm, FilesForm, UnlockForm, once_of
from casefile.documents.kinds import ending_of
from casefile.people.gate import needs, posted_page, repeat_page
from casefile.people.kept import posted
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.downloads import attachment, drawn_picture
from casefile.platform.errors import TOO_LARGE, keep_what_was_written, problem_page
from casefile.platform.uploads import SealingRequest, takes_files
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken

files = Blueprint("files", __name__)

SHOWN_FOR: Final = timedelta(minutes=1)
NOT_TAKEN: Final = 422
FILE: Final = "/cases/<case>/files/<int:number>"


@files.post("/cases/<case>/files")
@takes_files
@needs(Permission.WRITE_NOTE)
def add(case: str) -> ResponseReturnValue:
    """Keep files for the colleagues, or lay them into the mailbox for the reporter."""
    form, deployment = FilesForm(), current_deployment()
    if not form.validate_on_submit():
        return back_to(case, "files")
    received = receive_files(deployment, cast(SealingRequest, request).arrived)
    if received.refused or not received.taken:
        return _not_taken(case, received), NOT_TAKEN
    acting.add_member_files(
        current_session(),
        deployment,
        current_member(),
        case,
        files=received.taken,
        to_reporter=form.to_reporter.data and current_member().may(Permission.ANSWER_REPORTER),
        once=once_of(form.once.data) or deployment.random(32),
    )
    return back_to(case, "files")


@files.get(FILE)
@needs(Permission.OPEN_CASE)
def page(case: str, number: int) -> ResponseReturnValue:
    """What is known of one file, and what can be done with it; its content stays closed."""
    return _rendered(case, _seen(case, number))


@files.post(f"{FILE}/show")
@needs(Permission.OPEN_CASE)
def show(case: str, number: int) -> ResponseReturnValue:
    """The same page with the picture on it; the look is noted first."""
    file = acting.begin_look(*_acting(), case, number)
    return _rendered(case, file, picture=_ticket(case, number))


@files.get(f"{FILE}/picture/<ticket>")
@needs(Permission.OPEN_CASE)
def picture(case: str, number: int, ticket: str) -> ResponseReturnValue:
    """The picture drawn anew, for the page that was just asked for and no later."""
    if not _holds(ticket, case, number):
        return problem_page(404)
    return drawn_picture(acting.draw_picture(*_acting(), case, number))


@files.post(f"{FILE}/copy")
@needs(Permission.OPEN_CASE)
def copy(case: str, number: int) -> ResponseReturnValue:
    """The file to be saved, under a neutral name; noted first."""
    file, data = acting.take_copy(*_acting(), case, number)
    return attachment(data, neutral_name(reference_of(case_at(case)), file, data))


@files.post(f"{FILE}/mark")
@needs(Permission.OPEN_CASE)
def mark(case: str, number: int) -> ResponseReturnValue:
    """Lock it for everybody, at once."""
    if ButtonForm().validate_on_submit():
        acting.lock_file(*_acting(), case, number)
    return redirect(url_for("files.page", case=case, number=number), 303)


@files.post(f"{FILE}/unlock")
@needs(Permission.OPEN_CASE)
def unlock(case: str, number: int) -> ResponseReturnValue:
    """Unlock it: another person than the one who locked it, with a reason."""
    form = UnlockForm()
    if not form.validate_on_submit():
        return _rendered(case, _seen(case, number), unlocking=form), NOT_TAKEN
    acting.unlock_file(*_acting(), case, number, reason=form.reason.data)
    return redirect(url_for("files.page", case=case, number=number), 303)


@files.errorhandler(CaseNotFound)
@files.errorhandler(FileNotThere)
@files.errorhandler(acting.NotShown)
def _not_there(_error: Exception) -> ResponseReturnValue:
    return problem_page(404)


@files.errorhandler(FileLocked)
@files.errorhandler(acting.SamePerson)
def _locked(_error: Exception) -> ResponseReturnValue:
    """The page of the file says that it is locked and who may unlock it."""
    given = request.view_args or {}
    return _rendered(given["case"], _seen(given["case"], given["number"])), 409


@files.errorhandler(StaleRow)
def _overtaken(_error: StaleRow) -> ResponseReturnValue:
    return repeat_page(posted_page(), why="overtaken"), 409


def _not_saved(status: int) -> str:
    """What was typed comes back; files do not, so the case's page is where it goes back to."""
    if status == TOO_LARGE:
        return ""
    if request.endpoint != "files.add":
        return repeat_page(posted_page(), why="not_saved")
    case = (request.view_args or {})["case"]
    beside = drafts_left().carried()
    page = posted(url_for("console.stay", case=case), beside)
    return repeat_page(page, why="not_saved") if beside else ""


keep_what_was_written(files, _not_saved)


def neutral_name(begin: str, file: KeptFile, data: bytes) -> str:
    """What a saved copy is called: whose it is stands in no file name."""
    return f"{begin}-{file.number}{ending_of(file.kind, data[:64])}"


def _acting() -> tuple[Session, Deployment, Member]:
    return current_session(), current_deployment(), current_member()


def _seen(case: str, number: int) -> KeptFile:
    return acting.see_file(*_acting(), case, number)


def _rendered(
    case: str, file: KeptFile, *, picture: str = "", unlocking: UnlockForm | None = None
) -> str:
    return render_template(
        "console/file.html",
        case=case,
        reference=reference_of(case_at(case)),
        file=file,
        said=case_words(),
        picture=picture,
        showable=acting.can_be_shown(file),
        mine=file.locked_by == current_member().person,
        unlocking=unlocking or UnlockForm(formdata=None),
    )


def _not_taken(case: str, received: ReceivedFiles) -> str:
    return render_template(
        "console/files_refused.html",
        case=case,
        reference=reference_of(case_at(case)),
        refused=received.refused,
        carried=drafts_left().carried(),
        once=current_deployment().random(32).hex(),
        may_answer=current_member().may(Permission.ANSWER_REPORTER),
    )


def _ticket(case: str, number: int) -> str:
    """A minute's permission for one person to draw one picture, sealed."""
    deployment = current_deployment()
    until = int((deployment.now() + SHOWN_FOR).timestamp())
    plain = json.dumps([until, case, number]).encode()
    sealed = deployment.keyring.seal(plain, _whose(), deployment.random)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _holds(ticket: str, case: str, number: int) -> bool:
    deployment = current_deployment()
    try:
        sealed = urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        until, *what = json.loads(deployment.keyring.open(sealed, _whose()))
    except (SealBroken, ValueError):
        return False
    return bool(what == [case, number] and until >= int(deployment.now().timestamp()))


def _whose() -> bytes:
    return context("file picture", current_member().person)
