"""What is known of a person who works here, and the only code that reads and writes person rows.

The label of a row is bound to the row and to its version token, so that no older label and none
of another person opens in its place. Nothing of it may be logged or counted outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, update
from sqlalchemy.orm import Session

from casefile.people.models import PersonRow
from casefile.people.roles import Role
from casefile.platform.database import change_one_row
from casefile.platform.deployment import Deployment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context

ID_BYTES = 16
_WHOLE = select(*PersonRow.__table__.columns)
_NAMES = select(PersonRow.id, PersonRow.token, PersonRow.label)
_VERSIONS = select(PersonRow.id, PersonRow.token).order_by(PersonRow.id)


class State(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True)
class Account:
    """The content of a person's label. Times are whole seconds since 1970."""

    name: str
    email: str = field(repr=False)
    role: Role
    language: str
    state: State = State.INVITED
    invitation: str = field(default="", repr=False)
    """Tag of the open invitation, hex; empty once it is accepted."""
    totp_seed: str = field(default="", repr=False)
    totp_step: int = 0
    """The last half-minute whose code was used: an earlier or equal one never works again."""
    recovery: tuple[str, ...] = field(default=(), repr=False)
    """Keyed digests of the recovery codes that are left."""
    failures: int = 0
    """Wrong codes in a row after the right passphrase."""
    failed_at: int = 0


@dataclass(frozen=True)
class Person:
    """One person row as it was read; it stays what it was when the row moves on."""

    id: bytes
    token: bytes
    account: Account
    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)
    private: bytes = field(repr=False)


def normal_email(typed: str) -> str:
    """One spelling for one address."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def email_tag(deployment: Deployment, email: str) -> bytes:
    """The tag under which a person with this address is found."""
    return deployment.keyring.tag("person", "email", normal_email(email))


def person_holder(person: bytes) -> bytes:
    """How a person is named in the directory of public keys and in wraps."""
    return context("person", person)


def private_place(person: bytes) -> bytes:
    """The context a person's private key is sealed in."""
    return context("person", "private", person)


def person_by_id(session: Session, deployment: Deployment, person: bytes) -> Person | None:
    """The person of this id, or None."""
    return _read(session, deployment, PersonRow.id == person)


def person_by_email(session: Session, deployment: Deployment, email: str) -> Person | None:
    """The person with this address, or None."""
    return _read(session, deployment, PersonRow.email_tag == email_tag(deployment, email))


def everybody(session: Session, deployment: Deployment) -> list[tuple[bytes, Account]]:
    """Every account with its person's id, by name."""
    rows = session.execute(select(PersonRow.id, PersonRow.token, PersonRow.label)).all()
    opened = [(row.id, open_label(deployment, row.id, row.token, row.label)) for row in rows]
    return sorted(opened, key=lambda one: (one[1].name.casefold(), one[1].email))


def add_person(session: Session, person: Person, *, tag: bytes, label: bytes) -> None:
    """Write a new row; `label` is the sealed account of `person`."""
    session.add(
        PersonRow(
            id=person.id,
            email_tag=tag,
            label=label,
            token=person.token,
            salt=person.salt,
            verifier=person.verifier,
            private=person.private,
        )
    )
    session.flush()


def change_person(
    session: Session, deployment: Deployment, read: Person, account: Account, **columns: bytes
) -> Person:
    """Write `account`, and `columns` if given, over the row as it was read; return it as it is now.

    Raises StaleRow when somebody else changed the row in between.
    """
    token = deployment.random(ID_BYTES)
    change_one_row(
        session,
        update(PersonRow)
        .where(PersonRow.id == read.id, PersonRow.token == read.token)
        .values(token=token, label=seal_label(deployment, read.id, token, account), **columns),
    )
    return replace(read, token=token, account=account, **columns)


def seal_label(deployment: Deployment, person: bytes, token: bytes, account: Account) -> bytes:
    """Seal an account to the deployment, for this row in this version alone."""
    return seal_row(deployment, asdict(account), _label_place(person, token))


def open_label(deployment: Deployment, person: bytes, token: bytes, label: bytes) -> Account:
    """Open a label; SealBroken when it is another row's, an older one or changed."""
    return _account(open_row(deployment, label, _label_place(person, token)))


def _label_place(person: bytes, token: bytes) -> bytes:
    return context("person", "label", person, token)


def _account(known: Mapping[str, Any]) -> Account:
    typed = {
        "role": Role(known["role"]),
        "state": State(known["state"]),
        "recovery": tuple(known["recovery"]),
    }
    return Account(**{**known, **typed})


def _read(session: Session, deployment: Deployment, which: ColumnElement[bool]) -> Person | None:
    row = session.execute(_WHOLE.where(which)).one_or_none()
    return None if row is None else _person(deployment, row)


def _person(deployment: Deployment, row: Row[Any]) -> Person:
    account = open_label(deployment, row.id, row.token, row.label)
    return Person(row.id, row.token, account, row.salt, row.verifier, row.private)


def names_of(
    session: Session, deployment: Deployment, people: Collection[bytes] | None = None
) -> dict[bytes, str]:
    """Names by person's id: of these people, or of everybody with an account."""
    if people is not None:
        return _names(session, deployment, _NAMES.where(PersonRow.id.in_(people)))
    rows = session.execute(_VERSIONS).all()
    version = b"".join(part for row in rows for part in row)
    named = deployment.memory.latest("names", version, lambda: _names(session, deployment, _NAMES))
    return dict(named)


def _names(
    session: Session, deployment: Deployment, wanted: Select[bytes, bytes, bytes]
) -> dict[bytes, str]:
    rows = session.execute(wanted).all()
    return {row.id: _name_in(deployment, row.id, row.token, row.label) for row in rows}


def _name_in(deployment: Deployment, person: bytes, token: bytes, label: bytes) -> str:
    """The name alone, remembered while the row does not change."""

    def opened() -> str:
        return open_label(deployment, person, token, label).name

    return deployment.memory.recall("person.name", person, token, opened)
