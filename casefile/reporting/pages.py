"""The pages themselves: what each template is given, in one place.

A page is shown again from what was read off it, never from anything kept on the server. A page
that holds a number or a token must never be handed to `compressible`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask import render_template

from casefile.cases.choices import Choice
from casefile.cases.files import RefusedFile
from casefile.cases.mailbox_page import (
    Mailbox,
)
from casefile.codes.questions import Questionnaire, load_questions
from casefile.intake.receive import Receipt
from casefile.network.directory import Area
from casefile.platform.deployment import current_deployment
from casefile.reporting.first_view import seal_first_view, seal_paper
from casefile.reporting.forms import LetterForm, ReportForm
from casefile.sealing.receipts import ReceiptCode


@dataclass(frozen=True)
class SentFiles:
    """What a page that comes back says of the files that were sent with it."""

    refused: tuple[RefusedFile, ...] = ()
    again: bool = False
    """Files came, and none was kept: no browser puts them back into the page."""


NO_FILES = SentFiles()


class Trouble(StrEnum):
    """Why a page is shown again although nothing on it is wrong."""

    NOT_SAVED = "not_saved"
    NOT_OPEN = "not_open"
    LOCKED = "locked"
    BUSY = "busy"
    FULL = "full"
    TOO_LARGE = "too_large"


@dataclass(frozen=True)
class SafetyLine:
    """The telephone number for danger now: as read aloud, as dialled, and when it answers."""

    number: str
    dialled: str
    hours: str
    always: bool


def safety_line() -> SafetyLine:
    """The deployment's number; without one the pages say nothing about calling."""
    settings = current_deployment().settings
    return _line(settings.safety_number, settings.safety_hours)


@dataclass(frozen=True)
class CallLine:
    """Who can be called by those who would rather speak, and who answers first."""

    line: SafetyLine
    first: str


def call_line() -> CallLine:
    """The deployment's line for speaking, else the one for danger, of which nobody knows who."""
    settings = current_deployment().settings
    if not settings.call_number:
        return CallLine(safety_line(), "anyone")
    return CallLine(_line(settings.call_number, settings.call_hours), settings.call_first)


def _line(number: str, hours: str) -> SafetyLine:
    dialled = "".join(sign for sign in number if sign.isdecimal() or sign == "+")
    return SafetyLine(number, dialled, hours, hours == "always")


def questions() -> Questionnaire:
    """The deployment's questions; QuestionsProblem if their file cannot be used."""
    return _questions_called("form")


def young_questions() -> Questionnaire:
    """The few questions of the young people's page."""
    return _questions_called("young")


def _questions_called(name: str) -> Questionnaire:
    return _questions_in(current_deployment().settings.config, name)


@cache
def _questions_in(config: Path, name: str) -> Questionnaire:
    return load_questions(config / "questions" / f"{name}.toml")


def not_open_page() -> str:
    """No place to write while nobody could read it."""
    return render_template("reporting/not_open.html")


def form_page(
    filled: ReportForm,
    areas: Sequence[Area],
    trouble: Trouble | None = None,
    files: SentFiles = NO_FILES,
) -> str:
    """The form with everything in its place; without `areas` the area once chosen is kept."""
    return _asking_page("form", filled, areas, trouble, files)


def young_page(filled: ReportForm, areas: Sequence[Area], trouble: Trouble | None = None) -> str:
    """The short page for people under 18, with everything in its place."""
    return _asking_page("young", filled, areas, trouble, NO_FILES)


def _asking_page(
    name: str,
    filled: ReportForm,
    areas: Sequence[Area],
    trouble: Trouble | None,
    files: SentFiles,
) -> str:
    """A page of questions: its template and its file of questions have one name."""
    return render_template(
        f"reporting/{name}.html",
        questions=_questions_called(name).questions,
        areas=areas,
        filled=filled,
        once=once_of(filled),
        seen=filled.seen or _seen_now(),
        trouble=trouble,
        files=files,
    )


def listen_page() -> str:
    """Few large words: who can be called, and who answers first."""
    return render_template("reporting/listen.html", call=call_line())


def receipt_page(receipt: Receipt) -> str:
    """The number, and what happens now."""
    return render_template(
        "reporting/receipt.html", receipt=receipt, paper=paper_of(receipt.received)
    )


def paper_page(received: datetime, code: ReceiptCode | None, *, duty: bool) -> str:
    """What can be printed: a day and, for the reporter alone, the number. Nothing of the report."""
    return render_template(
        "reporting/paper.html", received=received, code=None if duty else code, duty=duty
    )


def paper_of(received: datetime) -> str:
    """The day a report came, sealed, so that a printed receipt can name no other."""
    deployment = current_deployment()
    return seal_paper(deployment.keyring, received, deployment.random)


def number_page(filled: LetterForm, trouble: Trouble | None = None) -> str:
    """Where a number is typed, with what was typed."""
    return render_template(
        "reporting/number.html", filled=filled, once=once_of(LetterForm()), trouble=trouble
    )


def mailbox_page(
    mailbox: Mailbox,
    filled: LetterForm,
    files: SentFiles = NO_FILES,
    chose: Choice | None = None,
) -> str:
    """Where the report stands, what we wrote, a place to write, and what can be chosen."""
    return render_template(
        "reporting/mailbox.html",
        mailbox=mailbox,
        filled=filled,
        once=once_of(filled),
        files=files,
        chose=chose,
        paper=paper_of(mailbox.received) if mailbox.received else "",
    )


def letter_page(
    filled: LetterForm, trouble: Trouble | None = None, files: SentFiles = NO_FILES
) -> str:
    """What was written for a mailbox that could not be opened."""
    return render_template(
        "reporting/letter.html", filled=filled, once=once_of(filled), trouble=trouble, files=files
    )


def help_page(areas: Sequence[Area]) -> str:
    """Where to get help, how to leave, and what stays on the phone."""
    return render_template("reporting/help.html", areas=areas)


def once_of(filled: ReportForm | LetterForm) -> str:
    """The page's own 32 random bytes, hex; the same when it is shown again."""
    return (filled.once or current_deployment().random(32)).hex()


def _seen_now() -> str:
    deployment = current_deployment()
    return seal_first_view(deployment.keyring, deployment.now(), deployment.random)
