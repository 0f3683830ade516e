"""The words a search looks at and the words it looks for, folded alike.

Pure: no table and no key. A search tells whether a case holds the words and how well, never where
nor in which sentence, so the words of a case are kept once each and in the order of the alphabet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from casefile.cases.records import Record, texts_in
from casefile.cases.search_folding import folded_words, forms, is_run, kept_of, pairs
from casefile.codes.questions import Kind, load_questions
from casefile.sealing.compartments import Compartment

BETWEEN = "\n"
END = ord(BETWEEN)
MOST_SOUGHT = 8
"""Words of a search; more are not needed to tell one case from another."""
MOST_PAIRS = 16
"""Pairs of signs that are looked for of one run of a script without spaces."""
WHOLE_BELOW = 3
"""Shorter words are looked for whole, longer ones also as the beginning of a word."""
BEGINS, WHOLE = 1, 2
"""How well a word was found: as the beginning of a word, or whole."""
WRITTEN = frozenset(
    {"text", "contact", "reason", "letter", "summary", "subject", "place", "employer"}
    | {"name", "names", "alias", "aliases", "called"}
)
"""Parts of records that somebody wrote, or is called by, in whatever kind of record, however deep:
what somebody is also called is found as the name is. All others are codes, ids and times."""
ANSWERS = "answers"
"""The answers of a form, by field: those that were ticked are codes and no words."""

Bag = bytes
"""The words of a case, each once, each between line feeds, in UTF-8."""
Needles = tuple[tuple[bytes, ...], ...]
"""What is looked for: each word in every form it may stand in; one form of each must be there."""


def bag_of(ticked: Collection[str], records: Iterable[Record]) -> Bag:
    """The words of those records that somebody wrote; `ticked` are the fields of chosen answers.

    Who somebody is lies in a compartment of its own and never among the words of a search.
    """
    told = [
        text
        for record in records
        if record.compartment is not Compartment.IDENTITY
        for text in _written(ticked, record)
    ]
    found = {one for word in set(folded_words(BETWEEN.join(told))) for one in kept_of(word)}
    return "".join((BETWEEN, *(one + BETWEEN for one in sorted(found)))).encode()


def sought(typed: str) -> Needles:
    """What to look for, from what was typed; empty if there is no word in it."""
    words = islice(dict.fromkeys(folded_words(typed)), MOST_SOUGHT)
    return tuple(needle for word in words for needle in _needles(word))


def how_well(bag: Bag, needles: Needles) -> int:
    """How well a bag holds one form of every word; 0 if one word is not in it."""
    found = [max(_found(bag, form) for form in forms) for forms in needles]
    return sum(found) if all(found) else 0


def _found(bag: Bag, form: bytes) -> int:
    """Words stand in the order of the alphabet: the whole word comes before those it begins."""
    at = bag.find(form)
    if at == -1:
        return 0
    return WHOLE if form[-1] == END or bag[at + len(form)] == END else BEGINS


def _needles(word: str) -> Iterator[tuple[bytes, ...]]:
    """Of a run each pair of signs must be there; one sign alone begins a pair or ends a run."""
    if not is_run(word):
        yield tuple(_needle(one, len(one) < WHOLE_BELOW) for one in forms(word))
        return
    for one in pairs(word)[:MOST_PAIRS]:
        yield (_needle(one, len(one) > 1),)


def _needle(form: str, whole: bool) -> bytes:
    return f"{BETWEEN}{form}{BETWEEN if whole else ''}".encode()


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
    yield from _texts(record.content)
    if record.kind == "report":
        for name, given in record.content.get(ANSWERS, {}).items():
            yield from [] if name in ticked else given


def _texts(content: Mapping[str, Any]) -> Iterator[str]:
    """What stands in the parts that somebody wrote, wherever they lie."""
    for part, said in content.items():
        if part in WRITTEN:
            yield from texts_in(said)
        elif part != ANSWERS:
            for one in said if isinstance(said, list) else [said]:
                yield from _texts(one) if isinstance(one, dict) else ()
