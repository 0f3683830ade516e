"""The records of a case: writing one into a compartment and reading those one may open.

A record is a small JSON object whose `kind` lies inside the seal. A body that is not the one the
label binds is refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.label import Label, digest
from casefile.cases.models import EntryRow
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.sealing.compartments import Compartment, open_body, seal_body
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.padding import RECORD_BUCKET, REPORTER_BUCKET

Keys = Mapping[Compartment, Key]
SMALLEST = {
    Compartment.MAILBOX: REPORTER_BUCKET,
    Compartment.IDENTITY: REPORTER_BUCKET,
    Compartment.WORK: RECORD_BUCKET,
    Compartment.ASSISTANCE: RECORD_BUCKET,
    Compartment.INVESTIGATION: RECORD_BUCKET,
}


@dataclass(frozen=True)
class Record:
    """One opened record: its number in the case, where it lay, what it is and what it says."""

    index: int
    compartment: Compartment
    kind: str
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """A record sealed and ready to be written, with the number it was sealed for."""

    tag: bytes
    body: bytes
    token: bytes
    compartment: Compartment

    def row(self) -> dict[str, bytes]:
        """The columns of its row."""
        return {"tag": self.tag, "body": self.body, "token": self.token}


def seal_record(
    deployment: Deployment,
    case: bytes,
    index: int,
    compartment: Compartment,
    keys: Keys,
    kind: str,
    content: Mapping[str, Any],
    smallest: int | None = None,
) -> Sealed:
    """Seal one record for number `index` of the case; KeyError without the compartment's key."""
    tag, token = entry_tag(deployment, case, index), deployment.random(16)
    plain = json.dumps({"kind": kind} | dict(content), ensure_ascii=False).encode()
    body = seal_body(
        keys[compartment],
        plain,
        case=case,
        compartment=compartment,
        place=tag,
        token=token,
        smallest=smallest or SMALLEST[compartment],
        random=deployment.random,
    )
    return Sealed(tag, body, token, compartment)


def add_record(
    session: Session,
    deployment: Deployment,
    case: bytes,
    label: Label,
    compartment: Compartment,
    keys: Keys,
    kind: str,
    content: Mapping[str, Any],
) -> Label:
    """Write one record more; returns the label that binds it."""
    index = len(label.bodies)
    sealed = seal_record(deployment, case, index, compartment, keys, kind, content)
    add_rows(session, EntryRow, sealed.row())
    return label.with_body(compartment, sealed.body)


def written_in(records: Iterable[Record]) -> str:
    """Everything that was written in these records, as it was typed, each text on its own line.

    For looking for names: not as JSON, in which the end of a line sticks to the next word.
    """
    return "\n".join(text for one in records for text in texts_in(one.content))


def texts_in(value: object) -> Iterator[str]:
    """Every text of a part of a record, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_in(one)


def read_records(
    session: Session, deployment: Deployment, case: bytes, label: Label, keys: Keys
) -> list[Record]:
    """Open every record whose compartment's key is among `keys`, in order.

    SealBroken if one is missing or is not the body the label binds.
    """
    wanted = {
        entry_tag(deployment, case, index): index
        for index, body in enumerate(label.bodies)
        if body.compartment in keys
    }
    rows = session.execute(
        select(EntryRow.tag, EntryRow.body, EntryRow.token).where(EntryRow.tag.in_(wanted))
    ).all()
    if len(rows) != len(wanted):
        raise SealBroken
    opened = [
        _open(case, label, keys, wanted[row.tag], row.tag, row.body, row.token) for row in rows
    ]
    return sorted(opened, key=lambda record: record.index)


def entry_tag(deployment: Deployment, case: bytes, index: int) -> bytes:
    """The tag under which entry `index` of a case is found."""
    return deployment.keyring.tag("entry", case, str(index))


def _open(
    case: bytes, label: Label, keys: Keys, index: int, tag: bytes, body: bytes, token: bytes
) -> Record:
    bound = label.bodies[index]
    if not hmac.compare_digest(bound.digest, digest(body)):
        raise SealBroken
    plain = open_body(
        keys[bound.compartment],
        body,
        case=case,
        compartment=bound.compartment,
        place=tag,
        token=token,
    )
    content = json.loads(plain)
    return Record(index, bound.compartment, content.pop("kind"), content)
