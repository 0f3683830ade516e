"""Envelopes: one plaintext sealed under one key, for one place.

``seal`` is AES-256-GCM for random keys. ``seal_committed`` is for keys that grow from something a
person could guess (passphrase, receipt code, cookie): plain GCM can be built to open under two
keys, which lets a guesser test many guesses at once (rule 3 of sealing).

Must never open without the place it was sealed for, never reuse a nonce, and never say why a blob
did not open.
"""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key, RandomBytes

# The first byte of every blob says its kind and format. Wraps carry their suite (1, 2) there.
PLAIN: Final = b"\x11"
COMMITTED: Final = b"\x12"
DEPLOYMENT: Final = b"\x13"
SEGMENT: Final = b"\x14"
STREAM: Final = b"\x15"

NONCE: Final = 12
TAG: Final = 16
_COMMITMENT: Final = 32


def seal(key: Key, plain: bytes, where: bytes, random: RandomBytes = os.urandom) -> bytes:
    """Kind byte, 96-bit random nonce, AES-256-GCM of ``plain`` bound to ``where`` (a context).

    Costs 29 bytes. Only for keys nobody can guess; see ``seal_committed``.
    """
    nonce = random(NONCE)
    return PLAIN + nonce + AESGCM(key.reveal()).encrypt(nonce, plain, PLAIN + where)


def open_sealed(key: Key, blob: bytes, where: bytes) -> bytes:
    """The plaintext of ``seal``; ``SealBroken`` for another key, place, kind or a changed byte."""
    if blob[:1] != PLAIN:
        raise SealBroken
    return gcm_open(key.reveal(), blob[1 : 1 + NONCE], blob[1 + NONCE :], PLAIN + where)


def seal_committed(key: Key, plain: bytes, where: bytes, random: RandomBytes = os.urandom) -> bytes:
    """As ``seal``, but the blob commits to key and place: it opens under no other. 61 bytes more.

    Kind byte, nonce, 32-byte commitment, AES-256-GCM. Cipher key and commitment are both expanded
    from key, nonce and place.
    """
    nonce = random(NONCE)
    cipher_key, commitment = _commit(key, nonce, where)
    return COMMITTED + nonce + commitment + AESGCM(cipher_key).encrypt(nonce, plain, COMMITTED)


def open_committed(key: Key, blob: bytes, where: bytes) -> bytes:
    """The plaintext of ``seal_committed``; the commitment is checked first, in constant time."""
    if blob[:1] != COMMITTED:
        raise SealBroken
    nonce, rest = blob[1 : 1 + NONCE], blob[1 + NONCE :]
    cipher_key, commitment = _commit(key, nonce, where)
    if not hmac.compare_digest(commitment, rest[:_COMMITMENT]):
        raise SealBroken
    return gcm_open(cipher_key, nonce, rest[_COMMITMENT:], COMMITTED)


def gcm_open(key: bytes, nonce: bytes, ciphertext: bytes | memoryview, where: bytes) -> bytes:
    """AES-256-GCM decryption whose every failure, malformed lengths included, is ``SealBroken``."""
    if len(nonce) != NONCE or len(ciphertext) < TAG:
        raise SealBroken
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, where)
    except InvalidTag:
        raise SealBroken from None


def _commit(key: Key, nonce: bytes, where: bytes) -> tuple[bytes, bytes]:
    both = expand(key, context("committed envelope", nonce, where), 32 + _COMMITMENT)
    return both[:32], both[32:]
