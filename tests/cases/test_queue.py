"""The list of work: in the order in which things must be done, counted as it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from casefile.cases.queue import LINES, QueueLine, QueuePage, Stamp, queue_page
from casefile.cases.queue_rows import QUEUE, ROW, address_of, case_at, case_of, reference_of
from casefile.platform.now import minutes, moment
from casefile.registers.lanes import insert, lay_out
from casefile.registers.models import Lane, Segment
from tests.cases.working import answers, confirms
from tests.world import World

Row = dict[str, int]
COUNTS = ("act_today", "late", "new", "todo", "waiting_reporter", "all_open")

rows = st.fixed_dictionaries(
    {
        "act_today": st.booleans(),
        "child": st.booleans(),
        "unread": st.booleans(),
        "message": st.booleans(),
        "waiting": st.booleans(),
        "hours": st.sampled_from([-200, -49, -1, 0, 1, 5, 47, 48, 49, 700]),
        "ours": st.sampled_from([True, True, True, False]),
    }
)


def listed(world: World, who: str = "Sarah", view: str = "all", page: int = 1) -> QueuePage:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member(who), view=view, page=page)


def every_line(world: World, view: str) -> list[QueueLine]:
    first = listed(world, view=view)
    pages = [first, *(listed(world, view=view, page=at) for at in range(2, first.pages + 1))]
    return [line for page in pages for line in page.lines]


def counts(page: QueuePage) -> dict[str, int]:
    return {name: getattr(page, name) for name in COUNTS}


def fill(world: World, drawn: list[Row]) -> None:
    """Empty the register and write these rows, for Sarah's desk or for another."""
    now, mine, other = (
        minutes(world.clock()),
        world.desk("Intake desk, River").code,
        world.desk("Intake desk, East").code,
    )
    with world.session() as session:
        session.execute(delete(Lane))
        session.execute(delete(Segment).where(Segment.part == "queue"))
        session.expire_all()
        lay_out(session, world.deployment, QUEUE)
        for number, one in enumerate(drawn, start=1):
            row = np.zeros(1, ROW)
            for name in ("act_today", "child", "unread", "message", "waiting"):
                row[0][name] = one[name]
            row[0]["used"], row[0]["case_1"], row[0]["received"] = 1, number, now - 90
            row[0]["due"] = now + 60 * one["hours"]
            row[0]["desk_1"] = mine if one["ours"] else other
            insert(session, world.deployment, QUEUE, {"queue": row})


def case_number(line: QueueLine) -> int:
    return int.from_bytes(case_at(line.case)[:8], "big")


def model(drawn: list[Row]) -> Iterator[tuple[int, Row]]:
    """The desk's rows in the order of the list: danger, child, late, nearest; then by case."""

    def key(numbered: tuple[int, Row]) -> tuple[bool, bool, bool, int, int]:
        number, one = numbered
        late = one["hours"] < 0
        return (not one["act_today"], not one["child"], not late, one["hours"], number)

    yield from sorted(((at, one) for at, one in enumerate(drawn, 1) if one["ours"]), key=key)


def waits(one: Row) -> bool:
    return bool(one["waiting"]) and one["hours"] >= 0


def is_todo(one: Row) -> bool:
    return not waits(one) and bool(one["hours"] <= 48 or one["unread"] or one["message"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(rows, max_size=12))
def test_the_list_is_what_the_model_says_in_order_and_in_every_count(
    world: World, drawn: list[Row]
) -> None:
    fill(world, drawn)
    ordered = list(model(drawn))
    wanted = {
        "all": [at for at, _ in ordered],
        "todo": [at for at, one in ordered if is_todo(one)],
        "reporter": [at for at, one in ordered if waits(one)],
    }
    for view, numbers in wanted.items():
        assert [case_number(line) for line in listed(world, view=view).lines] == numbers
    page = listed(world)
    assert (page.all_open, page.todo, page.waiting_reporter) == tuple(map(len, wanted.values()))
    stamps = Counter(line.stamp for line in listed(world, view="todo").lines)
    counted = (page.act_today, page.late, page.new)
    assert counted == (stamps[Stamp.ACT_TODAY], stamps[Stamp.LATE], stamps[Stamp.NEW])


def row(hours: int, **more: bool) -> Row:
    return dict.fromkeys(("act_today", "child", "unread", "message", "waiting"), False) | {
        "hours": hours,
        "ours": True,
        **more,
    }


@pytest.mark.parametrize(
    ("one", "stamp", "lasting"),
    [
        (row(5, act_today=True), Stamp.ACT_TODAY, None),
        (row(-5, act_today=True), Stamp.ACT_TODAY, None),
        (row(-30, unread=True), Stamp.LATE, timedelta(hours=30)),
        (row(0), Stamp.DUE, None),
        (row(0, waiting=True), Stamp.WAITING, None),
        (row(5, unread=True), Stamp.NEW, timedelta(minutes=90)),
        (row(700, waiting=True), Stamp.WAITING, None),
        (row(-1, waiting=True), Stamp.LATE, timedelta(hours=1)),
        (row(5), Stamp.DUE, None),
    ],
)
def test_a_line_is_marked_by_what_presses_most(
    world: World, one: Row, stamp: Stamp, lasting: timedelta | None
) -> None:
    fill(world, [one])
    (line,) = listed(world).lines
    assert (line.stamp, line.lasting) == (stamp, lasting)
    assert line.due == moment(minutes(world.clock()) + 60 * one["hours"])


def test_a_long_list_comes_in_pages_that_neither_repeat_nor_leave_out(world: World) -> None:
    fill(world, [row(hours) for hours in range(2 * LINES + 1)])
    lines = every_line(world, "all")
    assert [case_number(line) for line in lines] == list(range(1, 2 * LINES + 2))
    assert [len(listed(world, page=at).lines) for at in (1, 2, 3)] == [LINES, LINES, 1]
    assert listed(world).pages == 3


@pytest.mark.parametrize(("asked", "given_page"), [(0, 1), (-7, 1), (2, 2), (3, 2), (10**9, 2)])
def test_a_page_that_is_not_there_is_the_nearest_that_is(
    world: World, asked: int, given_page: int
) -> None:
    fill(world, [row(hours) for hours in range(LINES + 1)])
    page = listed(world, page=asked)
    assert page.page == given_page
    assert page.lines


def test_an_empty_list_is_one_empty_page(world: World) -> None:
    for view in ("todo", "reporter", "all"):
        page = listed(world, view=view, page=4)
        assert (page.lines, page.page, page.pages) == ((), 1, 1)
        assert set(counts(page).values()) == {0}


@pytest.mark.parametrize("view", ["", "everything", "ALL", "todo "])
def test_an_unknown_view_is_what_there_is_to_do(world: World, view: str) -> None:
    fill(world, [row(5), row(700)])
    page = listed(world, view=view)
    assert page.view == "todo"
    assert [case_number(line) for line in page.lines] == [1]


def test_the_counts_are_the_same_whichever_view_is_open(world: World) -> None:
    fill(world, [row(5), row(-5), row(700, waiting=True), row(700), row(1, act_today=True)])
    shown = [counts(listed(world, view=view)) for view in ("todo", "reporter", "all")]
    assert shown == [shown[0]] * 3


def test_each_desk_sees_its_own_cases_alone(both_worlds: World) -> None:
    world = both_worlds
    for area in ("1", "2", "2", "3"):
        world.report(area=area)
    totals = {who: listed(world, who).all_open for who in ("Sarah", "Amal", "Peter", "Lucia")}
    assert totals == {"Sarah": 2, "Amal": 2, "Peter": 1, "Lucia": 1}
    for who in ("Ines", "Marta", "Joseph", "Omar", "Anders"):
        assert set(counts(listed(world, who)).values()) == {0}


def test_a_case_in_a_circle_changes_no_count_of_whom_it_is_about(both_worlds: World) -> None:
    world = both_worlds
    world.report("One.", area="2")
    views = ("todo", "reporter", "all")
    before = [listed(world, "Sarah", view) for view in views]
    world.report("It was Sarah Okello.", area="2", now="danger", age="child")
    after = [listed(world, "Sarah", view) for view in views]
    assert after == before
    hers = listed(world, "Amal")
    assert (hers.all_open, hers.act_today) == (2, 1)


def test_a_circle_is_invisible_while_it_is_worked_on_too(world: World) -> None:
    world.report("It was Sarah Okello.", area="2")
    for hours in (0, 30, 60):
        world.clock.pass_by(hours=hours)
        assert set(counts(listed(world, "Sarah")).values()) == {0}
        assert listed(world, "Amal").all_open == 1


def test_a_full_page_of_circles_leaves_no_gap_in_the_pages(world: World) -> None:
    for number in range(3):
        world.report(f"It was Sarah Okello, {number}.", area="2")
        world.report(f"It was somebody else, {number}.", area="2")
    page = listed(world, "Sarah")
    assert (len(page.lines), page.all_open, page.pages) == (3, 3, 1)


def test_what_was_answered_waits_for_the_reporter_until_its_day(world: World) -> None:
    world.report(area="2")
    assert listed(world).todo == 1
    confirms(world, "Sarah")
    answers(world, "Sarah", b"1" * 32)
    page = listed(world)
    assert (page.waiting_reporter, page.lines[0].step) == (1, "wait_reporter")
    world.clock.pass_by(days=30, minutes=1)
    page = listed(world)
    assert (page.waiting_reporter, page.todo, page.late) == (0, 1, 1)


def test_a_line_says_the_area_in_the_readers_language_and_nothing_typed(world: World) -> None:
    world.report("Rareword.", area="2", employer="Rareword", language="fr")
    (line,) = listed(world, "Amal").lines
    assert (line.area, line.language, line.child) == ("النهر", "fr", False)
    assert "Rareword" not in repr(line)


@given(case=st.binary(min_size=16, max_size=16))
def test_a_cases_address_leads_back_to_it(case: bytes) -> None:
    address = address_of(case)
    assert case_at(address) == case
    assert len(address) == 26
    halves = int.from_bytes(case[:8], "big"), int.from_bytes(case[8:], "big")
    assert case_of(*halves) == case
    assert len(reference_of(case)) == 6
    assert not set("ILOU") & set(reference_of(case))


@given(typed=st.text(max_size=40))
def test_what_is_no_address_leads_nowhere(typed: str) -> None:
    case = case_at(typed)
    assert case == b"" or len(case) == 16
