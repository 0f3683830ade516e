"""The log: lines are coded in their transaction and chained; what was changed shows."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from casefile.audit.chain import (
    ChainBroken,
    chain_rows,
    lines_newest_first,
    read_head,
    verify_chain,
)
from casefile.audit.events import Event
from casefile.audit.log import LineBroken, note
from casefile.audit.models import AuditBatch, AuditHead, AuditRow
from casefile.platform.database import write
from casefile.sealing.errors import SealBroken
from tests.world import World


def _chain(world: World, lines: int) -> None:
    with world.session() as session:
        for _ in range(lines):
            note(session, world.deployment, Event.CASE_LOOKED, by=b"p" * 16, case=b"c" * 16)
    with world.session() as session:
        write(lambda writing: chain_rows(writing, world.deployment), session)


def test_waiting_lines_become_a_chain_that_verifies(both_worlds: World) -> None:
    world = both_worlds
    for lines in (3, 5):
        _chain(world, lines)
    with world.session() as session:
        assert verify_chain(session, world.deployment).number == 2
        told = [line.event for line in lines_newest_first(session, world.deployment)]
    assert told.count(Event.CASE_LOOKED) == 8


def test_a_batch_taken_away_shows(world: World) -> None:
    for _ in range(3):
        _chain(world, 2)
    with world.session() as session:
        tag = session.scalars(select(AuditBatch.tag).limit(1)).one()
        session.execute(delete(AuditBatch).where(AuditBatch.tag == tag))
    with world.session() as session, pytest.raises(ChainBroken):
        verify_chain(session, world.deployment)


def test_a_batch_changed_shows(world: World) -> None:
    _chain(world, 2)
    with world.session() as session:
        batch = session.scalars(select(AuditBatch)).one()
        bad = bytes([*batch.body[:-1], batch.body[-1] ^ 1])
        session.execute(update(AuditBatch).values(body=bad))
    with world.session() as session, pytest.raises(SealBroken):
        verify_chain(session, world.deployment)


def test_an_older_head_put_back_shows_against_the_head_that_was_delivered(world: World) -> None:
    _chain(world, 2)
    with world.session() as session:
        older = session.execute(select(AuditHead.body, AuditHead.token)).one()
    _chain(world, 2)
    with world.session() as session:
        delivered = read_head(session, world.deployment)
        session.execute(update(AuditHead).values(body=older.body, token=older.token))
    with world.session() as session:
        assert read_head(session, world.deployment) != delivered


def test_a_waiting_line_that_was_changed_is_never_passed_over(world: World) -> None:
    with world.session() as session:
        note(session, world.deployment, Event.CASE_LOOKED, by=None)
    with world.session() as session:
        session.execute(update(AuditRow).values(code=b"x" * 32))
    with world.session() as session, pytest.raises(LineBroken):
        write(lambda writing: chain_rows(writing, world.deployment), session)
