"""The parts of a case that have a page of their own, in the order in which they are offered.

A part is offered only to an account that may open it and where the case has it. Nothing is
counted here, and no part says what lies in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from casefile.cases.case_page import CasePage
from casefile.cases.machines import HELP, machine_of
from casefile.people.roles import Permission
from casefile.people.sessions import current_member


@dataclass(frozen=True)
class Track:
    """One part: its first page, what it is called, what an account needs, and which cases have it.

    `endpoint` takes the case's address; its blueprint's name marks the part one is in.
    """

    endpoint: str
    words: LazyString
    permission: Permission
    shown: Callable[[CasePage], bool]


def _always(_page: CasePage) -> bool:
    return True


def _sorted_here(page: CasePage) -> bool:
    """A case of help is sorted where it came from."""
    return machine_of(page.state) is not HELP


TRACKS: Final[tuple[Track, ...]] = (
    Track("console.case_page", _l("The case"), Permission.OPEN_CASE, _always),
    Track("triage.part", _l("Triage"), Permission.OPEN_CASE, _sorted_here),
    Track("complaint.part", _l("Complaint"), Permission.OPEN_CASE, _always),
    Track("papers.page", _l("Papers"), Permission.EXPORT_CASE, _always),
)
"""In the order of the work."""


@dataclass(frozen=True)
class Offered:
    """One part as the row of parts has it."""

    address: str
    words: LazyString
    current: bool


def tracks_of(page: CasePage) -> tuple[Offered, ...]:
    """The parts this member is offered of this case."""
    member, here = current_member(), (request.endpoint or "").partition(".")[0]
    return tuple(
        Offered(
            url_for(track.endpoint, case=page.case),
            track.words,
            track.endpoint.partition(".")[0] == here,
        )
        for track in TRACKS
        if member.may(track.permission) and track.shown(page)
    )
