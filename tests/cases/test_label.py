"""The label of a case: what it remembers, which deadlines run, and that nothing is lost in it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.cases.deadlines import Course
from casefile.cases.label import (
    NOBODY,
    REMEMBERED,
    Body,
    Deadline,
    Exclusion,
    Holder,
    Label,
    Question,
    digest,
    open_label,
    seal_label,
    when,
)
from casefile.codes.sops import Rung, read_profile
from casefile.codes.working_time import Station
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.platform.throttle import slots
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from casefile.sealing.keyring import new_keyring
from casefile.settings import ROOT, read_settings

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
LIMITS = read_profile(ROOT / "config")
CONFIRM, HELP = LIMITS["acknowledge"], LIMITS["offer_help"]
STATION = Station("Asia/Kabul", (None, (480, 960), *(None,) * 5), (date(2026, 12, 25),))

ids = st.binary(min_size=16, max_size=16)
times = st.integers(0, 2**31)
some_ids = st.lists(ids, max_size=4).map(tuple)
courses = st.builds(
    Course,
    step=st.text(max_size=12),
    ladder=st.lists(st.builds(Rung, st.text(max_size=9), times), max_size=3).map(tuple),
    pause=st.sampled_from([(), ("reporter",)]),
    station=st.sampled_from([None, STATION]),
)
labels = st.builds(
    Label,
    category=st.text(max_size=20),
    state=st.text(max_size=20),
    language=st.text(max_size=5),
    channel=st.text(max_size=20),
    area=st.integers(0, 65535),
    received=times,
    desks=some_ids,
    holders=st.lists(
        st.just(NOBODY)
        | st.builds(Holder, st.sampled_from(["desk", "member"]), st.binary(max_size=40), times),
        max_size=8,
    ).map(tuple),
    wraps=some_ids,
    bodies=st.lists(st.builds(Body, st.sampled_from(Compartment), ids), max_size=6).map(tuple),
    deadlines=st.lists(
        st.builds(Deadline, st.text(max_size=12), *[times] * 6, courses), max_size=4
    ).map(tuple),
    queue=st.builds(Place, ids, st.integers(0, 1023)),
    receipt=st.binary(max_size=32),
    excluded=some_ids,
    circle=st.binary(max_size=64),
    owner=st.sampled_from([b"", b"o" * 16]),
    first_read=times,
    acknowledged=times,
    new_messages=st.integers(0, 99),
    act_today=st.booleans(),
    sent=st.lists(st.binary(min_size=8, max_size=8), max_size=REMEMBERED).map(tuple),
    exclusions=st.lists(
        st.builds(Exclusion, ids, st.sampled_from(["named", "declared"]), ids), max_size=3
    ).map(tuple),
    questions=st.lists(
        st.builds(
            Question, ids, ids, times, times, times, times, times, times, st.text(max_size=9)
        ),
        max_size=3,
    ).map(tuple),
    question_rows=times,
    unsettled=st.booleans(),
    seated=st.lists(st.tuples(ids, ids), max_size=3).map(tuple),
    waiting_since=times,
    waited=times,
)


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    """Keys, a clock and chance; no database."""
    given = read_settings({})
    return Deployment(given, new_keyring(os.urandom), lambda: NOW, os.urandom, slots(given))


def begun() -> Label:
    """The label of a case that has just been opened."""
    return Label(
        "possible_sea",
        "received",
        "en",
        "web_anonymous",
        2,
        minutes(NOW),
        desks=(b"d" * 16,),
        holders=(),
        wraps=(),
        bodies=(),
        deadlines=(),
        queue=Place(b"s" * 16, 7),
        receipt=b"r" * 32,
    )


@settings(max_examples=100)
@given(label=labels)
def test_a_label_comes_back_as_it_was_written(deployment: Deployment, label: Label) -> None:
    sealed = seal_label(deployment, b"c" * 16, b"t" * 16, label)
    assert open_label(deployment, b"c" * 16, b"t" * 16, sealed) == label


def test_a_label_opens_for_its_own_case_and_version_alone(deployment: Deployment) -> None:
    sealed = seal_label(deployment, b"c" * 16, b"t" * 16, begun())
    for case, token in ((b"d" * 16, b"t" * 16), (b"c" * 16, b"u" * 16)):
        with pytest.raises(SealBroken):
            open_label(deployment, case, token, sealed)


def test_a_deadline_runs_from_its_start_and_is_met_once() -> None:
    label = begun().started(CONFIRM, NOW)
    (running,) = label.deadlines
    assert (moment(running.started), moment(running.due)) == (NOW, NOW + timedelta(hours=48))
    met = label.met("acknowledge", NOW + timedelta(hours=3))
    assert met.running("acknowledge") is None
    assert moment(met.deadlines[0].met) == NOW + timedelta(hours=3)
    assert met.met("acknowledge", NOW + timedelta(hours=9)) == met


def test_a_deadline_that_runs_is_not_begun_anew() -> None:
    label = begun().started(CONFIRM, NOW)
    assert label.started(CONFIRM, NOW + timedelta(hours=30)) == label


def test_a_deadline_that_was_met_can_run_again() -> None:
    later = NOW + timedelta(days=3)
    label = begun().started(CONFIRM, NOW).met("acknowledge", NOW).started(CONFIRM, later)
    assert len(label.deadlines) == 2
    running = label.running("acknowledge")
    assert running is not None
    assert moment(running.started) == later


def test_meeting_what_does_not_run_changes_nothing() -> None:
    label = begun().started(CONFIRM, NOW)
    assert label.met("offer_help", NOW) == label


def test_meeting_one_deadline_leaves_the_others_running() -> None:
    label = begun().started(CONFIRM, NOW).started(HELP, NOW).met("acknowledge", NOW)
    assert [one.kind for one in label.next_deadlines()] == ["offer_help"]


@given(hours=st.lists(st.integers(1, 900), min_size=1, max_size=6, unique=True))
def test_the_nearest_deadline_stands_first(hours: list[int]) -> None:
    label = begun()
    for each in hours:
        limit = replace(CONFIRM, kind=f"kind_{each}", amount=each)
        label = label.started(limit, NOW)
    assert [one.kind for one in label.next_deadlines()] == [f"kind_{one}" for one in sorted(hours)]


@given(pages=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True))
def test_the_last_pages_sent_are_remembered(pages: list[bytes]) -> None:
    label = begun()
    for page in pages:
        assert not label.remembers(page)
        label = label.remembering(page)
        assert label.remembers(page)
    assert all(label.remembers(page) for page in pages[-REMEMBERED:])
    assert len(label.sent) == min(len(pages), REMEMBERED)


def test_a_page_that_was_sent_does_not_lie_in_the_label() -> None:
    page = bytes(range(32))
    (mark,) = begun().remembering(page).sent
    assert mark not in page


def test_a_body_added_is_bound_and_the_others_stay() -> None:
    label = begun().with_body(Compartment.WORK, b"one").with_body(Compartment.MAILBOX, b"two")
    assert [body.digest for body in label.bodies] == [digest(b"one"), digest(b"two")]


def test_zero_is_not_yet() -> None:
    assert when(0) is None
    assert when(minutes(NOW)) == NOW
