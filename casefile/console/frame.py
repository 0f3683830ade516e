"""What every page of the members carries: where the account may go, and whose desk it is.

It shows only addresses the account may open, and must never count or name a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from casefile.cases.late_list import NotWatching, watched_by
from casefile.console.kept_words import about_post
from casefile.network.directory import Names, directory_of_page
from casefile.people.roles import Permission
from casefile.people.sessions import Member, current_member
from casefile.platform.database import current_session
from casefile.platform.deployment import current_deployment
from casefile.platform.language import current_language


@dataclass(frozen=True)
class Entry:
    """One address in the head of the page, in words."""

    address: str
    words: str
    current: bool


def navigation() -> tuple[Entry, ...]:
    """The addresses the account's role may open, in the order of use."""
    member = current_member()
    asked = (
        (Permission.READ_QUEUE, "console.queue", _("To do")),
        (Permission.OPEN_CASE, "finding.find", _("Find")),
        (Permission.READ_QUEUE, "seats.my_desks", _("My desk")),
        (Permission.READ_QUEUE, "conflict.questions", _("Same person?")),
        (Permission.INVITE_PEOPLE, "people.people", _("People")),
        (Permission.SEE_LATE, "late.what_is_late", _("What is late")),
        (Permission.READ_AUDIT, "log.lines", _("Log")),
        (Permission.KEEP_NETWORK, "network.overview", _("Network")),
    )
    return tuple(
        Entry(url_for(endpoint), words, request.endpoint == endpoint)
        for permission, endpoint, words in asked
        if member.may(permission) and (permission is not Permission.SEE_LATE or watches(member))
    )


def watches(member: Member) -> bool:
    """Whether there is a page of what is late for her."""
    deployment = current_deployment()
    directory = directory_of_page(current_session(), deployment)
    try:
        watched_by(deployment, directory, member)
    except NotWatching:
        return False
    return True


def whose_desk() -> str:
    """The names of the member's desks in her language, or nothing if she sits on none."""
    directory = directory_of_page(current_session(), current_deployment())
    return " · ".join(named(desk.names) for desk in directory.desks_of(current_member().person))


def named(names: Names) -> str:
    """A name in the reader's language, else in English, else in any."""
    return names.get(current_language().code) or names.get("en") or next(iter(names.values()), "")


def frame() -> dict[str, Callable[..., object]]:
    """What templates may ask for; nothing is read until the page asks."""
    return {
        "navigation": navigation,
        "whose_desk": whose_desk,
        "named": named,
        "about_post": about_post,
    }
