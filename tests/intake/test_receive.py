"""A report arrives: one page gives one case and one number, and the right desk has it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import func, select

from casefile.audit.models import AuditRow
from casefile.cases.label import Label, read_label
from casefile.cases.models import CaseRow, EntryRow, QuickRow, ReceiptRow, WrapRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import QUEUE
from casefile.codes.lists import read_list
from casefile.facts.register import FACTS, quarter
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import ServiceNotOpen, content_of, receive
from casefile.network.directory import change_desk
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.platform.jobs import Job
from casefile.registers.storage import scan
from tests.world import World

PAGE = b"p" * 32
TABLES = (CaseRow, EntryRow, WrapRow, QuickRow, ReceiptRow)


def rows(world: World) -> dict[str, int]:
    with world.session() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in TABLES
        }


def labels(world: World) -> list[Label]:
    with world.session() as session:
        cases = session.scalars(select(CaseRow.id)).all()
        return [read_label(session, world.deployment, case).label for case in cases]


def only_label(world: World) -> Label:
    (label,) = labels(world)
    return label


def first_desk(world: World, label: Label) -> str:
    return world.directory().desks[label.desks[0]].names["en"]


def name(world: World, first_name: str) -> bytes:
    return world.member(first_name).person


def test_the_same_page_sent_again_gives_the_same_number_and_one_case(both_worlds: World) -> None:
    world = both_worlds
    first = world.report("He came.", area="2", once=PAGE)
    world.clock.pass_by(hours=5)
    second = world.report("He came.", area="2", once=PAGE)
    assert (first.code, first.received, first.read_by) == (
        second.code,
        second.received,
        second.read_by,
    )
    assert (first.again, second.again) == (False, True)
    assert rows(world)["case"] == 1


def test_edited_words_on_the_same_page_are_another_report(world: World) -> None:
    codes = [
        world.report("He came.", area="2", once=PAGE).code,
        world.report("He came at night.", area="2", once=PAGE).code,
        world.report("He came.", area="3", once=PAGE).code,
        world.report("He came.", area="2", once=b"q" * 32).code,
    ]
    assert len({code.digits() for code in codes}) == 4
    assert rows(world)["case"] == 4


def test_a_double_press_at_the_same_moment_gives_one_case_and_one_number(
    both_worlds: World,
) -> None:
    world = both_worlds
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(world.report, "He came.", area="2", once=PAGE) for _ in range(4)]
        receipts = [one.result(timeout=30) for one in sent]
    assert len({one.code.digits() for one in receipts}) == 1
    assert [one.again for one in receipts].count(False) == 1
    assert rows(world)["case"] == 1
    assert rows(world)["receipt"] == 1


def test_reports_that_arrive_at_the_same_moment_are_all_kept(both_worlds: World) -> None:
    world = both_worlds
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(world.report, f"Number {number}", area="2") for number in range(12)]
        codes = {one.result(timeout=60).code.digits() for one in sent}
    assert len(codes) == 12
    with world.session() as session:
        page = queue_page(session, world.deployment, world.member("Sarah"), view="all", page=1)
    assert page.all_open == 12


def test_every_report_leaves_the_same_rows(world: World) -> None:
    before = rows(world)
    gained = []
    for answers in (
        {},
        {"area": "2", "help": ("health", "talk"), "contact": "way", "contact_how": "radio"},
        {"keep_from": "Sarah Okello", "area": "2", "age": "child"},
    ):
        world.report("x" * 10, **answers)
        after = rows(world)
        gained.append({table: after[table] - before[table] for table in after})
        before = after
    assert gained == [gained[0]] * 3
    assert gained[0] == {"case": 1, "entry": 5, "wrap": 8, "quick": 1, "receipt": 1}


def test_rows_of_two_reports_have_the_same_lengths(world: World) -> None:
    lengths = []
    for text, answers in (
        ("no", {}),
        ("A long story. " * 100, {"area": "2", "keep_from": "Sarah"}),
    ):
        world.report(text, **answers)
        with world.session() as session:
            found = {
                table.__tablename__: sorted(len(body) for body in session.scalars(select(column)))
                for table, column in (
                    (CaseRow, CaseRow.label),
                    (EntryRow, EntryRow.body),
                    (WrapRow, WrapRow.body),
                    (QuickRow, QuickRow.body),
                    (ReceiptRow, ReceiptRow.body),
                )
            }
        lengths.append({table: set(each) for table, each in found.items()})
    assert lengths[0] == lengths[1]


def test_a_report_about_the_organisation_of_the_local_desk_goes_to_another(world: World) -> None:
    world.report(area="2", employer="I think Meridian")
    assert first_desk(world, only_label(world)) == "Inter-agency intake desk"


def test_a_report_kept_from_the_area_goes_to_another_desk(world: World) -> None:
    world.report(area="2", keep_area="1")
    assert first_desk(world, only_label(world)) == "Inter-agency intake desk"


def test_a_report_kept_from_an_organisation_goes_to_another_desk(world: World) -> None:
    world.report(area="1", keep_from="nobody of Terra Aid")
    assert first_desk(world, only_label(world)) == "Inter-agency intake desk"


def test_an_area_nobody_knows_is_no_area(world: World) -> None:
    world.report(area="77")
    label = only_label(world)
    assert (label.area, first_desk(world, label)) == (0, "Inter-agency intake desk")


def test_the_label_names_who_is_excluded_wherever_she_works(world: World) -> None:
    world.report("Lucia Fernandez and Sarah Okello were there.", area="2")
    label = only_label(world)
    assert set(label.excluded) == {name(world, "Lucia"), name(world, "Sarah")}
    members = {holder.id for holder in label.holders if holder.kind == "member"}
    assert members == {name(world, "Amal")}


def test_somebody_invited_but_not_yet_here_is_excluded_too(world: World) -> None:
    with world.session() as session:
        invite(
            session,
            world.deployment,
            email="n@example.org",
            name="نور الحسن",
            role=Role.FOCAL_POINT,
            language="ar",
            desks=(),
            by=None,
        )
    world.report("رأيت نور الحسن هناك", area="2", language="ar")
    assert len(only_label(world).excluded) == 1


def test_the_first_deadlines_run_from_the_moment_of_the_report(world: World) -> None:
    receipt = world.report(area="2")
    label = only_label(world)
    assert receipt.read_by == receipt.received + timedelta(hours=48)
    assert {one.kind for one in label.deadlines} == {"acknowledge", "offer_help"}


def test_a_report_for_today_has_six_hours_for_help(world: World) -> None:
    world.report(area="2", now="danger")
    running = only_label(world).running("offer_help_today")
    assert running is not None
    assert running.due - running.started == 6 * 60
    assert only_label(world).running("offer_help") is None


def test_the_fact_of_a_report_is_coded_and_coarse(world: World) -> None:
    world.report(area="2", who="me", age="child", sex="female", when="d3", staff="1")
    config, receiving = world.settings.config, world.desk("Child protection").agency
    with world.session() as session:
        (coded,) = _used(world, session, "coded")
        (people,) = _used(world, session, "people")
    assert coded["category"] == read_list(config, "category").number("possible_sea")
    assert coded["source"] == read_list(config, "source").number("staff_fellow_worker")
    assert coded["status"] == read_list(config, "status").number("received")
    assert coded["receiving_class"] == read_list(config, "agency_class").number("ngo")
    assert coded["receiving"] == world.directory().agencies[receiving].code
    assert (coded["area"], coded["incident_year"]) == (2, 2026)
    assert coded["received_quarter"] == quarter(world.clock())
    assert coded["left_out"] == 0
    assert people["victims_girls"] == 1
    assert sum(people.values()) == 1


@pytest.mark.parametrize(("zone", "year"), [("UTC", 0), ("Asia/Kabul", 2027)])
def test_the_year_of_the_act_is_one_of_the_duty_stations_calendar(
    world: World, zone: str, year: int
) -> None:
    world.clock.now = datetime(2027, 1, 3, 20, 0, tzinfo=UTC)
    settings = replace(world.settings, time_zone=ZoneInfo(zone))
    told = InboundReport("Something.", {"when": ("d3",)}, "en", "web_anonymous", PAGE)
    with world.session() as session:
        receive(session, replace(world.deployment, settings=settings), told)
        (coded,) = _used(world, session, "coded")
    assert coded["incident_year"] == year


def _used(world: World, session: object, part: str) -> list[dict[str, int]]:
    """Rows of one part at the slots that are used."""
    used = {
        segment: np.flatnonzero(columns["used"])
        for segment, columns in scan(session, world.deployment, FACTS, "coded")  # type: ignore[arg-type]
    }
    return [
        {column: int(values[at]) for column, values in columns.items()}
        for segment, columns in scan(session, world.deployment, FACTS, part)  # type: ignore[arg-type]
        for at in used[segment]
    ]


def test_a_fact_is_restricted_while_somebody_is_excluded(world: World) -> None:
    world.report("Sarah Okello was there.", area="2")
    with world.session() as session:
        (coded,) = _used(world, session, "coded")
    assert coded["left_out"] == 1


def test_before_the_first_desk_holds_keys_no_report_is_taken(world: World) -> None:
    first = world.desk("Inter-agency intake desk")
    with world.session() as session:
        change_desk(session, world.deployment, first.id, generation=0)
    with pytest.raises(ServiceNotOpen):
        world.report(area="2")
    assert rows(world)["case"] == 0


def test_the_order_of_the_answers_does_not_make_another_report() -> None:
    one = {"area": ("2",), "who": ("me",)}
    told = [
        InboundReport("x", answers, "en", "web_anonymous", PAGE)
        for answers in (one, dict(reversed(one.items())))
    ]
    assert content_of(told[0]) == content_of(told[1])


class Interrupted(Exception):
    """The process stopped here."""


class Stopping:
    """Randomness that stops the report at one of its draws, wherever that is."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, length: int) -> bytes:
        self.left -= 1
        if not self.left:
            raise Interrupted
        return os.urandom(length)


def test_a_report_stopped_at_any_point_leaves_nothing_and_can_be_sent_again(
    both_worlds: World,
) -> None:
    world, before = both_worlds, everything(both_worlds)
    told = InboundReport("He came.", {"area": ("2",)}, "en", "web_anonymous", PAGE)
    stopped: list[int] = []
    for draw in range(2, 2000, 7):
        stopping = replace(world.deployment, random=Stopping(after=draw))
        try:
            with world.session() as session:
                receive(session, stopping, told)
            break
        except Interrupted:
            assert everything(world) == before, draw
            stopped.append(draw)
    assert len(stopped) > 3, "it was stopped while it was prepared and while it was written"
    kept = everything(world)
    for table in ("case", "receipt", "job", "facts", "queue"):
        assert kept[table] == before[table] + 1


def everything(world: World) -> dict[str, int]:
    """Rows of every table a report writes to, and used rows of both registers."""
    with world.session() as session:
        counted = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (*TABLES, Job, AuditRow)
        }
        for register in (FACTS, QUEUE):
            counted[register.name] = sum(
                int(np.count_nonzero(columns["used"]))
                for _, columns in scan(session, world.deployment, register, register.first)
            )
    return counted
