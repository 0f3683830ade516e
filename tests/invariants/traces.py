"""Looking for planted words in any bytes, however they are written there.

Every planted word begins with one of two marks that nothing else in the world contains, so one
search per mark and encoding finds them all. It must find a word in every encoding it names, and
look inside every zlib and gzip stream it meets; `test_search.py` shows that it does.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

LATIN_MARK: Final = "zwyqxkor"
ARABIC_MARK: Final = "ظغذثضخظغ"
MARKS: Final = (LATIN_MARK, ARABIC_MARK)

Encoding = Callable[[str], bytes]

AS_TEXT: Final[dict[str, Encoding]] = {
    "UTF-8": lambda word: word.encode(),
    "UTF-16, little end first": lambda word: word.encode("utf-16-le"),
    "UTF-16, big end first": lambda word: word.encode("utf-16-be"),
    "hexadecimal": lambda word: word.encode().hex().encode(),
    "percent signs": lambda word: b"".join(b"%%%02x" % byte for byte in word.encode()),
    "JSON escapes": lambda word: b"".join(b"\\u%04x" % ord(sign) for sign in word),
    "HTML numbers": lambda word: b"".join(b"&#%d;" % ord(sign) for sign in word),
}
"""Encodings in which a capital letter or digit is the same letter: searched in small letters."""

PACKED: Final = 1 << 20
"""Bytes unpacked of one compressed stream, at most; bytes of its packed form looked at."""
STREAM: Final = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
"""How a gzip stream begins, and a zlib stream with the window everybody uses."""
SHOWN: Final = 60


@dataclass(frozen=True)
class Trace:
    """A planted word that was found: in which encoding, at which byte, with what stands there."""

    written_as: str
    place: str
    at: int
    around: bytes

    def __str__(self) -> str:
        return f"{self.written_as} at byte {self.at} of {self.place}: {self.around!r}"


def traces(data: bytes, place: str) -> list[Trace]:
    """Every trace of a planted word in `data`, first those that stand there as they are."""
    found = list(_plain(data, place))
    for at, unpacked in _unpacked(data):
        found += _plain(unpacked, f"{place}, unpacked from byte {at}")
    return found


def base64_forms(word: bytes) -> Iterator[tuple[str, bytes]]:
    """What of a word shows in base64, at each of the three places it can begin in a group."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + word)
        whole = coded[-(-shift * 8 // 6) : (shift + len(word)) * 8 // 6]
        yield f"base64, shifted by {shift}", whole


def _plain(data: bytes, place: str) -> Iterator[Trace]:
    small = data.lower()
    for form, needle in LOWERED:
        yield from _each(small, needle, form, place, data)
    for form, needle in EXACT:
        yield from _each(data, needle, form, place, data)


def _each(searched: bytes, needle: bytes, form: str, place: str, data: bytes) -> Iterator[Trace]:
    """The first occurrence of one needle: one is one too many."""
    at = searched.find(needle)
    if at >= 0:
        yield Trace(form, place, at, data[max(at - 8, 0) : at + SHOWN])


def _unpacked(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Whatever can be inflated at a place where a zlib or gzip stream could begin."""
    view = memoryview(data)
    for header in STREAM.finditer(data):
        at = header.start()
        inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        try:
            unpacked = inflating.decompress(view[at : at + PACKED], PACKED)
        except zlib.error:
            continue
        if unpacked:
            yield at, unpacked


def _searched() -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes]]]:
    lowered, exact = [], []
    for mark in MARKS:
        lowered += [(form, encode(mark).lower()) for form, encode in AS_TEXT.items()]
        for form, needle in base64_forms(mark.encode()):
            exact.append((form, needle))
            exact.append((form, needle.translate(bytes.maketrans(b"+/", b"-_"))))
    return lowered, list(dict.fromkeys(exact))


LOWERED, EXACT = _searched()
