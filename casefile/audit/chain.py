"""Chaining the log: waiting lines become sealed batches, each bound to the one before.

Changing, dropping or reordering a chained line shows when the chain is verified against any
head that was delivered. A broken waiting line stops the chain; it is never passed over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefile.audit.log import Line, from_json, read_row, to_json
from casefile.audit.models import AuditBatch, AuditHead, AuditRow
from casefile.platform.database import change_one_row
from casefile.platform.deployment import Deployment
from casefile.sealing.contexts import context
from casefile.sealing.padding import pad, unpad

BATCH = 256
BATCH_BUCKET = 65536
NOTHING = bytes(32)


@dataclass(frozen=True)
class Head:
    """The newest batch's number (0: none yet) and its digest, which binds all before it."""

    number: int
    digest: bytes


class ChainBroken(Exception):
    """A batch is missing, changed or out of order; the text names its number."""


def begin_chain(session: Session, deployment: Deployment) -> None:
    """Write the head of an empty chain, once, when the deployment is founded."""
    tag, token = _head_tag(deployment), deployment.random(16)
    session.add(
        AuditHead(tag=tag, token=token, body=_sealed_head(deployment, token, Head(0, NOTHING)))
    )


def chain_begun(session: Session) -> bool:
    """Whether this database has a log at all: it was founded."""
    return session.execute(select(AuditHead.tag)).first() is not None


def read_head(session: Session, deployment: Deployment) -> Head:
    """The head as it stands now."""
    return _held_head(session, deployment)[0]


def chain_rows(session: Session, deployment: Deployment) -> None:
    """Move every waiting line, oldest first, into batches of at most 256."""
    _held_head(session, deployment, for_change=True)  # first, so that two workers take turns
    waiting = [(read_row(deployment, row), row.id) for row in session.scalars(select(AuditRow))]
    waiting.sort(key=lambda each: each[0].when)
    for start in range(0, len(waiting), BATCH):
        _chain_batch(session, deployment, waiting[start : start + BATCH])


def _chain_batch(
    session: Session, deployment: Deployment, waiting: list[tuple[Line, bytes]]
) -> None:
    head, token = _held_head(session, deployment, for_change=True)
    lines = [line for line, _ in waiting]
    packed = _packed(head, lines)
    new = Head(head.number + 1, hashlib.sha256(packed).digest())
    body = deployment.keyring.seal(
        pad(packed, BATCH_BUCKET), _batch_where(new.number), deployment.random
    )
    session.add(AuditBatch(tag=_batch_tag(deployment, new.number), body=body))
    session.execute(delete(AuditRow).where(AuditRow.id.in_([row for _, row in waiting])))
    _move_head(session, deployment, token, new)


def verify_chain(session: Session, deployment: Deployment) -> Head:
    """Walk the whole chain; ChainBroken names the first batch that is not what it was."""
    head, digest = read_head(session, deployment), NOTHING
    for number in range(1, head.number + 1):
        packed = _batch(session, deployment, number)
        if json.loads(packed)["before"] != digest.hex():
            raise ChainBroken(str(number))
        digest = hashlib.sha256(packed).digest()
    if digest != head.digest:
        raise ChainBroken(str(head.number))
    return head


def lines_newest_first(session: Session, deployment: Deployment) -> Iterator[Line]:
    """Every line of the log, waiting ones first, then batch by batch."""
    waiting = [read_row(deployment, row) for row in session.scalars(select(AuditRow))]
    yield from sorted(waiting, key=lambda line: line.when, reverse=True)
    for number in range(read_head(session, deployment).number, 0, -1):
        lines = json.loads(_batch(session, deployment, number))["lines"]
        yield from (from_json(json.dumps(line).encode()) for line in reversed(lines))


def _packed(head: Head, lines: list[Line]) -> bytes:
    told = [json.loads(to_json(line)) for line in lines]
    return json.dumps({"before": head.digest.hex(), "lines": told}, separators=(",", ":")).encode()


def _batch(session: Session, deployment: Deployment, number: int) -> bytes:
    row = session.get(AuditBatch, _batch_tag(deployment, number))
    if row is None:
        raise ChainBroken(str(number))
    return unpad(deployment.keyring.open(row.body, _batch_where(number)))


def _held_head(
    session: Session, deployment: Deployment, *, for_change: bool = False
) -> tuple[Head, bytes]:
    wanted = select(AuditHead.body, AuditHead.token).where(AuditHead.tag == _head_tag(deployment))
    row = session.execute(wanted.with_for_update() if for_change else wanted).one()
    plain = json.loads(deployment.keyring.open(row.body, context("audit_head", row.token)))
    return Head(int(plain["number"]), bytes.fromhex(plain["digest"])), row.token


def _move_head(session: Session, deployment: Deployment, old: bytes, head: Head) -> None:
    token = deployment.random(16)
    change_one_row(
        session,
        update(AuditHead)
        .where(AuditHead.tag == _head_tag(deployment), AuditHead.token == old)
        .values(body=_sealed_head(deployment, token, head), token=token),
    )


def _sealed_head(deployment: Deployment, token: bytes, head: Head) -> bytes:
    plain = json.dumps({"number": f"{head.number:012d}", "digest": head.digest.hex()}).encode()
    return deployment.keyring.seal(plain, context("audit_head", token), deployment.random)


def _head_tag(deployment: Deployment) -> bytes:
    return deployment.keyring.tag("audit_head")


def _batch_tag(deployment: Deployment, number: int) -> bytes:
    return deployment.keyring.tag("audit_batch", str(number))


def _batch_where(number: int) -> bytes:
    return context("audit_batch", str(number))
