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

SHORTEST = 3
"""Letters a single word must have before it alone can point at a person."""


def excluded_people(names: Mapping[bytes, str], *, told: str, keep_from: str) -> frozenset[bytes]:
    """People who match: any part of a name in `keep_from`, the whole name in what was told.

    `names` maps a person's id to the full name. Accents, case and word order do not matter.
    """
    kept, said = set(words(keep_from)), Said.of(told)
    return frozenset(person for person, name in names.items() if _named(folded(name), kept, said))


def named_agencies(called: Mapping[bytes, Iterable[str]], text: str) -> frozenset[bytes]:
    """Agencies one of whose names stands in `text` as whole words."""
    said = Said.of(text)
    return frozenset(
        agency
        for agency, names in called.items()
        if any(said.names(folded(name)) for name in names)
    )


@dataclass(frozen=True)
class Said:
    """A text made ready for looking for many names: its words, and all of them in a row."""

    words: frozenset[str] = field(repr=False)
    row: str = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Said:
        """Fold a text once. Words hold no space, so a row of them is searched as one string."""
        folded_words = words(text)
        return cls(frozenset(folded_words), _in_a_row(folded_words))

    def names(self, name: tuple[str, ...]) -> bool:
        """Whether these words stand in the text one after the other."""
        return bool(name) and self.words.issuperset(name) and _in_a_row(name) in self.row


@lru_cache(maxsize=20_000)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name; the same few names are looked for in every report."""
    return tuple(words(name))


def words(text: str) -> list[str]:
    """The words of a text, folded: no case, no accents, no Arabic vowel signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"\w+", bare)


def _named(name: tuple[str, ...], kept: set[str], said: Said) -> bool:
    if any(len(part) >= SHORTEST and part in kept for part in name):
        return True
    return len(name) > 1 and (said.names(name) or said.names(name[::-1]))


def _in_a_row(some: Iterable[str]) -> str:
    return f" {' '.join(some)} "
