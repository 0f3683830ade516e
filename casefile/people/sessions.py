"""Sessions: a row the server cannot open without the cookie, and a cookie nothing without the row.

The member's unlocked private key lies sealed under the cookie. It is opened for one request and
never kept in memory between two. When a member last asked for something stands, with a keyed code,
in the cookie; a locked row holds no key at all. No address and no browser is noted.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response, g
from sqlalchemy import delete
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.models import SessionRow
from casefile.people.roles import Permission, Role, may
from casefile.people.rules import SCREEN_LOCKS_AFTER, SESSION_HOLDS
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import EPOCH, QUARTER_HOUR, coarse, minutes
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
STAMP, CODE = 8, 16
"""Bytes of the time in a cookie and of the code over it."""


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
    used: int = 0
    """The quarter of an hour in which the row was last noted as used, minutes since 1970."""

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


@dataclass(frozen=True)
class Locked:
    """A session whose screen is locked: whose it is, and nothing that opens anything."""

    person: bytes
    language: str
    session: bytes = field(repr=False)
    noted: bool
    """Whether the row has lost its key already."""


def locked_screen() -> Locked | None:
    """The locked session of this request, or None."""
    found: Locked | None = g.get("locked")
    return found


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
        "began": minutes(now),
        "used": quarter(now),
        "locked": False,
        "wrong": 0,
    }
    forget_expired(session, deployment)
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
            label=seal_label(deployment, keys.row, label),
            expires=expires,
        )
    )
    session.flush()
    return NewSession(stamped(deployment, cookie, keys.row), replace(member, session=keys.row))


def resume_session(session: Session, deployment: Deployment, cookie: str) -> Member | Locked | None:
    """Whose cookie this is, or None: ended, expired, changed, or never there.

    One row read, one derivation, two openings.
    """
    keys = session_keys(secret_of(cookie))
    row = None if keys is None else session.get(SessionRow, keys.row)
    if keys is None or row is None:
        return None
    try:
        return _open(deployment, keys, row, last_used(deployment, keys.row, cookie))
    except SealBroken:
        return None


def stamped(deployment: Deployment, secret: str, row: bytes) -> str:
    """The cookie of now: its secret, the seconds since 1970, and a code over them."""
    now = int(deployment.now().timestamp()).to_bytes(STAMP, "big")
    code = deployment.keyring.mac("session", "used", row, now)[:CODE]
    return f"{secret}.{base64.urlsafe_b64encode(now + code).decode()}"


def secret_of(cookie: str) -> str:
    """The part of the cookie that opens the row."""
    return cookie.partition(".")[0]


def last_used(deployment: Deployment, row: bytes, cookie: str) -> datetime:
    """When the cookie was stamped; SealBroken if no cookie of this row was stamped so."""
    try:
        raw = base64.urlsafe_b64decode(cookie.partition(".")[2].encode())
    except ValueError:
        raise SealBroken from None
    when = raw[:STAMP]
    code = deployment.keyring.mac("session", "used", row, when)[:CODE]
    if len(raw) != STAMP + CODE or not hmac.compare_digest(raw[STAMP:], code):
        raise SealBroken
    return EPOCH + timedelta(seconds=int.from_bytes(when, "big"))


def quarter(moment: datetime) -> int:
    """Minutes since 1970 of the quarter of an hour a moment lies in: all that is noted of use."""
    return minutes(moment) // QUARTER_HOUR * QUARTER_HOUR


def end_session(session: Session, deployment: Deployment, member: Member) -> None:
    """Sign out: delete the row, and with it the only copy of the unlocked key."""

    def end(session: Session) -> None:
        session.execute(delete(SessionRow).where(SessionRow.id == member.session))
        note(session, deployment, Event.SIGNED_OUT, by=member.person)

    write(end, session)


def let_in(new: NewSession) -> None:
    """Let the rest of this request be the new member's."""
    g.member = new.member


def give_cookie(response: Response, cookie: str) -> None:
    """Hand the browser its cookie. Strict: no other site's link or form arrives signed in."""
    g.cookie_said = True
    response.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="Strict")


def take_cookie(response: Response) -> None:
    """Take the cookie back."""
    g.cookie_said = True
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


def _keys(cookie: str) -> SessionKeys:
    keys = session_keys(cookie)
    if keys is None:
        raise NotSignedIn
    return keys


def _open(
    deployment: Deployment, keys: SessionKeys, row: SessionRow, used: datetime
) -> Member | Locked | None:
    label, now = open_label(deployment, row.id, row.label), deployment.now()
    if minutes(now) >= label["until"]:
        return None
    person = bytes.fromhex(label["person"])
    if label["locked"] or now - used > SCREEN_LOCKS_AFTER:
        return Locked(person, label["language"], row.id, noted=label["locked"])
    private = open_session(keys, row.body, person=person, expires=row.expires)
    role = Role(label["role"])
    return Member(
        person, label["name"], role, label["language"], private, row.id, used=label["used"]
    )


def open_label(deployment: Deployment, row: bytes, sealed: bytes) -> dict[str, Any]:
    """What the deployment knows of a session; SealBroken if it is another row's."""
    plain: dict[str, Any] = open_row(deployment, sealed, _label_place(row))
    return plain


def seal_label(deployment: Deployment, row: bytes, label: Mapping[str, object]) -> bytes:
    """The label as it is stored: always of one length."""
    return seal_row(deployment, label, _label_place(row))


def _label_place(row: bytes) -> bytes:
    return context("session", "label", row)


def forget_expired(session: Session, deployment: Deployment) -> None:
    """Delete what expired, inside a write: no unlocked key lies about longer than its day."""
    now = minutes(deployment.now())
    session.execute(delete(SessionRow).where(SessionRow.expires <= now))
