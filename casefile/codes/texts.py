"""The reviewed letters, read from `config/texts/letters.toml`.

Pure: a file in, frozen dataclasses out. It must never know a language, a case or a reader; a file
with a letter nobody could choose, or read, is refused at start, with the reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from casefile.codes.problem import ConfigProblem

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
RESERVED = "own"
"""What the composer calls a letter that was not reviewed; no reviewed letter may take it."""
LONGEST_PART = 600
"""Characters of one paragraph: a letter is read on a small screen, by people in distress."""


class TextsProblem(ConfigProblem):
    """The file of letters cannot be used; the text says where, why and what to do."""


@dataclass(frozen=True)
class ReviewedLetter:
    """A letter people have reviewed: its id, kept for ever, its title and its paragraphs."""

    id: str
    title: str
    parts: tuple[str, ...]
    asks: bool = False
    """Whether it asks the reporter something."""

    def sentences(self) -> Iterator[str]:
        """Everything a person reads of it, for the catalogues."""
        yield self.title
        yield from self.parts


@cache
def load_letters(config: Path) -> tuple[ReviewedLetter, ...]:
    """The letters of a deployment in the order they are offered, read once; TextsProblem."""
    file = config / "texts" / "letters.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise TextsProblem(f"{file} is missing: there is no letter to send.") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise TextsProblem(f"{file} cannot be read: {damaged}") from damaged
    try:
        return read_letters(table)
    except TextsProblem as problem:
        raise TextsProblem(f"{file.name}: {problem}") from None


def read_letters(table: Mapping[str, Any]) -> tuple[ReviewedLetter, ...]:
    """Check a parsed file and freeze it; raises TextsProblem."""
    _only(table, {"letter"}, "the file")
    entries = table.get("letter", [])
    if not isinstance(entries, list) or not entries:
        raise TextsProblem("at least one [[letter]] is needed.")
    letters = tuple(_letter(entry, f"letter {place}") for place, entry in enumerate(entries, 1))
    _refuse_repeated(letter.id for letter in letters)
    return letters


def _letter(entry: object, where: str) -> ReviewedLetter:
    if not isinstance(entry, dict):
        raise TextsProblem(f"{where} must be a table.")
    _only(entry, {"id", "title", "parts", "asks"}, where)
    name = entry.get("id")
    if not isinstance(name, str) or not NAME.fullmatch(name) or name == RESERVED:
        raise TextsProblem(
            f"{where}: id is {name!r}; it must begin with a letter, hold only small letters, "
            f"digits and _ (32 at most), and not be {RESERVED!r}."
        )
    parts = entry.get("parts")
    if not isinstance(parts, list) or not parts:
        raise TextsProblem(f"{where} ({name}): parts must be a list with at least one paragraph.")
    asks = entry.get("asks", False)
    if not isinstance(asks, bool):
        raise TextsProblem(f"{where} ({name}): asks is {asks!r}; it must be true or false.")
    return ReviewedLetter(
        id=name,
        title=_sentence(entry.get("title"), f"{where} ({name}), title"),
        parts=tuple(
            _sentence(part, f"{where} ({name}), part {place}")
            for place, part in enumerate(parts, 1)
        ),
        asks=asks,
    )


def _sentence(given: object, where: str) -> str:
    if not isinstance(given, str) or not given or given != given.strip():
        raise TextsProblem(f"{where} must be text without spaces around it.")
    if "%" in given or "<" in given or "\n" in given:
        raise TextsProblem(f"{where} must be plain words on one line, without % or <.")
    if len(given) > LONGEST_PART:
        raise TextsProblem(f"{where} is longer than {LONGEST_PART} characters; split it.")
    return given


def _only(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise TextsProblem(
            f"{where}: {unknown[0]!r} is not known here. Known: {', '.join(sorted(known))}."
        )


def _refuse_repeated(names: Iterable[str]) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise TextsProblem(f"letter id {name!r} is used twice.")
        met.add(name)
