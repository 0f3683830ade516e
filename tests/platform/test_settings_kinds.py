"""A setting has the kind of its default; another is refused by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.settings import SettingsProblem, read_settings


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ('[limits]\nlock_wait_s = "25"\n', "lock_wait_s"),
        ("[limits]\nlock_wait_s = -1\n", "lock_wait_s"),
        ("[limits]\nargon_reports = 0\n", "argon_reports"),
        ("[limits]\nargon_guesses = 1.5\n", "argon_guesses"),
        ("[limits]\nargon_sign_ins = true\n", "argon_sign_ins"),
        ('[mail]\nport = "587"\n', "port"),
        ('[mail]\nstarttls = "no"\n', "starttls"),
        ("[service]\nname = 5\n", "name"),
        ("[service]\ntime_zone = 3\n", "time_zone"),
        ("service = 3\n", "service"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_its_key(
    tmp_path: Path, written: str, key: str
) -> None:
    (tmp_path / "settings.toml").write_text(written)
    with pytest.raises(SettingsProblem) as told:
        read_settings({"CASEFILE_INSTANCE": str(tmp_path)})
    assert key in str(told.value)
