"""The reviewed letters: complete in every language, and nothing in them leads back to a report."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_babel import gettext

from casefile.cases.case_page import CasePage
from casefile.cases.reading import open_case
from casefile.codes.texts import ReviewedLetter, TextsProblem, load_letters, read_letters
from casefile.console import letters as composing
from casefile.platform.language import LANGUAGES, current_language, use_language
from casefile.settings import ROOT
from tests.console.conftest import Case
from tests.world import World

LETTERS = load_letters(ROOT / "config")
STRANGE = ReviewedLetter("strange", "A title", ("A sentence no catalogue has.",))


@pytest.fixture
def page(world: World, only_case: Case) -> CasePage:
    """The page of a case reported in Arabic, where help is offered next."""
    world.report(area="2", now="health", language="ar")
    address = only_case("Sarah").removeprefix("/cases/")
    with world.session() as session:
        return open_case(session, world.deployment, world.member("Sarah"), address)


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each.code != "en"])
def test_every_letter_has_its_words_in_every_language(world: World, language: object) -> None:
    with world.app.test_request_context():
        use_language(language.code)
        for letter in LETTERS:
            for sentence in letter.sentences():
                assert gettext(sentence) != sentence, (language, sentence)


def test_help_is_suggested_where_help_comes_next(world: World, page: CasePage) -> None:
    with world.app.test_request_context():
        use_language("fr")
        composer = composing.compose(LETTERS, page, None)
        assert composer.chosen == "help"
        assert composer.language.code == "ar"
        assert composer.mine != composer.theirs
        assert current_language().code == "fr"


def test_a_letter_without_words_in_the_language_of_the_report_goes_out_whole_in_english(
    world: World, page: CasePage
) -> None:
    mixed = ReviewedLetter("mixed", "A title", (LETTERS[0].parts[0], *STRANGE.parts))
    with world.app.test_request_context():
        use_language("fr")
        composer = composing.compose((mixed,), page, "mixed")
    assert composer.language.code == "en"
    assert composer.theirs == mixed.parts


@pytest.mark.parametrize("asked", ["nothing", "own", "", None])
def test_what_is_no_reviewed_letter_is_never_sent_as_one(asked: str | None) -> None:
    assert composing.letter_called(LETTERS, asked) is None


def test_what_goes_out_is_what_the_composer_showed(world: World, page: CasePage) -> None:
    with world.app.test_request_context():
        use_language("fr")
        composer = composing.compose(LETTERS, page, "help")
        letter = composing.letter_called(LETTERS, "help")
        assert letter is not None
        sent = composing.written(letter, page.language)
    assert sent.text == "\n\n".join(composer.theirs)
    assert (sent.language, sent.reviewed, sent.reason) == ("ar", "help", "")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"letter": []},
        {"letter": [{"id": "own", "title": "T", "parts": ["P"]}]},
        {"letter": [{"id": "Two Words", "title": "T", "parts": ["P"]}]},
        {"letter": [{"id": "a", "title": "T", "parts": []}]},
        {"letter": [{"id": "a", "title": "", "parts": ["P"]}]},
        {"letter": [{"id": "a", "title": "T", "parts": ["<b>P</b>"]}]},
        {"letter": [{"id": "a", "title": "T", "parts": ["%(name)s"]}]},
        {"letter": [{"id": "a", "title": "T", "parts": ["long " * 200]}]},
        {"letter": [{"id": "a", "title": "T", "parts": ["P"], "to": "all"}]},
        {"letter": [{"id": "a", "title": "T", "parts": ["P"]}] * 2},
        {"letters": []},
    ],
)
def test_a_file_with_a_letter_nobody_could_send_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(TextsProblem):
        read_letters(broken)


def test_a_missing_or_damaged_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(TextsProblem, match="missing"):
        load_letters(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letters.toml").write_text("[[letter")
    with pytest.raises(TextsProblem, match="cannot be read"):
        load_letters(tmp_path)
