"""The list of work: in the order in which things must be done, counted as it is shown."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from casefile.cases.queue import LINES, QueueLine, QueuePage, queue_page
from casefile.cases.queue_rows import (
    QUEUE,
    ROW,
    address_of,
    case_at,
    case_of,
    owner_mark,
    reference_number,
    reference_of,
)
from casefile.cases.queue_views import Filters, Sort, View
from casefile.cases.rules import Stamp
from casefile.platform.now import minutes, moment
from casefile.registers.lanes import insert, lay_out
from casefile.registers.models import Lane, Segment
from tests.cases.working import answers, confirms, goes_to_whom_it_concerns
from tests.world import World

Row = dict[str, int]
BITS = ("act_today", "child", "unread", "message", "junk")
AMONG = {"area": (0, 2, 3), "category": (1, 5), "state": (1, 2), "language": (1, 4)}
NOBODY, REPORTER, OTHERS, ENDED = 0, 1, 2, 3

rows = st.fixed_dictionaries(
    {name: st.booleans() for name in BITS}
    | {name: st.sampled_from(numbers) for name, numbers in AMONG.items()}
    | {
        "hours": st.sampled_from([-200, -49, -1, 0, 1, 5, 47, 48, 49, 700, None]),
        "age": st.integers(1, 9),
        "waiting": st.sampled_from([NOBODY, REPORTER, OTHERS, ENDED]),
        "owner": st.sampled_from(["", "", "Sarah", "Amal", "Lucia"]),
        "ours": st.sampled_from([True, True, True, False]),
    }
)
filterings = st.fixed_dictionaries(
    {name: st.sampled_from([None, None, *numbers]) for name, numbers in AMONG.items()}
)


def listed(
    world: World,
    who: str = "Sarah",
    view: str = "all",
    page: int = 1,
    sort: str = "first",
    **filters: int | None,
) -> QueuePage:
    with world.session() as session:
        return queue_page(
            session,
            world.deployment,
            world.member(who),
            view=view,
            page=page,
            sort=sort,
            filters=Filters(**filters),
        )


def every_line(world: World, view: str) -> list[QueueLine]:
    first = listed(world, view=view)
    pages = [first, *(listed(world, view=view, page=at) for at in range(2, first.pages + 1))]
    return [line for page in pages for line in page.lines]


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
            for name in (*BITS, *AMONG, "waiting"):
                row[0][name] = one[name]
            row[0]["used"], row[0]["case_1"] = 1, number
            row[0]["received"] = now - 90 * one["age"]
            row[0]["due"] = 0 if one["hours"] is None else now + 60 * one["hours"]
            row[0]["owner"] = owner_mark(world.member(one["owner"]).person) if one["owner"] else 0
            row[0]["desk_1"] = mine if one["ours"] else other
            insert(session, world.deployment, QUEUE, {"queue": row})


def case_number(line: QueueLine) -> int:
    return int.from_bytes(case_at(line.case)[:8], "big")


def hours_left(one: Row) -> float:
    return 10**6 if one["hours"] is None else one["hours"]


def late(one: Row) -> bool:
    return hours_left(one) < 0


def waits(one: Row) -> bool:
    return one["waiting"] != NOBODY and not late(one)


def for_reporter(one: Row) -> bool:
    return waits(one) and one["waiting"] == REPORTER


def is_todo(one: Row) -> bool:
    pressing = hours_left(one) <= 48 or one["unread"] or one["message"]
    return not waits(one) and bool(pressing) and (not one["junk"] or late(one))


def is_others(one: Row) -> bool:
    return not for_reporter(one) and (waits(one) or one["owner"] not in ("", "Sarah"))


def has_ended(one: Row) -> bool:
    return waits(one) and one["waiting"] == ENDED and not one["message"]


STANDS_ON = {
    "todo": is_todo,
    "mine": lambda one: one["owner"] == "Sarah",
    "unassigned": lambda one: not one["owner"] and not one["junk"],
    "act_today": lambda one: one["act_today"] and not one["junk"],
    "late": late,
    "new": lambda one: one["unread"] and not one["junk"],
    "others": is_others,
    "reporter": for_reporter,
    "leaving": lambda _one: False,  # none of these is closed; see the test of what is soon deleted
    "junk": lambda one: one["junk"],
    "all": lambda _: True,
    "ended": has_ended,
}
ORDERED = {
    "first": lambda at, one: (
        one["junk"],
        not one["act_today"],
        not one["child"],
        not late(one),
        hours_left(one),
        at,
    ),
    "newest": lambda at, one: (one["junk"], one["age"], at),
    "oldest": lambda at, one: (one["junk"], -one["age"], at),
}


def modelled(drawn: list[Row], view: str, sort: str, filters: dict[str, int | None]) -> list[int]:
    """The cases of Sarah's desk that stand on a list under these filters, in this order."""
    kept = [
        (at, one)
        for at, one in enumerate(drawn, 1)
        if one["ours"]
        and STANDS_ON[view](one)
        and has_ended(one) == (view == "ended")
        and all(wanted is None or one[name] == wanted for name, wanted in filters.items())
    ]
    return [at for at, _ in sorted(kept, key=lambda pair: ORDERED[sort](*pair))]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(rows, max_size=10), filters=filterings, sort=st.sampled_from(Sort))
def test_every_list_is_what_the_model_says_under_every_filter_in_order_and_in_every_count(
    world: World, drawn: list[Row], filters: dict[str, int | None], sort: str
) -> None:
    fill(world, drawn)
    for view in View:
        page = listed(world, view=view, sort=sort, **filters)
        numbers = modelled(drawn, view, sort, filters)
        assert [case_number(line) for line in page.lines] == numbers
        assert page.counts == {one: len(modelled(drawn, one, sort, filters)) for one in page.counts}


def test_a_filter_offers_what_there_is_and_what_is_set_and_nothing_of_another_desk(
    world: World,
) -> None:
    fill(world, [row(5, area=2), row(5, area=3, ours=False), row(5, area=0, language=4)])
    page = listed(world, area=1)
    assert (page.offered["area"], page.offered["language"]) == ((0, 1, 2), (1, 4))
    assert (page.lines, set(page.counts.values())) == ((), {0})


def row(hours: int | None, **more: int) -> Row:
    plain = dict.fromkeys(BITS, False) | {name: numbers[0] for name, numbers in AMONG.items()}
    plain |= {"waiting": NOBODY, "hours": hours, "age": 1, "owner": "", "ours": True}
    return plain | {"language": 1, **more}


def test_a_line_names_a_colleague_who_answers_and_nobody_of_another_desk(world: World) -> None:
    fill(world, [row(1, owner="Amal"), row(2, owner="Sarah"), row(3, owner="Lucia"), row(4)])
    lines = listed(world).lines
    assert [line.owner for line in lines] == ["Amal Haddad", "", "", ""]
    assert [line.mine for line in lines] == [False, True, False, False]


@pytest.mark.parametrize(
    ("one", "stamp", "lasting"),
    [
        (row(5, act_today=True), Stamp.ACT_TODAY, None),
        (row(-5, act_today=True), Stamp.ACT_TODAY, None),
        (row(-30, unread=True), Stamp.LATE, timedelta(hours=30)),
        (row(0), Stamp.DUE, None),
        (row(0, waiting=REPORTER), Stamp.WAITING, None),
        (row(5, unread=True), Stamp.NEW, timedelta(minutes=90)),
        (row(5, unread=True, waiting=REPORTER), Stamp.WAITING, None),
        (row(700, waiting=OTHERS), Stamp.WAITING, None),
        (row(-1, waiting=REPORTER), Stamp.LATE, timedelta(hours=1)),
        (row(5), Stamp.DUE, None),
        (row(None), Stamp.DUE, None),
    ],
)
def test_a_line_is_marked_by_what_presses_most(
    world: World, one: Row, stamp: Stamp, lasting: timedelta | None
) -> None:
    fill(world, [one])
    (line,) = listed(world).lines
    assert (line.stamp, line.lasting) == (stamp, lasting)
    hours = one["hours"]
    assert line.due == (None if hours is None else moment(minutes(world.clock()) + 60 * hours))


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
    for view in View:
        page = listed(world, view=view, page=4)
        assert (page.lines, page.page, page.pages) == ((), 1, 1)
        assert set(page.counts.values()) == {0}


@pytest.mark.parametrize("view", ["", "everything", "ALL", "todo "])
def test_an_unknown_view_is_what_there_is_to_do(world: World, view: str) -> None:
    fill(world, [row(5), row(700)])
    page = listed(world, view=view)
    assert page.view == "todo"
    assert [case_number(line) for line in page.lines] == [1]


def test_the_counts_are_the_same_whichever_view_is_open(world: World) -> None:
    fill(world, [row(5), row(-5), row(700, waiting=REPORTER), row(700), row(1, act_today=True)])
    shown = [listed(world, view=view).counts for view in View]
    assert shown == [shown[0]] * len(View)


def test_each_desk_sees_its_own_cases_alone(both_worlds: World) -> None:
    world = both_worlds
    for area in ("1", "2", "2", "3"):
        world.report(area=area)
    totals = {who: listed(world, who).all_open for who in ("Sarah", "Amal", "Peter", "Lucia")}
    assert totals == {"Sarah": 2, "Amal": 2, "Peter": 1, "Lucia": 1}
    for who in ("Ines", "Marta", "Joseph", "Omar", "Anders"):
        assert set(listed(world, who).counts.values()) == {0}


def test_a_case_in_a_circle_changes_no_count_of_whom_it_is_about(both_worlds: World) -> None:
    world = both_worlds
    world.report("One.", area="2")
    before = [listed(world, "Sarah", view) for view in View]
    world.report("It was Sarah Okello.", area="2", now="danger", age="child")
    after = [listed(world, "Sarah", view) for view in View]
    assert after == before
    hers = listed(world, "Amal")
    assert (hers.all_open, hers.counts["act_today"]) == (2, 1)


def test_a_circle_is_invisible_while_it_is_worked_on_too(world: World) -> None:
    world.report("It was Sarah Okello.", area="2")
    for hours in (0, 30, 60):
        world.clock.pass_by(hours=hours)
        assert set(listed(world, "Sarah").counts.values()) == {0}
        assert listed(world, "Amal").all_open == 1


def test_a_full_page_of_circles_leaves_no_gap_in_the_pages(world: World) -> None:
    for number in range(3):
        world.report(f"It was Sarah Okello, {number}.", area="2")
        world.report(f"It was somebody else, {number}.", area="2")
    page = listed(world, "Sarah")
    assert (len(page.lines), page.all_open, page.pages) == (3, 3, 1)


def test_what_was_answered_waits_for_the_reporter_until_its_day(world: World) -> None:
    world.report(area="2")
    assert listed(world).counts["todo"] == 1
    confirms(world, "Sarah")
    answers(world, "Sarah", b"1" * 32)
    goes_to_whom_it_concerns(world)
    page = listed(world)
    assert (page.counts["reporter"], page.lines[0].step) == (1, "wait_reporter")
    world.clock.pass_by(days=30, minutes=1)
    page = listed(world)
    assert [page.counts[one] for one in ("reporter", "todo", "late")] == [0, 1, 1]
    assert (page.lines[0].stamp, page.lines[0].step) == (Stamp.LATE, "write_to_reporter")


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


@given(case=st.binary(min_size=16, max_size=16))
def test_a_typed_reference_leads_back_to_its_case_however_it_is_written(case: bytes) -> None:
    reference, number = reference_of(case), int.from_bytes(case[:4], "big") >> 2
    halves = f" {reference[:3].lower()}-{reference[3:]} "
    misread = reference.replace("0", "o").replace("1", "l")
    assert [reference_number(typed) for typed in (reference, halves, misread)] == [number] * 3


@given(typed=st.text(max_size=12))
def test_what_is_no_reference_is_none_and_no_error(typed: str) -> None:
    number = reference_number(typed)
    assert number is None or 0 <= number < 1 << 30
