"""Receipt codes: 21 digits a reporter keeps, and the key pair that grows from them.

Twenty digits come from the deployment's receipts key, the form's token and the digest of what was
sent, so that the same page sent twice gives the same code; one check digit follows. Only the lookup
id and the public key are ever stored (rule 5 of sealing).

Must never store, print or log a code, and never keep a digest of a report's content. ``unlock``
costs 19 MiB and 18 ms: how many may run at once is the caller's to limit.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand, expand_key
from casefile.sealing.hidden import Hidden, Unprintable
from casefile.sealing.keypairs import PrivateKey, private_key_from_root
from casefile.sealing.keyring import Keyring

CODE_DIGITS: Final = 21
_LONGEST_TYPED: Final = 400
_MEMORY_KIB: Final = 19 * 1024
_PASSES: Final = 2

# Damm's quasigroup of order 10 (totally anti-symmetric): finds every wrong digit and every swap
# of two neighbours. H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004.
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


class ReceiptCode(Unprintable):
    """A receipt code with a check digit that fits. Two codes compare in constant time."""

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        """``digits``: 21 ASCII digits whose check digit fits, else ``ValueError``."""
        sound = len(digits) == CODE_DIGITS and digits.isascii() and digits.isdecimal()
        if not sound or check_digit(digits):
            raise ValueError("not a receipt code")
        self._digits = digits

    def digits(self) -> str:
        """All 21 digits, for the one page that shows them."""
        return self._digits

    def groups(self) -> tuple[str, ...]:
        """Seven groups of three digits, as they are shown and read aloud."""
        return tuple(self._digits[at : at + 3] for at in range(0, CODE_DIGITS, 3))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReceiptCode):
            return NotImplemented
        return hmac.compare_digest(self._digits, other._digits)


@dataclass(frozen=True)
class ReceiptKeys:
    """What a code opens: ``lookup`` (32 bytes) finds the row, ``private`` opens the wrap in it."""

    lookup: bytes = field(repr=False)
    private: PrivateKey


def receipt_code(keyring: Keyring, once: bytes, content: bytes) -> ReceiptCode:
    """The code of a report: ``once`` is its form's token, ``content`` its canonical bytes.

    Deterministic: sending the same page again gives the same code, edited text another.
    """
    digest = hashlib.sha256(content).digest()
    drawn = hmac.digest(keyring.receipts.reveal(), context("receipt code", once, digest), "sha256")
    digits = f"{int.from_bytes(drawn, 'big') % 10**20:020d}"
    return ReceiptCode(digits + str(check_digit(digits)))


def parse_code(typed: str) -> ReceiptCode | None:
    """Read a typed code: digits of any script, whatever stands between them is ignored.

    None if there are not 21 digits or the check digit does not fit; nothing says which.
    """
    if len(typed) > _LONGEST_TYPED:
        return None
    values = (unicodedata.decimal(sign, None) for sign in typed)
    try:
        return ReceiptCode("".join(str(value) for value in values if value is not None))
    except ValueError:
        return None


def unlock(code: ReceiptCode, keyring: Keyring) -> ReceiptKeys:
    """Stretch a code (Argon2id, 19 MiB, 2 passes, with the pepper) and grow its keys.

    The salt is the installation's, because the code alone must find the row.
    """
    stretched = Argon2id(
        salt=expand(keyring.receipts, context("receipt salt"), 16),
        length=32,
        iterations=_PASSES,
        lanes=1,
        memory_cost=_MEMORY_KIB,
        secret=expand_key(keyring.pepper, context("receipt pepper")).reveal(),
    ).derive(code.digits().encode())
    root = Hidden(stretched)
    return ReceiptKeys(expand(root, context("receipt lookup"), 32), private_key_from_root(root))


def check_digit(digits: str) -> int:
    """Damm's check digit of ASCII digits; 0 over a code that ends in its own check digit."""
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
