"""Archives of one case: everything chosen of it in one sealed stream, under words shown once.

The passphrase is stretched (Argon2id) to a key that wraps, committed, a random key of the stream
itself; so the archive opens under no other words, and anywhere, without this deployment's keys.

Must never hold a key or hand out a byte before its chunk is authenticated.
"""

from collections.abc import Callable, Iterator
from typing import Final

from casefile.sealing.archives import NotAnArchive, stretched
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import open_committed, seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key, RandomBytes
from casefile.sealing.streams import PREFIX, Readable, SealingStream, open_stream

MAGIC: Final = b"casefile-case-1\n"
SALT: Final = 32
KEY: Final = 32
_WRAPPED: Final = KEY + 29 + 32
"""A committed envelope of the key: kind, nonce, commitment, key, tag."""


def begin_case_archive(
    sink: Callable[[bytes], object], passphrase: str, random: RandomBytes
) -> SealingStream:
    """Write the head of a new archive and return the stream its content is written to: 155 ms."""
    salt, key = random(SALT), Key(random(KEY))
    where = context("case archive key", MAGIC, salt)
    wrapped = seal_committed(_grown(passphrase, salt), key.reveal(), where, random)
    sink(MAGIC + salt + wrapped)
    return SealingStream(sink, key, random(PREFIX), context("case archive", MAGIC, salt))


def open_case_archive(source: Readable, passphrase: str) -> Iterator[bytes]:
    """Yield the content; NotAnArchive for another file, SealBroken for other words or a cut one."""
    head = source.read(len(MAGIC) + SALT + _WRAPPED)
    if not head.startswith(MAGIC):
        raise NotAnArchive
    salt, wrapped = head[len(MAGIC) :][:SALT], head[len(MAGIC) + SALT :]
    if len(wrapped) != _WRAPPED:
        raise SealBroken
    where = context("case archive key", MAGIC, salt)
    key = Key(open_committed(_grown(passphrase, salt), wrapped, where))
    return open_stream(key, source, context("case archive", MAGIC, salt))


def _grown(passphrase: str, salt: bytes) -> Key:
    return stretched(passphrase, salt, "case archive passphrase")
