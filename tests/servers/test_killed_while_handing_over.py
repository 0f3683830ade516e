"""`kill -9` while custodians give cases to a desk: they meet again, and each is given once."""

from __future__ import annotations

import subprocess

import pytest

from casefile.audit.events import Event
from casefile.cases.handing_over import count_with_custodians
from casefile.network.recovery import PaperShare
from casefile.settings import ROOT
from tests.cases.test_handing_over import RIVER, drawn, email, emptied, listed, opened_by
from tests.cases.working import events
from tests.servers.running import FLASK, Installation, end, strike, until
from tests.world import World

pytestmark = pytest.mark.server

CASES = 60


def waiting(world: World) -> int:
    with world.session() as session:
        return count_with_custodians(session, world.deployment, world.desk(RIVER))


def meets(
    world: World, installation: Installation, shares: tuple[PaperShare, ...]
) -> subprocess.Popen[str]:
    """The command as it runs at a terminal, with two shares typed."""
    asked = ["--desk", RIVER, "--give-to", email(world, "Peter"), "--yes", "--seen"]
    process = subprocess.Popen(
        [*FLASK, "casefile", "custody", "recover", *asked],
        cwd=ROOT,
        env=installation.environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    with process.stdin as terminal:
        terminal.write("".join(f"{share.text}\n" for share in (shares[0], shares[2])))
    return process


def test_custodians_killed_in_the_middle_meet_again_and_every_case_is_given_once(
    both_worlds: World, both_installations: Installation
) -> None:
    world, shares = both_worlds, drawn(both_worlds)
    emptied(world, *(f"Report {number}." for number in range(CASES)))
    killed = meets(world, both_installations, shares)
    try:
        until(lambda: waiting(world) < CASES)
        strike(killed.pid)
        killed.wait(30)
    finally:
        end(killed)  # type: ignore[arg-type]
    assert 0 < waiting(world) < CASES, "it was killed too early or too late to mean anything"

    assert meets(world, both_installations, shares).wait(60) == 0
    assert waiting(world) == 0
    assert listed(world, "Peter") == opened_by(world, "Peter") == CASES
    assert events(world, Event.CASE_GIVEN) == CASES
