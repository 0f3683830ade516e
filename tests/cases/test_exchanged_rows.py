"""Somebody writes to the database by hand: whatever was exchanged is refused, not believed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefile.cases.acting import acknowledge, write_note
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Held, read_label, write_label
from casefile.cases.mailbox import open_by_number
from casefile.cases.models import CaseRow, EntryRow, WrapRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import case_at
from casefile.cases.reading import open_case, show_report
from casefile.cases.records import entry_tag
from casefile.cases.wraps import wrap_tag
from casefile.intake.receive import Receipt
from casefile.platform.database import StaleRow, write
from casefile.sealing.errors import SealBroken
from tests.world import World

REPORT, NEEDS = 0, 3
DESK, REPORTER, RECOVERY = 0, 1, 2


@pytest.fixture
def receipts(world: World) -> list[Receipt]:
    """Two reports on Sarah's desk, sent an hour apart; nobody has looked yet."""
    sent = []
    for text in ("The first.", "The second."):
        sent.append(world.report(text, area="2"))
        world.clock.pass_by(hours=1)
    return sent


@pytest.fixture
def addresses(world: World, receipts: list[Receipt]) -> list[str]:
    """The addresses of both cases, the earlier first."""
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member("Sarah"), view="all", page=1)
    return [line.case for line in page.lines]


def entry(session: Session, world: World, address: str, index: int) -> EntryRow:
    tag = entry_tag(world.deployment, case_at(address), index)
    return session.execute(select(EntryRow).where(EntryRow.tag == tag)).scalar_one()


def wrap(session: Session, world: World, address: str, slot: int) -> WrapRow:
    tag = wrap_tag(world.deployment, case_at(address), slot)
    return session.execute(select(WrapRow).where(WrapRow.tag == tag)).scalar_one()


def refused(world: World, address: str, look: Callable[..., object]) -> None:
    with world.session() as session, pytest.raises(SealBroken):
        look(session, world.deployment, world.member("Sarah"), address)


def test_an_entry_with_one_bit_changed_is_refused(world: World, addresses: list[str]) -> None:
    with world.session() as session:
        row = entry(session, world, addresses[0], REPORT)
        row.body = row.body[:-1] + bytes([row.body[-1] ^ 1])
    refused(world, addresses[0], show_report)
    refused(world, addresses[0], open_case)


def test_an_entry_of_another_case_put_in_its_place_is_refused(
    world: World, addresses: list[str]
) -> None:
    with world.session() as session:
        mine = entry(session, world, addresses[0], REPORT)
        other = entry(session, world, addresses[1], REPORT)
        mine.body, mine.token = other.body, other.token
    refused(world, addresses[0], show_report)


def test_two_entries_of_one_case_exchanged_are_refused(world: World, addresses: list[str]) -> None:
    with world.session() as session:
        one = entry(session, world, addresses[0], REPORT)
        two = entry(session, world, addresses[0], NEEDS)
        one.body, two.body = two.body, one.body
        one.token, two.token = two.token, one.token
    refused(world, addresses[0], show_report)


def test_an_entry_taken_away_is_noticed(world: World, addresses: list[str]) -> None:
    with world.session() as session:
        tag = entry_tag(world.deployment, case_at(addresses[0]), NEEDS)
        session.execute(delete(EntryRow).where(EntryRow.tag == tag))
    refused(world, addresses[0], open_case)
    with world.session() as session:
        shown = show_report(session, world.deployment, world.member("Sarah"), addresses[1])
    assert shown.text == "The second."


def test_the_reporter_is_not_shown_an_exchanged_letter_either(
    world: World, receipts: list[Receipt], addresses: list[str]
) -> None:
    with world.session() as session:
        mine = entry(session, world, addresses[0], REPORT)
        mine.body = entry(session, world, addresses[1], REPORT).body
    with world.session() as session, pytest.raises(SealBroken):
        open_by_number(session, world.deployment, receipts[0].code.digits())


def test_a_wrap_of_another_case_put_in_its_place_is_refused(
    world: World, addresses: list[str]
) -> None:
    with world.session() as session:
        mine = wrap(session, world, addresses[0], DESK)
        other = wrap(session, world, addresses[1], DESK)
        mine.body, mine.token = other.body, other.token
    refused(world, addresses[0], open_case)


def test_a_wrap_moved_to_another_slot_is_refused(
    world: World, receipts: list[Receipt], addresses: list[str]
) -> None:
    with world.session() as session:
        mine = wrap(session, world, addresses[0], REPORTER)
        other = wrap(session, world, addresses[0], RECOVERY)
        mine.body, other.body = other.body, mine.body
        mine.token, other.token = other.token, mine.token
    with world.session() as session, pytest.raises(SealBroken):
        open_by_number(session, world.deployment, receipts[0].code.digits())


def test_a_label_of_another_case_put_in_its_place_is_refused(
    world: World, addresses: list[str]
) -> None:
    with world.session() as session:
        rows = {
            row.id: (row.label, row.token)
            for row in session.execute(select(CaseRow.id, CaseRow.label, CaseRow.token))
        }
        label, token = rows[case_at(addresses[1])]
        session.execute(
            update(CaseRow)
            .where(CaseRow.id == case_at(addresses[0]))
            .values(label=label, token=token)
        )
    refused(world, addresses[0], open_case)


def test_an_older_label_put_back_is_refused(world: World, addresses: list[str]) -> None:
    case = case_at(addresses[0])
    with world.session() as session:
        older = session.scalars(select(CaseRow.label).where(CaseRow.id == case)).one()
    with world.session() as session:
        acknowledge(session, world.deployment, world.member("Sarah"), addresses[0])
    with world.session() as session:
        session.execute(update(CaseRow).where(CaseRow.id == case).values(label=older))
    refused(world, addresses[0], open_case)


def test_an_older_entry_put_back_under_a_newer_label_is_refused(
    world: World, addresses: list[str]
) -> None:
    sarah, deployment = world.member("Sarah"), world.deployment
    with world.session() as session:
        write_note(session, deployment, sarah, addresses[0], text="Called.", once=b"1" * 32)
    with world.session() as session:
        mine = entry(session, world, addresses[0], 5)
        mine.body = entry(session, world, addresses[0], 4).body
    refused(world, addresses[0], open_case)


def test_a_label_that_changed_meanwhile_is_not_written_over(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
        read: Held = read_label(session, world.deployment, case)
    with world.session() as session:
        write_label(session, world.deployment, read, read.label.remembering(b"a"))
    with world.session() as session, pytest.raises(StaleRow):
        write(lambda w: write_label(w, world.deployment, read, read.label), session)
    with world.session() as session:
        assert read_label(session, world.deployment, case).label.remembers(b"a")


def test_the_case_of_a_label_taken_away_is_not_found(world: World, addresses: list[str]) -> None:
    with world.session() as session:
        session.execute(delete(CaseRow).where(CaseRow.id == case_at(addresses[0])))
    with world.session() as session, pytest.raises(CaseNotFound):
        unlock(session, world.deployment, world.member("Sarah"), case_at(addresses[0]))
