"""Deleting a case: nothing in the deployment opens anything of it, and everything else stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.deletion_notes import deleted_at, was_kept_from
from casefile.cases.files_acting import add_member_files
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, open_label, read_label
from casefile.cases.log_page import Asked, log_page
from casefile.cases.machines import CASE
from casefile.cases.models import (
    CaseRow,
    DeletionRow,
    DoorLetterRow,
    DoorRow,
    EntryRow,
    PieceRow,
    QuestionRow,
    QuickRow,
    ReceiptRow,
    SearchRow,
    WrapRow,
)
from casefile.cases.opening import receipt_where
from casefile.cases.queue_rows import QUEUE, address_of, case_of
from casefile.cases.rebuilding import rebuild_queue
from casefile.cases.records import read_records
from casefile.cases.retention import kept_until, months_later
from casefile.cases.search import search
from casefile.cases.stepping import gone_on
from casefile.cases.wraps import reporter_holder
from casefile.codes.retention import read_retention
from casefile.codes.sops import read_profile
from casefile.facts.register import FACTS
from casefile.network.custodians import read_custodians
from casefile.network.recovery import Meeting, join_shares, type_share
from casefile.platform.database import db
from casefile.platform.upkeep import keep_up
from casefile.registers.storage import scan
from casefile.sealing.compartments import open_body, unwrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.desks import quick_unwrap
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.receipts import unlock as unlock_number
from tests.cases.coming_and_going import draw_all_shares
from tests.cases.ending import LONG, ends, label_at, lets_time_pass, tonight
from tests.cases.filing import sealed
from tests.cases.keyholders import Ring, ring_of
from tests.cases.test_leaving import cases_of
from tests.documents import making
from tests.invariants.disks import on_disk, on_postgresql
from tests.referral.passing_on import passes_on, sorted_out
from tests.world import World

TABLES = (WrapRow, EntryRow, QuickRow, PieceRow, QuestionRow, ReceiptRow, CaseRow, SearchRow)
INVESTIGATIONS = "Investigations"


@dataclass(frozen=True)
class Copy:
    """Every row of the tables of cases, as somebody who copies the database has them."""

    rows: dict[str, list[Any]] = field(repr=False)


@dataclass(frozen=True)
class Hand:
    """Every key that is left in the deployment and outside it, by who has it."""

    rings: tuple[Ring, ...] = field(repr=False)
    privates: tuple[PrivateKey, ...] = field(repr=False)
    """Of members, desks in each generation, custodians, and the reporter with the number."""


def copied(session: Session) -> Copy:
    return Copy(
        {
            table.__tablename__: list(session.execute(select(*table.__table__.columns)))
            for table in TABLES
        }
    )


def everybody(world: World, number: Any, shares: Any) -> Hand:
    """All keys of all members, of all custodians, and the reporter's number."""
    deployment = world.deployment
    privates = [unlock_number(number, deployment.keyring).private]
    with world.session() as session:
        directory = world.directory()
        rings = tuple(
            ring_of(session, deployment, directory, [seated.member])
            for seated in world.seated.values()
        )
        for agency, papers in shares.items():
            meeting = Meeting(read_custodians(session, deployment, agency))
            for paper in papers[:2]:
                meeting = type_share(session, deployment, meeting, paper.text)
            privates.append(join_shares(session, deployment, meeting))
    for ring in rings:
        privates += [*ring.own, *(secret.private for _, secret in ring.desks)]
    return Hand(rings, tuple(privates))


def keys_in(copy: Copy, hand: Hand, case: bytes, label: Label, number: Any) -> list[Key]:
    """Every compartment key of the case that anybody's key opens in any row of a copy."""
    found: list[Key] = []
    holders = {holder.id for holder in label.holders} | {context("circle", case)}
    holders |= {reporter_holder(label.receipt).id}
    for row in copy.rows["wrap"]:
        for private in hand.privates:
            for slot in range(len(label.wraps)):
                for holder in holders:
                    found += _bundle(private, row, case, holder, slot)
    for ring in hand.rings:
        for desk, secret in ring.desks:
            for row in copy.rows["quick"]:
                found += _quick(secret, row, case, desk)
    return found


def opened_in(copy: Copy, keys: list[Key], case: bytes, label: Label) -> int:
    """How many bodies of a copy these keys open as a record of the case."""
    count = 0
    for row in copy.rows["entry"]:
        for key in keys:
            for part in {body.compartment for body in label.bodies}:
                try:
                    open_body(
                        key, row.body, case=case, compartment=part, place=row.tag, token=row.token
                    )
                    count += 1
                except SealBroken:
                    continue
    return count


def known_to_the_deployment(world: World, copy: Copy, case: bytes, label: Label) -> int:
    """What the deployment's own keys open of the case: labels, and where the number leads."""
    count = 0
    for row in copy.rows["case"]:
        try:
            open_label(world.deployment, case, row.token, row.label)
            count += 1
        except SealBroken:
            continue
    for row in copy.rows["receipt"]:
        try:
            world.deployment.keyring.open(row.body, receipt_where(label.receipt))
            count += 1
        except SealBroken:
            continue
    return count


def _bundle(private: PrivateKey, row: Any, case: bytes, holder: bytes, slot: int) -> Iterator[Key]:
    try:
        bundle = unwrap_bundle(
            private, row.body, case=case, holder=holder, slot=slot, token=row.token
        )
    except SealBroken:
        return
    yield from bundle.values()


def _quick(secret: Any, row: Any, case: bytes, desk: Any) -> Iterator[Key]:
    for generation in range(1, desk.generation + 1):
        where = {"case": case, "desk": desk.id, "generation": generation, "token": row.token}
        try:
            yield from quick_unwrap(secret.quick, row.body, **where).values()
        except SealBroken:
            continue


def gone(world: World, case: bytes) -> bool:
    with world.session() as session:
        try:
            read_label(session, world.deployment, case)
        except CaseNotFound:
            return True
    return False


def facts_of(world: World) -> int:
    with world.session() as session:
        parts = scan(session, world.deployment, FACTS, FACTS.first)
        return sum(int(columns["used"].sum()) for _, columns in parts)


def listed(world: World) -> set[bytes]:
    with world.session() as session:
        return {
            case_of(first, second)
            for _, columns in scan(session, world.deployment, QUEUE, QUEUE.first)
            for used, first, second in zip(
                columns["used"], columns["case_1"], columns["case_2"], strict=True
            )
            if used
        }


def test_no_key_that_is_left_opens_anything_of_a_deleted_case(both_worlds: World) -> None:
    world, deployment = both_worlds, both_worlds.deployment
    shares = draw_all_shares(world, tuple(world.directory().desks.values()))
    other_number = world.report("The other one stays.", area="2")
    (other,) = cases_of(world)
    number = world.report("Peter Nyambura asked her for money at the blue gate.", area="2")
    case = next(one for one in cases_of(world) if one != other)
    _with_a_file(world, case)
    with world.session() as session:
        search(session, deployment, world.member("Sarah"), "gate")
        held = read_label(session, deployment, case)
        before = copied(session)
    hand, facts = everybody(world, number.code, shares), facts_of(world)
    keys = keys_in(before, hand, case, held.label, number.code)
    assert opened_in(before, keys, case, held.label) >= len(held.label.bodies)
    assert known_to_the_deployment(world, before, case, held.label) == 2

    ends(world, case)
    world.clock.pass_by(LONG)
    assert tonight(world) == 0
    lets_time_pass(world)
    assert tonight(world) == 1
    with world.app.app_context():
        keep_up(db.engine, world.settings)

    with world.session() as session:
        after = copied(session)
    assert opened_in(after, keys, case, held.label) == 0, "a key kept aside must open nothing"
    assert not keys_in(after, hand, case, held.label, number.code)
    assert known_to_the_deployment(world, after, case, held.label) == 0
    assert not after.rows["search_segment"]
    assert facts_of(world) == facts
    assert listed(world) == {other}
    _nothing_lies_on_the_disk(world, before, after)
    assert _told_by(world, other_number.code) == "The other one stays."


def _with_a_file(world: World, case: bytes) -> None:
    new = sealed(world, (making.picture("JPEG"), "a.jpg"))
    with world.session() as session:
        add_member_files(
            session,
            world.deployment,
            world.member("Sarah"),
            address_of(case),
            files=new,
            to_reporter=False,
            once=world.deployment.random(32),
        )


def _told_by(world: World, number: Any) -> str:
    keys = unlock_number(number, world.deployment.keyring)
    with world.session() as session:
        (case,) = cases_of(world)
        opened = unlock(session, world.deployment, world.member("Sarah"), case)
        assert opened.label.receipt == keys.lookup
        records = read_records(session, world.deployment, case, opened.label, opened.keys)
    return next(one.content["text"] for one in records if one.kind == "report")


def _nothing_lies_on_the_disk(world: World, before: Copy, after: Copy) -> None:
    """Not one sealed byte of it, where the engine overwrites what it deletes."""
    if on_postgresql(world):
        return
    disk = on_disk(world, None)
    left = {row[0] for rows in after.rows.values() for row in rows}
    removed = [row for rows in before.rows.values() for row in rows if row[0] not in left]
    assert len(removed) > 12
    for row in removed:
        for name, lies in disk.items():
            assert bytes(row[1])[40:104] not in lies, name
            assert bytes(row[0]) not in lies, name


def test_what_stays_is_a_line_and_a_note_without_content(both_worlds: World) -> None:
    world, deployment = both_worlds, both_worlds.deployment
    world.report("Amal Haddad asks for more than the list says.", area="2")
    (case,) = cases_of(world)
    _delete(world, case)
    amal, sarah = world.member("Amal").person, world.member("Sarah").person
    with world.session() as session:
        lines = [one for one in lines_newest_first(session, deployment) if one.case == case]
        assert [one.event for one in lines[:2]] == [Event.CASE_DELETED, Event.DELETION_ANNOUNCED]
        assert lines[0].by is None
        assert deleted_at(session, deployment, case) == world.clock().replace(second=0)
        assert was_kept_from(session, deployment, case, amal)
        assert not was_kept_from(session, deployment, case, sarah)
        row = session.execute(select(DeletionRow.body)).scalar_one()
        told = json.dumps(str(row))
        assert amal.hex() not in told
    with world.session() as session:
        seen = log_page(session, deployment, world.member("Amal"), Asked(), 1)
        assert Event.CASE_DELETED not in {line.event for line in seen.lines}
        seen = log_page(session, deployment, world.member("Grace"), Asked(), 1)
        assert Event.CASE_DELETED in {line.event for line in seen.lines}


def _delete(world: World, *cases: bytes) -> None:
    for case in cases:
        ends(world, case)
    world.clock.pass_by(LONG)
    tonight(world)
    lets_time_pass(world)
    assert tonight(world) == len(cases)


def test_a_case_that_goes_on_or_was_opened_again_is_never_deleted(both_worlds: World) -> None:
    world = both_worlds
    world.report("Open.", area="2")
    world.report("Closed, then opened again.", area="2")
    first, second = cases_of(world)
    ends(world, second)
    world.clock.pass_by(LONG)
    tonight(world)
    ends(world, second, state="reopened")
    lets_time_pass(world)
    assert tonight(world) == 0
    world.clock.pass_by(LONG)
    assert tonight(world) == 0
    assert not gone(world, first)
    assert not gone(world, second)


@pytest.mark.parametrize(
    ("state", "outcome", "years", "due"),
    [
        ("closed", "", 4.9, False),
        ("closed", "", 5.1, True),
        ("closed", "substantiated", 5.1, False),
        ("closed", "substantiated", 10.1, True),
        ("information_given", "", 1.1, True),
    ],
)
def test_a_case_is_kept_as_long_as_its_ending_asks(
    world: World, state: str, outcome: str, years: float, due: bool
) -> None:
    world.report("Something.", area="2")
    (case,) = cases_of(world)
    ends(world, case, state=state, outcome=outcome)
    world.clock.pass_by(timedelta(days=365.25 * years))
    tonight(world)
    lets_time_pass(world)
    assert tonight(world) == due
    assert gone(world, case) is due


def test_making_the_list_anew_while_a_case_is_deleted_does_not_bring_it_back(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report("One.", area="2")
    world.report("Two.", area="2")
    one, two = cases_of(world)
    ends(world, one)
    world.clock.pass_by(LONG)
    tonight(world)
    lets_time_pass(world)

    def meanwhile(_labels: int) -> None:
        tonight(world)

    with world.session() as session:
        rebuild_queue(session, world.deployment, told=meanwhile)
    assert gone(world, one)
    assert listed(world) == {two}


def test_a_case_that_is_damaged_is_left_for_the_next_night(both_worlds: World) -> None:
    world = both_worlds
    for text in ("One.", "Two."):
        world.report(text, area="2")
    one, two = cases_of(world)
    for case in (one, two):
        ends(world, case)
    world.clock.pass_by(LONG)
    tonight(world)
    with world.session() as session:
        row = session.get_one(CaseRow, one)
        row.label = bytes(len(row.label))
    lets_time_pass(world)
    assert tonight(world) == 1
    with world.session() as session:
        assert session.scalars(select(CaseRow.id)).one() == one
        assert session.scalar(select(func.count(EntryRow.tag)))


def test_a_case_waits_for_what_was_passed_on_and_then_both_ends_go(both_worlds: World) -> None:
    world = both_worlds
    world.report("Something.", area="2")
    (origin,) = cases_of(world)
    sorted_out(world, "Sarah", origin)
    passes_on(world, "Sarah", origin, INVESTIGATIONS)
    (packet,) = (case for case in cases_of(world) if case != origin)
    ends(world, origin)
    world.clock.pass_by(LONG)
    tonight(world)
    lets_time_pass(world)
    assert tonight(world) == 0, "the other end goes on"
    ends(world, packet)
    assert tonight(world) == 0
    lets_time_pass(world)
    assert tonight(world) == 1
    assert gone(world, origin)
    assert {link.other for link in label_at(world, packet).links} == {b""}
    world.clock.pass_by(LONG)
    tonight(world)
    lets_time_pass(world)
    assert tonight(world) == 1
    with world.session() as session:
        for table in (*TABLES, DoorRow, DoorLetterRow):
            assert not session.scalar(select(func.count()).select_from(table))


def test_from_the_step_that_ends_it_a_case_is_kept_as_long_as_the_rules_say(world: World) -> None:
    world.report("Something.", area="2")
    (case,) = cases_of(world)
    sorted_out(world, "Sarah", case)
    label, now = label_at(world, case), world.clock()
    limits = read_profile(world.settings.config)
    end = next(step for step in CASE.steps if step.verb == "close")
    again = next(step for step in CASE.steps if step.verb == "reopen")
    closed = gone_on(label, end, limits, now)
    retention = read_retention(world.settings.config)
    assert kept_until(label, retention) is None
    assert kept_until(closed, retention) == months_later(now.replace(second=0), 60)
    assert kept_until(gone_on(closed, again, limits, now), retention) is None
