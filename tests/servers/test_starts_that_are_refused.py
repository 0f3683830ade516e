"""Keys or a configuration that cannot be used stop every process once, with one sentence."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casefile.sealing.key_file import (
    write_key_file,
)
from casefile.sealing.keyring import (
    new_keyring,
)
from casefile.settings import ROOT
from tests.servers.running import FLASK, GUNICORN, Installation, listening

pytestmark = pytest.mark.server

STOPS_WITHIN_S = 20
BOOT_REFUSED = 3
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


def unusable_setting(at: Installation) -> str:
    at.settle('[service]\ntime_zone = "Nowhere/Land"\n')
    return "time_zone"


def unusable_deadline(at: Installation) -> str:
    config = Path(shutil.copytree(ROOT / "config", at.folder / "config"))
    (config / "sops" / "default.toml").write_text("", "utf-8")
    at.changed["CASEFILE_CONFIG"] = str(config)
    return "sops/default.toml"


WRONGS = (
    missing,
    another_deployments,
    readable_by_others,
    damaged,
    empty_file,
    cut_in_the_environment,
    unusable_setting,
    unusable_deadline,
)
"""Each spoils the keys or the configuration and names a part of what must be told."""


def refused(status: int, said: str, remedy: str) -> None:
    """Whether a process stopped by itself with one sentence, said once, and a remedy."""
    ours = [line for line in said.splitlines() if "Casefile does not start" in line]
    assert status == BOOT_REFUSED, said
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
def test_what_cannot_be_used_stops_every_process_with_one_sentence(
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


def test_a_master_that_refuses_leaves_nothing_behind(installation: Installation) -> None:
    remedy, mark = readable_by_others(installation), installation.folder / "server.pid"
    installation.changed["CASEFILE_WORKERS"] = "4"
    with listening() as door:
        bound = ("--bind", f"fd://{door.fileno()}", "--pid", str(mark), "wsgi:app")
        refused(*start_in_vain(installation, *GUNICORN, *bound, door=door.fileno()), remedy)

    assert not mark.exists()


def test_founding_again_over_keys_that_do_not_fit_changes_nothing(
    installation: Installation,
) -> None:
    another_deployments(installation)
    before = (installation.folder / "casefile.sqlite3").read_bytes()

    again = installation.command("init", "--yes")

    assert again.returncode == 0 or "Traceback" not in again.stderr
    assert (installation.folder / "casefile.sqlite3").read_bytes() == before
    assert "/join/" not in again.stdout
