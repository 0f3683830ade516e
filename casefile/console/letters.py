"""The composer: which letters there are, which is chosen, and what it says in both languages.

The words of a reviewed letter come from the deployment's file and the catalogues alone. It must
never put anything of a case into a letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from casefile.cases.acting import WrittenLetter
from casefile.cases.case_page import CasePage
from casefile.codes.texts import RESERVED, ReviewedLetter
from casefile.platform.language import BY_CODE, LANGUAGES, Language, current_language, use_language

OWN: Final = RESERVED
"""The choice that is not a reviewed letter."""
SUGGESTED: Final = {"offer_help": "help", "read_offer_help": "help"}
"""Next step → the letter that is shown before anybody chose one."""
FIRST: Final = "received"


@dataclass(frozen=True)
class Choice:
    """One line to choose: the letter's id and its title in the member's language."""

    id: str
    title: str


@dataclass(frozen=True)
class Composer:
    """What the composer shows: the choices, and the chosen letter as read here and as sent."""

    choices: tuple[Choice, ...]
    chosen: str
    """Id of a reviewed letter, OWN, or empty while nothing is chosen."""
    mine: tuple[str, ...]
    """Paragraphs of the chosen letter in the member's language; none for own words."""
    theirs: tuple[str, ...]
    """The same as it goes out; what is sent is this."""
    language: Language
    """The language it goes out in: the report's, or English where a letter has no words in it."""

    @property
    def titles(self) -> dict[str, str]:
        """What each reviewed letter is called, in the member's language."""
        return {choice.id: choice.title for choice in self.choices}


def compose(letters: tuple[ReviewedLetter, ...], page: CasePage, asked: str | None) -> Composer:
    """Lay out the composer for a case; an unknown wish is no choice."""
    known = {letter.id: letter for letter in letters}
    chosen = asked if asked in known or asked == OWN else suggested(page, known)
    letter = known.get(chosen or "")
    language = outgoing(letter, page.language)
    return Composer(
        choices=tuple(Choice(each.id, _(each.title)) for each in letters),
        chosen=chosen or "",
        mine=said(letter, current_language()) if letter else (),
        theirs=said(letter, language) if letter else (),
        language=language,
    )


def letter_called(letters: tuple[ReviewedLetter, ...], asked: str | None) -> ReviewedLetter | None:
    """The reviewed letter with this id; None for own words and for what is no letter."""
    return next((letter for letter in letters if letter.id == asked), None)


def written(letter: ReviewedLetter, written_in: str) -> WrittenLetter:
    """A reviewed letter as it goes out to who wrote in this language."""
    language = outgoing(letter, written_in)
    return WrittenLetter(
        "\n\n".join(said(letter, language)), language.code, letter.id, asks=letter.asks
    )


def suggested(page: CasePage, known: Collection[str]) -> str | None:
    """The letter the next step asks for; the first one while nobody has written; else none."""
    wish = SUGGESTED.get(page.next.step) if page.next else None
    if wish is None and not page.letters:
        wish = FIRST
    return wish if wish in known else None


def outgoing(letter: ReviewedLetter | None, written_in: str) -> Language:
    """The language a letter goes out in: the report's, or English where it has no words in it."""
    language = BY_CODE.get(written_in, LANGUAGES[0])
    if letter is None:
        return language
    with said_in(language):
        translated = all(_(part) != part for part in letter.parts)
    return language if translated else LANGUAGES[0]


def said(letter: ReviewedLetter, language: Language) -> tuple[str, ...]:
    """The paragraphs of a letter in one language."""
    with said_in(language):
        return tuple(_(part) for part in letter.parts)


@contextmanager
def said_in(language: Language) -> Iterator[None]:
    """Speak another language for a moment; the page goes on in the reader's."""
    before = current_language()
    use_language(language.code)
    try:
        yield
    finally:
        use_language(before.code)
