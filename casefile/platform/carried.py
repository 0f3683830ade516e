"""What a page carries in a hidden field, sealed to the deployment and opened when it comes back.

Nothing of it is kept on the server. It must never be opened for another purpose than it was sealed
for, and whatever was changed, cut or made up gets one answer.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring


def seal_into_page(keyring: Keyring, plain: bytes, where: bytes, random: RandomBytes) -> str:
    """Seal `plain` for the purpose `where`: letters, digits, - and _ for a hidden field."""
    return urlsafe_b64encode(keyring.seal(plain, where, random)).decode("ascii").rstrip("=")


def open_from_page(keyring: Keyring, carried: str, where: bytes) -> bytes:
    """What was sealed for this purpose; SealBroken for everything else a browser may send."""
    try:
        sealed = urlsafe_b64decode(carried.encode("ascii") + b"=" * (-len(carried) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise SealBroken from None
    return keyring.open(sealed, where)
