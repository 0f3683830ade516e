"""The configuration is read whole at start: a mistake in it never waits for a reporter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casefile.codes.configuration import read_configuration
from casefile.codes.problem import ConfigProblem
from casefile.settings import ROOT


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the shipped configuration."""
    return Path(shutil.copytree(ROOT / "config", tmp_path / "config"))


def test_what_is_shipped_can_be_used(config: Path) -> None:
    read_configuration(config)


@pytest.mark.parametrize(
    "file",
    [
        "lists/channel.toml",
        "lists/told.toml",
        "questions/form.toml",
        "texts/letters.toml",
        "sops/default.toml",
    ],
)
@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_a_file_that_is_missing_or_damaged_stops_the_start_by_its_name(
    config: Path, file: str, how: str
) -> None:
    (config / file).unlink()
    if how == "damaged":
        (config / file).write_text("[[[", "utf-8")
    with pytest.raises(ConfigProblem, match=Path(file).name):
        read_configuration(config)


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ("[acknowledge]", "[acknowlege]", "acknowledge"),
        ('step = "confirm"', 'step = "dance"', "acknowledge"),
        ('told = ["desk_head", ', 'told = ["my_friend", ', "acknowledge"),
        ('start = "received"', 'start = "full_moon"', "acknowledge"),
    ],
)
def test_a_deadline_that_nobody_could_follow_stops_the_start(
    config: Path, before: str, after: str, named: str
) -> None:
    file = config / "sops" / "default.toml"
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    with pytest.raises(ConfigProblem, match=named):
        read_configuration(config)
