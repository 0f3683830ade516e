"""What every form of the network pages shares: opening an entry, and saving it or saying why not.

A form that was overtaken is refused with a sentence and keeps what was typed. Nothing is decided
here: the verbs decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casefile.console import network_words as words
from casefile.network.directory import NotListed, open_entry, read_directory
from casefile.network.entries import Directory, Entry
from casefile.network.loading import NotPossible, Shares, add_entry, edit_entry
from casefile.people.accounts import names_of
from casefile.people.sessions import current_member
from casefile.platform.database import StaleRow, current_session
from casefile.platform.deployment import current_deployment

Opened = TypeVar("Opened", bound=Entry)
Wrong = tuple[str, ...]
Page = Callable[[Wrong], str]
"""Renders the form again with what was typed and the sentences that say what is wrong."""


def directory_now() -> Directory:
    """The directory as it stands."""
    return read_directory(current_session(), current_deployment())


def people_now() -> dict[bytes, str]:
    """Everybody's name by id."""
    return names_of(current_session(), current_deployment())


def to_overview(_entry: Entry | None = None) -> str:
    """Where one goes back to from an entry, whichever it is: the whole network."""
    return url_for("network.overview")


def opened(kind: type[Opened], identity: bytes | None) -> tuple[Opened, bytes]:
    """An entry and its version; a page that is not there if there is none."""
    try:
        return open_entry(current_session(), current_deployment(), kind, identity or b"")
    except NotListed:
        abort(404)


def missing() -> Wrong:
    """What is said when a form lacks something or has too much."""
    return (_("Something is missing or too long. The fields concerned are marked."),)


def saved(
    entry: Entry, since: bytes, changes: Mapping[str, Any], page: Page, back: str
) -> ResponseReturnValue:
    """Save the changes and go back, or show the form again with what stands in the way."""
    by = current_member().person
    try:
        edit_entry(current_session(), current_deployment(), entry, since=since, by=by, **changes)
    except StaleRow:
        return _refused(page, (_overtaken(),))
    except NotPossible as broken:
        return _refused(page, tuple(map(words.sentence, broken.problems)))
    return redirect(back, 303)


def added(entry: Entry, page: Page, back: Callable[[Entry], str]) -> ResponseReturnValue:
    """Add an entry and go to it; shares of a new recovery key are shown first, this once."""
    by = current_member().person
    try:
        new, shares = add_entry(current_session(), current_deployment(), entry, by=by)
    except NotPossible as broken:
        return _refused(page, tuple(map(words.sentence, broken.problems)))
    if shares:
        return _shown_once(shares, back(new))
    return redirect(back(new), 303)


def _refused(page: Page, wrong: Wrong) -> ResponseReturnValue:
    current_session().rollback()
    return page(wrong), 409


def _overtaken() -> str:
    return str(
        _("This was changed since you opened it. Nothing was saved. Open it again and look.")
    )


def _shown_once(shares: tuple[Shares, ...], back: str) -> str:
    return render_template("console/network/shares.html", shares=shares, back=back)
