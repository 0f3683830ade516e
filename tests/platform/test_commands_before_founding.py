"""Before a deployment is founded the commands say what there is, what is missing and what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.sealing.key_file import write_key_file
from casefile.sealing.keyring import new_keyring
from casefile.settings import ROOT


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """An instance folder with nothing in it."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def with_keys(instance: Path) -> Path:
    """The same with a key file: what somebody has who is about to restore."""
    write_key_file(instance / "keys.txt", new_keyring(os.urandom))
    return instance


def call(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator calls it, in a process of its own."""
    given = {"PATH": os.environ["PATH"], "CASEFILE_INSTANCE": str(instance)}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def is_a_code(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


@pytest.mark.parametrize("words", [("casefile", "--help"), ("casefile",)])
def test_the_commands_are_listed_before_there_are_keys(instance: Path, words: tuple[str]) -> None:
    done = call(instance, *words)
    said = done.stdout + done.stderr
    assert {"init", "restore", "doctor", "people"} <= {
        line.split()[0] for line in said.splitlines() if line.startswith("  ")
    }
    assert done.returncode in (0, 2)
    assert not list(instance.iterdir())


def test_a_server_never_starts_without_keys_because_a_word_looks_like_help(instance: Path) -> None:
    done = call(instance, "casefile", "worker", "--once")
    assert done.returncode == 3
    assert not list(instance.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "head"),
        ("registers", "rebuild"),
        ("people", "invite", "--email", "a@b.org", "--name", "A", "--role", "auditor"),
        ("restore", str(ROOT / "README.md")),
    ],
)
@pytest.mark.parametrize("tables", [False, True])
def test_what_needs_a_deployment_says_in_words_that_there_is_none(
    with_keys: Path, tables: bool, words: tuple[str, ...]
) -> None:
    if tables:
        assert call(with_keys, "casefile", "migrations").stderr == ""
    done = call(with_keys, "casefile", *words)
    assert done.returncode == 1
    said = (done.stdout + done.stderr).splitlines()
    assert said
    assert not [line for line in said if is_a_code(line)]


def test_the_doctor_says_that_nothing_is_founded_and_asks_no_further(with_keys: Path) -> None:
    call(with_keys, "casefile", "migrations")
    done = call(with_keys, "casefile", "doctor")
    assert done.returncode == 1
    broken = [line for line in done.stdout.splitlines() if line.startswith("broken")]
    assert [line.split()[1] for line in broken] == ["founding:"]
