"""The deployment's keys: what the server needs to compute with while nobody is signed in.

Four named keys. ``seal`` rotates: every blob carries the id of the key it was sealed under, and a
keyring may know several. ``tags``, ``pepper`` and ``receipts`` never rotate; losing them loses
every receipt, sign-in and tag. Rotation has four steps, so that servers of a rolling deployment
always read what another one writes: ``with_new_seal_key`` (read new), ``writing_new_seal_key``
(write new), re-seal whatever ``needs_reseal``, ``without_old_seal_keys`` (drop old).

Must never hold anything that opens a case's content, never be printed or pickled, and never lie in
the database or a backup.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand, expand_key
from casefile.sealing.envelopes import DEPLOYMENT, NONCE, gcm_open
from casefile.sealing.errors import (
    KeyFileDamaged,
    SealBroken,
)
from casefile.sealing.hidden import Key, RandomBytes, Unprintable, new_key

KEY_ID: Final = 4
"""Bytes of a seal key's id; it follows the kind byte in every blob of the deployment."""
TAG_LENGTH: Final = 16

_HEADER: Final = 1 + KEY_ID
_FORMAT: Final = "casefile-keys-1"
_SINGLE: Final = ("write", "tags", "pepper", "receipts", "check")


class Stage(IntEnum):
    """Where a rotation of the seal key stands; each stage is rolled out before the next begins."""

    SETTLED = 0
    READING_NEW = 1
    WRITING_NEW = 2


class Keyring(Unprintable):
    """The deployment's keys. Immutable: rotation gives a new keyring."""

    __slots__ = ("_macs", "_seal", "_tags", "pepper", "receipts", "tags", "writing")

    def __init__(
        self, seal_keys: Mapping[bytes, Key], writing: bytes, tags: Key, pepper: Key, receipts: Key
    ) -> None:
        """``seal_keys`` by id, oldest first; ``writing`` is the id new blobs are sealed under."""
        if writing not in seal_keys:
            raise ValueError("the key to write with must be one of the seal keys")
        self._seal = dict(seal_keys)
        self.writing = writing
        self.tags = tags
        self.pepper = pepper
        self.receipts = receipts
        self._tags = expand_key(tags, context("tags"))
        self._macs = expand_key(tags, context("macs"))

    @property
    def seal_keys(self) -> dict[bytes, Key]:
        """Every seal key this keyring can read with, by id, oldest first."""
        return dict(self._seal)

    @property
    def stage(self) -> Stage:
        """Where the rotation stands: one key, a newer one only read, or one written with."""
        if len(self._seal) == 1:
            return Stage.SETTLED
        newest = list(self._seal)[-1]
        return Stage.WRITING_NEW if self.writing == newest else Stage.READING_NEW

    def seal(self, plain: bytes, where: bytes, random: RandomBytes = os.urandom) -> bytes:
        """Kind byte, key id, nonce, AES-256-GCM under a key derived for ``where``. 33 bytes more.

        ``where`` is a context; random nonces stay rare under one key because each place has its
        own.
        """
        header = DEPLOYMENT + self.writing
        nonce = random(NONCE)
        key = self._key_for(self.writing, where)
        return header + nonce + AESGCM(key.reveal()).encrypt(nonce, plain, header)

    def open(self, blob: bytes, where: bytes) -> bytes:
        """The plaintext; ``SealBroken`` for another place, an unknown key or a changed byte."""
        header, nonce = blob[:_HEADER], blob[_HEADER : _HEADER + NONCE]
        if header[:1] != DEPLOYMENT:
            raise SealBroken
        key = self._key_for(header[1:], where)
        return gcm_open(key.reveal(), nonce, blob[_HEADER + NONCE :], header)

    def needs_reseal(self, blob: bytes) -> bool:
        """True if the blob (also a segment) lies under another seal key than the one to write."""
        return blob[1:_HEADER] != self.writing

    def tag(self, *parts: str | bytes) -> bytes:
        """16 bytes that find a row without naming it: the same parts always give the same tag."""
        return hmac.digest(self._tags.reveal(), context(*parts), "sha256")[:TAG_LENGTH]

    def mac(self, *parts: str | bytes) -> bytes:
        """32 bytes that only this deployment can make: authenticity of directories and labels."""
        return hmac.digest(self._macs.reveal(), context(*parts), "sha256")

    def subkey(self, *parts: str | bytes, key_id: bytes | None = None) -> Key:
        """A key derived for a purpose from a seal key: the one to write with unless ``key_id``.

        What is sealed under it must carry that id. ``SealBroken`` if the id is not known here.
        """
        wanted = self.writing if key_id is None else key_id
        return expand_key(self._seal_key(wanted), context("subkey", *parts))

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits in four groups, over all keys; safe to print and compare."""
        digest = hashlib.sha256(context("keyring", *self._marks())).hexdigest()
        return " ".join(digest[at : at + 4] for at in range(0, 16, 4))

    def lasting_fingerprint(self) -> str:
        """As ``fingerprint``, over the keys that never rotate: it names the installation."""
        digest = hashlib.sha256(context("installation", *self._marks()[-3:])).hexdigest()
        return " ".join(digest[at : at + 4] for at in range(0, 16, 4))

    def to_text(self) -> str:
        """The keys as one line of text, for the environment or an escrow sheet. This is it all."""
        return ",".join(_words(self))

    def with_new_seal_key(self, random: RandomBytes) -> "Keyring":
        """Step 1, read new: a further seal key is known, but nothing is sealed under it yet."""
        key = new_key(random)
        if seal_key_id(key) in self._seal:
            raise ValueError("this seal key is known already: the randomness cannot be trusted")
        return self._changed({**self._seal, seal_key_id(key): key}, self.writing)

    def writing_new_seal_key(self) -> "Keyring":
        """Step 2, write new: from now on blobs are sealed under the newest seal key."""
        return self._changed(self._seal, list(self._seal)[-1])

    def without_old_seal_keys(self) -> "Keyring":
        """Step 4, drop old: only the key to write with remains. Re-seal everything before.

        ``ValueError`` if a newer key is known that nothing is written with yet.
        """
        if self.writing != list(self._seal)[-1]:
            raise ValueError("the new seal key is not written with yet: that step comes first")
        return self._changed({self.writing: self._seal[self.writing]}, self.writing)

    def _changed(self, seal_keys: Mapping[bytes, Key], writing: bytes) -> "Keyring":
        return Keyring(seal_keys, writing, self.tags, self.pepper, self.receipts)

    def _seal_key(self, key_id: bytes) -> Key:
        key = self._seal.get(key_id)
        if key is None:
            raise SealBroken
        return key

    def _key_for(self, key_id: bytes, where: bytes) -> Key:
        return expand_key(self._seal_key(key_id), context("deployment", where))

    def _marks(self) -> list[bytes]:
        keys = [*self._seal.values(), self.tags, self.pepper, self.receipts]
        return [self.writing, *(expand(key, context("fingerprint"), 16) for key in keys)]


def new_keyring(random: RandomBytes) -> Keyring:
    """Draw the keys of a new deployment."""
    first = new_key(random)
    tags, pepper, receipts = new_key(random), new_key(random), new_key(random)
    return Keyring({seal_key_id(first): first}, seal_key_id(first), tags, pepper, receipts)


def seal_key_id(key: Key) -> bytes:
    """The 4-byte id of a seal key, derived from it; says nothing about it."""
    return expand(key, context("seal key id"), KEY_ID)


def keyring_from_text(text: str) -> Keyring:
    """Read ``Keyring.to_text`` or the text of a key file; ``KeyFileDamaged`` if anything is off."""
    try:
        return _parse(re.split(r"[\s,]+", re.sub(r"(?m)^\s*#.*$", "", text).strip()))
    except (ValueError, KeyError):
        raise KeyFileDamaged(
            "The keys are damaged: cut, mistyped or not keys of Casefile. "
            "Bring back the key file from where it was copied, or from the custodians' sheet."
        ) from None


def _words(keyring: Keyring) -> list[str]:
    return [
        _FORMAT,
        f"write={keyring.writing.hex()}",
        *(f"seal={key.reveal().hex()}" for key in keyring.seal_keys.values()),
        f"tags={keyring.tags.reveal().hex()}",
        f"pepper={keyring.pepper.reveal().hex()}",
        f"receipts={keyring.receipts.reveal().hex()}",
        f"check={_check(keyring)}",
    ]


def _parse(words: list[str]) -> Keyring:
    if words[0] != _FORMAT:
        raise ValueError("not a key text")
    pairs = [word.split("=") for word in words[1:]]
    named = {name: value for name, value in pairs if name in _SINGLE}
    seal_keys = [Key(bytes.fromhex(value)) for name, value in pairs if name == "seal"]
    by_id = {seal_key_id(key): key for key in seal_keys}
    if len(named) + len(by_id) != len(pairs):
        raise ValueError("a key stands twice, or has a name nobody knows")
    keyring = Keyring(
        by_id,
        bytes.fromhex(named["write"]),
        *(Key(bytes.fromhex(named[name])) for name in ("tags", "pepper", "receipts")),
    )
    if named["check"] != _check(keyring):
        raise ValueError("the check does not fit")
    return keyring


def _check(keyring: Keyring) -> str:
    return keyring.fingerprint().replace(" ", "")
