"""Deadlines are data of a country: each with its length, its step and who is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.codes.problem import ConfigProblem
from casefile.codes.sops import Limit, Rung, Unit, profile_of, read_profile
from casefile.codes.working_time import Station
from casefile.settings import ROOT

ROW = """
[acknowledge]
start = "received"
hours = 48
step = "confirm"
told = ["desk_head"]
do = "Read it."
"""
HOUR = 60
FIELD = {
    "T1": "acknowledge",
    "T2": "triage",
    "T3": "offer_help",
    "T3a": "offer_help_today",
    "T4": "refer",
    "T5": "confirm_referral",
    "T7": "open_investigation",
    "T8": "conclude_investigation",
    "T9": "update_referrer",
    "T10": "give_feedback",
    "T11": "notify_donor",
}


def read(folder: Path, default: str, country: str = "") -> dict[str, Limit]:
    """The deadlines of the country xyz."""
    profiles = folder / "sops"
    profiles.mkdir(exist_ok=True)
    (profiles / "default.toml").write_text(default, "utf-8")
    if country:
        (profiles / "xyz.toml").write_text(country, "utf-8")
    return dict(profile_of(folder, "XYZ", "Asia/Kabul"))


def test_a_row_is_a_limit(tmp_path: Path) -> None:
    week = (*((480, 1020),) * 5, None, None)
    assert read(tmp_path, ROW) == {
        "acknowledge": Limit(
            "acknowledge",
            "received",
            48,
            Unit.HOURS,
            "confirm",
            (Rung("desk_head", 0),),
            "Read it.",
            Station("Asia/Kabul", week),
        )
    }


@pytest.mark.parametrize(
    ("kind", "hours"),
    [("acknowledge", 48), ("offer_help", 24), ("answer_message", 72), ("write_to_reporter", 720)],
)
def test_the_default_profile_is_no_slower_than_the_field_asks(kind: str, hours: int) -> None:
    assert read_profile(ROOT / "config")[kind].due_after(0) <= hours * HOUR


@pytest.mark.parametrize("row", sorted(FIELD))
def test_every_time_limit_of_the_field_is_a_row_with_a_ladder(row: str) -> None:
    limit = read_profile(ROOT / "config")[FIELD[row]]
    assert limit.do
    assert [rung.after for rung in limit.ladder] == [0, 24, 72][: len(limit.ladder)]
    assert len({rung.who for rung in limit.ladder}) == len(limit.ladder)


def test_what_may_cost_a_life_runs_day_and_night_and_the_rest_in_the_working_week() -> None:
    profile = read_profile(ROOT / "config")
    assert {profile[kind].unit for kind in ("offer_help", "offer_help_today")} == {Unit.HOURS}
    assert profile["offer_help_today"].pause == ()
    working = ("triage", "confirm_referral", "open_investigation", "give_feedback")
    assert {profile[kind].unit for kind in working} == {Unit.WORKING_DAYS}


def test_help_for_today_is_due_sooner_than_help() -> None:
    profile = read_profile(ROOT / "config")
    assert profile["offer_help_today"].due_after(0) < profile["offer_help"].due_after(0)
    assert profile["offer_help_today"].step == profile["offer_help"].step


def test_a_country_says_only_what_differs(tmp_path: Path) -> None:
    other = ROW.replace("acknowledge", "triage")
    country = '[station]\nzone = "Asia/Beirut"\n\n[triage]\nworking_days = 2\n'
    limits = read(tmp_path, ROW + other, country)
    assert (limits["acknowledge"].amount, limits["acknowledge"].unit) == (48, Unit.HOURS)
    assert (limits["triage"].amount, limits["triage"].unit) == (2, Unit.WORKING_DAYS)
    assert {limit.station.zone for limit in limits.values()} == {"Asia/Beirut"}


def test_a_country_without_a_file_has_the_default(tmp_path: Path) -> None:
    read(tmp_path, ROW, "[acknowledge]\nhours = 4\n")
    assert profile_of(tmp_path, "ABC")["acknowledge"].amount == 48
    assert profile_of(tmp_path, "../default")["acknowledge"].amount == 48


@pytest.mark.parametrize(
    "text",
    [
        "[acknowledge",
        ROW.replace('told = ["desk_head"]', ""),
        ROW.replace('told = ["desk_head"]', 'told = ["desk_head", "senior_focal_point"]'),
        ROW.replace('do = "Read it."', ""),
        ROW.replace("48", "0"),
        ROW.replace("48", "-3"),
        ROW.replace("48", '"soon"'),
        ROW.replace("hours", "hour"),
        ROW.replace("step", 'pause = ["full moon"]\nstep'),
        ROW + "working_days = 3\n",
        "acknowledge = 48\n",
        ROW + '[station]\nzone = "Moon/Sea"\n',
        ROW + '[station.week]\nmon = "17:00-08:00"\n',
        ROW + '[station.week]\nmon = "late"\n',
        ROW + "[station.week]\n",
        ROW + '[station]\nholidays = ["Christmas"]\n',
    ],
)
def test_a_profile_that_cannot_be_kept_is_refused_by_the_name_of_its_file(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(ConfigProblem, match=r"default\.toml"):
        read(tmp_path, text)


def test_a_mistake_in_a_country_is_refused_by_the_name_of_its_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"xyz\.toml"):
        read(tmp_path, ROW, "[acknowledge]\nhours = 0\n")


def test_a_file_that_is_no_countrys_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "sops").mkdir()
    (tmp_path / "sops" / "lebanon.toml").write_text("", "utf-8")
    with pytest.raises(ConfigProblem, match=r"lebanon\.toml"):
        read(tmp_path, ROW)


def test_a_profile_that_is_missing_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigProblem, match=r"default\.toml"):
        read_profile(tmp_path)
