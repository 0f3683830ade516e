"""What a browser sent, read into what a person wrote: pure, no request, no database.

A reading never fails and never loses a word. What is missing is named beside what was written,
so that the page can be shown again with everything in its place. Nothing here may refuse a page
for its age, its size, its language or a field it does not know.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Protocol

from casefile.codes.questions import Field, Kind, Question, Questionnaire

ONCE: Final = re.compile(r"[0-9a-fA-F]{64}")
AREA: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)
"""What an area's code can look like. Whether there is such an area is for intake, which reads the
directory anyway: a report costs one reading of it, and none while the database is away."""

LINE_ENDS: Final = re.compile(r"\r\n?")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
SPACES: Final = re.compile(r"[\t\n ]+")
UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Unicode categories that leave nothing on the page: a text of these alone is empty."""


class Sent(Protocol):
    """A submitted form: every value sent under a name, in order."""

    def getlist(self, key: str, /) -> list[str]:
        """All values of one field; none if it was not sent."""
        ...


class Mistake(StrEnum):
    """What keeps a page from being sent, each with its sentence in the templates."""

    EMPTY = "empty"
    OPENS_NOTHING = "opens_nothing"


@dataclass(frozen=True)
class ReportForm:
    """The reporting form as one person filled it in.

    `once` are the 32 bytes of the page it was written on, or None if the page brought none.
    `seen` is the sealed time of first view exactly as it came.
    """

    text: str = field(default="", repr=False)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    once: bytes | None = field(default=None, repr=False)
    seen: str = field(default="", repr=False)
    mistake: Mistake | None = None
    trap: bool = False
    """Something stands in the field that no person sees."""

    def chose(self, name: str, code: str) -> bool:
        """Say whether `code` was chosen in the field called `name`."""
        return code in self.answers.get(name, ())

    def typed(self, name: str) -> str:
        """The line typed in the field called `name`, or an empty string."""
        return next(iter(self.answers.get(name, ())), "")

    def answered(self, question: Question) -> bool:
        """Say whether any field of `question` was answered, so that it is shown unfolded."""
        return any(each.name in self.answers for each in question.fields)


@dataclass(frozen=True)
class LetterForm:
    """What a reporter writes from the mailbox, and by what it is opened: token or number."""

    text: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    once: bytes | None = field(default=None, repr=False)
    mistake: Mistake | None = None

    def opening_nothing(self) -> LetterForm:
        """The same form, saying that its number opens nothing."""
        return replace(self, mistake=Mistake.OPENS_NOTHING)


def read_report(sent: Sent, questions: Questionnaire) -> ReportForm:
    """Read the reporting form."""
    answers = {each.name: _answer(sent, each) for each in questions.optional}
    text = _story(sent, questions.story.name)
    return ReportForm(
        text=text,
        answers={name: answer for name, answer in answers.items() if answer},
        once=read_once(sent),
        seen=_first(sent, "seen"),
        mistake=None if says_something(text) else Mistake.EMPTY,
        trap=bool(_first(sent, "url")),
    )


def read_letter(sent: Sent) -> LetterForm:
    """Read what was written from the mailbox; a number is as it was typed."""
    text = _story(sent, "text")
    return LetterForm(
        text=text,
        token=_first(sent, "token"),
        number=_line(_first(sent, "number")),
        once=read_once(sent),
        mistake=None if says_something(text) else Mistake.EMPTY,
    )


def read_once(sent: Sent) -> bytes | None:
    """The 32 random bytes of the page, or None if it brought none that can be read."""
    found = (value for value in sent.getlist("once") if ONCE.fullmatch(value))
    return next((bytes.fromhex(value) for value in found), None)


def clean(text: str) -> str:
    """Line ends as \\n, no control characters but \\n and \\t, every other sign as written."""
    text = CONTROLS.sub("", LINE_ENDS.sub("\n", text))
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def says_something(text: str) -> bool:
    """Say whether a reader would see anything of `text`."""
    return any(unicodedata.category(sign) not in UNSEEN for sign in text)


def _story(sent: Sent, name: str) -> str:
    """A long text; of several the first that says something."""
    texts = [clean(text) for text in sent.getlist(name)]
    return next(filter(says_something, texts), next(iter(texts), ""))


def _line(text: str) -> str:
    return SPACES.sub(" ", clean(text)).strip()


def _first(sent: Sent, name: str) -> str:
    return next((value.strip() for value in sent.getlist(name) if value.strip()), "")


def _answer(sent: Sent, asked: Field) -> tuple[str, ...]:
    """What was answered in one field; empty if nothing, or nothing we asked."""
    values = sent.getlist(asked.name)
    match asked.kind:
        case Kind.LINE | Kind.STORY:
            return _kept(filter(says_something, map(_line, values)), 1)
        case Kind.TICK:
            return ("1",) if "1" in values else ()
        case Kind.AREA:
            return _kept(filter(AREA.fullmatch, values), 1)
        case Kind.ONE:
            return _kept(_known(values, asked), 1)
        case Kind.FILES:
            return ()
        case Kind.SOME:
            return _without_lone(tuple(_known(values, asked)), asked)


def _known(values: Collection[str], asked: Field) -> Iterable[str]:
    """The options that were chosen, each once, in the order of the form."""
    return (option.code for option in asked.options if option.code in values)


def _kept(answers: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(answers)[:most]


def _without_lone(chosen: tuple[str, ...], asked: Field) -> tuple[str, ...]:
    """Drop what makes no sense beside another answer: a wish counts more than *none now*."""
    lone = {option.code for option in asked.options if option.alone}
    return tuple(code for code in chosen if code not in lone) or chosen
