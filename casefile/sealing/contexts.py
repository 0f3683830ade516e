"""Contexts: the exact place a sealed thing belongs to, as bytes no two places share.

A context stands in the associated data of a cipher, the ``info`` of an HPKE wrap or of a key
derivation. Every part is written with its type and length, so that no two lists of parts give the
same bytes (rule 1 of sealing). Must never join text with separators, and never normalise a part.
"""

from collections.abc import Iterator
from typing import Final

_TEXT: Final = b"s"
_BYTES: Final = b"b"


def context(*parts: str | bytes) -> bytes:
    """Encode the parts injectively: for each its type, its length in 4 bytes, its bytes.

    Text and bytes differ, also when they look alike: ``context("a") != context(b"a")``.
    """
    return b"".join(_encoded(parts))


def number(value: int) -> bytes:
    """A generation, slot or count as 8 bytes for a context; negative is an ``OverflowError``."""
    return value.to_bytes(8, "big")


def _encoded(parts: tuple[str | bytes, ...]) -> Iterator[bytes]:
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        yield _TEXT if isinstance(part, str) else _BYTES
        yield len(raw).to_bytes(4, "big")
        yield raw
