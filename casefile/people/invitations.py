"""Inviting people: an account that waits, and an address that opens the way into it for a week.

The token of the address must never be kept: its tag is. An account that was accepted must never be
invited over.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.accounts import (
    ID_BYTES,
    Account,
    Person,
    State,
    add_person,
    change_person,
    email_tag,
    normal_email,
    person_by_email,
    person_by_id,
    plain_name,
    private_place,
    seal_label,
)
from casefile.people.models import InvitationRow
from casefile.people.roles import Permission, Role, may
from casefile.people.rules import INVITATION_HOLDS
from casefile.platform.database import StaleRow, write
from casefile.platform.deployment import Deployment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import new_key
from casefile.sealing.keypairs import new_private_key

TOKEN_BYTES: Final = 32
VERIFIER_BYTES: Final = 32


class AlreadyAMember(Exception):
    """Somebody with this e-mail has an open account."""


class RoleHoldsNoDesk(Exception):
    """Desks were named for a role that opens no case."""


class InvitationOpensNothing(Exception):
    """The invitation was used, replaced, is older than a week, or never was."""


@dataclass(frozen=True)
class Invited:
    """What an open invitation says."""

    person: bytes
    name: str
    email: str = field(repr=False)
    role: Role
    language: str
    desks: tuple[bytes, ...]


def invite(
    session: Session,
    deployment: Deployment,
    *,
    email: str,
    name: str,
    role: Role,
    language: str,
    desks: Sequence[bytes],
    by: bytes | None,
) -> str:
    """Invite a person and return the token of the invitation's address, to be handed over once.

    Somebody already invited gets a new invitation and the old one stops working. Raises
    AlreadyAMember when the account is open, RoleHoldsNoDesk when desks are named for a role that
    opens no case, StaleRow when two invite the same person at once.
    """
    if desks and not may(role, Permission.OPEN_CASE):
        raise RoleHoldsNoDesk
    token = _urlsafe(deployment.random(TOKEN_BYTES))
    tag = invitation_tag(deployment, token)
    account = Account(plain_name(name), normal_email(email), role, language, invitation=tag.hex())

    def keep(session: Session) -> None:
        person = _keep_person(session, deployment, account)
        _keep_invitation(session, deployment, tag, person, desks)
        note(session, deployment, Event.PERSON_INVITED, by=by, about=person)

    try:
        write(keep, session)
    except IntegrityError:
        raise StaleRow from None
    return token


def read_invitation(session: Session, deployment: Deployment, token: str) -> Invited | None:
    """What this invitation says, or None when it opens nothing."""
    tag = invitation_tag(deployment, token)
    row = session.execute(
        select(InvitationRow.label, InvitationRow.token).where(InvitationRow.tag == tag)
    ).one_or_none()
    if row is None:
        return None
    try:
        kept = open_row(deployment, row.label, _place(tag, row.token))
    except SealBroken:
        return None
    person = person_by_id(session, deployment, bytes.fromhex(kept["person"]))
    if person is None or not _still_open(person.account, tag, kept["made"], deployment.now()):
        return None
    known = person.account
    desks = tuple(bytes.fromhex(desk) for desk in kept["desks"])
    return Invited(person.id, known.name, known.email, known.role, known.language, desks)


def _keep_person(session: Session, deployment: Deployment, account: Account) -> bytes:
    """Write the account, anew or over an earlier invitation, and return the person's id."""
    known = person_by_email(session, deployment, account.email)
    if known is None:
        return _add_invited(session, deployment, account)
    if known.account.state is State.ACTIVE:
        raise AlreadyAMember
    earlier = bytes.fromhex(known.account.invitation)
    session.execute(delete(InvitationRow).where(InvitationRow.tag == earlier))
    change_person(session, deployment, known, account)
    return known.id


def _add_invited(session: Session, deployment: Deployment, account: Account) -> bytes:
    """Write a new row whose locked columns are filled with throw-away values."""
    person, token = deployment.random(ID_BYTES), deployment.random(ID_BYTES)
    label = seal_label(deployment, person, token, account)
    added = Person(person, token, account, **throwaway(deployment, person))
    add_person(session, added, tag=email_tag(deployment, account.email), label=label)
    return person


def _keep_invitation(
    session: Session, deployment: Deployment, tag: bytes, person: bytes, desks: Sequence[bytes]
) -> None:
    token = deployment.random(ID_BYTES)
    said = {
        "person": person.hex(),
        "desks": [desk.hex() for desk in desks],
        "made": int(deployment.now().timestamp()),
    }
    label = seal_row(deployment, said, _place(tag, token))
    session.add(InvitationRow(tag=tag, label=label, token=token))
    session.flush()


def _still_open(account: Account, tag: bytes, made: int, now: datetime) -> bool:
    young = now.timestamp() - made < INVITATION_HOLDS.total_seconds()
    return young and account.state is State.INVITED and account.invitation == tag.hex()


def new_invitation(
    session: Session, deployment: Deployment, person: bytes, desks: Sequence[bytes]
) -> tuple[str, bytes]:
    """Write an open invitation for an account, inside a write: its token, and the token's tag."""
    token = _urlsafe(deployment.random(TOKEN_BYTES))
    tag = invitation_tag(deployment, token)
    _keep_invitation(session, deployment, tag, person, desks)
    return token, tag


def throwaway(deployment: Deployment, person: bytes) -> dict[str, bytes]:
    """Columns that look like an accepted account's and open to nobody."""
    seeds = new_private_key(deployment.random).seeds().reveal()
    lost = new_key(deployment.random)
    return {
        "salt": deployment.random(ID_BYTES),
        "verifier": deployment.random(VERIFIER_BYTES),
        "private": seal_committed(lost, seeds, private_place(person), deployment.random),
    }


def invitation_tag(deployment: Deployment, token: str) -> bytes:
    """The tag under which the invitation of a token is found."""
    return deployment.keyring.tag("invitation", token)


def _place(tag: bytes, token: bytes) -> bytes:
    return context("invitation", tag, token)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
