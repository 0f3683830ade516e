"""Numbers of lists and hours of deadlines are whole; what is not is refused, never cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.codes.lists import read_list
from casefile.codes.problem import ConfigProblem
from casefile.codes.sops import read_profile

HEAD = 'source = "x"\n[codes]\nunknown = 0\n'
ROW = '[a]\nstart = "x"\nhours = {}\nstep = "confirm"\ntold = ["nobody"]\ndo = "Read."\n'


def write(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir()
    file.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "text",
    [f"{HEAD}red = -1\n", f"{HEAD}red = 1.9\n", f"{HEAD}red = true\n", 'source = "x"\ncodes = 3\n'],
)
def test_a_number_of_a_list_is_whole_and_not_below_zero(tmp_path: Path, text: str) -> None:
    write(tmp_path, "lists/colour.toml", text)
    with pytest.raises(ConfigProblem, match="colour"):
        read_list(tmp_path, "colour")


@pytest.mark.parametrize("hours", ["1.5", "true"])
def test_hours_are_whole(tmp_path: Path, hours: str) -> None:
    write(tmp_path, "sops/default.toml", ROW.format(hours))
    with pytest.raises(ConfigProblem, match="default"):
        read_profile(tmp_path)
