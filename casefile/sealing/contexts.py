"""Contexts: the exact place a sealed thing belongs to, as bytes no two places share.

A context stands in the associated data of a cipher, the ``info`` of an HPKE wrap or of a key
derivation. Every part is written with its type and length, so that no two lists of parts give the
same bytes (rule 1 of sealing). Must never join text with separators, and never normalise a part.
"""

from typing import Final

_TEXT: Final = b"s"
_BYTES: Final = b"b"
_SHORT: Final = 128
# Heads of short parts, written once: a case that is wrapped anew asks for some eighty.
_TEXT_HEADS: Final = [_TEXT + length.to_bytes(4, "big") for length in range(_SHORT)]
_BYTES_HEADS: Final = [_BYTES + length.to_bytes(4, "big") for length in range(_SHORT)]


def context(*parts: str | bytes) -> bytes:
    """Encode the parts injectively: for each its type, its length in 4 bytes, its bytes.

    Text and bytes differ, also when they look alike: ``context("a") != context(b"a")``.
    """
    pieces: list[bytes] = []
    for part in parts:
        if isinstance(part, str):
            raw, heads = part.encode(), _TEXT_HEADS
        else:
            raw, heads = part, _BYTES_HEADS
        size = len(raw)
        pieces.append(heads[size] if size < _SHORT else heads[0][:1] + size.to_bytes(4, "big"))
        pieces.append(raw)
    return b"".join(pieces)


def number(value: int) -> bytes:
    """A generation, slot or count as 8 bytes for a context; negative is an ``OverflowError``."""
    return value.to_bytes(8, "big")
