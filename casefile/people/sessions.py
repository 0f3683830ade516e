"""Sessions: a row the server cannot open without the cookie, and a cookie nothing without the row.

The member's unlocked private key lies sealed under the cookie. It is opened for one request and
never kept in memory between two. No address and no browser is noted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from flask import Response, g
from sqlalchemy import delete
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.models import SessionRow
from casefile.people.roles import Permission, Role, may
from casefile.people.rules import SESSION_HOLDS
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import coarse, minutes
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.sessions import (
    SessionKeys,
    new_cookie,
    open_session,
    seal_session,
    session_keys,
)

COOKIE: Final = "__Host-casefile"


class NotSignedIn(Exception):
    """A member was asked for where nobody is signed in: a view without the right permission."""


@dataclass(frozen=True, repr=False)
class Member:
    """Who is signed in, with the private key of this one request."""

    person: bytes
    name: str
    role: Role
    language: str
    private: PrivateKey
    session: bytes
    """Id of the session row; empty before there is one."""

    def may(self, permission: Permission) -> bool:
        """Whether this member's role opens pages that ask for `permission`."""
        return may(self.role, permission)

    def __repr__(self) -> str:
        return "Member(‹sealed›)"


@dataclass(frozen=True, repr=False)
class NewSession:
    """A session that has just begun: what the browser keeps, and who it is."""

    cookie: str
    member: Member

    def __repr__(self) -> str:
        return "NewSession(‹sealed›)"


def signed_in_member() -> Member | None:
    """The member of this request, or None."""
    found: Member | None = g.get("member")
    return found


def current_member() -> Member:
    """The member of this request; NotSignedIn where a view was not declared for members."""
    member = signed_in_member()
    if member is None:
        raise NotSignedIn
    return member


def begin_session(
    session: Session,
    deployment: Deployment,
    member: Member,
) -> NewSession:
    """Write the row of a member's new session, inside the write that let her in."""
    cookie = new_cookie(deployment.random)
    keys = _keys(cookie)
    now = deployment.now()
    expires = coarse(now + SESSION_HOLDS)
    label = {
        "person": member.person.hex(),
        "name": member.name,
        "role": member.role,
        "language": member.language,
        "until": minutes(now + SESSION_HOLDS),
    }
    _forget_expired(session, minutes(now))
    session.add(
        SessionRow(
            id=keys.row,
            body=seal_session(
                keys,
                member.private,
                person=member.person,
                expires=expires,
                random=deployment.random,
            ),
            label=seal_row(deployment, label, _label_place(keys.row)),
            expires=expires,
        )
    )
    session.flush()
    return NewSession(cookie, replace(member, session=keys.row))


def resume_session(session: Session, deployment: Deployment, cookie: str) -> Member | None:
    """The member whose cookie this is, or None: ended, expired, changed, or never there.

    One row read, one derivation, two openings.
    """
    keys = session_keys(cookie)
    row = None if keys is None else session.get(SessionRow, keys.row)
    if keys is None or row is None:
        return None
    try:
        return _open(deployment, keys, row)
    except SealBroken:
        return None


def end_session(session: Session, deployment: Deployment, member: Member) -> None:
    """Sign out: delete the row, and with it the only copy of the unlocked key."""

    def end(session: Session) -> None:
        session.execute(delete(SessionRow).where(SessionRow.id == member.session))
        note(session, deployment, Event.SIGNED_OUT, by=member.person)

    write(end, session)


def let_in(new: NewSession) -> None:
    """Let the rest of this request be the new member's."""
    g.member = new.member


def give_cookie(response: Response, new: NewSession) -> None:
    """Hand the browser its cookie. Strict: no other site's link or form arrives signed in."""
    response.set_cookie(COOKIE, new.cookie, path="/", secure=True, httponly=True, samesite="Strict")


def take_cookie(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


def _keys(cookie: str) -> SessionKeys:
    keys = session_keys(cookie)
    if keys is None:
        raise NotSignedIn
    return keys


def _open(deployment: Deployment, keys: SessionKeys, row: SessionRow) -> Member | None:
    label = open_row(deployment, row.label, _label_place(row.id))
    if minutes(deployment.now()) >= label["until"]:
        return None
    person = bytes.fromhex(label["person"])
    private = open_session(keys, row.body, person=person, expires=row.expires)
    role = Role(label["role"])
    return Member(person, label["name"], role, label["language"], private, row.id)


def _label_place(row: bytes) -> bytes:
    return context("session", "label", row)


def _forget_expired(session: Session, now: int) -> None:
    """Delete what expired, so that no unlocked key lies about longer than its day."""
    session.execute(delete(SessionRow).where(SessionRow.expires <= now))
