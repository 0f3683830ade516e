"""Passphrases can be said aloud, typed any way, and are stretched once."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casefile.sealing.hidden import Key, RandomBytes
from casefile.sealing.passphrases import generate, normalise, stretch
from casefile.sealing.words import joined, read, spell

PEPPER, SALT = Key(b"p" * 32), b"salt of a member"


def test_a_passphrase_is_six_words_of_five_letters(draw: RandomBytes) -> None:
    words = generate(draw).split(" ")
    assert len(words) == 6
    assert all(re.fullmatch(r"[^aiou][aiou][^aiou][aiou][^aiou]", word) for word in words)
    assert set("".join(words)) <= set("abdfghijklmnoprstuvz")


def test_six_words_carry_ninety_six_bits() -> None:
    asked: list[int] = []

    def zeros(length: int) -> bytes:
        asked.append(length)
        return bytes(length)

    generate(zeros)
    assert asked == [12]
    every_word = {word for value in range(2**16) for word in spell(value.to_bytes(2, "big"))}
    assert len(every_word) == 2**16


def test_fewer_than_six_words_are_refused(draw: RandomBytes) -> None:
    with pytest.raises(ValueError, match="six"):
        generate(draw, words=5)
    assert len(generate(draw, words=8).split()) == 8


@given(st.binary(max_size=20).filter(lambda raw: len(raw) % 2 == 0))
def test_words_read_back_to_the_bytes_they_spell(raw: bytes) -> None:
    assert read("".join(spell(raw))) == raw


@pytest.mark.parametrize("letters", ["babab1", "bab", "aabab", "babxb", "bebab", "BABAB"])
def test_what_is_not_made_of_words_is_not_read(letters: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read(letters)


@pytest.mark.parametrize(
    "typed",
    [
        "LUSAB BABID  gutih",
        "lusabbabidgutih",
        " Lusab-Babid\u2013Gutih\n",
        "lusab_babid.gutih",
        "\u200flusab \u2066babid\u2069\u00a0gutih",
        "\uff4c\uff55\uff53\uff41\uff42 \uff22\uff21\uff22\uff29\uff24 gutih",
        "LUSAB BAB\u0130D GUT\u0130H",
        "lusab bab\u0131d gut\u0131h",
        "lusab\u3000babid\u202fgutih",
    ],
    ids=ascii,
)
def test_a_passphrase_may_be_typed_in_any_of_these_ways(typed: str) -> None:
    assert normalise(typed) == normalise("lusab babid gutih")


@given(st.text(max_size=40))
@example("\u0345\u0308\u0130 \ufdfa")
def test_normalising_twice_changes_nothing(typed: str) -> None:
    assert normalise(normalise(typed)) == normalise(typed)


@given(st.text(alphabet=st.characters(categories=["Lo"]), min_size=1, max_size=8))
def test_letters_of_other_scripts_are_kept_and_not_all_alike(typed: str) -> None:
    assert joined(typed) == joined(unicodedata.normalize("NFKC", typed))
    assert joined(typed)


def test_one_stretch_gives_what_is_stored_and_what_wraps() -> None:
    one = stretch("lusab babid gutih", SALT, PEPPER)
    again = stretch("LUSAB-BABID-GUTIH", SALT, PEPPER)
    assert (one.verifier, one.wrapping) == (again.verifier, again.wrapping)
    assert one.matches(again.verifier)
    assert one.wrapping != Key(one.verifier)


def test_another_passphrase_salt_or_pepper_matches_nothing() -> None:
    stored = stretch("lusab babid gutih", SALT, PEPPER).verifier
    others = [
        stretch("lusab babid gutid", SALT, PEPPER),
        stretch("lusab babid gutih", SALT[::-1], PEPPER),
        stretch("lusab babid gutih", SALT, Key(b"q" * 32)),
    ]
    assert not any(other.matches(stored) for other in others)
    assert len({other.verifier for other in others}) == 3
