"""Custodians of an agency: who keeps which share, how many are needed, and when they last tried.

A custodian with an account here is named by it, so that nobody takes part in opening a case she is
kept from. Must never hold a share, nor anything a share opens.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.network.models import CustodyRow
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.sealing.contexts import context
from casefile.sealing.padding import RECORD_BUCKET, pad, unpad


class NoCustodians(Exception):
    """This agency has no recovery key yet, and so no custodians."""


@dataclass(frozen=True)
class Custodian:
    """One custodian: the number on her share, what she is called, her account if she has one."""

    number: int
    name: str = ""
    person: bytes = b""


@dataclass(frozen=True)
class Custodians:
    """An agency's custodians. `needed` of them open its recovery key; `tried` is minutes since
    1970, 0 if the shares were never tried since they were drawn."""

    agency: bytes
    needed: int
    each: tuple[Custodian, ...]
    tried: int = 0


def read_custodians(session: Session, deployment: Deployment, agency: bytes) -> Custodians:
    """Who an agency's custodians are; NoCustodians if it has none."""
    tag = _tag(deployment, agency)
    row = session.execute(
        select(CustodyRow.body, CustodyRow.token).where(CustodyRow.tag == tag).with_for_update()
    ).first()
    if row is None:
        raise NoCustodians
    plain = json.loads(unpad(deployment.keyring.open(row.body, _where(tag, row.token))))
    each = (Custodian(number, name, bytes.fromhex(who)) for number, name, who in plain["each"])
    return Custodians(agency, plain["needed"], tuple(each), plain["tried"])


def keep_custodians(session: Session, deployment: Deployment, custodians: Custodians) -> None:
    """Write who they are over what was written before, inside a write."""
    tag, token = _tag(deployment, custodians.agency), deployment.random(16)
    plain = {
        "needed": custodians.needed,
        "each": [[one.number, one.name, one.person.hex()] for one in custodians.each],
        "tried": custodians.tried,
    }
    words = pad(json.dumps(plain, ensure_ascii=False).encode(), RECORD_BUCKET)
    body = deployment.keyring.seal(words, _where(tag, token), deployment.random)
    session.execute(delete(CustodyRow).where(CustodyRow.tag == tag))
    session.add(CustodyRow(tag=tag, body=body, token=token))
    session.flush()


def name_custodian(
    session: Session, deployment: Deployment, agency: bytes, custodian: Custodian
) -> None:
    """Say who keeps a share, inside a write; the number must be one of the agency's shares."""
    known = read_custodians(session, deployment, agency)
    each = tuple(custodian if one.number == custodian.number else one for one in known.each)
    keep_custodians(session, deployment, replace(known, each=each))


def note_tried(session: Session, deployment: Deployment, agency: bytes) -> None:
    """Remember that the shares were tried now and opened the key, inside a write."""
    known = read_custodians(session, deployment, agency)
    keep_custodians(session, deployment, replace(known, tried=minutes(deployment.now())))


def _tag(deployment: Deployment, agency: bytes) -> bytes:
    return deployment.keyring.tag("custody", agency)


def _where(tag: bytes, token: bytes) -> bytes:
    return context("custody", tag, token)
