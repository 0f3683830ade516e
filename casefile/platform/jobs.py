"""The outbox: work to be done after a commit, kept as rows of the same database.

A job holds ids and codes, never a word anyone wrote, and carries no case's due time. Only its due
moment and its lease lie open, rounded to a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, Integer, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from casefile.platform import logs
from casefile.platform.database import (
    Base,
    add_rows,
    change_one_row,
    db,
    own_transaction,
    sealed_table,
    write,
)
from casefile.platform.deployment import Deployment
from casefile.platform.now import coarse, minutes
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken

PERFORMERS = "casefile.performers"
LEASE = timedelta(minutes=15)
AGAIN = timedelta(minutes=30)
JOB_BUCKET = 256

Body = Mapping[str, str]
Performer = Callable[[Session, Deployment, Body], None]


class Job(Base):
    """One row of the outbox: what to do, sealed; when it may begin; until when it is taken."""

    __tablename__ = "job"
    __table_args__ = sealed_table()

    id: Mapped[bytes] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    due: Mapped[int] = mapped_column(Integer)
    lease: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True)
class Claimed:
    """A job this worker holds: its row, its name, and the ids it was given."""

    row: bytes
    name: str
    body: Body
    lease: int
    """Until when it is held, in minutes since 1970; who holds it longer has lost it."""


def enqueue(
    session: Session,
    deployment: Deployment,
    name: str,
    body: Body,
    after: timedelta = timedelta(0),
) -> None:
    """Write a job in the caller's transaction; `body` maps words of ours to ids in hex."""
    row = deployment.random(16)
    told = {"name": name, "body": dict(body)}
    sealed = seal_row(deployment, told, _where(row), bucket=JOB_BUCKET)
    due = coarse(deployment.now() + after) if after else 0
    add_rows(session, Job, {"id": row, "body": sealed, "due": due, "lease": 0})


def waiting(session: Session, deployment: Deployment, name: str) -> list[tuple[bytes, Body]]:
    """Jobs of one name nobody has taken yet: the row and the ids of each."""
    rows = session.execute(select(Job.id, Job.body).where(Job.lease == 0)).all()
    told = [(row.id, open_row(deployment, row.body, _where(row.id))) for row in rows]
    return [(row, one["body"]) for row, one in told if one["name"] == name]


def give_more(session: Session, deployment: Deployment, row: bytes, name: str, body: Body) -> bool:
    """Write other ids into a job that waits; False if a worker took it meanwhile."""
    told = {"name": name, "body": dict(body)}
    sealed = seal_row(deployment, told, _where(row), bucket=JOB_BUCKET)
    change = update(Job).where(Job.id == row, Job.lease == 0).values(body=sealed)
    return cast("CursorResult[Any]", session.execute(change)).rowcount == 1


def claim(deployment: Deployment) -> Claimed | None:
    """Take one due job; two workers never take the same, nor one whose lease runs."""
    now = minutes(deployment.now())
    with own_transaction() as session:
        beyond = coarse(deployment.now() + LEASE)  # given by a clock that was ahead: void
        free = (Job.due <= now) & ((Job.lease <= now) | (Job.lease > beyond))
        one = select(Job.id).where(free).limit(1).scalar_subquery()
        taken = (
            update(Job)
            .where(Job.id == one, free)
            .values(lease=coarse(deployment.now() + LEASE))
            .returning(Job.id, Job.body, Job.lease)
        )
        row = session.execute(taken).first()
    if row is None:
        return None
    told = open_row(deployment, row.body, _where(row.id))
    return Claimed(row.id, told["name"], told["body"], row.lease)


def perform(deployment: Deployment, job: Claimed) -> bool:
    """Do one job, then strike it out with what it wrote; a failure leaves it for later.

    The performer begins with a session that reads: slow work holds no lock.
    """
    performers = cast(dict[str, Performer], current_app.extensions[PERFORMERS])
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            performers[job.name](session, deployment, job.body)
            write(lambda writing: _strike_out(writing, job), session)
            session.commit()
    except Exception as failed:
        logs.fault(failed, job=job.name)
        _later(deployment, job)
        return False
    return True


def _strike_out(session: Session, job: Claimed) -> None:
    """Delete the job; StaleRow if another worker took it when the lease was over."""
    change_one_row(session, delete(Job).where(Job.id == job.row, Job.lease == job.lease))


def _later(deployment: Deployment, job: Claimed) -> None:
    again = coarse(deployment.now() + AGAIN)
    with own_transaction() as session:
        session.execute(
            update(Job).where(Job.id == job.row, Job.lease == job.lease).values(due=again, lease=0)
        )


def perform_due(deployment: Deployment, most: int = 100) -> int:
    """Do the jobs that are due, `most` at a time; returns how many were done."""
    done = 0
    for _ in range(most):
        try:
            job = claim(deployment)
        except SealBroken as broken:
            logs.fault(broken, state="job")
            continue
        if job is None:
            break
        done += perform(deployment, job)
    return done


def _where(row: bytes) -> bytes:
    return context("job", row)
