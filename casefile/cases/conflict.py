"""Conflict of interest at the door: who must not see a report, from the words of the report.

Pure decisions over names; a match excludes at once. Nothing here is ever shown to anybody, and
nobody is told that a name was looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

SHORTEST = 3
"""Letters a single word must have before it alone can point at a person."""


def excluded_people(names: Mapping[bytes, str], *, told: str, keep_from: str) -> frozenset[bytes]:
    """People who match: any part of a name in `keep_from`, the whole name in what was told.

    `names` maps a person's id to the full name. Accents, case and word order do not matter.
    """
    kept, said = set(words(keep_from)), words(told)
    return frozenset(person for person, name in names.items() if _named(words(name), kept, said))


def named_agencies(called: Mapping[bytes, Iterable[str]], text: str) -> frozenset[bytes]:
    """Agencies one of whose names stands in `text` as whole words."""
    said = words(text)
    return frozenset(
        agency
        for agency, names in called.items()
        if any(_within(words(name), said) for name in names)
    )


def words(text: str) -> list[str]:
    """The words of a text, folded: no case, no accents, no Arabic vowel signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"\w+", bare)


def _named(name: list[str], kept: set[str], said: list[str]) -> bool:
    if any(len(part) >= SHORTEST and part in kept for part in name):
        return True
    return len(name) > 1 and (_within(name, said) or _within(name[::-1], said))


def _within(name: list[str], said: list[str]) -> bool:
    length = len(name)
    return bool(name) and any(
        said[at : at + length] == name for at in range(len(said) - length + 1)
    )
