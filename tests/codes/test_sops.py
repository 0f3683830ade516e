"""Deadlines are data of a country: each with its length, its step and who is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casefile.codes.problem import ConfigProblem
from casefile.codes.sops import Limit, read_profile
from casefile.settings import ROOT

ROW = '[acknowledge]\nhours = 48\nstep = "confirm"\ntold = "desk_head"\n'


def read(folder: Path, text: str) -> dict[str, Limit]:
    profiles = folder / "sops"
    profiles.mkdir(exist_ok=True)
    (profiles / "country.toml").write_text(text, "utf-8")
    return dict(read_profile(folder, "country"))


def test_a_row_is_a_limit(tmp_path: Path) -> None:
    assert read(tmp_path, ROW) == {
        "acknowledge": Limit("acknowledge", timedelta(hours=48), "confirm", "desk_head")
    }


@pytest.mark.parametrize(
    ("kind", "hours"),
    [("acknowledge", 48), ("offer_help", 24), ("answer_message", 72), ("write_to_reporter", 720)],
)
def test_the_default_profile_is_no_slower_than_the_field_asks(kind: str, hours: int) -> None:
    assert read_profile(ROOT / "config")[kind].length <= timedelta(hours=hours)


def test_help_for_today_is_due_sooner_than_help() -> None:
    profile = read_profile(ROOT / "config")
    assert profile["offer_help_today"].length < profile["offer_help"].length
    assert profile["offer_help_today"].step == profile["offer_help"].step


@pytest.mark.parametrize(
    "text",
    [
        "[acknowledge",
        '[acknowledge]\nhours = 48\nstep = "confirm"\n',
        ROW.replace("48", "0"),
        ROW.replace("48", "-3"),
        ROW.replace("48", '"soon"'),
        "acknowledge = 48\n",
    ],
)
def test_a_profile_that_cannot_be_kept_is_refused_by_the_name_of_its_file(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ConfigProblem, match=r"country\.toml"):
        read(tmp_path, text)


def test_a_profile_that_is_missing_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"nowhere\.toml"):
        read_profile(tmp_path, "nowhere")
