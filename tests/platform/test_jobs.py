"""The outbox: each job is done once, a failure leaves it for later and nothing else behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.platform import jobs
from casefile.platform.database import current_session, write
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import AGAIN, LEASE, Claimed, Job
from casefile.platform.now import minutes
from casefile.sealing.errors import SealBroken
from tests.world import World

Body = Mapping[str, str]
Doing = Callable[[Session, Deployment, Body], None]


class Errands:
    """A performer that writes one line on the log for each job, and remembers which it did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.lock = Lock()
        self.first: Doing | None = None
        self.then: Doing | None = None

    def __call__(self, session: Session, deployment: Deployment, body: Body) -> None:
        if self.first is not None:
            self.first(session, deployment, body)
        write(lambda writing: note(writing, deployment, Event.NOTE_WRITTEN, by=None), session)
        if self.then is not None:
            self.then(session, deployment, body)
        with self.lock:
            self.done.append(body["number"])


@pytest.fixture
def errands(both_worlds: World) -> Errands:
    """The performer of jobs called *errand*, on each engine in turn."""
    performer = Errands()
    both_worlds.app.extensions[jobs.PERFORMERS] |= {"errand": performer}
    return performer


@pytest.fixture
def world(both_worlds: World) -> World:
    """Every test here runs on both engines."""
    return both_worlds


def queue(world: World, *numbers: int, after: timedelta = timedelta(0)) -> None:
    with world.session() as session:
        for number in numbers:
            jobs.enqueue(session, world.deployment, "errand", {"number": str(number)}, after)


def work(world: World) -> int:
    with world.app.app_context():
        return jobs.perform_due(world.deployment)


def claim(world: World) -> Claimed | None:
    with world.app.app_context():
        return jobs.claim(world.deployment)


def waiting(world: World) -> list[tuple[int, int]]:
    with world.session() as session:
        return [(row.due, row.lease) for row in session.execute(select(Job.due, Job.lease))]


def lines(world: World) -> int:
    with world.session() as session:
        told = [line.event for line in lines_newest_first(session, world.deployment)]
    return told.count(Event.NOTE_WRITTEN)


def test_a_job_is_done_once_and_struck_out_with_what_it_wrote(
    world: World, errands: Errands
) -> None:
    queue(world, 1)
    assert (work(world), work(world)) == (1, 0)
    assert (errands.done, lines(world), waiting(world)) == (["1"], 1, [])


def test_two_workers_never_take_one_job_twice(world: World, errands: Errands) -> None:
    queue(world, *range(40))

    def worker() -> int:
        return sum(work(world) for _ in range(30))

    with ThreadPoolExecutor(4) as pool:
        done = [one.result(60) for one in [pool.submit(worker) for _ in range(4)]]
    assert sum(done) == 40
    assert sorted(errands.done, key=int) == [str(number) for number in range(40)]
    assert lines(world) == 40
    assert waiting(world) == []


def test_a_job_that_waits_is_not_done_before_its_time(world: World, errands: Errands) -> None:
    queue(world, 1, after=timedelta(minutes=20))
    assert work(world) == 0
    world.clock.pass_by(minutes=14)
    assert work(world) == 0
    world.clock.pass_by(minutes=16)
    assert work(world) == 1


def test_a_job_whose_transaction_fails_was_never_there(world: World, errands: Errands) -> None:
    class Undecided(Exception):
        pass

    def verb(writing: Session) -> None:
        jobs.enqueue(writing, world.deployment, "errand", {"number": "1"})
        raise Undecided

    with world.app.app_context(), pytest.raises(Undecided):
        write(verb, current_session())
    assert waiting(world) == []


def test_a_failing_job_leaves_nothing_written_and_is_tried_later(
    world: World, errands: Errands
) -> None:
    def failing(_session: Session, _deployment: Deployment, _body: Body) -> None:
        raise RuntimeError("the mail server is away")

    queue(world, 1, 2)
    errands.then = failing
    assert work(world) == 0
    assert (errands.done, lines(world)) == ([], 0)
    assert [lease for _, lease in waiting(world)] == [0, 0]
    assert work(world) == 0, "not before the pause is over"
    errands.then = None
    world.clock.pass_by(minutes=AGAIN / timedelta(minutes=1) + 15)
    assert work(world) == 2
    assert lines(world) == 2


def test_one_failing_job_does_not_keep_the_others_from_being_done(
    world: World, errands: Errands
) -> None:
    def failing(_session: Session, _deployment: Deployment, body: Body) -> None:
        if body["number"] == "3":
            raise RuntimeError

    queue(world, *range(6))
    errands.first = failing
    assert work(world) == 5
    assert sorted(errands.done) == ["0", "1", "2", "4", "5"]


def test_a_job_nobody_can_perform_stays_for_a_version_that_can(
    world: World, errands: Errands
) -> None:
    queue(world, 1)
    del world.app.extensions[jobs.PERFORMERS]["errand"]
    assert work(world) == 0
    assert len(waiting(world)) == 1
    world.app.extensions[jobs.PERFORMERS]["errand"] = errands
    world.clock.pass_by(hours=1)
    assert work(world) == 1


def test_a_job_of_a_worker_that_died_is_free_when_its_lease_ends(
    world: World, errands: Errands
) -> None:
    queue(world, 1)
    taken = claim(world)
    assert taken is not None
    assert claim(world) is None
    world.clock.pass_by(minutes=14)
    assert work(world) == 0
    world.clock.pass_by(minutes=16)
    again = claim(world)
    assert again is not None
    assert (again.row, again.name, again.body) == (taken.row, "errand", {"number": "1"})


def test_what_lies_open_of_a_job_is_rounded_to_a_quarter_of_an_hour(
    world: World, errands: Errands
) -> None:
    world.clock.pass_by(minutes=7, seconds=31)
    queue(world, 1, after=timedelta(minutes=3))
    queue(world, 2)
    claim(world)
    for due, lease in waiting(world):
        assert due % 15 == lease % 15 == 0
        assert lease <= minutes(world.clock() + LEASE) + 15


def test_a_job_holds_ids_and_its_row_shows_none(world: World, errands: Errands) -> None:
    queue(world, 123456789)
    with world.session() as session:
        (body,) = session.scalars(select(Job.body))
    assert b"123456789" not in body
    assert b"errand" not in body


def test_all_jobs_have_the_same_length(world: World, errands: Errands) -> None:
    with world.session() as session:
        for body in ({"number": "1"}, {"number": "1" * 32, "case": "ab" * 16}):
            jobs.enqueue(session, world.deployment, "errand", body)
    with world.session() as session:
        assert len({len(body) for body in session.scalars(select(Job.body))}) == 1


def test_the_body_of_another_job_put_in_its_place_is_refused(
    world: World, errands: Errands
) -> None:
    queue(world, 1, 2)
    with world.session() as session:
        first, second = session.scalars(select(Job)).all()
        session.execute(update(Job).where(Job.id == first.id).values(body=second.body))
        session.execute(update(Job).where(Job.id == second.id).values(due=10**9))
    with pytest.raises(SealBroken):
        claim(world)


def test_no_more_than_asked_are_done_in_one_round(world: World, errands: Errands) -> None:
    queue(world, *range(5))
    with world.app.app_context():
        assert jobs.perform_due(world.deployment, most=3) == 3
    assert len(waiting(world)) == 2
