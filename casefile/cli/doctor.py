"""The doctor: what is well with this deployment, what to look at, what is broken, and what to do.

It changes nothing, opens no case, and prints no name of a person, a desk or a case.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from casefile.audit.chain import ChainBroken, chain_begun
from casefile.audit.log import LineBroken
from casefile.cli.finding import Finding, State
from casefile.cli.finding_machine import (
    backups_found,
    clock_found,
    configuration_found,
    engine_found,
    proxies_found,
    space_found,
)
from casefile.cli.finding_mail import mail_found, mailboxes_found, server_greeted
from casefile.cli.finding_network import desks_found, help_found, specialists_found
from casefile.cli.finding_work import (
    custodians_found,
    log_found,
    registers_found,
    second_factors_found,
    worker_found,
)
from casefile.cli.standing import NOT_FOUNDED
from casefile.platform.database import db
from casefile.platform.deployment import EXTENSION, Deployment, keys_of
from casefile.platform.now import Now, system_now
from casefile.platform.throttle import slots
from casefile.sealing.errors import KeyFileProblem, SealBroken
from casefile.settings import read_settings

Examine = Callable[[Session, Deployment], Iterator[Finding]]
OF_THE_DATABASE: tuple[Examine, ...] = (
    clock_found,
    worker_found,
    log_found,
    registers_found,
    second_factors_found,
    desks_found,
    specialists_found,
    help_found,
    custodians_found,
    mailboxes_found,
)


@click.command()
@click.option("--mail", is_flag=True, help="Also ask the mail server; no mail is sent.")
@with_appcontext
def doctor(mail: bool) -> None:
    """Look after everything this deployment needs; status 1 if something is broken."""
    worst = State.OK
    for found in _examined(greet=mail):
        click.echo(found.line())
        worst = max(worst, found.state)
    sys.exit(1 if worst is State.BROKEN else 0)


def _examined(*, greet: bool) -> Iterator[Finding]:
    deployment = current_app.extensions.get(EXTENSION)
    if deployment is None:
        try:
            deployment = _with_keys(system_now)
        except KeyFileProblem as problem:
            yield Finding(State.BROKEN, "keys", str(problem))
            return
    yield Finding(State.OK, "keys", "The keys are whole, and closed to others.")
    yield from configuration_found(deployment)
    yield from space_found(deployment)
    yield from backups_found(deployment)
    yield from proxies_found(deployment)
    yield from mail_found(deployment)
    yield from _of_the_database(deployment, (server_greeted,) if greet else ())


def _of_the_database(deployment: Deployment, asked: tuple[Examine, ...]) -> Iterator[Finding]:
    """What needs the database; where it is away or of another version the rest is left out."""
    try:
        engine = list(engine_found(db.engine))
    except SQLAlchemyError:
        yield Finding(
            State.BROKEN, "engine", "The database does not answer. Start it, or check the address."
        )
        return
    yield from engine
    if any(one.state is State.BROKEN for one in engine):
        return
    if not chain_begun(db.session):
        yield Finding(State.BROKEN, "founding", NOT_FOUNDED)
        return
    for examine in (*OF_THE_DATABASE, *asked):
        try:
            yield from examine(db.session, deployment)
        except (SealBroken, ChainBroken, LineBroken):
            told = "Something in the database does not open with these keys: are they its own?"
            yield Finding(State.BROKEN, _about(examine), told)
        except SQLAlchemyError:
            told = "The database did not answer this question. Try again, then look at its log."
            yield Finding(State.BROKEN, _about(examine), told)


def _about(examine: Examine) -> str:
    return getattr(examine, "__name__", "").rpartition("_")[0]


def _with_keys(now: Now) -> Deployment:
    """The deployment of a process that started without reading its keys."""
    settings = read_settings(os.environ)
    return Deployment(settings, keys_of(settings), now, os.urandom, slots(settings))
