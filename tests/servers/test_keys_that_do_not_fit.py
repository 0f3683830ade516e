"""Keys that are missing, foreign, exposed or damaged stop every process with one sentence."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from casefile.sealing.keyring import new_keyring, write_key_file
from casefile.settings import ROOT
from tests.servers.running import FLASK, GUNICORN, Installation, listening
from tests.world import World

pytestmark = pytest.mark.server

STOPS_WITHIN_S = 20
WORKER = (*FLASK, "casefile", "worker", "--once")


def missing(at: Installation) -> str:
    at.key_file.unlink()
    return "init"


def another_deployments(at: Installation) -> str:
    at.key_file.unlink()
    write_key_file(at.key_file, new_keyring(random.Random("another").randbytes))
    return "CASEFILE_KEY_FILE"


def readable_by_others(at: Installation) -> str:
    at.key_file.chmod(0o640)
    return "chmod 600"


def damaged(at: Installation) -> str:
    text = at.key_file.read_text("ascii")
    at.key_file.write_text(text.replace("check=", "check=0"), "ascii")
    return "Bring back the key file"


def empty_file(at: Installation) -> str:
    at.key_file.write_text("", "ascii")
    return "Bring back the key file"


def cut_in_the_environment(at: Installation) -> str:
    at.changed["CASEFILE_KEYS"] = at.key_file.read_text("ascii")[:200]
    return "Bring back the key file"


WRONGS = (
    missing,
    another_deployments,
    readable_by_others,
    damaged,
    empty_file,
    cut_in_the_environment,
)
"""Each spoils the keys and names a part of the remedy that must be told."""


def refused(status: int, said: str, remedy: str) -> None:
    """Whether a process stopped with one sentence (each of its workers says it) and a remedy."""
    ours = {line for line in said.splitlines() if "Casefile does not start" in line}
    assert status != 0, said
    assert len(ours) == 1, said
    assert remedy in ours.pop()
    assert "Traceback" not in said
    assert 'File "' not in said


def start_in_vain(at: Installation, *words: str, door: int = -1) -> tuple[int, str]:
    """Start a process that must stop by itself; its exit status and everything it said."""
    stopped = subprocess.run(
        words,
        cwd=ROOT,
        env=at.environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STOPS_WITHIN_S,
        pass_fds=(door,) if door >= 0 else (),
    )
    return stopped.returncode, stopped.stdout


@pytest.mark.parametrize("spoil", WRONGS, ids=lambda spoil: spoil.__name__)
def test_keys_that_do_not_fit_stop_every_process_with_one_sentence(
    installation: Installation, spoil: Callable[[Installation], str]
) -> None:
    remedy = spoil(installation)
    with listening() as door, ThreadPoolExecutor(2) as starting:
        bound = ("--bind", f"fd://{door.fileno()}", "wsgi:app")
        server = starting.submit(start_in_vain, installation, *GUNICORN, *bound, door=door.fileno())
        worker = starting.submit(start_in_vain, installation, *WORKER)

    refused(*server.result(), remedy)
    refused(*worker.result(), remedy)


def test_a_key_file_nobody_may_read_is_named(installation: Installation) -> None:
    if os.geteuid() == 0:
        pytest.skip("this user may read everything")
    installation.key_file.chmod(0)
    refused(*start_in_vain(installation, *WORKER), "Run as the user")


def test_a_setting_that_cannot_be_used_is_named(world: World, installation: Installation) -> None:
    installation.settle('[service]\ntime_zone = "Nowhere/Land"\n')
    refused(*start_in_vain(installation, *WORKER), "time_zone")


def test_founding_again_over_keys_that_do_not_fit_changes_nothing(
    installation: Installation,
) -> None:
    another_deployments(installation)
    before = (installation.folder / "casefile.sqlite3").read_bytes()

    again = installation.command("init", "--yes")

    assert again.returncode == 0 or "Traceback" not in again.stderr
    assert (installation.folder / "casefile.sqlite3").read_bytes() == before
    assert "/join/" not in again.stdout
