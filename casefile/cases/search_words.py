"""The words a search looks at and the words it looks for, folded alike.

Pure: no table and no key. A search tells whether a case holds the words, never where nor in which
sentence, so the words of a case are kept once each and in the order of the alphabet.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from casefile.cases.conflict import LEAD, words
from casefile.cases.records import Record
from casefile.codes.questions import Kind, load_questions

BETWEEN = "\n"
MOST_SOUGHT = 8
"""Words of a search; more are not needed to tell one case from another."""
WHOLE_BELOW = 3
"""Shorter words are looked for whole, longer ones also as the beginning of a word."""
SAID = {
    "report": ("text",),
    "message": ("text",),
    "letter": ("text",),
    "note": ("text",),
    "reason": ("text",),
    "needs": ("contact",),
}
"""Per kind of record the parts somebody wrote. Answers that were ticked are codes, not words."""

Bag = bytes
"""The words of a case, each once, each between line feeds, in UTF-8."""
Needles = tuple[tuple[bytes, ...], ...]
"""What is looked for: each word in every form it may stand in; one form of each must be there."""


def bag_of(ticked: Collection[str], records: Iterable[Record]) -> Bag:
    """The words of those records that somebody wrote; `ticked` are the fields of chosen answers."""
    told = [text for record in records for text in _written(ticked, record)]
    found = {one for word in set(words(BETWEEN.join(told))) for one in _forms(word)}
    return "".join((BETWEEN, *(one + BETWEEN for one in sorted(found)))).encode()


def sought(typed: str) -> Needles:
    """What to look for, from what was typed; empty if there is no word in it."""
    each = list(dict.fromkeys(words(typed)))[:MOST_SOUGHT]
    return tuple(tuple(_needle(one) for one in _forms(word)) for word in each)


def holds(bag: Bag, needles: Needles) -> bool:
    """Whether one form of every word stands in the bag."""
    return all(any(form in bag for form in forms) for forms in needles)


def _needle(form: str) -> bytes:
    end = BETWEEN if len(form) < WHOLE_BELOW else ""
    return f"{BETWEEN}{form}{end}".encode()


@cache
def ticked_fields(config: Path) -> frozenset[str]:
    """The fields of the form whose answers are chosen: their codes are nobody's words."""
    form = load_questions(config / "questions" / "form.toml")
    return frozenset(
        each.name
        for question in form.questions
        for each in question.fields
        if each.kind not in (Kind.STORY, Kind.LINE)
    )


def _written(ticked: Collection[str], record: Record) -> Iterator[str]:
    for part in SAID.get(record.kind, ()):
        said = record.content.get(part, "")
        yield from said.values() if isinstance(said, dict) else [str(said)]
    if record.kind == "report":
        for name, given in record.content.get("answers", {}).items():
            yield from [] if name in ticked else given


def _forms(word: str) -> set[str]:
    """A word with the digits every script shares, with and without what Arabic writes before it."""
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in word)
    return {plain, LEAD.sub("", plain, count=1)}
