"""A deadline rests while we wait for the reporter, keeps its row, and climbs its ladder once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.cases.deadlines import begun
from casefile.codes.sops import REPORTER, Rung, Unit, read_profile
from casefile.codes.working_time import DAY_MINUTES, Station, worked
from casefile.platform.now import minutes
from casefile.settings import ROOT
from tests.cases.test_label import begun as new_label
from tests.codes.test_working_time import FROM, stations

LIMITS = read_profile(ROOT / "config")
FEEDBACK = LIMITS["give_feedback"]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
units = st.sampled_from(Unit)
whiles = st.integers(0, 40 * DAY_MINUTES)


@settings(max_examples=200)
@given(
    station=stations,
    unit=units,
    amount=st.integers(1, 60),
    start=st.integers(FROM, FROM + 365 * DAY_MINUTES),
    run=st.integers(0, 9 * DAY_MINUTES),
    rest=whiles,
)
def test_a_rest_moves_the_day_by_exactly_the_working_time_it_took(
    station: Station, unit: Unit, amount: int, start: int, run: int, rest: int
) -> None:
    limit = replace(FEEDBACK, station=station, unit=unit, amount=amount)
    running = begun(limit, start)
    rested = running.rested(REPORTER, start + run)
    if running.due < start + run:
        assert rested == running
        return
    resumed = rested.resumed(start + run + rest)
    assert resumed.waited == rest
    if unit is Unit.HOURS:
        assert resumed.due - running.due == rest
        return
    taken = worked(limit.station, start + run, start + run + rest)
    assert worked(limit.station, running.due, resumed.due) == taken
    left = worked(limit.station, start + run, running.due)
    assert worked(limit.station, start + run + rest, resumed.due) == left


def test_only_what_the_row_says_rests() -> None:
    label = new_label().started(LIMITS["offer_help"], NOW)
    label = label.started(LIMITS["offer_help_today"], NOW).started(LIMITS["acknowledge"], NOW)
    asked = label.asking(NOW + timedelta(hours=1))
    assert [one.kind for one in asked.resting()] == ["offer_help"]
    assert [one.kind for one in asked.next_deadlines()] == ["offer_help_today", "acknowledge"]


def test_asking_twice_waits_once_and_an_answer_ends_it() -> None:
    label = new_label().started(LIMITS["offer_help"], NOW)
    label = label.asking(NOW + timedelta(hours=1)).asking(NOW + timedelta(hours=2))
    label = label.answered_by_reporter(NOW + timedelta(hours=31))
    running = label.running("offer_help")
    assert running is not None
    assert (running.due, running.waited) == (minutes(NOW + timedelta(hours=54)), 30 * 60)
    assert (label.waiting_since, label.waited) == (0, 30 * 60)
    assert label.answered_by_reporter(NOW + timedelta(hours=50)) == label


def test_what_begins_while_we_wait_begins_at_rest() -> None:
    label = new_label().asking(NOW).started(FEEDBACK, NOW + timedelta(hours=1))
    assert [one.kind for one in label.resting()] == ["give_feedback"]
    assert not label.next_deadlines()


def test_asking_when_the_day_has_passed_hides_nothing() -> None:
    label = new_label().started(LIMITS["offer_help"], NOW).asking(NOW + timedelta(hours=25))
    assert not label.resting()
    assert [one.kind for one in label.next_deadlines()] == ["offer_help"]


def test_a_deadline_that_runs_keeps_the_row_it_began_with() -> None:
    label = new_label().started(FEEDBACK, NOW).asking(NOW)
    changed = replace(
        FEEDBACK,
        amount=1,
        ladder=(Rung("nobody", 0),),
        pause=(),
        station=replace(FEEDBACK.station, week=((0, 60),) * 7),
    )
    assert label.started(changed, NOW) == label
    resumed = label.answered_by_reporter(NOW + timedelta(days=1)).running("give_feedback")
    assert resumed is not None
    assert resumed.due == begun(FEEDBACK, minutes(NOW + timedelta(days=1))).due
    assert resumed.course.ladder == FEEDBACK.ladder


def test_each_rung_is_told_once_and_in_order() -> None:
    running, told = begun(LIMITS["offer_help"], minutes(NOW)), []
    for hour in range(24 + 100):
        running, whos = running.climbed(minutes(NOW + timedelta(hours=hour, minutes=1)), most=9)
        told += [(hour, who) for who in whos]
    assert told == [
        (24, "desk_head"),
        (48, "senior_focal_point"),
        (96, "inter_agency_desk"),
    ]


def test_nobody_is_told_on_the_very_minute_it_is_due() -> None:
    running = begun(LIMITS["offer_help"], minutes(NOW))
    assert running.climbed(running.due, most=9) == (running, ())


def test_what_rests_or_is_met_is_told_to_nobody() -> None:
    running = begun(LIMITS["offer_help"], minutes(NOW))
    later = running.due + 9 * DAY_MINUTES
    for one in (running.rested(REPORTER, minutes(NOW)), running.done(minutes(NOW))):
        assert one.climbed(later, most=9) == (one, ())
