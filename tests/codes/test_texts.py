"""Reviewed letters are read whole at start or refused with the place and the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casefile.codes.problem import ConfigProblem
from casefile.codes.texts import LONGEST_PART, load_letters, read_letters
from casefile.settings import ROOT

LETTER: dict[str, Any] = {"id": "help", "title": "Help", "parts": ["One.", "Two."]}


def test_a_letter_is_read_with_everything_a_person_reads_of_it() -> None:
    (letter,) = read_letters({"letter": [LETTER]})
    assert (letter.id, list(letter.sentences())) == ("help", ["Help", "One.", "Two."])


def test_the_shipped_letters_can_be_read_and_one_offers_help() -> None:
    letters = load_letters(ROOT / "config")
    assert "help" in {letter.id for letter in letters}
    assert all(part.strip() for letter in letters for part in letter.parts)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"id": "own"}, "own"),
        ({"id": "Help"}, "Help"),
        ({"id": ""}, "letter 1"),
        ({"title": ""}, "title"),
        ({"title": "50 % sure"}, "title"),
        ({"parts": []}, "parts"),
        ({"parts": "One."}, "parts"),
        ({"parts": ["<b>One</b>"]}, "part 1"),
        ({"parts": ["One.", " Two."]}, "part 2"),
        ({"parts": ["One.\nTwo."]}, "part 1"),
        ({"parts": ["x" * (LONGEST_PART + 1)]}, str(LONGEST_PART)),
        ({"tone": "kind"}, "tone"),
    ],
)
def test_a_letter_nobody_could_choose_or_read_is_refused_with_its_place(
    change: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigProblem, match=named):
        read_letters({"letter": [LETTER | change]})


@pytest.mark.parametrize("table", [{}, {"letter": []}, {"letter": {}}, {"letters": [LETTER]}])
def test_a_file_without_letters_is_refused(table: dict[str, Any]) -> None:
    with pytest.raises(ConfigProblem):
        read_letters(table)


def test_two_letters_never_share_an_id() -> None:
    with pytest.raises(ConfigProblem, match="help"):
        read_letters({"letter": [LETTER, LETTER]})


def test_a_missing_or_damaged_file_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"letters\.toml"):
        load_letters(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letters.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigProblem, match=r"letters\.toml"):
        load_letters(tmp_path)
