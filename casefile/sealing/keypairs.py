"""Key pairs of people, desks, circles and reporters, and what is wrapped to them.

HPKE base mode (RFC 9180), HKDF-SHA256, AES-256-GCM. The default suite is the hybrid of X25519 and
ML-KEM-768, so that what is stolen today stays closed to a quantum computer later; the suite byte
stands on every key and wrap, so that the next suite can stand beside it.

HPKE here authenticates no sender: whoever knows a public key can wrap to it. Must never be taken
as proof of who wrapped something, and never wrap without a context that names its exact place.
"""

import hashlib
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Hidden, RandomBytes, Unprintable


class KeySuite(IntEnum):
    """Which public-key cryptography; the value is the suite byte of keys and wraps."""

    CLASSIC = 1
    HYBRID = 2


CLASSIC: Final = KeySuite.CLASSIC
HYBRID: Final = KeySuite.HYBRID

_HPKE: Final = {
    CLASSIC: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    HYBRID: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}
_MLKEM_SEED: Final = 64
_MLKEM_PUBLIC: Final = 1184
_X25519: Final = 32
_SEEDS: Final = {CLASSIC: _X25519, HYBRID: _MLKEM_SEED + _X25519}
_PUBLIC: Final = {CLASSIC: _X25519, HYBRID: _MLKEM_PUBLIC + _X25519}

_ParsedPublic = X25519PublicKey | MLKEM768X25519PublicKey
_ParsedPrivate = X25519PrivateKey | MLKEM768X25519PrivateKey


class PublicKey:
    """A public key: ``raw`` is the suite byte, then for the hybrid ML-KEM-768 before X25519.

    33 bytes for the classic suite, 1,217 for the hybrid.
    """

    __slots__ = ("_parsed", "raw", "suite")

    def __init__(self, raw: bytes, parsed: _ParsedPublic) -> None:
        self.raw = raw
        self.suite = KeySuite(raw[0])
        self._parsed = parsed

    def fingerprint(self) -> str:
        """Thirty digits in six groups of five, to be compared aloud in any language (99 bits)."""
        digest = hashlib.sha256(context("public key fingerprint", self.raw)).digest()
        digits = f"{int.from_bytes(digest, 'big') % 10**30:030d}"
        return " ".join(digits[at : at + 5] for at in range(0, 30, 5))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey({self.fingerprint()})"


class PrivateKey(Unprintable):
    """A private key, kept as its raw seeds; the key itself is computed when it is first used."""

    __slots__ = ("_pair", "_public", "_seeds", "suite")

    def __init__(self, seeds: bytes) -> None:
        self.suite = _suite_of(seeds, _SEEDS)
        self._seeds = Hidden(seeds)
        self._pair: _Pair | None = None
        self._public: PublicKey | None = None

    def seeds(self) -> Hidden:
        """Suite byte and seeds: 33 bytes for the classic suite, 97 for the hybrid."""
        return self._seeds

    @property
    def public(self) -> PublicKey:
        """The public half."""
        if self._public is None:
            self._public = self.pair().public(self.suite)
        return self._public

    def pair(self) -> "_Pair":
        """The parsed key. Costs about 100 µs the first time, hence not done before it is needed."""
        if self._pair is None:
            self._pair = _Pair(self._seeds.reveal()[1:])
        return self._pair

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PrivateKey) and self._seeds == other._seeds


class _Pair(Unprintable):
    """The parsed private keys behind one set of seeds."""

    __slots__ = ("_mlkem", "_x25519", "private")

    private: _ParsedPrivate

    def __init__(self, seeds: bytes) -> None:
        self._x25519 = X25519PrivateKey.from_private_bytes(seeds[-_X25519:])
        self._mlkem = None
        self.private = self._x25519
        if len(seeds) > _X25519:
            self._mlkem = MLKEM768PrivateKey.from_seed_bytes(seeds[:_MLKEM_SEED])
            self.private = MLKEM768X25519PrivateKey(self._mlkem, self._x25519)

    def public(self, suite: KeySuite) -> PublicKey:
        raw = self._x25519.public_key().public_bytes_raw()
        if self._mlkem is not None:
            raw = self._mlkem.public_key().public_bytes_raw() + raw
        return PublicKey(bytes([suite]) + raw, self.private.public_key())


def public_key_from_raw(raw: bytes) -> PublicKey:
    """Parse ``PublicKey.raw``; ``ValueError`` if it is not a public key of a known suite."""
    suite = _suite_of(raw, _PUBLIC)
    x25519 = X25519PublicKey.from_public_bytes(raw[-_X25519:])
    if suite is CLASSIC:
        return PublicKey(raw, x25519)
    mlkem = MLKEM768PublicKey.from_public_bytes(raw[1:-_X25519])
    return PublicKey(raw, MLKEM768X25519PublicKey(mlkem, x25519))


def new_private_key(random: RandomBytes, suite: KeySuite = HYBRID) -> PrivateKey:
    """Draw a fresh private key."""
    return PrivateKey(bytes([suite]) + random(_SEEDS[suite]))


def private_key_from_seeds(seeds: bytes) -> PrivateKey:
    """The key whose ``seeds()`` these are; ``ValueError`` for another length or suite."""
    return PrivateKey(seeds)


def private_key_from_root(root: Hidden, suite: KeySuite = HYBRID) -> PrivateKey:
    """The key that grows from a uniform root of 32 bytes or more, always the same."""
    if len(root.reveal()) < 32:
        raise ValueError("a root has at least 32 bytes")
    prefix = bytes([suite])
    return PrivateKey(prefix + expand(root, context("private key", prefix), _SEEDS[suite]))


def wrap(public: PublicKey, payload: bytes, where: bytes) -> bytes:
    """Seal ``payload`` to ``public`` for the place ``where`` (a context).

    Suite byte, encapsulated key, AES-256-GCM: 1,137 bytes more than the payload for the hybrid,
    49 for the classic suite. ``ValueError`` for a public key that is a point of small order.
    """
    prefix = bytes([public.suite])
    return prefix + _HPKE[public.suite].encrypt(payload, public._parsed, prefix + where)


def unwrap(private: PrivateKey, blob: bytes, where: bytes) -> bytes:
    """What ``wrap`` was given; ``SealBroken`` for another key, place, suite or a changed byte."""
    prefix = bytes([private.suite])
    if blob[:1] != prefix:
        raise SealBroken
    try:
        return _HPKE[private.suite].decrypt(blob[1:], private.pair().private, prefix + where)
    except (InvalidTag, ValueError):
        raise SealBroken from None


def _suite_of(raw: bytes, lengths: dict[KeySuite, int]) -> KeySuite:
    for suite, length in lengths.items():
        if raw[:1] == bytes([suite]) and len(raw) == 1 + length:
            return suite
    raise ValueError("not a key of a known suite")
