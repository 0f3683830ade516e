"""Passphrases of members: generated, never chosen, and stretched once per sign-in.

One Argon2id call gives a root, which expands to the verifier that is stored and to the key that
wraps the member's private key (rule 4 of sealing). There is no second password hash. Must never
store or log a passphrase, and never accept one a person made up: promise 2 rests on their 96 bits.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand, expand_key
from casefile.sealing.hidden import Hidden, Key, RandomBytes
from casefile.sealing.words import BYTES_PER_WORD, joined, spell

WORDS: Final = 6
_MEMORY_KIB: Final = 64 * 1024
_PASSES: Final = 3


@dataclass(frozen=True)
class Root:
    """What a passphrase grows to: ``verifier`` (32 bytes) is stored, ``wrapping`` never is."""

    verifier: bytes = field(repr=False)
    wrapping: Key

    def matches(self, stored: bytes) -> bool:
        """True if this is the passphrase behind the stored verifier; constant time."""
        return hmac.compare_digest(self.verifier, stored)


def generate(random: RandomBytes, words: int = WORDS) -> str:
    """A passphrase of pronounceable words with a space between: 16 bits a word, 96 in six."""
    if words < WORDS:
        raise ValueError("a passphrase has six words or more")
    return " ".join(spell(random(BYTES_PER_WORD * words)))


def normalise(typed: str) -> str:
    """A passphrase as it is stretched: without case, width, spaces, dashes or marks of direction.

    Normalising twice changes nothing.
    """
    return joined(typed)


def stretch(passphrase: str, salt: bytes, pepper: Key) -> Root:
    """Stretch a passphrase, normalised here (Argon2id, 64 MiB, 3 passes, with the pepper): 155 ms.

    ``salt``: 16 random bytes of that member. Wrap under ``wrapping`` with ``seal_committed``.
    """
    stretched = Argon2id(
        salt=salt,
        length=32,
        iterations=_PASSES,
        lanes=1,
        memory_cost=_MEMORY_KIB,
        secret=expand_key(pepper, context("passphrase pepper")).reveal(),
    ).derive(normalise(passphrase).encode())
    root = Hidden(stretched)
    verifier = hashlib.sha256(expand(root, context("verifier"), 32)).digest()
    return Root(verifier, expand_key(root, context("wrapping")))
