"""What is fetched once from outside: sealed under a link and a code that travel different ways.

Whoever has only the link, or only the code, opens nothing: both go through Argon2id together with
the pepper. Must never store either. `stretch` costs 64 MiB and 155 ms: how many may run at once is
the caller's to limit.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand, expand_key
from casefile.sealing.hidden import Hidden, Key
from casefile.sealing.keyring import Keyring

CODE_DIGITS: Final = 12
SECRET: Final = 16
_LONGEST_TYPED: Final = 100
_MEMORY_KIB: Final = 64 * 1024
_PASSES: Final = 3


@dataclass(frozen=True)
class Drawn:
    """The two halves of a way in, and the id it is found by."""

    id: bytes
    secret: bytes = field(repr=False)
    code: str = field(repr=False)


def draw(keyring: Keyring, once: bytes) -> Drawn:
    """The halves for the page with this token: the same page sent twice gives the same ones."""
    drawn = expand(keyring.receipts, context("retrieval", once), 2 * SECRET + 16)
    code = f"{int.from_bytes(drawn[2 * SECRET :], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
    return Drawn(drawn[:SECRET], drawn[SECRET : 2 * SECRET], code)


def read_code(typed: str) -> str:
    """The digits of a typed code, of any script; empty if there are not just as many."""
    values = (unicodedata.decimal(sign, None) for sign in typed[:_LONGEST_TYPED])
    digits = "".join(str(value) for value in values if value is not None)
    return digits if len(digits) == CODE_DIGITS else ""


def stretch(keyring: Keyring, secret: bytes, code: str, salt: bytes) -> Key:
    """The key both halves give; `salt` is 16 random bytes of that packet."""
    root = Argon2id(
        salt=salt,
        length=32,
        iterations=_PASSES,
        lanes=1,
        memory_cost=_MEMORY_KIB,
        secret=expand_key(keyring.pepper, context("retrieval pepper")).reveal(),
    ).derive(context("retrieval", secret, code))
    return expand_key(Hidden(root), context("retrieval key"))
