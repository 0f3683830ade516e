"""Declaring a conflict of interest: the keys are drawn anew and she is left with none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest
from sqlalchemy import select

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.exclusion_declared import declare_conflict
from casefile.cases.label import CaseNotFound
from casefile.cases.mailbox import open_by_number, write_to_us
from casefile.cases.models import CaseRow, EntryRow, QuestionRow, QuickRow, WrapRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import address_of
from casefile.platform import jobs
from casefile.platform.database import StaleRow, db
from casefile.registers.models import Segment
from casefile.sealing.compartments import Compartment, open_body
from casefile.sealing.errors import SealBroken
from tests.cases.excluding import adds, declares, forced, held, looks, opens, reads
from tests.cases.working import answers, case_of, confirms, events, notes, queue_row
from tests.world import World

INTAKE = {Compartment.MAILBOX, Compartment.WORK, Compartment.ASSISTANCE}
CONTACT = {"contact": "way", "contact_how": "By the neighbour"}
SAID = "Something happened at the well."


@pytest.mark.parametrize("agreed", [{}, CONTACT], ids=["by number", "to be contacted"])
def test_whoever_declares_a_conflict_opens_nothing_and_the_others_everything(
    both_worlds: World, agreed: dict[str, str]
) -> None:
    world = both_worlds
    world.report(SAID, area="2", **agreed)
    for who in ("Sarah", "Amal"):
        assert looks(world, who)
    before = opens(world, "Amal")
    declares(world, "Sarah")
    assert not looks(world, "Sarah")
    assert opens(world, "Amal") == before == INTAKE | ({Compartment.IDENTITY} if agreed else set())
    assert forced(world, "Sarah", held(world)) == {}
    assert set(forced(world, "Amal", held(world))) == before
    assert reads(world, "Amal") == SAID


def test_a_key_she_kept_from_before_opens_no_body_any_more(both_worlds: World) -> None:
    world = both_worlds
    world.report(SAID, area="2", **CONTACT)
    looks(world, "Sarah")
    old = forced(world, "Sarah", held(world))
    assert _opened_with(world, old) == len(held(world).label.bodies)
    declares(world, "Sarah")
    assert _opened_with(world, old) == 0


def test_it_stands_on_no_list_of_hers_and_on_that_of_the_others(world: World) -> None:
    world.report(area="2")
    assert _listed(world) == {"Sarah", "Amal"}
    declares(world, "Sarah")
    assert _listed(world) == {"Amal"}
    assert queue_row(world)["circle"] == 1


def test_the_number_opens_the_mailbox_as_before_and_takes_what_is_added(
    both_worlds: World,
) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2")
    answers(world, "Sarah", b"1" * 32)
    declares(world, "Sarah")
    with world.session() as session:
        box = open_by_number(session, world.deployment, receipt.code.digits())
        assert [letter.text for letter in box.letters] == ["Help is free."]
    adds(world, receipt, "It goes on.")
    answers(world, "Amal", b"2" * 32)
    assert reads(world, "Amal") == f"{SAID}\nIt goes on."
    with world.session() as session:
        box = open_by_number(session, world.deployment, receipt.code.digits())
        assert len(box.letters) == 2


def test_when_the_last_of_a_desk_declares_the_case_goes_to_the_next_desk(
    both_worlds: World,
) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2")
    declares(world, "Sarah")
    declares(world, "Amal")
    assert _listed(world) == {"Ines"}
    assert reads(world, "Ines") == SAID
    for who in ("Sarah", "Amal"):
        assert forced(world, who, held(world)) == {}
    label = held(world).label
    assert label.holders[0].kind == "desk"
    assert not label.circle
    assert queue_row(world)["desk_1"] == world.desk("Inter-agency intake desk").code
    adds(world, receipt, "It goes on.")
    assert reads(world, "Ines") == f"{SAID}\nIt goes on."


def test_it_goes_up_to_the_investigations_of_headquarters_and_then_to_nobody(world: World) -> None:
    receipt = world.report(SAID, area="2")
    gave_up = set()
    for _ in range(12):
        left = _listed(world)
        if not left:
            break
        gave_up |= left
        for who in left:
            declares(world, who)
    assert {"Sarah", "Amal", "Ines", "Joseph"} <= gave_up
    label = held(world).label
    assert {one.kind for one in label.holders} == {"circle", "reporter", "recovery", ""}
    for who in gave_up:
        assert forced(world, who, held(world)) == {}
    adds(world, receipt, "It goes on.")


def test_who_answers_is_somebody_who_is_left(world: World) -> None:
    world.report(area="2")
    confirms(world, "Sarah")
    declares(world, "Sarah")
    assert held(world).label.owner == world.member("Amal").person


def test_it_is_noted_and_the_next_desk_is_told(world: World) -> None:
    world.report(area="2")
    declares(world, "Sarah")
    assert (events(world, Event.CONFLICT_DECLARED), events(world, Event.KEYS_DRAWN_ANEW)) == (1, 1)
    with world.app.app_context():
        assert jobs.perform_due(world.deployment) == 2


def test_nobody_declares_what_is_not_hers(world: World) -> None:
    world.report(area="2")
    declares(world, "Sarah")
    for who in ("Sarah", "Lucia"):
        with pytest.raises(CaseNotFound):
            declares(world, who)
    assert held(world).label.excluded == (world.member("Sarah").person,)


def test_every_body_keeps_its_length_and_every_row_its_place(both_worlds: World) -> None:
    world = both_worlds
    world.report("word " * 2000, area="2")
    notes(world, "Amal", b"n" * 32)
    before = _rows(world)
    declares(world, "Sarah")
    after = _rows(world)
    lengths = [{at: len(body) for at, body in rows.items()} for rows in (before, after)]
    assert lengths[0] == lengths[1]
    assert any(before[at] != after[at] for at in before)


class PowerCut(Exception):
    """The machine stops."""


@pytest.mark.parametrize("after", [0, 1, 3, 10, 20, 30, 32])
def test_a_crash_in_the_middle_leaves_the_case_as_it_was(both_worlds: World, after: int) -> None:
    world = both_worlds
    receipt = world.report(SAID, area="2", **CONTACT)
    looks(world, "Sarah")
    before = _everything(world)
    draws = iter(range(after))

    def random(length: int) -> bytes:
        if next(draws, None) is None:
            raise PowerCut
        return world.deployment.random(length)

    failing = replace(world.deployment, random=random)
    with world.app.app_context(), pytest.raises(PowerCut):
        declare_conflict(db.session, failing, world.member("Sarah"), address_of(case_of(world)))
    with world.app.app_context():
        db.session.rollback()
    assert _everything(world) == before
    assert reads(world, "Sarah") == reads(world, "Amal") == SAID
    adds(world, receipt, "It goes on.")


def test_what_was_begun_before_the_keys_changed_is_not_sealed_under_old_ones(
    both_worlds: World,
) -> None:
    """A colleague's note is given back to her; what the reporter adds meanwhile is kept."""
    world = both_worlds
    receipt = world.report(SAID, area="2")
    amal, address = world.member("Amal"), address_of(case_of(world))
    late = replace(world.deployment, now=_meanwhile(world, 2, lambda: declares(world, "Sarah")))
    with world.app.app_context(), pytest.raises(StaleRow):
        write_note(db.session, late, amal, address, text="Called.", once=b"1" * 32)
    with world.session() as session:
        token = open_by_number(session, world.deployment, receipt.code.digits()).token
    joined = _meanwhile(world, 2, lambda: declares(world, "Amal"))
    late = replace(world.deployment, now=joined)
    with world.session() as session:
        write_to_us(session, late, token=token, text="It goes on.", once=b"2" * 32)
    assert reads(world, "Ines") == f"{SAID}\nIt goes on."


def _meanwhile(world: World, at: int, happens: Callable[[], None]) -> Callable[[], datetime]:
    """A clock at whose reading number `at` something happens."""
    readings = count(1)

    def now() -> datetime:
        if next(readings) == at:
            happens()
        return world.clock()

    return now


def _listed(world: World) -> set[str]:
    with world.session() as session:
        return {
            who
            for who, seated in world.seated.items()
            if queue_page(session, world.deployment, seated.member, view="all", page=1).all_open
        }


def _rows(world: World) -> dict[bytes, bytes]:
    with world.session() as session:
        return {
            row.tag: row.body
            for table in (EntryRow, WrapRow, QuickRow, QuestionRow)
            for row in session.execute(select(table.tag, table.body))
        }


def _everything(world: World) -> tuple[object, ...]:
    with world.session() as session:
        cases = session.execute(select(CaseRow.label, CaseRow.token)).all()
        segments = session.execute(select(Segment.id, Segment.part, Segment.token)).all()
    return _rows(world), set(map(tuple, cases)), set(map(tuple, segments))


def _opened_with(world: World, keys: dict[Compartment, object]) -> int:
    """How many bodies of the case these keys open, each tried on all."""
    with world.session() as session:
        rows = session.execute(select(EntryRow.tag, EntryRow.body, EntryRow.token)).all()
    opened = 0
    for row in rows:
        for part, key in keys.items():
            try:
                open_body(
                    key,
                    row.body,
                    case=case_of(world),
                    compartment=part,
                    place=row.tag,
                    token=row.token,
                )
            except SealBroken:
                continue
            opened += 1
    return opened
