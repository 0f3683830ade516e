"""What the page that gives a post back says of it: which case, what it was to do, for whom.

It reads no database, for that may be what is away. It must never name anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from casefile.cases.queue_rows import case_at, reference_of
from casefile.console.spoken import Spoken


@dataclass(frozen=True)
class AboutPost:
    """A kept post in words; empty where there is nothing to say."""

    reference: str
    what: str
    field: Mapping[str, str]
    """What each typed field is called."""
    only_shown: bool
    """Whether sending it again sends nothing to anybody, and only shows the page again."""


def about_post(address: str) -> AboutPost:
    """What the post to this address was; an address of no case says no case."""
    endpoint, given = _found(address)
    case = case_at(given.get("case", ""))
    reference = reference_of(case) if case else ""
    return AboutPost(reference, _acts().get(endpoint, ""), _fields(), endpoint == "console.stay")


def _found(address: str) -> tuple[str, Mapping[str, str]]:
    try:
        endpoint, given = current_app.url_map.bind("").match(address.partition("?")[0], "POST")
    except HTTPException:
        return "", {}
    return endpoint, given


def _acts() -> dict[str, str]:
    """What each button of a case's page does, and whom it reaches."""
    letter = _("A letter to the reporter, who reads it with the number")
    return {
        "console.write_note": _("A note for the colleagues who can read the case"),
        "console.answer": letter,
        "console.send_letter": letter,
        "console.hand_over": _("Handing the case over to a colleague"),
        "console.take_over": _("Taking the case over"),
        "console.let_go": _("Letting the case go"),
        "console.acknowledge": _("Confirming that the report was read"),
    }


def _fields() -> Spoken:
    return Spoken(
        note=_("Note"),
        letter=_("Letter to the number"),
        reason=_("Why none of the reviewed letters fits"),
        message=_("What the colleague must know"),
    )
