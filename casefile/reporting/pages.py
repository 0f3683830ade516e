"""The pages themselves: what each template is given, in one place.

A page is shown again from what was read off it, never from anything kept on the server. A page
that holds a number or a token must never be handed to `compressible`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from flask import render_template

from casefile.cases.files import RefusedFile
from casefile.cases.mailbox import Mailbox
from casefile.codes.questions import Questionnaire, load_questions
from casefile.intake.receive import Receipt
from casefile.network.directory import Area
from casefile.platform.deployment import current_deployment
from casefile.reporting.first_view import seal_first_view
from casefile.reporting.forms import LetterForm, ReportForm


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
    dialled = "".join(sign for sign in settings.safety_number if sign.isdecimal() or sign == "+")
    hours = settings.safety_hours
    return SafetyLine(settings.safety_number, dialled, hours, hours == "always")


def questions() -> Questionnaire:
    """The deployment's questions; QuestionsProblem if their file cannot be used."""
    return _questions_in(current_deployment().settings.config)


@cache
def _questions_in(config: Path) -> Questionnaire:
    return load_questions(config / "questions" / "form.toml")


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
    return render_template(
        "reporting/form.html",
        questions=questions().questions,
        areas=areas,
        filled=filled,
        once=once_of(filled),
        seen=filled.seen or _seen_now(),
        trouble=trouble,
        files=files,
    )


def receipt_page(receipt: Receipt) -> str:
    """The number, and what happens now."""
    return render_template("reporting/receipt.html", receipt=receipt)


def number_page(filled: LetterForm, trouble: Trouble | None = None) -> str:
    """Where a number is typed, with what was typed."""
    return render_template("reporting/number.html", filled=filled, trouble=trouble)


def mailbox_page(mailbox: Mailbox, filled: LetterForm, files: SentFiles = NO_FILES) -> str:
    """Where the report stands, what we wrote, and a place to write."""
    return render_template(
        "reporting/mailbox.html", mailbox=mailbox, filled=filled, once=once_of(filled), files=files
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
