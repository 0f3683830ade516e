"""Every sentence of the anonymous pages is said in every language, with the same places to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from casefile.codes.questions import Questionnaire, load_questions
from casefile.platform.language import FEATURES, LANGUAGES
from casefile.settings import ROOT

SPOKEN = [language.code for language in LANGUAGES if language.code != "en"]
BLANK = re.compile(r"%\((\w+)\)s")
LATIN = re.compile(r"[A-Za-z]{2,}")


def sentences(questions: Questionnaire) -> set[str]:
    young = load_questions(ROOT / "config" / "questions" / "young.toml")
    return {*_in_templates(), *questions.sentences(), *young.sentences()}


def _in_templates() -> Iterator[str]:
    for file in sorted((ROOT / "templates" / "reporting").glob("*.html")):
        with file.open("rb") as opened:
            found = extract("jinja2.ext:babel_extract", opened, keywords={"_": None})
            yield from (str(message) for _line, message, _comments, _context in found)


def catalogue(code: str) -> Catalog:
    file = FEATURES / "reporting" / "translations" / code / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return read_po(opened, locale=code)


@pytest.mark.parametrize("code", SPOKEN)
def test_nothing_is_left_in_english_and_nothing_is_left_over(
    code: str, questions: Questionnaire
) -> None:
    said = {str(message.id) for message in catalogue(code) if message.id and message.string}

    assert said == sentences(questions)


@pytest.mark.parametrize("code", SPOKEN)
def test_a_translation_fills_the_same_blanks(code: str) -> None:
    for message in catalogue(code):
        if message.id:
            there = BLANK.findall(str(message.string))
            assert sorted(BLANK.findall(str(message.id))) == sorted(there), message.id
            assert "%" not in BLANK.sub("", str(message.string)), message.id


def test_arabic_has_its_own_digits_and_no_latin_words() -> None:
    for message in catalogue("ar"):
        if message.id:
            said = BLANK.sub("", str(message.string))
            assert not re.search(r"[0-9]", said), said
            assert not LATIN.search(said), said
