"""The words of a text in any script, folded so that people find them however they type.

Pure: no table and no key. It must never tell apart what a reader would not: accents, vowel signs,
the shapes of a letter, width and case. Scripts without spaces are cut into pairs of signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from casefile.cases.conflict import ALIKE, HIDDEN, LEAD, LONGEST

MARKS: Final = (
    "\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u06d6-\u06dc\u06df-\u06e8"
    "\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u08d3-\u08ff"
    "\u0900-\u0963\u0966-\u0df3\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e81-\u0f00"
    "\u0f18-\u0f39\u0f3e-\u0f84\u0f86-\u0fbc\u1000-\u1049\u1050-\u109f\u135d-\u135f\u1712-\u1734"
    "\u1752\u1753\u1772\u1773\u1780-\u17d3\u17dd\u17e0-\u17e9\u180b-\u180d\u1920-\u193b\u1a17-\u1a1b"
    "\u1b00-\u1b44\u1b80-\u1bf3\u1c00-\u1c37\u1cd0-\u1cf9\ua802-\ua827\ua880-\ua8c5\ua8e0-\ua8f1"
    "\ua926-\ua953\ua980-\ua9c0\uaa29-\uaa4d\uaa7b-\uaa7d\uaaeb-\uaaf6\uabe3-\uabed\ufe00-\ufe0f"
)
"""Signs written above, below or beside a letter that belong to its word, and that a regular
expression takes for gaps: Hebrew points, the vowels of South and South-East Asia, and others."""
WORD: Final = re.compile(rf"(?:[^\W_]|[{MARKS}])+")
UNSPACED: Final = re.compile(
    "[\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1050-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9fe\uaa60-\uaa7f\uf900-\ufaff"
    "\U00020000-\U000323af]+"
)
"""Runs of scripts that put no gap between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer."""
SAME: Final = (
    ALIKE
    | str.maketrans("ךםןףץґҐ", "כמנפצгг")
    | str.maketrans("ہۂھۃەےېۍێڪګ", "هههههييييكگ")
    | str.maketrans("ħŧŋɓɗƙƴɲɛɔəƒ", "htnbdkyneoef")
    | {sign: sign - 0x60 for sign in range(0x30A1, 0x30F7)}
)
"""What stands for one another beside what no accent is taken from: last letters in Hebrew, the
letters of Persian, Urdu, Pashto and Kurdish, those of West African alphabets, the two kana."""


def folded_words(text: str) -> Iterator[str]:
    """The words of a text as they are looked for, in their order; each distinct one folded once."""
    plain = HIDDEN.sub("", unicodedata.normalize("NFC", text.casefold()))
    known: dict[str, tuple[str, ...]] = {}
    for raw in WORD.findall(plain):
        if raw not in known:
            known[raw] = tuple(_cut(fold(raw)))
        yield from known[raw]


def fold(word: str) -> str:
    """A word without accents and vowel points, with one shape for each letter and digit."""
    signs = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = "".join(sign for sign in signs if not unicodedata.combining(sign))
    plain = bare.casefold().translate(SAME)
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain)


def forms(word: str) -> set[str]:
    """A word with and without what Arabic writes onto its front."""
    return {word, LEAD.sub("", word, count=1)}


def is_run(word: str) -> bool:
    """Whether this is a run of a script without spaces."""
    return UNSPACED.fullmatch(word) is not None


def kept_of(word: str) -> set[str]:
    """What is kept of a word: its forms, or of a run its pairs of signs and its last sign.

    With the last one, each sign begins something that is kept.
    """
    return {*pairs(word), word[-1]} if is_run(word) else forms(word)


def pairs(run: str) -> list[str]:
    """Each two neighbours of a run; the sign itself where it stands alone."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _cut(word: str) -> Iterator[str]:
    """Runs of unspaced scripts apart from what stands beside them, that no longer than a name."""
    at = 0
    for run in UNSPACED.finditer(word):
        yield from _short(word[at : run.start()])
        yield run.group()
        at = run.end()
    yield from _short(word[at:])


def _short(word: str) -> list[str]:
    return [word[:LONGEST]] if word else []
