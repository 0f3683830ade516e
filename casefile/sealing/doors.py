"""Doors of cases: whoever may not open a case can still leave a letter that those inside open.

A letter is sealed under a key of its own, which is wrapped to the door's public key; both are bound
to the case, to the number of the letter and to its version token. Must never be used for what has
to be readable by whoever leaves it: the letter opens for nobody outside, not even its writer.
"""

from typing import Final

from casefile.sealing.contexts import context, number
from casefile.sealing.envelopes import open_sealed, seal
from casefile.sealing.hidden import Key, RandomBytes, new_key
from casefile.sealing.keypairs import PrivateKey, PublicKey, unwrap, wrap
from casefile.sealing.padding import pad, unpad

LETTER_BUCKET: Final = 4096
"""Bytes of the shortest letter before it is sealed; longer ones double."""
WRAPPED_KEY: Final = 1169
"""Bytes of a wrap of one key under the hybrid suite, before the letter's body."""


def seal_letter(
    door: PublicKey, plain: bytes, *, case: bytes, letter: int, token: bytes, random: RandomBytes
) -> bytes:
    """A letter for the case behind this door."""
    key, where = new_key(random), _place(case, letter, token)
    wrapped = wrap(door, key.reveal(), where)
    return wrapped + seal(key, pad(plain, LETTER_BUCKET), where, random)


def open_letter(door: PrivateKey, blob: bytes, *, case: bytes, letter: int, token: bytes) -> bytes:
    """The letter; ``SealBroken`` if it was left for another case or door, or was changed."""
    where = _place(case, letter, token)
    key = Key(unwrap(door, blob[:WRAPPED_KEY], where))
    return unpad(open_sealed(key, blob[WRAPPED_KEY:], where))


def _place(case: bytes, letter: int, token: bytes) -> bytes:
    return context("door letter", case, number(letter), token)
