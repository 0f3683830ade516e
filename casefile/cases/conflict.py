"""Conflict of interest at the door: who must not see a report, from the words of the report.

Pure decisions over names; a match excludes at once. Nothing here is ever shown to anybody, and
nobody is told that a name was looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

SHORTEST = 3
"""Letters a word must have before it can point at a person."""
NEAR = 3
"""Words two parts of a name may stand apart."""
LONGEST = 64
"""Letters of a word that are looked at."""
WORD = re.compile(r"[^\W_]+")
HIDDEN = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Signs inside words that nobody reads: accents, vowel signs, stretching, direction, width."""
ALIKE = str.maketrans("یىکةأإآ", "ييكهااا")
"""Arabic and Persian letters that stand for one another in names."""


def excluded_people(names: Mapping[bytes, str], *, told: str, keep_from: str) -> frozenset[bytes]:
    """People who match: any part of a name in `keep_from`, two parts close by in what was told.

    `names` maps a person's id to the full name. Accents, case and word order do not matter.
    """
    kept, said = set(words(keep_from)), Said.of(told)
    return frozenset(person for person, name in names.items() if _named(folded(name), kept, said))


def named_agencies(called: Mapping[bytes, Iterable[str]], text: str) -> frozenset[bytes]:
    """Agencies one of whose names stands in `text` as whole words."""
    said = Said.of(text)
    return frozenset(
        agency for agency, names in called.items() if any(said.has(folded(name)) for name in names)
    )


@dataclass(frozen=True)
class Said:
    """A text made ready for looking for many names: where each of its words stands."""

    places: Mapping[str, list[int]] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Said:
        """Fold a text once."""
        places: dict[str, list[int]] = {}
        for place, word in enumerate(words(text)):
            places.setdefault(word, []).append(place)
        return cls(places)

    def has(self, name: tuple[str, ...]) -> bool:
        """Whether all these words stand in the text one after the other."""
        if not name or any(word not in self.places for word in name):
            return False
        after = [set(self.places[word]) for word in name[1:]]
        return any(
            all(start + step in there for step, there in enumerate(after, start=1))
            for start in self.places[name[0]]
        )

    def names(self, name: tuple[str, ...]) -> bool:
        """Whether two parts of a name stand within three words of each other, in any order."""
        found = sorted(
            (place, word)
            for word in dict.fromkeys(name)
            if len(word) >= SHORTEST
            for place in self.places.get(word, ())
        )
        return any(
            later - earlier <= NEAR and one != other
            for (earlier, one), (later, other) in pairwise(found)
        )


@lru_cache(maxsize=20_000)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name; the same few names are looked for in every report."""
    return tuple(words(name))


def words(text: str) -> list[str]:
    """The words of a text, folded: no case, accents, vowel signs, stretching or hidden signs.

    Each distinct word is folded once and only so far as a name is long: nothing a text holds can
    make this take longer than reading it.
    """
    plain = HIDDEN.sub("", unicodedata.normalize("NFC", text.casefold()))
    known: dict[str, str] = {}
    found = []
    for raw in WORD.findall(plain):
        word = raw[:LONGEST]
        if word not in known:
            known[word] = _fold(word)
        found.append(known[word])
    return found


def _fold(word: str) -> str:
    bare = (sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return "".join(bare).translate(ALIKE)


def _named(name: tuple[str, ...], kept: set[str], said: Said) -> bool:
    if any(len(part) >= SHORTEST and part in kept for part in name):
        return True
    return len(name) > 1 and (said.has(name) or said.has(name[::-1]) or said.names(name))
