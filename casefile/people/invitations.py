"""Accounts by invitation: an address that works for a week, a passphrase made here, a second step.

Nobody chooses a passphrase and nobody else ever learns it: it is drawn, shown once, and used to
seal a key pair drawn in the same moment. It must never be stored, sent or logged. What hangs on
desks is done one floor up, in the same transaction, through `ready_acceptance`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people import second_factor
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
    person_holder,
    private_place,
    seal_label,
)
from casefile.people.models import InvitationRow
from casefile.people.roles import Permission, Role, may
from casefile.people.rules import INVITATION_HOLDS
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, change_one_row, write
from casefile.platform.deployment import Deployment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.registers.directory import publish
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import new_key
from casefile.sealing.keypairs import PrivateKey, new_private_key
from casefile.sealing.passphrases import generate, stretch

TOKEN_BYTES: Final = 32
VERIFIER_BYTES: Final = 32


class AlreadyAMember(Exception):
    """Somebody with this e-mail has an open account."""


class RoleHoldsNoDesk(Exception):
    """Desks were named for a role that opens no case."""


class InvitationOpensNothing(Exception):
    """The invitation was used, replaced, is older than a week, or never was."""


class WrongCode(Exception):
    """The six digits do not belong to the secret on the page."""


@dataclass(frozen=True)
class Invited:
    """What an open invitation says."""

    person: bytes
    name: str
    email: str = field(repr=False)
    role: Role
    language: str
    desks: tuple[bytes, ...]


@dataclass(frozen=True, repr=False)
class Offer:
    """What the first joining page shows once; it is kept nowhere but on that page, sealed."""

    passphrase: str
    totp_seed: str
    totp_uri: str
    recovery_codes: tuple[str, ...]

    def totp_groups(self) -> str:
        """The authenticator's secret in groups of four, to be typed where nothing can scan."""
        return " ".join(self.totp_seed[at : at + 4] for at in range(0, len(self.totp_seed), 4))

    def __repr__(self) -> str:
        return "Offer(‹sealed›)"


@dataclass(frozen=True)
class Acceptance:
    """An accepted invitation with all its slow work done, waiting to be written."""

    member: Member
    read: Person
    account: Account
    tag: bytes
    columns: dict[str, bytes] = field(repr=False)


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
    tag = _tag(deployment, token)
    account = Account(name.strip(), normal_email(email), role, language, invitation=tag.hex())

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
    tag = _tag(deployment, token)
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


def prepare_acceptance(deployment: Deployment, invited: Invited) -> Offer:
    """Draw what the joining page shows: passphrase, authenticator secret, paper codes."""
    seed = second_factor.new_seed(deployment.random)
    return Offer(
        passphrase=generate(deployment.random),
        totp_seed=seed,
        totp_uri=second_factor.seed_address(
            seed, service=deployment.settings.service_name, email=invited.email
        ),
        recovery_codes=second_factor.new_recovery_codes(deployment.random),
    )


def ready_acceptance(
    session: Session,
    deployment: Deployment,
    token: str,
    *,
    passphrase: str,
    totp_seed: str,
    totp_code: str,
    recovery_codes: Sequence[str],
) -> Acceptance:
    """Do all that is slow about accepting: nothing is written yet.

    Raises InvitationOpensNothing, or WrongCode when the digits do not fit the secret.
    """
    invited = read_invitation(session, deployment, token)
    read = None if invited is None else person_by_id(session, deployment, invited.person)
    if read is None:
        raise InvitationOpensNothing
    step = second_factor.matching_step(totp_seed, totp_code, deployment.now())
    if step is None:
        raise WrongCode
    private = new_private_key(deployment.random)
    digests = [second_factor.recovery_digest(deployment, read.id, code) for code in recovery_codes]
    known = read.account
    return Acceptance(
        member=Member(read.id, known.name, known.role, known.language, private, b""),
        read=read,
        account=replace(
            known,
            state=State.ACTIVE,
            invitation="",
            totp_seed=totp_seed,
            totp_step=step,
            recovery=tuple(digests),
        ),
        tag=_tag(deployment, token),
        columns=_lock_away(deployment, read.id, private, passphrase),
    )


def write_acceptance(session: Session, deployment: Deployment, ready: Acceptance) -> None:
    """Open the account, inside a write: row, public key, the invitation gone, a line on the log.

    Raises InvitationOpensNothing when somebody else was quicker.
    """
    try:
        change_one_row(session, delete(InvitationRow).where(InvitationRow.tag == ready.tag))
        change_person(session, deployment, ready.read, ready.account, **ready.columns)
    except StaleRow:
        raise InvitationOpensNothing from None
    person, public = ready.member.person, ready.member.private.public
    publish(session, deployment, person_holder(person), public)
    note(session, deployment, Event.INVITATION_ACCEPTED, by=person, about=person)


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


def _lock_away(
    deployment: Deployment, person: bytes, private: PrivateKey, passphrase: str
) -> dict[str, bytes]:
    """Seal the private key under the passphrase; the one slow step."""
    salt = deployment.random(ID_BYTES)
    with deployment.slots.sign_ins:
        root = stretch(passphrase, salt, deployment.keyring.pepper)
    seeds = private.seeds().reveal()
    sealed = seal_committed(root.wrapping, seeds, private_place(person), deployment.random)
    return {"salt": salt, "verifier": root.verifier, "private": sealed}


def new_invitation(
    session: Session, deployment: Deployment, person: bytes, desks: Sequence[bytes]
) -> tuple[str, bytes]:
    """Write an open invitation for an account, inside a write: its token, and the token's tag."""
    token = _urlsafe(deployment.random(TOKEN_BYTES))
    tag = _tag(deployment, token)
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


def _tag(deployment: Deployment, token: str) -> bytes:
    return deployment.keyring.tag("invitation", token)


def _place(tag: bytes, token: bytes) -> bytes:
    return context("invitation", tag, token)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
