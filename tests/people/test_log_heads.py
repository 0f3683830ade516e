"""Every day the log's head leaves the machine, to auditors alone and with nothing beside it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from casefile.audit.chain import head_said, read_head, verify_chain
from casefile.people.log_heads import FILE, deliver_head
from casefile.platform.database import write
from casefile.platform.jobs import Job
from tests.world import World


def _deliver(world: World) -> int:
    """Deliver, and count the mails that wait."""
    with world.session() as session:
        before = session.scalar(select(func.count()).select_from(Job)) or 0
        write(lambda writing: deliver_head(writing, world.deployment), session)
    with world.session() as session:
        return (session.scalar(select(func.count()).select_from(Job)) or 0) - before


def test_every_day_each_auditor_is_sent_the_head_once(world: World) -> None:
    assert _deliver(world) == 1
    assert _deliver(world) == 0
    world.clock.pass_by(days=1)
    assert _deliver(world) == 1


def test_the_kept_head_is_one_the_log_can_be_checked_against(world: World) -> None:
    _deliver(world)
    kept = (world.deployment.settings.instance / FILE).read_text("ascii").splitlines()
    known = head_said(kept[-1])
    assert known is not None
    with world.session() as session:
        assert verify_chain(session, world.deployment, known=known) == read_head(
            session, world.deployment
        )


@pytest.mark.parametrize("quoted", [True, False])
def test_the_command_takes_the_line_as_it_was_kept(world: World, quoted: bool) -> None:
    _deliver(world)
    kept = (world.deployment.settings.instance / FILE).read_text("ascii").splitlines()[-1]
    pasted = [kept] if quoted else kept.split(" ")
    run = world.app.test_cli_runner().invoke
    assert run(args=["casefile", "audit", "verify", "--head", *pasted]).exit_code == 0
    assert run(args=["casefile", "audit", "verify", "--head", kept[:-1]]).exit_code == 1
    other = kept[:-1] + ("0" if kept[-1] != "0" else "1")
    assert run(args=["casefile", "audit", "verify", "--head", other]).exit_code == 1
