"""Archives: a whole backup as one sealed stream, under a key that nothing else uses.

The key comes from the deployment's keyring and the archive's own random salt, or, where the
archive must open before the key file is there, from a generated passphrase. Either way the rows
inside stay sealed as they lie in the database: who opens the archive without the key file has
what a thief of the database has.

Must never hold a key, and never hand out a byte before its chunk is authenticated.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casefile.sealing.contexts import context
from casefile.sealing.derivation import expand_key
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Hidden, Key, RandomBytes
from casefile.sealing.keyring import KEY_ID, Keyring
from casefile.sealing.passphrases import normalise
from casefile.sealing.streams import PREFIX, Readable, SealingStream, open_stream

MAGIC: Final = b"casefile-backup-1\n"
SALT: Final = 32
HEADER: Final = len(MAGIC) + 1 + KEY_ID + SALT
SHORTEST: Final = 24
"""Letters of a passphrase for archives; six generated words have about forty."""

_BY_KEYRING: Final = b"\x01"
_BY_PASSPHRASE: Final = b"\x02"
_NO_KEY: Final = bytes(KEY_ID)
_MEMORY_KIB: Final = 64 * 1024
_PASSES: Final = 3


class NotAnArchive(Exception):
    """The file does not begin as a backup of Casefile does."""


class PassphraseWanted(Exception):
    """The archive was sealed with a passphrase and none was given, or the other way round."""


class PassphraseTooShort(ValueError):
    """A passphrase for an archive has six generated words or as many letters."""


@dataclass(frozen=True)
class Header:
    """What stands before the sealed stream: how its key is found, and its salt. No secret."""

    raw: bytes

    @property
    def identity(self) -> bytes:
        """The salt: 32 random bytes that no other archive has."""
        return self.raw[-SALT:]


def begin_archive(
    sink: Callable[[bytes], object],
    keyring: Keyring,
    random: RandomBytes,
    passphrase: str | None = None,
) -> SealingStream:
    """Write the header of a new archive and return the stream its content is written to."""
    kind = _BY_KEYRING if passphrase is None else _BY_PASSPHRASE
    key_id = keyring.writing if passphrase is None else _NO_KEY
    header = Header(MAGIC + kind + key_id + random(SALT))
    sink(header.raw)
    key = _key(header, keyring, passphrase)
    return SealingStream(sink, key, random(PREFIX), context("backup", header.raw))


def read_header(source: Readable) -> Header:
    """The header of an archive; NotAnArchive for any other file."""
    raw = source.read(HEADER)
    if len(raw) != HEADER or not raw.startswith(MAGIC):
        raise NotAnArchive
    return Header(raw)


def open_archive(
    source: Readable, header: Header, keyring: Keyring, passphrase: str | None = None
) -> Iterator[bytes]:
    """Yield the content after `read_header`; SealBroken for other keys, a changed or a cut file."""
    key = _key(header, keyring, passphrase)
    return open_stream(key, source, context("backup", header.raw))


def _key(header: Header, keyring: Keyring, passphrase: str | None) -> Key:
    kind, key_id = header.raw[len(MAGIC) :][:1], header.raw[len(MAGIC) + 1 :][:KEY_ID]
    if kind == _BY_KEYRING and passphrase is None:
        return keyring.subkey("backup", header.identity, key_id=key_id)
    if kind == _BY_PASSPHRASE and passphrase is not None:
        return stretched(passphrase, header.identity, "backup passphrase")
    if kind in (_BY_KEYRING, _BY_PASSPHRASE):
        raise PassphraseWanted
    raise SealBroken


def stretched(passphrase: str, salt: bytes, purpose: str) -> Key:
    """Argon2id as for members (64 MiB, 3 passes), without the pepper: the key file lies apart.

    PassphraseTooShort for fewer letters than six generated words have.
    """
    typed = normalise(passphrase)
    if len(typed) < SHORTEST:
        raise PassphraseTooShort
    grown = Argon2id(
        salt=salt, length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB
    ).derive(typed.encode())
    return expand_key(Hidden(grown), context(purpose))
