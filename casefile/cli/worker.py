"""The worker: does what is due in the outbox, tells of what is late, chains the log, and deletes
sessions that are over.

It opens nothing that is sealed to people.
"""

from __future__ import annotations

import secrets
import signal
import threading
import time
from datetime import date

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from casefile.audit.chain import chain_rows
from casefile.cases.deleting import keep_retention
from casefile.cases.escalating import escalate_late
from casefile.people.log_heads import deliver_head
from casefile.people.sessions import forget_expired
from casefile.platform import jobs, logs
from casefile.platform.database import db, own_transaction
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.upkeep import due_tonight, keep_up

PAUSE_S = 5
CHAIN_EVERY_S = 300
"""A batch has one size however few lines it holds, so it is not made at every round."""
ESCALATE_EVERY_S = 60
"""What is late is counted in minutes."""


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Serve the outbox: do what is due, chain the log, wait, and again."""
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    chained, escalated, kept_up = -float(CHAIN_EVERY_S), -float(ESCALATE_EVERY_S), None
    while not stop.is_set():
        due = time.monotonic() - chained >= CHAIN_EVERY_S
        chained = time.monotonic() if due else chained
        if time.monotonic() - escalated >= ESCALATE_EVERY_S:
            escalated = time.monotonic()
            _escalate(current_deployment(), stop)
        _serve_once(current_deployment(), chain=due)
        if once:
            return
        kept_up = _keep_up(current_deployment(), kept_up)
        stop.wait(PAUSE_S + secrets.randbelow(1000) / 1000)


def _serve_once(deployment: Deployment, *, chain: bool) -> None:
    """One round; a database that is away is noted, and the next round tries again."""
    try:
        if chain:
            with own_transaction() as session:
                forget_expired(session, deployment)
                chain_rows(session, deployment)
                deliver_head(session, deployment)
        jobs.perform_due(deployment)
    except Exception as failed:
        logs.fault(failed, state="worker")


def _escalate(deployment: Deployment, stop: threading.Event) -> None:
    """One pass over what is late; what it did not come to is found by the next."""
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            escalate_late(session, deployment, lambda: not stop.is_set())
    except Exception as failed:
        logs.fault(failed, state="escalating")


def _keep_up(deployment: Deployment, done: date | None) -> date | None:
    """The upkeep, once a night, after cases whose time is over; returns the night it was done."""
    night = due_tonight(deployment.settings, deployment.now(), done)
    if night is None:
        return done
    try:
        with Session(db.engine, expire_on_commit=False) as session:
            keep_retention(session, deployment)
        kept = keep_up(db.engine, deployment.settings)
        logs.note("upkeep", state="emptied" if kept.emptied else "in_use")
    except Exception as failed:
        logs.fault(failed, state="upkeep")
    return night
