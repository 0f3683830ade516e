"""`kill -9` while a colleague's cases are wrapped anew: taken up again, nothing is lost or left."""

from __future__ import annotations

import random
import subprocess
import time

import pytest

from casefile.settings import ROOT
from tests.cases.test_leaving import (
    cases_of,
    goes,
    opened_by_hand,
    opens,
    secret_of,
    secures,
)
from tests.servers.running import PYTHON, Installation
from tests.world import World

pytestmark = pytest.mark.server

CASES = 60
KILLS = 4


def killed_after(installation: Installation, told: str, batches: int, pause_s: float) -> None:
    """Let her session secure some batches, and kill it in the middle of a next one."""
    process = subprocess.Popen(
        [PYTHON, "-m", "tests.servers.securing"],
        cwd=ROOT,
        env=installation.environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        process.stdin.write(told + "\n")
        process.stdin.flush()
        for _ in range(batches):
            process.stdout.readline()
        time.sleep(pause_s)
        process.kill()
        process.wait(30)


def test_killed_while_cases_are_wrapped_anew_every_case_opens_for_who_stays_and_none_for_the_leaver(
    both_worlds: World, both_installations: Installation
) -> None:
    world, chance = both_worlds, random.Random(20261124)
    for number in range(CASES):
        world.report(f"Report {number}.", area="2")
    old, sarah = secret_of(world, "Amal"), world.member("Sarah")
    goes(world, "Amal")
    told = f"{sarah.person.hex()} {sarah.private.seeds().reveal().hex()}"
    for _ in range(KILLS):
        killed_after(both_installations, told, 2, chance.uniform(0, 0.02))
    present = secret_of(world, "Sarah")
    half = sum(opened_by_hand(world, case, present) for case in cases_of(world))
    assert 0 < half < CASES, "it was killed too early or too late to mean anything"
    assert all(opens(world, "Sarah", case) for case in cases_of(world))
    assert secures(world, "Sarah") == CASES - half
    for case in cases_of(world):
        assert opens(world, "Sarah", case)
        assert opened_by_hand(world, case, present)
        assert not opened_by_hand(world, case, old)
        assert not opens(world, "Amal", case)
