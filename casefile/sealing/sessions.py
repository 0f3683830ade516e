"""Sessions: 32 random bytes in a cookie, and the member's private key sealed in the session row.

The cookie expands to the row's id and to the key that seals the private key there, bound to the
person and to the expiry (rule 6 of sealing). The row alone opens nothing, and deleting it deletes
the key. Must never put a cookie or its key into a row, a log or a page.
"""

import base64
import binascii
import os
from dataclasses import dataclass, field

from casefile.sealing.contexts import context, number
from casefile.sealing.derivation import expand, expand_key
from casefile.sealing.envelopes import open_committed, seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import KEY_LENGTH, Hidden, Key, RandomBytes
from casefile.sealing.keypairs import PrivateKey, private_key_from_seeds


@dataclass(frozen=True)
class SessionKeys:
    """What a cookie expands to: ``row`` (32 bytes) finds the session row, ``key`` opens it."""

    row: bytes = field(repr=False)
    key: Key


def new_cookie(random: RandomBytes) -> str:
    """Draw a cookie: 32 random bytes as 43 characters of the URL-safe alphabet."""
    return _text(random(KEY_LENGTH))


def session_keys(cookie: str) -> SessionKeys | None:
    """Expand a cookie; None if it is not one this package could have drawn."""
    try:
        raw = base64.b64decode(cookie + "=", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(raw) != KEY_LENGTH or _text(raw) != cookie:
        return None
    root = Hidden(raw)
    return SessionKeys(
        expand(root, context("session row"), 32), expand_key(root, context("session key"))
    )


def seal_session(
    keys: SessionKeys,
    private: PrivateKey,
    *,
    person: bytes,
    expires: int,
    random: RandomBytes = os.urandom,
) -> bytes:
    """Seal the unlocked private key for the session row; ``expires`` in minutes since 1970."""
    return seal_committed(keys.key, private.seeds().reveal(), _place(person, expires), random)


def open_session(keys: SessionKeys, blob: bytes, *, person: bytes, expires: int) -> PrivateKey:
    """The private key; ``SealBroken`` for another cookie, person, or an expiry moved by hand."""
    try:
        return private_key_from_seeds(open_committed(keys.key, blob, _place(person, expires)))
    except ValueError:
        raise SealBroken from None


def _place(person: bytes, expires: int) -> bytes:
    return context("session", person, number(expires))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
