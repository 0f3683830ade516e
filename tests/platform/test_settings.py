"""Settings: what a deployment may set, and a clear refusal of what cannot be used."""

from __future__ import annotations

import shutil
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casefile.settings import ROOT, Settings, SettingsProblem, read_settings


def of(instance: Path, written: str = "", **environ: str) -> Settings:
    """The settings of an instance whose settings.toml says this."""
    if written:
        (instance / "settings.toml").write_text(written, "utf-8")
    return read_settings({"CASEFILE_INSTANCE": str(instance)} | environ)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A copy of the configuration to be damaged."""
    return Path(shutil.copytree(ROOT / "config", tmp_path / "config"))


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = of(tmp_path)
    assert settings.database == f"sqlite:///{tmp_path / 'casefile.sqlite3'}"
    assert settings.key_file == tmp_path / "keys.txt"
    assert settings.keys is None
    assert settings.config == ROOT / "config"


def test_an_instance_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    usual = of(tmp_path)
    changed = of(tmp_path, '[service]\ntime_zone = "Asia/Kabul"\n[limits]\nlock_wait_s = 3\n')
    assert (changed.time_zone, changed.lock_wait_s) == (ZoneInfo("Asia/Kabul"), 3)
    same = {one.name for one in fields(Settings)} - {"time_zone", "lock_wait_s"}
    assert all(getattr(usual, name) == getattr(changed, name) for name in same)


def test_the_address_never_ends_with_a_slash(tmp_path: Path) -> None:
    assert of(tmp_path, CASEFILE_BASE="https://a.example//").base == "https://a.example"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d?x=1", "postgresql+psycopg://u@h/d?x=1"),
        ("sqlite:////tmp/x.sqlite3", "sqlite:////tmp/x.sqlite3"),
    ],
)
def test_either_engine_is_named_by_its_address(tmp_path: Path, given: str, used: str) -> None:
    assert of(tmp_path, CASEFILE_DATABASE=given).database == used


@pytest.mark.parametrize("given", ["mysql://h/d", "", "/tmp/x.sqlite3", "sqlite://", "postgres"])
def test_another_engine_is_refused_with_what_there_is(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path, CASEFILE_DATABASE=given)
    assert "CASEFILE_DATABASE" in str(told.value)
    assert "postgresql://" in str(told.value)
    assert "sqlite:///" in str(told.value)


def test_a_refusal_never_repeats_the_address_of_the_database(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path, CASEFILE_DATABASE="mysql://user:Rareword@host/d")
    assert "Rareword" not in str(told.value)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ('[service]\nnmae = "x"\n', "service"),
        ('[servise]\nname = "x"\n', "servise"),
        ("[limits]\nlock_wait = 3\n", "limits"),
        ('name = "x"\n', "name"),
    ],
)
def test_a_key_nobody_knows_is_refused_with_file_and_table(
    tmp_path: Path, written: str, named: str
) -> None:
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path, written)
    assert "settings.toml" in str(told.value)
    assert f"[{named}]" in str(told.value)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "utc+3"])
def test_a_zone_nobody_knows_is_refused_by_its_name(tmp_path: Path, zone: str) -> None:
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path, f'[service]\ntime_zone = "{zone}"\n')
    assert "time_zone" in str(told.value)
    assert repr(zone) in str(told.value)


@pytest.mark.parametrize("written", [b"[service\n", b"\xff\xfe", b"a = = b"])
def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(written)
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path)
    assert "settings.toml" in str(told.value)


def test_a_missing_configuration_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem) as told:
        of(tmp_path, CASEFILE_CONFIG=str(tmp_path / "nowhere"))
    assert "nowhere" in str(told.value)
    assert "default.toml" in str(told.value)


def test_settings_cannot_be_changed_while_they_are_used(tmp_path: Path) -> None:
    settings = of(tmp_path)
    with pytest.raises(FrozenInstanceError):
        settings.base = "https://elsewhere.example"  # type: ignore[misc]
