"""The directory of public keys. A key whose keyed code does not match is never used."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from casefile.platform.deployment import Deployment
from casefile.registers.models import ListedKey
from casefile.sealing.keypairs import PublicKey, public_key_from_raw

KEYS = ListedKey.metadata.tables["listed_key"]
LISTED = select(KEYS).where(KEYS.c.tag.in_(bindparam("tags", expanding=True)))


class KeyNotListed(Exception):
    """The directory holds no trustworthy key of this holder."""


def publish(session: Session, deployment: Deployment, holder: bytes, public: PublicKey) -> None:
    """List `public` as the key of `holder` (a context of kind and id), replacing an earlier one."""
    tag = _tag(deployment, holder)
    session.execute(delete(ListedKey).where(ListedKey.tag == tag))
    session.add(ListedKey(tag=tag, body=public.raw, code=_code(deployment, holder, public.raw)))
    session.flush()


def public_key_of(session: Session, deployment: Deployment, holder: bytes) -> PublicKey:
    """Return the listed key of `holder`; KeyNotListed if there is none or it was exchanged."""
    return public_keys_of(session, deployment, [holder])[holder]


def public_keys_of(
    session: Session, deployment: Deployment, holders: Iterable[bytes]
) -> dict[bytes, PublicKey]:
    """The listed keys of several holders in one reading; KeyNotListed if one cannot be trusted."""
    tags = {_tag(deployment, holder): holder for holder in holders}
    rows = session.connection().execute(LISTED, {"tags": list(tags)})
    found: dict[bytes, PublicKey] = {}
    for row in rows:
        holder = tags[row.tag]
        if not hmac.compare_digest(row.code, _code(deployment, holder, row.body)):
            raise KeyNotListed
        found[holder] = public_key_from_raw(row.body)
    if len(found) != len(tags):
        raise KeyNotListed
    return found


def _tag(deployment: Deployment, holder: bytes) -> bytes:
    return deployment.keyring.tag("listed_key", holder)


def _code(deployment: Deployment, holder: bytes, raw: bytes) -> bytes:
    return deployment.keyring.mac("listed_key", holder, raw)
