"""Streams: a file sealed while it arrives, in chunks of 64 KB, and never whole in memory.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption and
its Nonce-Reuse Misuse-Resistance", CRYPTO 2015) over AES-256-GCM, as rule 11 of sealing has it:
nonce = 7-byte prefix, 32-bit index, last flag. Cut, reordered, repeated or appended chunks fail.

Must never hand out a byte before its chunk is authenticated, and never seal two files under one
key: the caller draws a random key for each file.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, runtime_checkable

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casefile.sealing.envelopes import STREAM, TAG, gcm_open
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.padding import padded_file_size

CHUNK: Final = 64 * 1024
"""Bytes of plaintext in every chunk but the last."""
PREFIX: Final = 7

_SEALED_CHUNK: Final = CHUNK + TAG
_HEADER: Final = len(STREAM) + PREFIX


@runtime_checkable
class Readable(Protocol):
    """An open file, or anything that reads like one."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


class SealingStream:
    """Seals what is written to it and hands it on to ``sink``, chunk by chunk.

    What is not closed is not a sealed file: after an error leave it open and discard the output.
    """

    __slots__ = ("_cipher", "_index", "_kept", "_nonce_prefix", "_sink", "_where", "written")

    def __init__(
        self, sink: Callable[[bytes], object], key: Key, prefix: bytes, where: bytes
    ) -> None:
        """``key``: random, for this file alone; ``prefix``: 7 random bytes; ``where``: a context.

        Writes the header: kind byte and prefix.
        """
        if len(prefix) != PREFIX:
            raise ValueError("a stream's prefix has exactly 7 bytes")
        self._sink = sink
        self._cipher: AESGCM | None = AESGCM(key.reveal())
        self._nonce_prefix = prefix
        self._where = STREAM + where
        self._kept = bytearray()
        self._index = 0
        self.written = 0
        sink(STREAM + prefix)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take any number of bytes; ``ValueError`` after ``close``."""
        if self._cipher is None:
            raise ValueError("the stream is closed")
        self._kept += data
        self.written += len(data)
        if len(self._kept) > CHUNK:
            self._kept = self._emit_full(self._cipher, self._kept)
        return len(data)

    def fill_up(self) -> int:
        """Write zeros up to the bucket of the file (5 per cent) and return its true length.

        The length is kept with the file's record, sealed; who opens the file cuts it there.
        """
        length = self.written
        missing = padded_file_size(length) - length
        while missing:
            missing -= self.write(bytes(min(missing, CHUNK)))
        return length

    def close(self) -> None:
        """Seal the last chunk, which says that it is the last. Closing again does nothing."""
        if self._cipher is not None:
            self._emit(self._cipher, self._kept, last=True)
            self._cipher = None
            self._kept = bytearray()

    def _emit_full(self, cipher: AESGCM, kept: bytearray) -> bytearray:
        """Seal all full chunks but one that may turn out to be the last; return the rest."""
        end = (len(kept) - 1) // CHUNK * CHUNK
        with memoryview(kept) as view:
            for at in range(0, end, CHUNK):
                self._emit(cipher, view[at : at + CHUNK], last=False)
        return kept[end:]

    def _emit(self, cipher: AESGCM, chunk: bytearray | memoryview, *, last: bool) -> None:
        nonce = _nonce(self._nonce_prefix, self._index, last=last)
        self._sink(cipher.encrypt(nonce, chunk, self._where))
        self._index += 1


def open_stream(key: Key, source: Readable | Iterable[bytes], where: bytes) -> Iterator[bytes]:
    """Yield the plaintext of a sealed stream from an open file or from pieces of any size.

    Every chunk is authenticated before it is yielded, but only the end proves that nothing is
    missing: act on the whole file after the iterator is exhausted. ``SealBroken`` otherwise.
    """
    pieces = _recut(source)
    header = next(pieces)
    if len(header) != _HEADER or header[:1] != STREAM:
        raise SealBroken
    raw_key, prefix, place = key.reveal(), header[1:], STREAM + where
    chunk = next(pieces, b"")
    for index in range(2**32):
        following = next(pieces, None)
        nonce = _nonce(prefix, index, last=following is None)
        yield gcm_open(raw_key, nonce, chunk, place)
        if following is None:
            return
        chunk = following
    raise SealBroken


def _nonce(prefix: bytes, index: int, *, last: bool) -> bytes:
    return prefix + index.to_bytes(4, "big") + bytes([last])


def _recut(source: Readable | Iterable[bytes]) -> Iterator[bytes]:
    """The header, then sealed chunks of full size, then what is left."""
    kept = bytearray()
    size = _HEADER
    for piece in _pieces(source):
        kept += piece
        at = 0
        while len(kept) - at >= size:
            yield bytes(memoryview(kept)[at : at + size])
            at, size = at + size, _SEALED_CHUNK
        del kept[:at]
    if kept or size == _HEADER:
        yield bytes(kept)


def _pieces(source: Readable | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, Readable):
        return iter(lambda: source.read(_SEALED_CHUNK), b"")
    return iter(source)
