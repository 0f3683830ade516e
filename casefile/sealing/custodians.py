"""Custodians: a secret that any M of N people can rebuild together, and fewer cannot.

For every group of M custodians the secret is split by XOR into M shares, each wrapped to one of
them. Nothing but HPKE and its context is trusted, there is no field arithmetic, and 3 of 5 is 30
parts. A custodian without an account keeps a paper share: words that grow a private key.

Must never keep the rebuilt secret, nor store an opened part in the clear.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

from casefile.sealing.contexts import context, number
from casefile.sealing.errors import PaperShareUnreadable, SealBroken, TooFewParts
from casefile.sealing.hidden import Key, RandomBytes
from casefile.sealing.keypairs import (
    PrivateKey,
    PublicKey,
    private_key_from_root,
    unwrap,
    wrap,
)
from casefile.sealing.words import joined, read, spell

_CHECK: Final = 16
_PAPER_SECRET: Final = 20
_PAPER_CHECK: Final = 4
# 4 of 10 is 840 parts and 65 ms; beyond this a deployment has named a crowd, not custodians.
_MOST_PARTS: Final = 1000


@dataclass(frozen=True)
class Part:
    """One custodian's wrapped share in one group; both by position in the list of custodians."""

    subset: tuple[int, ...]
    custodian: int
    blob: bytes


def split(
    secret: bytes,
    custodians: Sequence[PublicKey],
    needed: int,
    *,
    purpose: bytes,
    random: RandomBytes,
) -> list[Part]:
    """Split ``secret`` so that any ``needed`` of the custodians rebuild it: all parts to store.

    ``purpose`` is a context: what the secret is and its generation. ``ValueError`` if a custodian
    stands twice, or ``needed`` is not between 1 and their number.
    """
    count = len(custodians)
    if not 1 <= needed <= count or len(set(custodians)) != count:
        raise ValueError("custodians are different people, and no more are needed than there are")
    if comb(count, needed) * needed > _MOST_PARTS:
        raise ValueError("too many custodians")
    payload = _checked(secret, purpose)
    return [
        Part(subset, at, wrap(custodians[at], share, _place(purpose, subset, at)))
        for subset in combinations(range(count), needed)
        for at, share in zip(subset, _shares(payload, needed, random), strict=True)
    ]


def open_part(private: PrivateKey, part: Part, *, purpose: bytes) -> bytes:
    """One custodian's opened share, with the group it belongs to written in front.

    ``SealBroken`` if the part is another custodian's, of another group or purpose, or changed.
    """
    share = unwrap(private, part.blob, _place(purpose, part.subset, part.custodian))
    return bytes([len(part.subset), *part.subset]) + share


def join(opened: Mapping[int, bytes], *, purpose: bytes) -> bytes:
    """Rebuild the secret from opened parts of one group, by custodian.

    Parts beyond the group are not needed and not allowed. ``TooFewParts`` while members of the
    group are missing; ``SealBroken`` if the parts do not belong together.
    """
    groups = {raw[1 : 1 + raw[0]] for raw in opened.values() if raw}
    if not groups:
        raise TooFewParts(1, 0)
    if len(groups) > 1:
        raise SealBroken
    (group,) = groups
    if set(group) - set(opened):
        raise TooFewParts(len(group), len(opened))
    return _unchecked(_xor([raw[1 + len(group) :] for raw in opened.values()]), purpose)


def paper_share(random: RandomBytes) -> tuple[str, PrivateKey]:
    """Draw a paper share: twelve words (160 bits and a check) and the private key they grow."""
    secret = random(_PAPER_SECRET)
    return " ".join(spell(secret + _paper_check(secret))), _paper_key(secret)


def private_key_from_paper(text: str) -> PrivateKey:
    """The private key of a paper share; ``PaperShareUnreadable`` if a word was mistyped."""
    try:
        raw = read(joined(text))
    except ValueError:
        raise PaperShareUnreadable from None
    secret, check = raw[:_PAPER_SECRET], raw[_PAPER_SECRET:]
    if not hmac.compare_digest(check, _paper_check(secret)):
        raise PaperShareUnreadable
    return _paper_key(secret)


def _shares(secret: bytes, count: int, random: RandomBytes) -> list[bytes]:
    masks = [random(len(secret)) for _ in range(count - 1)]
    return [*masks, _xor([secret, *masks])]


def _xor(strings: list[bytes]) -> bytes:
    if len({len(each) for each in strings}) != 1:
        raise SealBroken
    total = 0
    for each in strings:
        total ^= int.from_bytes(each, "big")
    return total.to_bytes(len(strings[0]), "big")


def _checked(secret: bytes, purpose: bytes) -> bytes:
    return hashlib.sha256(context("split secret", purpose, secret)).digest()[:_CHECK] + secret


def _unchecked(payload: bytes, purpose: bytes) -> bytes:
    secret = payload[_CHECK:]
    if not hmac.compare_digest(payload, _checked(secret, purpose)):
        raise SealBroken
    return secret


def _place(purpose: bytes, subset: tuple[int, ...], custodian: int) -> bytes:
    return context("custodian part", purpose, bytes(subset), number(custodian))


def _paper_check(secret: bytes) -> bytes:
    return hashlib.sha256(context("paper share check", secret)).digest()[:_PAPER_CHECK]


def _paper_key(secret: bytes) -> PrivateKey:
    return private_key_from_root(Key(hashlib.sha256(context("paper share", secret)).digest()))
