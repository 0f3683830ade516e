"""The door of a case: letters from the other end of a referral, from one who cannot open the case.

The public half of a door lies sealed to the deployment, the private half among the records of
`work`: whoever can open the case can open its letters, and drawing the case's keys anew hangs a new
door. Must never let the one who leaves a letter read anything of the case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.cases.changing import change_case
from casefile.cases.keys import Opened
from casefile.cases.label import CaseNotFound, Label
from casefile.cases.models import DoorLetterRow, DoorRow
from casefile.cases.records import Keys, Record, add_record, read_records
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.sealing.compartments import Compartment
from casefile.sealing.contexts import context
from casefile.sealing.doors import open_letter, seal_letter
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import (
    PrivateKey,
    PublicKey,
    new_private_key,
    private_key_from_seeds,
    public_key_from_raw,
)
from casefile.sealing.padding import pad, unpad

DOOR = "door"
"""The record of `work` that holds the private half."""
BETWEEN = "between"
"""The record a letter becomes once it is taken in."""
PUBLIC_BUCKET = 2048


@dataclass(frozen=True)
class DroppedLetter:
    """A letter as it lies at a door: its number, what it says, and whether it could be opened."""

    letter: int
    content: Mapping[str, Any] = field(repr=False)


def hang_door(
    session: Session, deployment: Deployment, case: bytes, label: Label, keys: Keys
) -> Label:
    """Give the case a new door, in place of the one it may have; the label that binds its key."""
    private = new_private_key(deployment.random)
    tag, token = _door_tag(deployment, case), deployment.random(16)
    plain = pad(private.public.raw, PUBLIC_BUCKET)
    body = deployment.keyring.seal(plain, door_where(tag, token), deployment.random)
    session.execute(delete(DoorRow).where(DoorRow.tag == tag))
    add_rows(session, DoorRow, {"tag": tag, "body": body, "token": token})
    content = {"seeds": private.seeds().reveal().hex()}
    return add_record(session, deployment, case, label, Compartment.WORK, keys, DOOR, content)


def has_door(session: Session, deployment: Deployment, case: bytes) -> bool:
    """Whether letters can be left for this case."""
    wanted = select(DoorRow.tag).where(DoorRow.tag == _door_tag(deployment, case))
    return session.execute(wanted).first() is not None


def drop_letter(
    session: Session, deployment: Deployment, case: bytes, label: Label, content: Mapping[str, Any]
) -> Label:
    """Leave a letter at the door of a case, inside a write that holds its label.

    CaseNotFound if the case has no door.
    """
    return _left(session, deployment, case, label, content, _public(session, deployment, case))


def take_in(session: Session, deployment: Deployment, member: Member, opened: Opened) -> bool:
    """Make records of the letters that wait at the door; whether there were any.

    A letter that does not open is left out and noted for the operator: it keeps nothing else back.
    """
    if opened.label.dropped == opened.label.taken_in:
        return False

    def change(writing: Session, label: Label) -> Label:
        door = _private(writing, deployment, opened.case, label, opened.keys)
        for letter in _waiting(writing, deployment, opened.case, label, door):
            content = dict(letter.content)
            label = add_record(
                writing,
                deployment,
                opened.case,
                label,
                Compartment.WORK,
                opened.keys,
                BETWEEN,
                content,
            )
        _clear(writing, deployment, opened.case, label)
        return replace(label, taken_in=label.dropped)

    change_case(session, deployment, member, opened, change)
    return True


def renew_door(
    session: Session, deployment: Deployment, case: bytes, label: Label, keys: Keys
) -> Label:
    """Hang a new door once the case's keys were drawn anew: letters that wait move behind it.

    `keys` are the new ones, under which the records lie already. A case without a door stays
    without.
    """
    if not has_door(session, deployment, case):
        return label
    held = _private(session, deployment, case, label, keys)
    waiting = _waiting(session, deployment, case, label, held)
    _clear(session, deployment, case, label)
    label = replace(label, taken_in=label.dropped)
    label = hang_door(session, deployment, case, label, keys)
    public = _public(session, deployment, case)
    for letter in waiting:
        label = _left(session, deployment, case, label, letter.content, public)
    return label


def door_where(tag: bytes, token: bytes) -> bytes:
    """The context the public half is sealed in; its keyed tag stands for the case."""
    return context("door", tag, token)


def close_door(session: Session, deployment: Deployment, case: bytes, label: Label) -> None:
    """Take the door away with every letter that waits at it, for a case that is deleted."""
    _clear(session, deployment, case, label)
    session.execute(delete(DoorRow).where(DoorRow.tag == _door_tag(deployment, case)))


def letters_between(records: list[Record]) -> list[Mapping[str, Any]]:
    """The letters from other ends that were taken in, oldest first."""
    return [one.content for one in records if one.kind == BETWEEN]


def _left(
    session: Session,
    deployment: Deployment,
    case: bytes,
    label: Label,
    content: Mapping[str, Any],
    door: PublicKey,
) -> Label:
    number, token = label.dropped, deployment.random(16)
    plain = json.dumps(dict(content), ensure_ascii=False).encode()
    body = seal_letter(door, plain, case=case, letter=number, token=token, random=deployment.random)
    row = {"tag": _letter_tag(deployment, case, number), "body": body, "token": token}
    add_rows(session, DoorLetterRow, row)
    return replace(label, dropped=number + 1)


def _waiting(
    session: Session, deployment: Deployment, case: bytes, label: Label, door: PrivateKey
) -> list[DroppedLetter]:
    tags = {
        _letter_tag(deployment, case, number): number
        for number in range(label.taken_in, label.dropped)
    }
    rows = session.execute(
        select(DoorLetterRow.tag, DoorLetterRow.body, DoorLetterRow.token).where(
            DoorLetterRow.tag.in_(tags)
        )
    )
    found = []
    for row in rows:
        number = tags[row.tag]
        try:
            plain = open_letter(door, row.body, case=case, letter=number, token=row.token)
        except SealBroken as broken:
            logs.fault(broken, state="door_letter")
        else:
            found.append(DroppedLetter(number, json.loads(plain)))
    return sorted(found, key=lambda one: one.letter)


def _clear(session: Session, deployment: Deployment, case: bytes, label: Label) -> None:
    tags = [
        _letter_tag(deployment, case, number) for number in range(label.taken_in, label.dropped)
    ]
    session.execute(delete(DoorLetterRow).where(DoorLetterRow.tag.in_(tags)))


def _public(session: Session, deployment: Deployment, case: bytes) -> PublicKey:
    tag = _door_tag(deployment, case)
    wanted = select(DoorRow.body, DoorRow.token).where(DoorRow.tag == tag)
    row = session.execute(wanted).first()
    if row is None:
        raise CaseNotFound
    plain = deployment.keyring.open(row.body, door_where(tag, row.token))
    return public_key_from_raw(unpad(plain))


def _private(
    session: Session, deployment: Deployment, case: bytes, label: Label, keys: Keys
) -> PrivateKey:
    """The private half that was hung last; SealBroken if the case has a door and no key of it."""
    mine = {Compartment.WORK: keys[Compartment.WORK]}
    records = read_records(session, deployment, case, label, mine)
    found = [one.content["seeds"] for one in records if one.kind == DOOR]
    if not found:
        raise SealBroken
    return private_key_from_seeds(bytes.fromhex(found[-1]))


def _door_tag(deployment: Deployment, case: bytes) -> bytes:
    return deployment.keyring.tag("door", case)


def _letter_tag(deployment: Deployment, case: bytes, number: int) -> bytes:
    return deployment.keyring.tag("door letter", case, str(number))
