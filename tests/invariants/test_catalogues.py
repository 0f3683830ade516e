"""Every sentence is there in every language, with the same places to fill, and said once.

No wording is judged here; that is for a native speaker, and every catalogue says that none has
looked at it yet.
"""

from __future__ import annotations

import unicodedata

import pytest

from casefile.settings import ROOT
from tests.invariants.sayings import (
    LANGUAGES,
    PACKAGE,
    catalogues,
    entries,
    forms,
    placeholders,
    said_anywhere,
)

REVIEW = "not yet reviewed by a native speaker"
each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def said() -> set[object]:
    """Every sentence the program can say."""
    return set(said_anywhere())


def test_sentences_are_found_in_code_in_templates_and_in_configuration(said: set[object]) -> None:
    assert {
        "What happened?",
        "Received, and when we write next",
        "Leave this page",
        "We have your report. Thank you.",
        ("%(count)s desk", "%(count)s desks"),
    } <= said
    assert len(said) > 300


@each_language
def test_every_sentence_has_a_translation(language: str, said: set[object]) -> None:
    there = {entry.message.id for entry in entries(language) if all(forms(entry.message))}
    assert sorted(map(str, said - there)) == []


@each_language
def test_no_translation_is_left_of_a_sentence_nobody_says(language: str, said: set[object]) -> None:
    stale = {entry.message.id for entry in entries(language)} - said
    assert sorted(map(str, stale)) == []
    for feature, catalogue in catalogues(language).items():
        assert not catalogue.obsolete, feature


@each_language
def test_no_translation_is_a_guess_of_the_tools(language: str) -> None:
    assert not [entry for entry in entries(language) if entry.message.fuzzy]


@each_language
def test_every_translation_has_the_same_places_to_fill(language: str) -> None:
    """The form for one, for two or for none may leave the count to the word itself."""
    for entry in entries(language):
        wanted, *fewer = map(placeholders, reversed(forms(entry.message)))
        assert wanted == placeholders(_first(entry.message.id)), entry
        for found in fewer:
            assert set(found) <= set(wanted), entry


@each_language
def test_a_sentence_has_one_translation(language: str) -> None:
    """Catalogues are joined when the program starts: of two, chance would choose."""
    found: dict[object, set[object]] = {}
    for entry in entries(language):
        found.setdefault(entry.message.id, set()).add(entry.message.string)
    assert not {sentence for sentence, translated in found.items() if len(translated) > 1}


@each_language
def test_a_count_has_every_form_its_language_knows(language: str) -> None:
    known = {"fr": 2, "es": 2, "ar": 6}
    for catalogue in catalogues(language).values():
        plural = [one for one in catalogue if one.id and one.pluralizable]
        assert not plural or catalogue.num_plurals == known[language]
        for message in plural:
            assert len(forms(message)) == known[language]


@each_language
def test_a_translation_keeps_the_ends_of_its_sentence(language: str) -> None:
    """Spaces at an end are glue, and a translation has none of its own."""
    for entry in entries(language):
        for form in forms(entry.message):
            assert form == form.strip(), entry
            assert unicodedata.is_normalized("NFC", form), entry
            assert "<" not in form, entry


@each_language
def test_every_catalogue_says_that_no_native_speaker_has_reviewed_it(language: str) -> None:
    for feature, catalogue in catalogues(language).items():
        told = [catalogue.header_comment, *dict(catalogue.mime_headers).values()]
        assert any(REVIEW in each.lower() for each in told), feature


@each_language
def test_every_place_a_catalogue_names_is_there(language: str) -> None:
    """`make catalogues` writes them anew."""
    named = {place for entry in entries(language) for place, _ in entry.message.locations}
    assert len(named) > 50
    assert sorted(place for place in named if not (ROOT / place).is_file()) == []


def test_every_feature_speaks_every_language() -> None:
    features = [set(catalogues(language)) for language in LANGUAGES]
    assert features[0] == features[1] == features[2]
    assert features[0] == {folder.parent.name for folder in PACKAGE.glob("*/translations")}


def _first(identity: object) -> str:
    return identity[0] if isinstance(identity, tuple) else str(identity)
