"""What of a text can be drawn, by which font: a letter no font has becomes its number.

Every run names its font. Left to choose by itself the typesetter drew a mark and dropped the letter
under it, where the first font had the mark alone.

A paper must not lose a letter of what somebody wrote without saying so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from casefile.documents.fonts import Fonts

UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
"""Signs that are not drawn at all: they join, part or turn what stands beside them."""
CLUSTER: Final = 16
"""A letter with more marks than this is taken apart: nobody's language writes such."""
LONGEST_WORD: Final = 40
"""Letters after which a line may be broken inside a word, so that none runs off the page."""
FIRST_MARK: Final = "\u00ad"
"""No sign before this one joins another."""
BREAK: Final = "\u200b"
RIGHT: Final = frozenset({"R", "AL"})
STRONG: Final = RIGHT | {"L"}


NO_FONT: Final = -1


@dataclass(frozen=True)
class Run:
    """Letters one font draws; of `NO_FONT` the numbers of letters that none has, in brackets."""

    font: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Line:
    """A line of text as runs, and whether it is written from right to left."""

    runs: tuple[Run, ...] = field(repr=False)
    from_right: bool

    @property
    def lost(self) -> int:
        """How many letters stand as their number."""
        return sum(run.text.count("[") for run in self.runs if run.font == NO_FONT)


class Letters:
    """Which font draws what, remembered for one paper and no longer."""

    def __init__(self, fonts: Fonts, *, careful: bool = False) -> None:
        """`careful` also numbers marks and unseen signs, for a text the typesetter refused."""
        self._fonts, self._careful = fonts, careful
        self._known: dict[tuple[str, int], int | None] = {}

    def line(self, text: str, *, from_right: bool) -> Line:
        """One line as it can be set; `from_right` is for a line without any letter."""
        text = _breaking(text)
        if text.isascii() and text.isprintable() and self._fonts.drawing(text) == 0:
            return Line((Run(0, text),), _from_right(text, otherwise=from_right))
        runs, kept, font = list[Run](), "", 0
        for cluster in _clusters(text):
            for found, piece in self._pieces(cluster, font):
                if found != font and kept:
                    runs.append(Run(font, kept))
                    kept = ""
                font, kept = found, kept + piece
        return Line((*runs, Run(font, kept)), _from_right(text, otherwise=from_right))

    def _pieces(self, cluster: str, font: int) -> Iterator[tuple[int, str]]:
        """The cluster by one font, or else letter by letter, each by a font or as its number."""
        rather = max(font, 0)
        whole = self._font_of(cluster, rather)
        if whole is not None:
            yield whole, cluster
            return
        for letter in cluster:
            found = self._font_of(letter, rather)
            yield (NO_FONT, f"[U+{ord(letter):04X}]") if found is None else (found, letter)

    def _font_of(self, cluster: str, rather: int) -> int | None:
        asked = (cluster, rather)
        if asked not in self._known:
            self._known[asked] = _font_of(cluster, self._fonts, rather, careful=self._careful)
        return self._known[asked]


def _font_of(cluster: str, fonts: Fonts, rather: int, *, careful: bool) -> int | None:
    """Which font draws it; a mark without a letter is drawn by none, it would sit on another."""
    seen = UNSEEN.sub("", cluster)
    if careful and (seen != cluster or len(seen) > 1):
        return None
    if any(unicodedata.category(letter)[0] == "C" for letter in seen):
        return None  # controls, halves of letters and private signs, whatever a font says of them
    if seen and unicodedata.category(seen[0])[0] == "M":
        return None
    return fonts.drawing(seen, rather)


def _clusters(text: str) -> Iterator[str]:
    """A letter with the marks and unseen signs that follow it."""
    kept = ""
    for letter in text:
        joins = letter >= FIRST_MARK and (
            unicodedata.category(letter)[0] == "M" or UNSEEN.match(letter)
        )
        if kept and (not joins or len(kept) >= CLUSTER):
            yield kept
            kept = ""
        kept += letter
    if kept:
        yield kept


def _breaking(text: str) -> str:
    """The text with places to break inside words that are longer than a line."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", lambda word: word[0] + BREAK, text)


def _from_right(text: str, *, otherwise: bool) -> bool:
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in STRONG:
            return direction in RIGHT
    return otherwise
