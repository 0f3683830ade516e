"""Every sentence the program can say, gathered from the code, the templates and the configuration;
and every sentence a catalogue holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from casefile.codes.questions import load_questions
from casefile.codes.sops import sentences
from casefile.codes.texts import load_letters
from casefile.settings import ROOT

LANGUAGES: Final = ("fr", "es", "ar")
PACKAGE: Final = ROOT / "casefile"
KEYWORDS: Final = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
JINJA: Final = {"extensions": "jinja2.ext.i18n", "trimmed": "false", "silent": "false"}
LETTERS: Final = "texts/letters.toml"
PLACE: Final = re.compile(r"%\(\w+\)[sd]|%[sd]")
Saying = str | tuple[str, str]
"""One sentence, or the one and the many of it."""


@dataclass(frozen=True)
class Entry:
    """One message of one feature's catalogue."""

    feature: str
    language: str
    message: Message


def said_anywhere() -> set[Saying]:
    """Every message that is used."""
    return {sentence for _, sentence in _sayings()}


def said_where() -> dict[Saying, list[str]]:
    """Every message that is used, with the files that say it, as paths from the root, in order."""
    where: dict[Saying, set[str]] = {}
    for file, sentence in _sayings():
        where.setdefault(sentence, set()).add(file.relative_to(ROOT).as_posix())
    return {sentence: sorted(files) for sentence, files in where.items()}


@cache
def catalogues(language: str) -> dict[str, Catalog]:
    """The catalogues of a language, by feature."""
    read = {}
    for file in sorted(PACKAGE.glob(f"*/translations/{language}/LC_MESSAGES/*.po")):
        with file.open("rb") as source:
            read[file.relative_to(PACKAGE).parts[0]] = read_po(source, language, abort_invalid=True)
    return read


def entries(language: str) -> Iterator[Entry]:
    """Every message of every catalogue of a language, without headers."""
    for feature, catalogue in catalogues(language).items():
        for message in catalogue:
            if message.id:
                yield Entry(feature, language, message)


def placeholders(sentence: str) -> list[str]:
    """What is put into a sentence: `%(name)s` and the like, sorted."""
    return sorted(PLACE.findall(sentence))


def forms(message: Message) -> tuple[str, ...]:
    """What a message is translated as: one form, or as many as the language has."""
    return message.string if isinstance(message.string, tuple) else (message.string,)


SPOKEN_QUESTIONS = ("form", "young")
"""Files of questions that hold words; those of triage hold codes alone."""


def _sayings() -> Iterator[tuple[Path, Saying]]:
    """Each sentence with its file: of the templates, of the code and of the configuration."""
    config = ROOT / "config"
    yield from _in_files(ROOT / "templates", "*.html")
    yield from _in_files(PACKAGE, "*.py")
    for file in (config / "questions" / f"{name}.toml" for name in SPOKEN_QUESTIONS):
        yield from ((file, sentence) for sentence in load_questions(file).sentences())
    for letter in load_letters(config):
        yield from ((config / LETTERS, sentence) for sentence in letter.sentences())
    yield from sentences(config)


def _in_files(folder: Path, pattern: str) -> Iterator[tuple[Path, Saying]]:
    for file in sorted(folder.rglob(pattern)):
        method = babel_extract if pattern == "*.html" else "python"
        options = JINJA if pattern == "*.html" else {}
        with file.open("rb") as source:
            for _, message, _, _ in extract(method, source, KEYWORDS, (), options):
                yield file, message if isinstance(message, str) else (message[0], message[1])
