"""Code lists may only grow: a number means one thing for ever, and zero is unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.codes.configuration import LISTS
from casefile.codes.lists import UNKNOWN, CodeList, read_list
from casefile.codes.problem import ConfigProblem
from casefile.settings import ROOT

SHIPPED = sorted(file.stem for file in (ROOT / "config" / "lists").glob("*.toml"))
GROWN_FROM = {
    "category": {"possible_sea": 1, "sea": 2, "fraud_corruption": 5, "spam_or_hoax_test": 15},
    "channel": {"web_anonymous": 1, "hotline": 3, "email": 7, "internal_audit": 18},
    "source": {"victim_survivor": 1, "staff_fellow_worker": 5, "third_party_unspecified": 12},
    "status": {"received": 1, "substantiated": 5},
    "case_state": {"received": 1, "acknowledged": 2},
    "language": {"en": 1, "fr": 2, "es": 3, "ar": 4},
    "agency_class": {"inter_agency": 1, "ingo": 3},
}
"""Numbers that stand in registers already."""


def read(folder: Path, text: str) -> CodeList:
    lists = folder / "lists"
    lists.mkdir(exist_ok=True)
    (lists / "colour.toml").write_text(text, "utf-8")
    return read_list(folder, "colour")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_list_can_be_read_and_names_its_source(name: str) -> None:
    known = read_list(ROOT / "config", name)
    assert known.source
    assert known.number(UNKNOWN) == 0
    for code in known:
        assert known.code(known.number(code)) == code


@pytest.mark.parametrize("name", GROWN_FROM)
def test_no_number_that_was_given_has_moved(name: str) -> None:
    known = read_list(ROOT / "config", name)
    assert {code: known.number(code) for code in GROWN_FROM[name]} == GROWN_FROM[name]


def test_every_list_that_is_used_is_shipped() -> None:
    assert set(LISTS) <= set(SHIPPED)


def test_a_list_knows_its_codes_and_nothing_else(tmp_path: Path) -> None:
    known = read(tmp_path, 'source = "x"\n[codes]\nunknown = 0\nred = 7\n')
    assert ("red" in known, "blue" in known, list(known)) == (True, False, ["unknown", "red"])
    with pytest.raises(KeyError):
        known.number("blue")
    with pytest.raises(KeyError):
        known.code(8)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        "[codes]\nunknown = 0\n",
        'source = "x"\n',
        'source = "x"\n[codes]\nred = 1\n',
        'source = "x"\n[codes]\nunknown = 1\n',
        'source = "x"\n[codes]\nunknown = 0\nred = 1\nblue = 1\n',
        'source = "x"\n[codes]\nunknown = 0\nred = 256\n',
        'source = "x"\n[codes]\nunknown = 0\nred = "one"\n',
    ],
)
def test_a_list_that_breaks_a_rule_is_refused_by_the_name_of_its_file(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ConfigProblem, match=r"colour\.toml"):
        read(tmp_path, text)


def test_a_list_that_is_missing_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"shade\.toml"):
        read_list(tmp_path, "shade")
