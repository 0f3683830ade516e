"""`kill -9` while cases are deleted: each is whole or gone, and the next night goes on."""

from __future__ import annotations

import random
import subprocess
import time

import pytest
from sqlalchemy import func, select

from casefile.cases.keys import unlock
from casefile.cases.models import DeletionRow, EntryRow, PieceRow, QuickRow, ReceiptRow, WrapRow
from casefile.cases.records import read_records
from casefile.settings import ROOT
from tests.cases.ending import LONG, ends, lets_time_pass, tonight
from tests.cases.test_deleting import listed
from tests.cases.test_leaving import cases_of
from tests.servers.running import PYTHON, Installation
from tests.world import World

pytestmark = pytest.mark.server

CASES = 40
KILLS = 4


def killed_after(world: World, installation: Installation, cases: int, pause_s: float) -> None:
    process = subprocess.Popen(
        [PYTHON, "-m", "tests.servers.deleting", world.clock().isoformat()],
        cwd=ROOT,
        env=installation.environ(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        for _ in range(cases):
            process.stdout.readline()
        time.sleep(pause_s)
        process.kill()
        process.wait(30)


def whole(world: World, case: bytes) -> bool:
    """Whether every record of a case opens."""
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member("Sarah"), case)
        records = read_records(session, world.deployment, case, opened.label, opened.keys)
        return len(records) >= 4


def test_killed_while_cases_are_deleted_each_is_whole_or_gone(
    both_worlds: World, both_installations: Installation
) -> None:
    world, chance = both_worlds, random.Random(20261124)
    for number in range(CASES):
        world.report(f"Report {number}.", area="2")
    for case in cases_of(world):
        ends(world, case)
    world.clock.pass_by(LONG)
    assert tonight(world) == 0
    lets_time_pass(world)
    for _ in range(KILLS):
        killed_after(world, both_installations, 5, chance.uniform(0, 0.01))
    left = cases_of(world)
    assert 0 < len(left) < CASES, "it was killed too early or too late to mean anything"
    assert all(whole(world, case) for case in left)
    assert listed(world) == set(left)
    with world.session() as session:
        counted = {
            table: session.scalar(select(func.count(table.__table__.columns[0])))
            for table in (DeletionRow, WrapRow, QuickRow, ReceiptRow, EntryRow, PieceRow)
        }
    assert counted[DeletionRow] == CASES - len(left)
    assert counted[WrapRow] == 8 * len(left)
    assert counted[QuickRow] == counted[ReceiptRow] == len(left)
    assert tonight(world) == len(left)
    assert not cases_of(world)
