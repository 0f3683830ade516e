"""What stands inside an archive: records, each a head of JSON and a body of rows or of a file.

A value is bytes, text or a whole number, so that an archive of one engine restores on the other.
It must never write a row of a table that says who is signed in.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

BATCH_BYTES = 4 * 1024 * 1024
"""A batch of rows is closed when it has this many bytes; one row more fits in memory."""
FIRST, ROWS, FILE, LAST = "first", "rows", "file", "last"
NULL = 0xFFFFFFFF
KINDS: Mapping[type, str] = {bytes: "b", str: "s", int: "i"}
_LENGTHS = struct.Struct("<II")

Row = Sequence[Any]


class ArchiveDamaged(Exception):
    """The archive opens, but what stands in it is not what an archive holds."""


@dataclass(frozen=True)
class Record:
    """One record: its kind, what its head says, and its body."""

    kind: str
    head: Mapping[str, Any]
    body: bytes = field(default=b"", repr=False)


def written(record: Record) -> bytes:
    """The record as bytes: two lengths, the head, the body."""
    head = json.dumps({"kind": record.kind, **record.head}, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(head), len(record.body)) + head + record.body


def records(plain: Iterator[bytes]) -> Iterator[Record]:
    """The records of a stream of pieces of any size; ArchiveDamaged where one is cut."""
    reader = _Reader(plain)
    while lengths := reader.take(_LENGTHS.size, may_end=True):
        long_head, long_body = _LENGTHS.unpack(lengths)
        head = json.loads(reader.take(long_head))
        yield Record(head.pop("kind"), head, reader.take(long_body))


def pack(kinds: str, rows: Sequence[Row]) -> bytes:
    """Rows as bytes: for each its lengths, then its values; `kinds` is a letter a column."""
    lengths = struct.Struct(f"<{len(kinds)}I")
    parts: list[bytes] = []
    for row in rows:
        values = [_bytes(value) for value in row]
        parts.append(lengths.pack(*(NULL if one is None else len(one) for one in values)))
        parts.extend(one for one in values if one is not None)
    return b"".join(parts)


def unpack(kinds: str, body: bytes) -> Iterator[tuple[Any, ...]]:
    """The inverse of `pack`; ArchiveDamaged if the body is no such rows."""
    lengths, made = struct.Struct(f"<{len(kinds)}I"), [_MADE[kind] for kind in kinds]
    at = 0
    while at < len(body):
        if at + lengths.size > len(body):
            raise ArchiveDamaged
        long, at = lengths.unpack_from(body, at), at + lengths.size
        row = []
        for length, make in zip(long, made, strict=True):
            end = at if length == NULL else at + length
            row.append(None if length == NULL else make(body[at:end]))
            at = end
        if at > len(body):
            raise ArchiveDamaged
        yield tuple(row)


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int):
        return b"%d" % value
    return bytes(value)  # a memoryview, as one of the drivers gives


def _same(raw: bytes) -> bytes:
    return raw


_MADE: Mapping[str, Callable[[bytes], Any]] = {"b": _same, "s": bytes.decode, "i": int}


class _Reader:
    """Takes exactly so many bytes from pieces of any size."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._kept = bytearray()

    def take(self, count: int, *, may_end: bool = False) -> bytes:
        """The next `count` bytes; none where the stream may end and does."""
        while len(self._kept) < count:
            piece = next(self._pieces, None)
            if piece is None:
                if may_end and not self._kept:
                    return b""
                raise ArchiveDamaged
            self._kept += piece
        taken = bytes(memoryview(self._kept)[:count])
        del self._kept[:count]
        return taken
