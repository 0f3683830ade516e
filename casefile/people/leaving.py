"""Accounts that end: somebody left, or lost the passphrase and begins again with a new key.

Either way every session ends at once and what the account held is overwritten; nothing of it can
be opened or given back here. What hangs on desks and cases is done one floor up, in the same
transaction, by `cases.leaving`. Must never keep a private key, nor make one for anybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.accounts import Person, State, change_person, person_by_id
from casefile.people.invitations import new_invitation, throwaway
from casefile.people.models import InvitationRow, PersonRow, SessionRow
from casefile.people.sessions import open_label
from casefile.platform.deployment import Deployment


class NobodyToLeave(Exception):
    """There is no such account, or it has ended already."""


def close_account(
    session: Session, deployment: Deployment, person: bytes, *, by: bytes | None
) -> None:
    """End an account for good, inside a write; NobodyToLeave if it has ended or never was."""
    held = _hold(session, deployment, person)
    if held.account.state is State.LEFT:
        raise NobodyToLeave
    ended = replace(
        held.account, state=State.LEFT, invitation="", totp_seed="", recovery=(), failures=0
    )
    _forget_invitation(session, held)
    change_person(session, deployment, held, ended, **throwaway(deployment, person))
    end_sessions(session, deployment, person)
    note(session, deployment, Event.PERSON_LEFT, by=by, about=person)


def begin_again(
    session: Session,
    deployment: Deployment,
    person: bytes,
    desks: Sequence[bytes],
    *,
    by: bytes | None,
) -> str:
    """Let a person who lost her passphrase join anew, inside a write; the invitation's token.

    The old key is gone with this. The new one opens no case until a fellow of her desk, or
    custodians, let her in again at `desks`. NobodyToLeave unless the account is in use.
    """
    held = _hold(session, deployment, person)
    if held.account.state is not State.ACTIVE:
        raise NobodyToLeave
    token, tag = new_invitation(session, deployment, person, desks)
    waiting = replace(
        held.account,
        state=State.INVITED,
        invitation=tag.hex(),
        totp_seed="",
        recovery=(),
        failures=0,
    )
    change_person(session, deployment, held, waiting, **throwaway(deployment, person))
    end_sessions(session, deployment, person)
    note(session, deployment, Event.KEY_LOST, by=by, about=person)
    return token


def end_sessions(session: Session, deployment: Deployment, person: bytes) -> None:
    """Delete every session of a person, and with each the only copy of her unlocked key."""
    rows = session.execute(select(SessionRow.id, SessionRow.label)).all()
    hers = [row.id for row in rows if _whose(deployment, row.id, row.label) == person]
    session.execute(delete(SessionRow).where(SessionRow.id.in_(hers)))


def _hold(session: Session, deployment: Deployment, person: bytes) -> Person:
    """The row as it stands, locked where the engine locks rows: no sign-in comes in between."""
    locked = select(PersonRow.id).where(PersonRow.id == person).with_for_update()
    session.execute(locked)
    held = person_by_id(session, deployment, person)
    if held is None:
        raise NobodyToLeave
    return held


def _forget_invitation(session: Session, held: Person) -> None:
    tag = bytes.fromhex(held.account.invitation)
    session.execute(delete(InvitationRow).where(InvitationRow.tag == tag))


def _whose(deployment: Deployment, row: bytes, label: bytes) -> bytes:
    return bytes.fromhex(open_label(deployment, row, label)["person"])
