"""The questions of the reporting form, read from `config/questions/form.toml`.

Pure: a file in, frozen dataclasses out. It must never ask anybody anything, know a language or
touch a report; a file that could lose or confuse an answer is refused at start, with the reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from casefile.codes.problem import ConfigProblem

CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
RESERVED = frozenset({"once", "seen", "number", "token", "text", "url", "choice", "paper"})
"""Names of the pages' own fields; a question may not take one."""


class QuestionsProblem(ConfigProblem):
    """The file of questions cannot be used; the text says where, why and what to do."""


class Kind(StrEnum):
    """How a field is asked, and so what an answer to it can be."""

    STORY = "story"
    LINE = "line"
    ONE = "one"
    SOME = "some"
    AREA = "area"
    TICK = "tick"
    FILES = "files"
    """Files, of which no answer is kept: they are taken apart from the answers."""


CHOSEN = frozenset({Kind.ONE, Kind.SOME})


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen: its code, kept for ever, and its words."""

    code: str
    label: str
    alone: bool = False
    """Makes no sense beside another answer; with another it is dropped."""


@dataclass(frozen=True)
class Field:
    """One thing the browser sends, under `name`."""

    name: str
    kind: Kind
    label: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Question:
    """A numbered question with one or more fields."""

    id: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""
    folded: bool = True


@dataclass(frozen=True)
class Questionnaire:
    """The whole form, in the order in which it is asked; the story comes first."""

    questions: tuple[Question, ...]

    @property
    def story(self) -> Field:
        """The only field that must be answered."""
        return self.questions[0].fields[0]

    @property
    def optional(self) -> tuple[Field, ...]:
        """Every other field, in order."""
        return tuple(field for question in self.questions[1:] for field in question.fields)

    def sentences(self) -> Iterator[str]:
        """Everything a person reads of it, for the catalogues; each sentence once."""
        yield from dict.fromkeys(sentence for sentence in _words(self.questions) if sentence)


def _words(questions: Iterable[Question]) -> Iterator[str]:
    for question in questions:
        yield from (question.title, question.help)
        for field in question.fields:
            yield from (field.label, field.help)
            yield from (option.label for option in field.options)


def load_questions(file: Path) -> Questionnaire:
    """Read and check the form; QuestionsProblem names the question and what is wrong with it."""
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise QuestionsProblem(f"{file} is missing: the form has no questions.") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise QuestionsProblem(f"{file} cannot be read: {damaged}") from damaged
    try:
        return read_questions(table)
    except QuestionsProblem as problem:
        raise QuestionsProblem(f"{file.name}: {problem}") from None


def read_questions(table: Mapping[str, Any]) -> Questionnaire:
    """Check a parsed file and freeze it; raises QuestionsProblem."""
    _only(table, {"question"}, "the file")
    entries = _entries(table, "question", "the file")
    questions = tuple(_question(entry, place) for place, entry in enumerate(entries, 1))
    _refuse_repeated((question.id for question in questions), "question id")
    _refuse_repeated((f.name for question in questions for f in question.fields), "field name")
    _check_story(questions)
    return Questionnaire(questions)


def _question(entry: Mapping[str, Any], place: int) -> Question:
    where = f"question {place}"
    _only(entry, {"id", "title", "help", "folded", "field"}, where)
    name = _code(entry, "id", where)
    where = f"question {place} ({name})"
    fields = _entries(entry, "field", where)
    return Question(
        id=name,
        title=_sentence(entry, "title", where, needed=True),
        help=_sentence(entry, "help", where),
        folded=_flag(entry, "folded", where, unless=True),
        fields=tuple(_field(field, where) for field in fields),
    )


def _field(entry: Mapping[str, Any], where: str) -> Field:
    _only(entry, {"name", "kind", "label", "help", "options"}, f"{where}, a field")
    name = _code(entry, "name", f"{where}, a field")
    where = f"{where}, field {name}"
    if name in RESERVED:
        raise QuestionsProblem(f"{where}: the pages use this name themselves; choose another.")
    field = Field(
        name=name,
        kind=_kind(entry, where),
        label=_sentence(entry, "label", where),
        help=_sentence(entry, "help", where),
        options=tuple(_option(option, where) for option in _entries(entry, "options", where, 0)),
    )
    _check_options(field, where)
    return field


def _option(entry: Mapping[str, Any], where: str) -> Option:
    _only(entry, {"code", "label", "alone"}, f"{where}, an option")
    code = _code(entry, "code", f"{where}, an option")
    label = _sentence(entry, "label", f"{where}, option {code}", needed=True)
    return Option(code, label, _flag(entry, "alone", f"{where}, option {code}", unless=False))


def _check_options(field: Field, where: str) -> None:
    """Options stand exactly where something is chosen; a box to tick has words beside it."""
    _refuse_repeated((option.code for option in field.options), f"{where}: option code")
    if field.kind in CHOSEN and len(field.options) < 2:
        raise QuestionsProblem(f"{where}: kind {field.kind} needs at least two options.")
    if field.options and field.kind not in CHOSEN | {Kind.AREA}:
        raise QuestionsProblem(f"{where}: kind {field.kind} has no options; remove them.")
    if field.kind is Kind.TICK and not field.label:
        raise QuestionsProblem(f"{where}: a box to tick needs a label.")


def _check_story(questions: tuple[Question, ...]) -> None:
    """What happened is asked first, alone, open, and once: everything else is optional."""
    stories = [f for question in questions for f in question.fields if f.kind is Kind.STORY]
    first = questions[0]
    if len(stories) != 1 or first.fields != tuple(stories) or first.folded:
        raise QuestionsProblem(
            "exactly one field has kind story; it stands alone in the first question, "
            "which is not folded."
        )


def _only(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise QuestionsProblem(
            f"{where}: {unknown[0]!r} is not known here. Known: {', '.join(sorted(known))}."
        )


def _entries(
    entry: Mapping[str, Any], key: str, where: str, fewest: int = 1
) -> list[Mapping[str, Any]]:
    entries = entry.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise QuestionsProblem(f"{where}: {key} must be a list of tables.")
    if len(entries) < fewest:
        raise QuestionsProblem(f"{where}: at least one {key} is needed.")
    return entries


def _sentence(entry: Mapping[str, Any], key: str, where: str, *, needed: bool = False) -> str:
    sentence = entry.get(key, "")
    if not isinstance(sentence, str) or sentence != sentence.strip():
        raise QuestionsProblem(f"{where}: {key} must be text without spaces around it.")
    if "%" in sentence or "<" in sentence:
        raise QuestionsProblem(f"{where}: {key} must be plain words, without % or <.")
    if needed and not sentence:
        raise QuestionsProblem(f"{where}: {key} is missing.")
    return sentence


def _code(entry: Mapping[str, Any], key: str, where: str) -> str:
    code = entry.get(key)
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise QuestionsProblem(
            f"{where}: {key} is {code!r}; it must begin with a letter and hold only small "
            "letters, digits and _ (32 at most)."
        )
    return code


def _flag(entry: Mapping[str, Any], key: str, where: str, *, unless: bool) -> bool:
    flag = entry.get(key, unless)
    if not isinstance(flag, bool):
        raise QuestionsProblem(f"{where}: {key} must be true or false.")
    return flag


def _kind(entry: Mapping[str, Any], where: str) -> Kind:
    try:
        return Kind(entry.get("kind", ""))
    except ValueError:
        kinds = ", ".join(Kind)
        raise QuestionsProblem(
            f"{where}: kind is {entry.get('kind')!r}, not one of {kinds}."
        ) from None


def _refuse_repeated(names: Iterable[str], what: str) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise QuestionsProblem(f"{what} {name!r} is used twice.")
        met.add(name)
