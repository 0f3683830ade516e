"""Correcting a name or an e-mail that an administrator misspelled.

The e-mail is what somebody signs in with: it can be corrected until the account is opened, and
never under somebody who uses it. A name can always be corrected, but one that was worked under must
never be forgotten: reports may name its bearer by it, and would otherwise come to her.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people.accounts import (
    Account,
    Person,
    State,
    change_person,
    normal_email,
    person_by_email,
    person_by_id,
    person_holder,
    plain_name,
)
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.registers.directory import KeyNotListed, public_key_of

MOST_EARLIER: Final = 3
"""Names that are remembered beside the present one; another correction is refused."""


class NotToBeCorrected(Exception):
    """There is no such account, it has ended, or its e-mail is in use and cannot change."""


class AddressTaken(Exception):
    """Somebody else has this e-mail."""


class CorrectedTooOften(Exception):
    """No more earlier names can be remembered, and none may be forgotten."""


def correct(
    session: Session, deployment: Deployment, person: bytes, *, name: str, email: str, by: bytes
) -> None:
    """Write the name and e-mail as they should have been; nothing where they are so already.

    NotToBeCorrected, AddressTaken, CorrectedTooOften; StaleRow when somebody else changes the
    account at the same moment. An open invitation goes on working.
    """

    def verb(writing: Session) -> None:
        held = person_by_id(writing, deployment, person)
        if held is None or held.account.state is State.LEFT:
            raise NotToBeCorrected
        known = held.account
        right = replace(known, name=plain_name(name), email=normal_email(email))
        if right == known:
            return
        _refuse_address(writing, deployment, held, right)
        right = replace(right, earlier=_remembered(writing, deployment, held, right.name))
        change_person(writing, deployment, held, right)
        note(writing, deployment, Event.PERSON_CORRECTED, by=by, about=person)

    try:
        write(verb, session)
    except IntegrityError:
        raise AddressTaken from None


def may_correct_email(account: Account) -> bool:
    """Whether nobody signs in with this e-mail yet."""
    return account.state is State.INVITED


def _refuse_address(session: Session, deployment: Deployment, held: Person, right: Account) -> None:
    if right.email == held.account.email:
        return
    if not may_correct_email(held.account):
        raise NotToBeCorrected
    if person_by_email(session, deployment, right.email) is not None:
        raise AddressTaken


def _remembered(
    session: Session, deployment: Deployment, held: Person, name: str
) -> tuple[str, ...]:
    """The names to remember: every one that was worked under, but the one that is right now."""
    known = held.account
    had = known.earlier
    if known.name != name and _ever_joined(session, deployment, held.id):
        had = (known.name, *had)
    earlier = tuple(dict.fromkeys(one for one in had if one != name))
    if len(earlier) > MOST_EARLIER:
        raise CorrectedTooOften
    return earlier


def _ever_joined(session: Session, deployment: Deployment, person: bytes) -> bool:
    """Whether the account was ever opened: also one that begins again has a key listed."""
    try:
        public_key_of(session, deployment, person_holder(person))
    except KeyNotListed:
        return False
    return True
