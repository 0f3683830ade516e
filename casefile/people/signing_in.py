"""Signing in, in two steps: e-mail and passphrase, then a code.

No failure may tell more than that it failed: the first step answers alike, after the same work,
whether or not the person exists and the passphrase is right. A try is counted before its code is
looked at, so that many tries at once count as many.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.accounts import (
    ID_BYTES,
    Account,
    Person,
    State,
    change_person,
    normal_email,
    person_by_email,
    person_by_id,
    private_place,
)
from casefile.people.roles import Role
from casefile.people.rules import TICKET_HOLDS, wait_after
from casefile.people.second_factor import use_code
from casefile.people.sessions import Member, NewSession, begin_session
from casefile.platform.carried import open_from_page, seal_into_page
from casefile.platform.database import StaleRow, own_transaction, write
from casefile.platform.deployment import Deployment
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import open_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey, private_key_from_seeds
from casefile.sealing.passphrases import stretch

TICKET_PLACE: Final = context("sign-in", "ticket")
_TICKET: Final = struct.Struct(">?16s?32sQ")


class SignInFailed(Exception):
    """E-mail, passphrase or code did not fit, or it is too early for another try."""


class TicketExpired(SignInFailed):
    """The second step came too late or without its first: begin again."""


@dataclass(frozen=True, repr=False)
class Ticket:
    """What the first step found out, carried sealed to the second. Always the same length."""

    known: bool
    person: bytes
    right: bool
    wrapping: Key
    until: int
    """Seconds since 1970."""


def first_step(session: Session, deployment: Deployment, email: str, passphrase: str) -> str:
    """Stretch the passphrase once and return a sealed ticket that says nothing to its bearer."""
    person = person_by_email(session, deployment, email)
    unknown_salt = deployment.keyring.tag("person", "unknown", normal_email(email))
    with deployment.slots.sign_ins:
        root = stretch(
            passphrase,
            unknown_salt if person is None else person.salt,
            deployment.keyring.pepper,
        )
    fits = root.matches(bytes(len(root.verifier)) if person is None else person.verifier)
    until = int((deployment.now() + TICKET_HOLDS).timestamp())
    who = deployment.random(ID_BYTES) if person is None else person.id
    return _seal(deployment, Ticket(person is not None, who, fits, root.wrapping, until))


def second_step(session: Session, deployment: Deployment, ticket: str, code: str) -> NewSession:
    """Let the person in: their key unlocked, the code used up, a session begun.

    Raises SignInFailed for every cause alike, TicketExpired (one of them) when only a new first
    step helps.
    """
    held = _open(deployment, ticket)
    person = _count_try(deployment, held)
    changed = None if person is None else use_code(deployment, person, code)
    private = None if person is None else unlocked_key(person, held.wrapping)
    if person is None or changed is None or private is None:
        _note_failure(deployment, held)
        raise SignInFailed

    def enter(session: Session) -> NewSession:
        return _enter(session, deployment, person, changed, private)

    try:
        return write(enter, session)
    except StaleRow:
        session.rollback()  # the same code came twice at once: let the lock go, then note it
        _note_failure(deployment, held)
        raise SignInFailed from None


def _enter(
    session: Session,
    deployment: Deployment,
    person: Person,
    changed: Account,
    private: PrivateKey,
) -> NewSession:
    """Write what a successful sign-in changes; the code is used up in the same transaction."""
    change_person(session, deployment, person, replace(changed, failures=0, failed_at=0))
    if len(changed.recovery) < len(person.account.recovery):
        note(session, deployment, Event.RECOVERY_CODE_USED, by=person.id, about=person.id)
    note(session, deployment, Event.SIGNED_IN, by=person.id)
    member = Member(person.id, changed.name, changed.role, changed.language, private, b"")
    return begin_session(session, deployment, member)


def _count_try(deployment: Deployment, held: Ticket) -> Person | None:
    """Count this try for good and return the person it may go on for, or None.

    For a wrong passphrase the same statements run over a row that is not there: how long it takes
    says nothing. Such tries are not counted; see `rules.wait_after`.
    """
    looked_for = held.person if held.right else deployment.random(ID_BYTES)
    counted = None
    with own_transaction() as session, suppress(StaleRow):
        found = person_by_id(session, deployment, looked_for) or _nobody(looked_for)
        if _may_try(deployment, found.account):
            now, tries = int(deployment.now().timestamp()), found.account.failures + 1
            tried = replace(found.account, failures=tries, failed_at=now)
            counted = change_person(session, deployment, found, tried)
    return counted if counted is not None and counted.account.state is State.ACTIVE else None


def _may_try(deployment: Deployment, account: Account) -> bool:
    since = timedelta(seconds=int(deployment.now().timestamp()) - account.failed_at)
    return since >= wait_after(account.failures)


def _nobody(row: bytes) -> Person:
    """Stands in for a person who is not there."""
    account = Account("", "", Role.HOTLINE_OPERATOR, "en")
    return Person(row, b"", account, b"", b"", b"")


def unlocked_key(person: Person, wrapping: Key) -> PrivateKey | None:
    """The person's private key; None if what was stretched from the passphrase does not open it."""
    try:
        opened = open_committed(wrapping, person.private, private_place(person.id))
    except SealBroken:
        return None
    return private_key_from_seeds(opened)


def _note_failure(deployment: Deployment, held: Ticket) -> None:
    """Leave a line on the log although the answer is an error."""
    with own_transaction() as session:
        about = held.person if held.known else None
        note(session, deployment, Event.SIGN_IN_FAILED, by=None, about=about)


def _seal(deployment: Deployment, held: Ticket) -> str:
    wrapping = held.wrapping.reveal()
    plain = _TICKET.pack(held.known, held.person, held.right, wrapping, held.until)
    return seal_into_page(deployment.keyring, plain, TICKET_PLACE, deployment.random)


def _open(deployment: Deployment, ticket: str) -> Ticket:
    try:
        plain = open_from_page(deployment.keyring, ticket, TICKET_PLACE)
    except SealBroken:
        raise TicketExpired from None
    known, person, right, wrapping, until = _TICKET.unpack(plain)
    if deployment.now().timestamp() >= until:
        raise TicketExpired
    return Ticket(known, person, right, Key(wrapping), until)
