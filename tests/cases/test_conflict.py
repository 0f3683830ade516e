"""Who must not see a report is found in its words, however a name is written."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.cases.conflict import excluded_people, named_agencies

SARAH, AMAL, JEAN, BO = b"s" * 16, b"a" * 16, b"j" * 16, b"b" * 16
NAMES = {
    SARAH: "Sarah Okello",
    AMAL: "أمل حداد",
    JEAN: "Jean-Pierre Ndiaye",
    BO: "Bo Li",
}
PARTS = ("sarah", "okello", "jean", "noor", "pham", "émilie", "zoë", "garcía", "أمل", "حداد")
FILLERS = ("he", "came", "to", "the", "store", "and", "asked", "في", "المخزن", "cada", "día")


def told(text: str) -> frozenset[bytes]:
    return excluded_people(NAMES, told=text, keep_from="")


def kept(text: str) -> frozenset[bytes]:
    return excluded_people(NAMES, told="", keep_from=text)


@pytest.mark.parametrize(
    "text",
    [
        "SARAH OKELLO asked for money.",
        "It was sarah okello.",
        "It was Okello, Sarah.",
        "the boss (Sarah Okello's cousin knows)",
        "Sàrah Ôkello did it",
        "Sarah\n   Okello",
        "—Sarah Okello—",
        "«Sarah Okello»",
        "Sarah-Okello",
    ],
)
def test_a_whole_name_in_the_story_excludes_whoever_bears_it(text: str) -> None:
    assert told(text) == {SARAH}


@pytest.mark.parametrize("text", ["قالت أمل حداد ذلك", "قالت أَمَل حَدَّاد ذلك", "امل حداد", "حداد أمل"])
def test_an_arabic_name_is_found_with_and_without_its_vowel_signs(text: str) -> None:
    assert told(text) == {AMAL}


def test_a_name_listed_with_vowel_signs_is_found_without_them() -> None:
    assert excluded_people({AMAL: "أَمَل حَدَّاد"}, told="رأيت أمل حداد", keep_from="") == {AMAL}


@pytest.mark.parametrize("text", ["Jean Pierre Ndiaye", "JEAN-PIERRE NDIAYE", "Ndiaye Pierre Jean"])
def test_a_hyphen_in_a_name_may_be_written_or_not(text: str) -> None:
    assert told(text) == {JEAN}


@pytest.mark.parametrize(
    "text", ["Sarah", "okello", "anybody but Ms. OKELLO", "not to Sárah please"]
)
def test_a_part_of_a_name_is_enough_where_the_reporter_keeps_it_from_somebody(text: str) -> None:
    assert kept(text) == {SARAH}


@pytest.mark.parametrize(
    "text", ["Sarah", "Sarah told me so. Later a man of the family Okello came"]
)
def test_a_part_of_a_name_in_the_story_excludes_nobody(text: str) -> None:
    assert told(text) == frozenset()


@pytest.mark.parametrize("text", ["it", "", "  ", "my boss", "Sara", "l", "b o"])
def test_what_is_no_name_we_know_excludes_nobody(text: str) -> None:
    assert kept(text) == frozenset()


def test_a_short_name_is_found_whole_in_the_story() -> None:
    assert told("Bo Li came at night") == {BO}


def test_everybody_who_is_named_is_excluded() -> None:
    assert told("Sarah Okello and أمل حداد") == {SARAH, AMAL}
    assert kept("Ndiaye, or Okello") == {JEAN, SARAH}


def disguised(name: str, how: random.Random) -> str:
    """The same name as hurried, shouting or careful people write it."""
    text = how.choice([str.upper, str.lower, str.title, str])(name)
    return unicodedata.normalize(how.choice(["NFC", "NFD"]), text)


@settings(max_examples=200)
@given(
    parts=st.lists(st.sampled_from(PARTS), min_size=2, max_size=3, unique=True),
    around=st.lists(st.sampled_from(FILLERS), max_size=12),
    at=st.integers(0, 12),
    glue=st.sampled_from([" ", "  ", ", ", "-", " - ", "\n", "\t", ". "]),
    turned=st.booleans(),
    how=st.randoms(use_true_random=False),
)
def test_a_name_is_found_wherever_and_however_it_stands(
    parts: list[str], around: list[str], at: int, glue: str, turned: bool, how: random.Random
) -> None:
    written = glue.join(disguised(part, how) for part in (parts[::-1] if turned else parts))
    text = " ".join([*around[:at], written, *around[at:]])
    assert excluded_people({SARAH: " ".join(parts)}, told=text, keep_from="") == {SARAH}
    for part in parts:
        assert excluded_people({SARAH: " ".join(parts)}, told="", keep_from=f"not {part}!")


@settings(max_examples=150)
@given(text=st.text(st.sampled_from("abcdefgh رسةن0123,.-'\n"), max_size=80))
def test_a_text_without_any_of_the_words_excludes_nobody(text: str) -> None:
    assert excluded_people(NAMES, told=text, keep_from=text) == frozenset()


MERIDIAN, WELL = b"m" * 16, b"w" * 16
CALLED = {
    MERIDIAN: ("Meridian Relief", "Secours Méridien", "ميريديان", "Meridian"),
    WELL: ("Well and Way",),
}


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("meridian", {MERIDIAN}),
        ("A driver of MERIDIAN RELIEF.", {MERIDIAN}),
        ("secours meridien", {MERIDIAN}),
        ("يعمل مع ميريديان", {MERIDIAN}),
        ("Well and Way, or Meridian", {MERIDIAN, WELL}),
        ("all is well and the way is long", set()),
        ("a blue vest", set()),
        ("", set()),
    ],
)
def test_an_agency_is_known_by_whatever_people_call_it(text: str, agencies: set[bytes]) -> None:
    assert named_agencies(CALLED, text) == agencies


def test_an_agency_without_a_name_is_named_by_nothing() -> None:
    assert named_agencies({MERIDIAN: ("", "—")}, "anything at all, even —") == frozenset()
