"""Chaining the log: waiting lines become sealed batches, each bound to the one before.

Changing, dropping or reordering a chained line shows when the chain is verified against any
head that was delivered. A broken waiting line stops the chain; it is never passed over.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

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
SAID = re.compile(
    r"(?<![\w-])([0-9]{1,12})[\s>]+((?:[0-9a-f]{8}[\s>]*){8})"
    r"(?![0-9a-z]|[ \t]+[0-9a-f]+\b)",
    re.IGNORECASE,
)
"""A head in what was pasted: a number and eight groups of eight, as mail may wrap or quote it."""
UNSEEN = re.compile(r"[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What right-to-left mail puts between words and nobody sees."""
NEVER = "0000-00-00"
"""Stands where no head has been sent yet."""


@dataclass(frozen=True)
class Head:
    """The newest batch's number (0: none yet) and its digest, which binds all before it."""

    number: int
    digest: bytes

    def said(self) -> str:
        """The head as people keep it: the number, then the digest in groups of eight."""
        digits = self.digest.hex()
        return " ".join([str(self.number), *(digits[at : at + 8] for at in range(0, 64, 8))])


def head_said(text: str) -> Head | None:
    """The one head in a text: as `Head.said` writes it, or the whole line or mail it was kept in.

    None if there is no head in it, or more than one.
    """
    found = set(SAID.findall(UNSEEN.sub("", text)))
    heads = {Head(int(number), bytes.fromhex(_digits(digest))) for number, digest in found}
    return heads.pop() if len(heads) == 1 else None


def _digits(digest: str) -> str:
    return re.sub(r"[\s>]", "", digest)


@dataclass(frozen=True)
class _Kept:
    """The head's row as it was read: the head, the day it was last sent, its version token."""

    head: Head
    sent: str
    token: bytes


class ChainBroken(Exception):
    """A batch is missing, changed or out of order; the text names its number."""


def begin_chain(session: Session, deployment: Deployment) -> None:
    """Write the head of an empty chain, once, when the deployment is founded."""
    tag, token = _head_tag(deployment), deployment.random(16)
    body = _sealed_head(deployment, token, Head(0, NOTHING), NEVER)
    session.add(AuditHead(tag=tag, token=token, body=body))


def chain_begun(session: Session) -> bool:
    """Whether this database has a log at all: it was founded."""
    return session.execute(select(AuditHead.tag)).first() is not None


def read_head(session: Session, deployment: Deployment) -> Head:
    """The head as it stands now."""
    return _kept_head(session, deployment).head


def head_of_day(session: Session, deployment: Deployment, day: str) -> Head | None:
    """The head, once for each day (ISO date); None if this day's was taken already."""
    kept = _kept_head(session, deployment, for_change=True)
    if kept.sent >= day:
        return None
    _write_head(session, deployment, kept, replace(kept, sent=day))
    return kept.head


def chain_rows(session: Session, deployment: Deployment) -> None:
    """Move every waiting line, oldest first, into batches of at most 256."""
    _kept_head(session, deployment, for_change=True)  # first, so that two workers take turns
    waiting = [(read_row(deployment, row), row.id) for row in session.scalars(select(AuditRow))]
    waiting.sort(key=lambda each: _order(each[0]))
    for start in range(0, len(waiting), BATCH):
        _chain_batch(session, deployment, waiting[start : start + BATCH])


def _chain_batch(
    session: Session, deployment: Deployment, waiting: list[tuple[Line, bytes]]
) -> None:
    kept = _kept_head(session, deployment, for_change=True)
    head = kept.head
    lines = [line for line, _ in waiting]
    packed = _packed(head, lines)
    new = Head(head.number + 1, hashlib.sha256(packed).digest())
    body = deployment.keyring.seal(
        pad(packed, BATCH_BUCKET), batch_where(new.number), deployment.random
    )
    session.add(AuditBatch(tag=_batch_tag(deployment, new.number), body=body))
    session.execute(delete(AuditRow).where(AuditRow.id.in_([row for _, row in waiting])))
    _write_head(session, deployment, kept, replace(kept, head=new))


def verify_chain(
    session: Session,
    deployment: Deployment,
    *,
    known: Head | None = None,
    told: Callable[[], object] = lambda: None,
) -> Head:
    """Walk the chain; ChainBroken names the first batch that is not what it was.

    With a head that was delivered earlier the walk begins there, and the batch it names must have
    that very digest. `told` is called after each batch.
    """
    head = read_head(session, deployment)
    if known is not None and known.number > head.number:
        raise ChainBroken(str(known.number))
    digest = _digest_of(session, deployment, known) if known else NOTHING
    for number in range(known.number + 1 if known else 1, head.number + 1):
        packed = _batch(session, deployment, number)
        if json.loads(packed)["before"] != digest.hex():
            raise ChainBroken(str(number))
        digest = hashlib.sha256(packed).digest()
        told()
    if digest != head.digest:
        raise ChainBroken(str(head.number))
    return head


def _digest_of(session: Session, deployment: Deployment, known: Head) -> bytes:
    """The digest of the batch a delivered head names; ChainBroken if it is another."""
    packed = _batch(session, deployment, known.number) if known.number else b""
    digest = hashlib.sha256(packed).digest() if known.number else NOTHING
    if digest != known.digest:
        raise ChainBroken(str(known.number))
    return digest


def lines_newest_first(session: Session, deployment: Deployment) -> Iterator[Line]:
    """Every line of the log, waiting ones first, then batch by batch."""
    waiting = [read_row(deployment, row) for row in session.scalars(select(AuditRow))]
    yield from sorted(waiting, key=_order, reverse=True)
    for number in range(read_head(session, deployment).number, 0, -1):
        lines = json.loads(_batch(session, deployment, number))["lines"]
        yield from (from_json(json.dumps(line).encode()) for line in reversed(lines))


def newest_line(session: Session, deployment: Deployment) -> Line | None:
    """The line with the latest moment, of those that wait and of the newest batch."""
    lines = [read_row(deployment, row) for row in session.scalars(select(AuditRow))]
    head = read_head(session, deployment)
    if head.number:
        told = json.loads(_batch(session, deployment, head.number))["lines"]
        lines += [from_json(json.dumps(line).encode()) for line in told]
    return max(lines, key=lambda line: line.when, default=None)


def oldest_waiting(session: Session, deployment: Deployment) -> Line | None:
    """The line that has waited longest for the chain."""
    lines = [read_row(deployment, row) for row in session.scalars(select(AuditRow))]
    return min(lines, key=lambda line: line.when, default=None)


def verify_newest(session: Session, deployment: Deployment) -> Head:
    """Check the newest batch against the head alone; ChainBroken if it is another."""
    head = read_head(session, deployment)
    packed = _batch(session, deployment, head.number) if head.number else None
    if packed is not None and hashlib.sha256(packed).digest() != head.digest:
        raise ChainBroken(str(head.number))
    return head


def last_delivery(session: Session, deployment: Deployment) -> str | None:
    """The day (ISO date) on which a head was last sent on; None if none ever was."""
    sent = _kept_head(session, deployment).sent
    return None if sent == NEVER else sent


def batch_number(deployment: Deployment, tag: bytes) -> int:
    """The number of the batch found under this tag, counted from the first."""
    return deployment.memory.recall(
        "audit_batch.number",
        tag,
        b"",
        lambda: next(number for number in count(1) if _batch_tag(deployment, number) == tag),
    )


def _order(line: Line) -> tuple[datetime, bytes]:
    """By time, and within a second by what the line says: never by what else was written."""
    return line.when, to_json(line)


def _packed(head: Head, lines: list[Line]) -> bytes:
    told = [json.loads(to_json(line)) for line in lines]
    return json.dumps({"before": head.digest.hex(), "lines": told}, separators=(",", ":")).encode()


def _batch(session: Session, deployment: Deployment, number: int) -> bytes:
    wanted = select(AuditBatch.body).where(AuditBatch.tag == _batch_tag(deployment, number))
    body = session.execute(wanted).scalar()
    if body is None:
        raise ChainBroken(str(number))
    return unpad(deployment.keyring.open(body, batch_where(number)))


def _kept_head(session: Session, deployment: Deployment, *, for_change: bool = False) -> _Kept:
    wanted = select(AuditHead.body, AuditHead.token).where(AuditHead.tag == _head_tag(deployment))
    row = session.execute(wanted.with_for_update() if for_change else wanted).one()
    plain = json.loads(deployment.keyring.open(row.body, context("audit_head", row.token)))
    head = Head(int(plain["number"]), bytes.fromhex(plain["digest"]))
    return _Kept(head, plain["sent"], row.token)


def _write_head(session: Session, deployment: Deployment, kept: _Kept, new: _Kept) -> None:
    token = deployment.random(16)
    change_one_row(
        session,
        update(AuditHead)
        .where(AuditHead.tag == _head_tag(deployment), AuditHead.token == kept.token)
        .values(body=_sealed_head(deployment, token, new.head, new.sent), token=token),
    )


def _sealed_head(deployment: Deployment, token: bytes, head: Head, sent: str) -> bytes:
    told = {"number": f"{head.number:012d}", "digest": head.digest.hex(), "sent": sent}
    where = context("audit_head", token)
    return deployment.keyring.seal(json.dumps(told).encode(), where, deployment.random)


def _head_tag(deployment: Deployment) -> bytes:
    return deployment.keyring.tag("audit_head")


def _batch_tag(deployment: Deployment, number: int) -> bytes:
    return deployment.keyring.tag("audit_batch", str(number))


def batch_where(number: int) -> bytes:
    """The context a batch is sealed in."""
    return context("audit_batch", str(number))
