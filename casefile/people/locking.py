"""The locked screen, and the list of one's sessions.

Locking destroys the unlocked key in the session row: neither the cookie nor the row opens anything
until the passphrase was given again. What a session was used for is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.accounts import State, person_by_id
from casefile.people.models import SessionRow
from casefile.people.rules import MOST_WRONG_PASSPHRASES
from casefile.people.sessions import (
    Locked,
    Member,
    NewSession,
    open_label,
    quarter,
    seal_label,
    secret_of,
    stamped,
)
from casefile.people.signing_in import SignInFailed, unlocked_key
from casefile.platform.database import own_transaction, write
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment
from casefile.sealing.errors import SealBroken
from casefile.sealing.passphrases import stretch
from casefile.sealing.sessions import seal_session, session_keys


@dataclass(frozen=True)
class ListedSession:
    """One of a person's sessions. `used` is the beginning of a quarter of an hour."""

    mark: str
    began: datetime
    used: datetime
    this: bool
    locked: bool


def lock_screen(session: Session, deployment: Deployment, member: Member) -> None:
    """Lock the member's screen now."""
    write(lambda writing: _lock(writing, deployment, member.session, member.person), session)


def lock_idle(deployment: Deployment, locked: Locked) -> None:
    """Let a session that was not used for long lose its key, although nobody may be there.

    A database that cannot be written changes nothing: the cookie is too old all the same.
    """
    if locked.noted:
        return
    with suppress(DBAPIError), own_transaction() as session:
        _lock(session, deployment, locked.session, locked.person)


def unlock_screen(
    session: Session, deployment: Deployment, locked: Locked, cookie: str, passphrase: str
) -> NewSession:
    """Go on after the passphrase; SignInFailed if it is wrong, or the account is in use no more."""
    person = person_by_id(session, deployment, locked.person)
    if person is None or person.account.state is not State.ACTIVE:
        raise SignInFailed
    session.rollback()
    with deployment.slots.sign_ins:
        root = stretch(passphrase, person.salt, deployment.keyring.pepper)
    private = unlocked_key(person, root.wrapping) if root.matches(person.verifier) else None
    keys = session_keys(secret_of(cookie))
    if private is None or keys is None:
        _count_wrong(deployment, locked)
        raise SignInFailed

    def verb(writing: Session) -> dict[str, Any]:
        row, label = _held(writing, deployment, locked.session)
        if row is None:
            raise SignInFailed
        label |= {"name": person.account.name, "role": person.account.role}
        label |= {"locked": False, "wrong": 0, "used": quarter(deployment.now())}
        body = seal_session(
            keys, private, person=person.id, expires=row.expires, random=deployment.random
        )
        _put_back(writing, deployment, locked.session, label, body)
        note(writing, deployment, Event.SCREEN_UNLOCKED, by=person.id)
        return label

    label = write(verb, session)
    account = person.account
    member = Member(
        person.id,
        account.name,
        account.role,
        label["language"],
        private,
        keys.row,
        used=label["used"],
    )
    return NewSession(stamped(deployment, secret_of(cookie), keys.row), member)


def note_use(deployment: Deployment, member: Member) -> None:
    """Note in which quarter of an hour a session is used; one that cannot be noted goes on."""
    now = quarter(deployment.now())
    if now <= member.used:
        return
    with suppress(DBAPIError), own_transaction() as session:
        row, label = _held(session, deployment, member.session)
        if row is not None:
            _put_back(session, deployment, member.session, label | {"used": now})


def my_sessions(
    session: Session, deployment: Deployment, member: Member
) -> tuple[ListedSession, ...]:
    """The member's open sessions: this one first, then the latest begun."""
    listed = [
        ListedSession(
            _mark(deployment, row),
            moment(label["began"]),
            moment(label["used"]),
            row == member.session,
            label["locked"],
        )
        for row, label in _hers(session, deployment, member)
    ]
    return tuple(sorted(listed, key=lambda one: (not one.this, -one.began.timestamp())))


def end_sessions(
    session: Session, deployment: Deployment, member: Member, mark: str | None
) -> None:
    """End one of the member's other sessions, by its mark; all others if that is None."""

    def verb(writing: Session) -> None:
        for row, _label in _hers(writing, deployment, member):
            if row != member.session and mark in (None, _mark(deployment, row)):
                writing.execute(delete(SessionRow).where(SessionRow.id == row))
                note(writing, deployment, Event.SESSION_ENDED, by=member.person)

    write(verb, session)


def _hers(
    session: Session, deployment: Deployment, member: Member
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Ids and labels of the member's sessions that have not expired. They are few, and all read."""
    now = int(deployment.now().timestamp()) // 60
    for row in session.execute(select(SessionRow.id, SessionRow.label)).all():
        with suppress(SealBroken):
            label = open_label(deployment, row.id, row.label)
            if bytes.fromhex(label["person"]) == member.person and now < label["until"]:
                yield row.id, label


def _lock(session: Session, deployment: Deployment, row: bytes, person: bytes) -> None:
    held, label = _held(session, deployment, row)
    if held is None or label["locked"]:
        return
    nothing = deployment.random(len(held.body))
    _put_back(session, deployment, row, label | {"locked": True}, nothing)
    note(session, deployment, Event.SCREEN_LOCKED, by=person)


def _count_wrong(deployment: Deployment, locked: Locked) -> None:
    """Count a wrong passphrase for good; after too many the session ends."""
    with own_transaction() as session:
        note(session, deployment, Event.SIGN_IN_FAILED, by=None, about=locked.person)
        row, label = _held(session, deployment, locked.session)
        if row is None:
            return
        if label["wrong"] + 1 >= MOST_WRONG_PASSPHRASES:
            session.execute(delete(SessionRow).where(SessionRow.id == locked.session))
        else:
            wrong = {"wrong": label["wrong"] + 1}
            _put_back(session, deployment, locked.session, label | wrong)


def _held(session: Session, deployment: Deployment, row: bytes) -> tuple[Any, dict[str, Any]]:
    """The row of a session, held for the rest of the write, and its label; None if it ended."""
    wanted = select(SessionRow.body, SessionRow.label, SessionRow.expires)
    held = session.execute(wanted.where(SessionRow.id == row).with_for_update()).first()
    return (None, {}) if held is None else (held, open_label(deployment, row, held.label))


def _put_back(
    session: Session,
    deployment: Deployment,
    row: bytes,
    label: dict[str, Any],
    body: bytes | None = None,
) -> None:
    changed = {"label": seal_label(deployment, row, label)} | ({"body": body} if body else {})
    session.execute(update(SessionRow).where(SessionRow.id == row).values(**changed))


def _mark(deployment: Deployment, row: bytes) -> str:
    """What names a session on the page: it opens nothing."""
    return deployment.keyring.tag("session", "listed", row).hex()
