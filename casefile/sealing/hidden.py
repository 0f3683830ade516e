"""Secrets that do not print: what every key and code in Casefile is made of.

``repr``, ``str``, ``format``, f-strings, logging and pickle never show or carry the secret; only
the deliberate call ``reveal()`` does. Must never grow a shorter way to the bytes (no ``__bytes__``,
no iteration, no length), nor hold a secret anywhere but in the object itself.
"""

import hmac
from collections.abc import Callable
from typing import Final, NoReturn

RandomBytes = Callable[[int], bytes]
"""Draws that many random bytes; ``os.urandom`` in production."""

SEALED_TEXT: Final = "\u2039sealed\u203a"
KEY_LENGTH: Final = 32


class Unprintable:
    """Base of every object that holds a secret: it can be neither printed nor pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return SEALED_TEXT

    def __str__(self) -> str:
        return SEALED_TEXT

    def __format__(self, spec: str) -> str:
        return SEALED_TEXT

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be copied, pickled or sent to another process")


class Hidden(Unprintable):
    """Bytes that do not print. Equality takes the same time wherever the bytes differ."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def reveal(self) -> bytes:
        """The bytes themselves: for the cipher, never for a page, a log or a message."""
        return self._secret

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Hidden):
            return NotImplemented
        return hmac.compare_digest(self._secret, other._secret)


class Key(Hidden):
    """A symmetric key of exactly 32 bytes; any other length is a ``ValueError``."""

    __slots__ = ()

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_LENGTH:
            raise ValueError("a key has exactly 32 bytes")
        super().__init__(secret)


def new_key(random: RandomBytes) -> Key:
    """Draw a fresh 32-byte key."""
    return Key(random(KEY_LENGTH))
