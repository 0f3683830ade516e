"""A lease that ran out is lost, and a job nobody can open is passed over."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.platform import jobs
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import Job
from tests.world import World


def lines(world: World) -> int:
    with world.session() as session:
        told = [line.event for line in lines_newest_first(session, world.deployment)]
    return told.count(Event.NOTE_WRITTEN)


def test_a_job_that_outlives_its_lease_is_still_done_once(both_worlds: World) -> None:
    world = both_worlds
    nested: list[int] = []

    def slow(session: Session, deployment: Deployment, _body: object) -> None:
        if not nested:
            nested.append(1)
            world.clock.pass_by(minutes=40)
            assert jobs.perform_due(deployment) == 1
        write(lambda writing: note(writing, deployment, Event.NOTE_WRITTEN, by=None), session)

    world.app.extensions[jobs.PERFORMERS] |= {"slow": slow}
    with world.session() as session:
        jobs.enqueue(session, world.deployment, "slow", {})
    with world.app.app_context():
        jobs.perform_due(world.deployment)
    assert lines(world) == 1


def test_one_job_that_cannot_be_opened_does_not_stop_the_others(both_worlds: World) -> None:
    world = both_worlds
    done: list[str] = []
    world.app.extensions[jobs.PERFORMERS] |= {"e": lambda s, d, b: done.append(b["n"])}
    with world.session() as session:
        for number in range(5):
            jobs.enqueue(session, world.deployment, "e", {"n": str(number)})
    with world.session() as session:
        one = session.scalars(select(Job.id)).first()
        session.execute(update(Job).where(Job.id == one).values(body=b"x" * 300))
    with world.app.app_context():
        jobs.perform_due(world.deployment)
    assert len(done) == 4
