"""Days off: a person sets and takes back her own, or a coordinator does it for her.

Nobody is asked for a reason and none is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from casefile.network.directory import change_post, list_entry, lock_directory, read_directory
from casefile.network.entries import Away, Directory, Post
from casefile.network.gaps import coming
from casefile.platform.database import write
from casefile.platform.deployment import Deployment

LONGEST = timedelta(days=366)
MOST = 20
"""Spans one person may have set at once."""


class NotADayOff(Exception):
    """The days end before they begin, are over, are more than a year, or are too many."""


class NoOffice(Exception):
    """The person has no post and sits on no desk: nothing says where she works."""


def set_away(
    session: Session, deployment: Deployment, person: bytes, days: tuple[date, date], *, by: bytes
) -> None:
    """Add days off; NotADayOff if they cannot be meant, NoOffice if the person works nowhere."""

    def added(away: Away, today: date) -> Away:
        first, last = days
        if not (first <= last and last >= today and last - first < LONGEST and len(away) < MOST):
            raise NotADayOff
        return tuple(dict.fromkeys((*away, days)))

    _change(session, deployment, person, added, by)


def take_back(
    session: Session, deployment: Deployment, person: bytes, days: tuple[date, date], *, by: bytes
) -> None:
    """Take days off back; days that are not set change nothing."""
    _change(
        session,
        deployment,
        person,
        lambda away, _today: tuple(one for one in away if one != days),
        by,
    )


def _change(
    session: Session,
    deployment: Deployment,
    person: bytes,
    changed: Callable[[Away, date], Away],
    by: bytes,
) -> None:
    """Write the days off anew, without those that are over."""

    def verb(writing: Session) -> None:
        lock_directory(writing)
        directory = read_directory(writing, deployment)
        post = directory.posts.get(person) or _first_post(directory, person)
        away = changed(coming(post.away, directory.day), directory.day)
        if person in directory.posts:
            change_post(writing, deployment, person, by=by, away=tuple(sorted(away)))
        else:
            list_entry(
                writing, deployment, Post(person, post.agency, post.area, "", away=away), by=by
            )

    write(verb, session)


def _first_post(directory: Directory, person: bytes) -> Post:
    """Where somebody works whom nobody has listed yet: at the first of her desks."""
    desks = sorted(directory.desks_of(person), key=lambda desk: desk.code)
    if not desks:
        raise NoOffice
    return Post(person, desks[0].agency, desks[0].place, "")
