"""Finding a case: by the six letters people call it, or by words somebody wrote in it.

What is looked for comes in the body of a post and never stands in an address. Results are lines of
the list of work: they quote nothing.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from casefile.cases.queue import QueueLine
from casefile.cases.search import Found, find_reference, search
from casefile.console.forms import as_written
from casefile.console.queue_words import queue_words
from casefile.people.forms import StaffForm, typed
from casefile.people.gate import needs
from casefile.people.roles import Permission
from casefile.people.sessions import current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment

finding = Blueprint("finding", __name__)

LONGEST: Final = 200
"""Characters that are looked at; what is beyond them is cut off."""
MOST_PAGES: Final = 100_000


class ReferenceForm(StaffForm):
    """The six letters and digits of a case."""

    reference = StringField(filters=[as_written])


class WordsForm(StaffForm):
    """Words to look for, and which page of the result."""

    words = StringField(filters=[as_written])
    page = HiddenField()


@finding.get("/find")
@needs(Permission.OPEN_CASE)
def find() -> ResponseReturnValue:
    """Ask for a reference or for words."""
    return _page()


@finding.post("/find/reference")
@needs(Permission.OPEN_CASE)
def by_reference() -> ResponseReturnValue:
    """Go to the case that is called so; show the lines if two are, say so if none is."""
    form = ReferenceForm()
    reference = typed(form.reference)[:LONGEST]
    lines = find_reference(current_session(), current_deployment(), current_member(), reference)
    if len(lines) == 1:
        return redirect(url_for("console.case_page", case=lines[0].case), 303)
    return _page(reference=reference, called=lines)


@finding.post("/find/words")
@needs(Permission.OPEN_CASE)
def by_words() -> ResponseReturnValue:
    """Show the cases that hold these words."""
    form = WordsForm()
    wanted = typed(form.words)[:LONGEST]
    if not wanted:
        return _page()
    found = search(
        current_session(),
        current_deployment(),
        current_member(),
        wanted,
        page=_number(typed(form.page)),
    )
    return _page(wanted=wanted, found=found)


def _number(given: str) -> int:
    return min(int(given), MOST_PAGES) if given.isascii() and given.isdecimal() else 1


def _page(
    *,
    reference: str = "",
    called: tuple[QueueLine, ...] = (),
    wanted: str = "",
    found: Found | None = None,
) -> str:
    return render_template(
        "console/find.html",
        reference=reference,
        called=called,
        wanted=wanted,
        found=found,
        said=queue_words(),
    )
