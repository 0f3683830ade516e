"""The fonts papers are set in, and which letters each of them has.

They come with the deployment as packages, so that every machine sets the same page; an office
lays further ones into `fonts/` of its instance folder. Only the tables that say which letters a
font has are read here; drawing is left to the typesetter.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic

SHIPPED: Final = (fontpkg_noto_sans.ROOT / "files", fontpkg_noto_sans_arabic.ROOT / "files")
ENDINGS: Final = frozenset({".ttf", ".otf"})
MOST_BYTES: Final = 32 * 1024 * 1024
"""A larger file is no font for one script."""
_CHARACTER_MAP: Final = b"cmap"
_WHOLE, _PLAIN = 12, 4
"""Formats of a character map: all of Unicode, and its first plane."""


class NoFont(Exception):
    """A file that is no font, or one whose letters cannot be told."""


@dataclass(frozen=True)
class Font:
    """One font: where it lies and the code points it draws."""

    file: Path
    letters: frozenset[int] = field(repr=False)


@dataclass(frozen=True)
class Fonts:
    """The fonts of one deployment in the order they are tried, and the folders they lie in."""

    each: tuple[Font, ...]
    folders: tuple[Path, ...]

    def drawing(self, letters: str, rather: int = 0) -> int | None:
        """The font that draws all of these together, `rather` this one; None if there is none."""
        points = {ord(letter) for letter in letters}
        order = (rather, *(at for at in range(len(self.each)) if at != rather))
        return next((at for at in order if points <= self.each[at].letters), None)


def read_fonts(instance: Path) -> Fonts:
    """The fonts that come along and those in `fonts/` of the instance folder; what is none is left.

    A font laid there while the server runs counts from its next start.
    """
    return _read((*SHIPPED, instance / "fonts"))


@cache
def _read(folders: tuple[Path, ...]) -> Fonts:
    return Fonts(tuple(_fonts_in(folders)), tuple(one for one in folders if one.is_dir()))


def _fonts_in(folders: tuple[Path, ...]) -> Iterator[Font]:
    for folder in folders:
        for file in sorted(folder.glob("*")) if folder.is_dir() else ():
            # Slanted letters are for emphasis; nobody's words are set in them.
            if file.suffix.lower() not in ENDINGS or "Italic" in file.name:
                continue
            if file.stat().st_size > MOST_BYTES:
                continue
            try:
                yield Font(file, letters_of(file.read_bytes()))
            except NoFont:
                continue


def letters_of(font: bytes) -> frozenset[int]:
    """The code points a font file maps to a glyph; NoFont for anything else.

    Source: the OpenType specification, tables `cmap` formats 4 and 12.
    """
    try:
        found = dict(_maps(font, _table(font, _CHARACTER_MAP)))
        if _WHOLE in found:
            return frozenset(_whole(font, found[_WHOLE]))
        return frozenset(_plain(font, found[_PLAIN]))
    except (struct.error, KeyError, IndexError, MemoryError) as other:
        raise NoFont from other


def _table(font: bytes, wanted: bytes) -> int:
    """Where a table begins."""
    (count,) = struct.unpack_from(">H", font, 4)
    for at in range(12, 12 + 16 * count, 16):
        if font[at : at + 4] == wanted:
            return int(struct.unpack_from(">I", font, at + 8)[0])
    raise KeyError(wanted)


def _maps(font: bytes, begin: int) -> Iterator[tuple[int, int]]:
    """Format and place of every character map."""
    (count,) = struct.unpack_from(">H", font, begin + 2)
    for at in range(begin + 4, begin + 4 + 8 * count, 8):
        (offset,) = struct.unpack_from(">I", font, at + 4)
        yield int(struct.unpack_from(">H", font, begin + offset)[0]), begin + offset


def _whole(font: bytes, at: int) -> Iterator[int]:
    (groups,) = struct.unpack_from(">I", font, at + 12)
    for first, last, glyph in struct.iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups]):
        if last > 0x10FFFF:
            raise KeyError(last)
        yield from range(first if glyph else first + 1, last + 1)


def _plain(font: bytes, at: int) -> Iterator[int]:
    (twice,) = struct.unpack_from(">H", font, at + 6)
    numbers = f">{twice // 2}H"
    ends = struct.unpack_from(numbers, font, at + 14)
    starts = struct.unpack_from(numbers, font, at + 16 + twice)
    deltas = struct.unpack_from(numbers, font, at + 16 + 2 * twice)
    ranges = at + 16 + 3 * twice
    offsets = struct.unpack_from(numbers, font, ranges)
    for which, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for letter in range(first, last + 1):
            glyph = letter
            if offsets[which]:
                place = ranges + 2 * which + offsets[which] + 2 * (letter - first)
                (glyph,) = struct.unpack_from(">H", font, place)
            if glyph and (glyph + deltas[which]) & 0xFFFF:
                yield letter
