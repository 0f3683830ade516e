"""The log: lines are coded in their transaction and chained; what was changed shows."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from casefile.audit.chain import (
    ChainBroken,
    Head,
    chain_rows,
    head_of_day,
    head_said,
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


def test_the_log_is_checked_from_a_head_that_was_delivered(both_worlds: World) -> None:
    world = both_worlds
    _chain(world, 2)
    with world.session() as session:
        delivered = read_head(session, world.deployment)
    for _ in range(2):
        _chain(world, 3)
    walked: list[None] = []
    with world.session() as session:
        head = verify_chain(
            session, world.deployment, known=delivered, told=lambda: walked.append(None)
        )
    assert (head.number, len(walked)) == (3, 2)


def test_a_log_written_anew_does_not_fit_the_head_that_was_delivered(world: World) -> None:
    _chain(world, 2)
    with world.session() as session:
        head = read_head(session, world.deployment)
    for forged in (Head(head.number, b"f" * 32), Head(head.number + 1, head.digest)):
        with world.session() as session, pytest.raises(ChainBroken):
            verify_chain(session, world.deployment, known=forged)


def test_a_head_is_read_as_people_copy_it() -> None:
    head = Head(14, bytes(range(32)))
    assert head_said(head.said()) == head
    assert head_said(f"  {head.said().upper()} ".replace(" ", "  ")) == head
    for damaged in ("", "14", head.said()[:-1], head.said() + " a", "x " + head.said()[3:]):
        assert head_said(damaged) is None


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24 {}",
        "Head of the log on 2026-11-24: {}",
        "Tête du journal le 2026-11-24 : {}\n\nConservez ce message.",
        "\u2067رأس السجل في 2026-11-24: \u2066{}\u2069\u2069",
        "> Head of the log on 2026-11-24: {}\n>\n> Keep this message.",
        "The log is whole. Head: {}",
        "{}\n",
    ],
)
def test_a_head_is_found_in_the_line_it_was_kept_in(line: str) -> None:
    head = Head(20261124, bytes(range(32)))
    assert head_said(line.format(head.said())) == head
    assert head_said(line.format(f"{head.number} {head.digest.hex()}")) == head
    wrapped = line.format(head.said()).replace(" 08090a0b", "\n> 08090a0b")
    assert head_said(wrapped) == head


def test_two_heads_are_none() -> None:
    one, other = Head(14, bytes(range(32))), Head(15, bytes(range(32)))
    assert head_said(f"2026-11-24 {one.said()}\n2026-11-25 {other.said()}") is None
    assert head_said(f"2026-11-24 {one.said()}\n2026-11-25 {one.said()}") == one


def test_the_head_is_taken_once_a_day(both_worlds: World) -> None:
    def taken(day: str) -> Head | None:
        with both_worlds.session() as session:
            return write(lambda writing: head_of_day(writing, both_worlds.deployment, day), session)

    assert taken("2026-11-24") is not None
    assert taken("2026-11-24") is None
    assert taken("2026-11-23") is None
    assert taken("2026-11-25") is not None
