"""What is known of a person who works here, and the only code that reads and writes person rows.

The label of a row is bound to the row and to its version token, so that no older label and none
of another person opens in its place. Nothing of it may be logged or counted outside.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import partial
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
ACCOUNT_BUCKET = 2048
"""Bytes an account is filled up to: with every name somebody had it is no longer than another."""
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
    earlier: tuple[str, ...] = field(default=(), repr=False)
    """Names this person worked under before they were corrected: reports may use them."""


@dataclass(frozen=True)
class Person:
    """One person row as it was read; it stays what it was when the row moves on."""

    id: bytes
    token: bytes
    account: Account
    salt: bytes = field(repr=False)
    verifier: bytes = field(repr=False)
    private: bytes = field(repr=False)


def plain_name(typed: str) -> str:
    """A name on one line, with one space between its words."""
    return " ".join(typed.split())


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

    Raises StaleRow when somebody else changed the row in between, and IntegrityError when its
    e-mail is another's by now.
    """
    token = deployment.random(ID_BYTES)
    label = seal_label(deployment, read.id, token, account)
    found_by = {}
    if account.email != read.account.email:
        found_by["email_tag"] = email_tag(deployment, account.email)
    change_one_row(
        session,
        update(PersonRow)
        .where(PersonRow.id == read.id, PersonRow.token == read.token)
        .values(token=token, label=label, **found_by, **columns),
    )
    return replace(read, token=token, account=account, **columns)


def seal_label(deployment: Deployment, person: bytes, token: bytes, account: Account) -> bytes:
    """Seal an account to the deployment, for this row in this version alone."""
    where = _label_place(person, token)
    return seal_row(deployment, asdict(account), where, bucket=ACCOUNT_BUCKET)


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
        "earlier": tuple(known.get("earlier", ())),
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
    return _named(session, deployment, people, "names", _name)


def names_ever(
    session: Session, deployment: Deployment, people: Collection[bytes] | None = None
) -> dict[bytes, str]:
    """The same with every name they worked under, the present one first, a line each.

    For looking whether a text names them: a name that was corrected still points at its bearer.
    """
    return _named(session, deployment, people, "names.ever", _every_name)


def _name(account: Account) -> str:
    return account.name


def _every_name(account: Account) -> str:
    return "\n".join((account.name, *account.earlier))


def _named(
    session: Session,
    deployment: Deployment,
    people: Collection[bytes] | None,
    kind: str,
    said: Callable[[Account], str],
) -> dict[bytes, str]:
    """What `said` makes of each account, remembered while its row does not change."""
    if people is not None:
        wanted = _NAMES.where(PersonRow.id.in_(people))
        return _read_names(session, deployment, wanted, kind, said)
    rows = session.execute(_VERSIONS).all()
    version = b"".join(part for row in rows for part in row)
    every = partial(_read_names, session, deployment, _NAMES, kind, said)
    return dict(deployment.memory.latest(kind, version, every))


def _read_names(
    session: Session,
    deployment: Deployment,
    wanted: Select[bytes, bytes, bytes],
    kind: str,
    said: Callable[[Account], str],
) -> dict[bytes, str]:
    return {
        row.id: deployment.memory.recall(
            f"person.{kind}", row.id, row.token, partial(_opened, deployment, said, row)
        )
        for row in session.execute(wanted)
    }


def _opened(
    deployment: Deployment, said: Callable[[Account], str], row: Row[bytes, bytes, bytes]
) -> str:
    return said(open_label(deployment, row.id, row.token, row.label))
