"""Conflict of interest at the door: who must not see a report, from the words of the report.

Pure decisions over names; a match excludes at once. Nothing here is ever shown to anybody, and
nobody is told that a name was looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

SHORTEST = 3
"""Letters a word must have before it can point at a person."""
TINY = frozenset(
    {"al", "an", "au", "ce", "da", "de", "di", "do", "dr", "du", "el", "en", "et", "il", "in"}
    | {"je", "la", "le", "me", "mr", "ms", "my", "no", "of", "se", "si", "su", "un"}
)
"""Words of two letters that stand in any text and point at nobody."""
NEAR = 3
"""Words two parts of a name may stand apart."""
SHORTEST_GLUED = 6
"""Letters a whole name must have before it is also looked for written together."""
MOST_RUNS = 20_000
"""Words of a text in which names are looked for written together."""
LONGEST = 64
"""Letters of a word that are looked at."""
WORD = re.compile(r"[^\W_]+")
HIDDEN = re.compile(
    "[\u00ad\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Signs inside words that nobody reads: accents, vowel signs, stretching, direction, width."""
ALIKE = str.maketrans("یىکةأإآٱ", "ييكهاااا") | str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
"""Letters that stand for one another in names and that no accent is taken from."""
LEAD = re.compile(r"[وف]?(?:[بك]?ال|لل|[بكل])?(?=\w{3})")
"""What Arabic writes onto the front of a word: and, so, by, like, to, the."""
PARTICLES = frozenset(
    {"abu", "ben", "bin", "bint", "das", "del", "den", "der", "dos", "ibn", "las", "los", "van"}
    | {"von"}
)
"""Words of many names that alone point at nobody."""


def excluded_people(names: Mapping[bytes, str], *, told: str, keep_from: str) -> frozenset[bytes]:
    """People who match: any part of a name in `keep_from`, two parts close by in either text.

    `names` maps a person's id to the full name, or to all names she had, a line each. Accents, case
    and word order do not matter.
    """
    kept, said = Said.of(keep_from), Said.of(told)
    heard = kept.forms | said.forms
    return frozenset(
        person
        for person, had in names.items()
        for name in had.split("\n")
        if not _traces(name).isdisjoint(heard) and _named(folded(name), kept, said)
    )


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
    runs: frozenset[str] = field(repr=False)
    """Up to three neighbours written together."""

    @classmethod
    def of(cls, text: str) -> Said:
        """Fold a text once; a word stands also without what Arabic writes onto its front."""
        every, places = words(text), dict[str, list[int]]()
        forms = {word: {word, LEAD.sub("", word, count=1)} for word in set(every)}
        for place, word in enumerate(every):
            for form in forms[word]:
                places.setdefault(form, []).append(place)
        few = every[:MOST_RUNS]
        runs = {
            form + "".join(few[place + 1 : place + length])
            for place, word in enumerate(few)
            for form in forms[word]
            for length in (1, 2, 3)
        }
        return cls(places, frozenset(runs))

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every word and every run: a name of which nothing is here needs no closer look."""
        return self.runs.union(self.places)

    def holds(self, name: tuple[str, ...]) -> bool:
        """Whether the whole name stands here: in order, turned round, close by or in one run."""
        runs = ("".join(name), "".join(name[::-1]))
        return (
            self.has(name)
            or self.has(name[::-1])
            or self.names(name)
            or (len(runs[0]) >= SHORTEST_GLUED and any(run in self.runs for run in runs))
        )

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
            (place, word) for word in _telling(name) for place in self.places.get(word, ())
        )
        return any(
            later - earlier <= NEAR and one != other and max(len(one), len(other)) >= SHORTEST
            for (earlier, one), (later, other) in pairwise(found)
        )


@lru_cache(maxsize=20_000)
def folded(name: str) -> tuple[str, ...]:
    """The words of a name without the Arabic article; the same few are looked for every time."""
    return tuple(word[2:] if re.match(r"ال\w{3}", word) else word for word in words(name))


@lru_cache(maxsize=20_000)
def _traces(name: str) -> frozenset[str]:
    """Of which at least one stands in any text that names this person."""
    parts = folded(name)
    return frozenset((*parts, "".join(parts), "".join(parts[::-1])))


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
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = (sign for sign in plain if not unicodedata.combining(sign))
    return "".join(bare).casefold().translate(ALIKE)


def _telling(name: tuple[str, ...]) -> frozenset[str]:
    """The parts that point at a person: also a first or last one of two letters, as Ba or Ng."""
    ends = {word for word in (*name[:1], *name[-1:]) if len(word) == SHORTEST - 1}
    return frozenset(word for word in name if len(word) >= SHORTEST) | (ends - TINY)


def _named(name: tuple[str, ...], kept: Said, said: Said) -> bool:
    if any(part in kept.places for part in _telling(name) - PARTICLES):
        return True
    return len(name) > 1 and (said.holds(name) or kept.holds(name))


def written_words(name: tuple[str, ...], text: str, most: int = 6) -> list[str]:
    """The words of `text` that are parts of a name, as they were written, each once."""
    joined = {"".join(name), "".join(name[::-1])}
    found: dict[str, str] = {}
    for raw in WORD.findall(HIDDEN.sub("", unicodedata.normalize("NFC", text))):
        form = _fold(raw[:LONGEST].casefold())
        forms = {form, LEAD.sub("", form, count=1)}
        if forms & set(name) or forms & joined:
            found.setdefault(form, raw[:LONGEST])
    return list(found.values())[:most]
