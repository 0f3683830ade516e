"""The commands: `flask casefile …`. They install, serve the outbox and invite; none opens a case.

Whatever a command asks can be answered beforehand with `--yes`.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import sys
import threading
import time
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from casefile.audit.chain import chain_begun, chain_rows
from casefile.cases.founding import Founded, found_deployment
from casefile.demo.seed import AlreadyWorkedIn, seed_demo
from casefile.people.invitations import AlreadyAMember, invite
from casefile.people.roles import Role
from casefile.platform import jobs, logs
from casefile.platform.database import commit, db, own_transaction
from casefile.platform.deployment import EXTENSION, Deployment, current_deployment
from casefile.platform.language import BY_CODE
from casefile.platform.migrating import migrate
from casefile.platform.now import system_now
from casefile.platform.throttle import slots
from casefile.sealing.errors import KeyFileProblem
from casefile.sealing.keyring import keyring_from_text, new_keyring, read_key_file, write_key_file
from casefile.settings import Settings, read_settings

casefile = AppGroup("casefile", help="Install Casefile, serve its outbox, invite people.")
people = AppGroup("people", help="Accounts.")
casefile.add_command(people)

PAUSE_S = 5
EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
CHAIN_EVERY_S = 300
"""A batch has one size however few lines it holds, so it is not made at every round."""


def is_founding(arguments: list[str]) -> bool:
    """Whether this process was started to make a deployment, and so has no keys to read yet."""
    return "casefile" in arguments and "init" in arguments


@casefile.command()
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--name", default="First member", help="The first member of the first desk.")
@click.option("--email", default="first.member@casefile.invalid", help="Her e-mail address.")
@click.option("--language", default="en", type=click.Choice(sorted(BY_CODE)))
def init(yes: bool, name: str, email: str, language: str) -> None:
    """Make the keys, the database and the first desk of a new deployment."""
    settings = read_settings(os.environ)
    if not yes:
        click.confirm(f"Make a new deployment in {settings.instance}?", abort=True)
    deployment = _deployment_with_keys(settings)
    migrate(db.engine)
    if chain_begun(db.session):
        click.echo("This deployment is founded already. Nothing was changed.")
        return
    made = found_deployment(db.session, deployment, name=name, email=email, language=language)
    commit()
    _print_founded(settings, made)


@casefile.command()
def migrations() -> None:
    """Bring the tables of the database up to this version."""
    migrate(db.engine)
    click.echo("The tables are up to date.")


@casefile.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
def worker(once: bool) -> None:
    """Serve the outbox: do what is due, chain the log, wait, and again."""
    stop = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: stop.set())
    chained = -float(CHAIN_EVERY_S)
    while not stop.is_set():
        due = time.monotonic() - chained >= CHAIN_EVERY_S
        chained = time.monotonic() if due else chained
        _serve_once(current_deployment(), chain=due)
        if once:
            return
        stop.wait(PAUSE_S + secrets.randbelow(1000) / 1000)


@people.command("invite")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", default="en", type=click.Choice(sorted(BY_CODE)))
def invite_person(email: str, name: str, role: str, language: str) -> None:
    """Invite a person without a desk and print the address that opens the account."""
    deployment = current_deployment()
    if not EMAIL.fullmatch(email) or not name.strip():
        _stop("An e-mail address with one @ and a name are needed.")
    try:
        token = invite(
            db.session,
            deployment,
            email=email,
            name=name,
            role=Role(role),
            language=language,
            desks=(),
            by=None,
        )
    except AlreadyAMember:
        _stop("This person has an account already.")
    commit()
    click.echo(f"{deployment.settings.base}/join/{token}")


@casefile.command()
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option(
    "--cases", default=12, type=click.IntRange(0), help="How many invented reports to open."
)
def demo(yes: bool, cases: int) -> None:
    """Fill a newly founded deployment with invented agencies, people and reports."""
    deployment = current_deployment()
    if not yes:
        click.confirm(f"Fill {deployment.settings.instance} with invented people?", abort=True)
    try:
        with click.progressbar(length=cases, label="Reports") as bar:
            seed_demo(db.session, deployment, cases=cases, told=lambda: bar.update(1))
    except AlreadyWorkedIn:
        _stop("People work in this deployment already. Found an empty one for the demonstration.")
    click.echo(f"Sign-ins stand in {deployment.settings.instance / 'demo.json'}.")


def _serve_once(deployment: Deployment, *, chain: bool) -> None:
    """One round; a database that is away is noted, and the next round tries again."""
    try:
        jobs.perform_due(deployment)
        if chain:
            with own_transaction() as session:
                chain_rows(session, deployment)
    except Exception as failed:
        logs.fault(failed, state="worker")


def _deployment_with_keys(settings: Settings) -> Deployment:
    """Read the keys, or draw them; the application serves this process with them."""
    os.umask(0o077)
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        if settings.keys is not None:
            keyring = keyring_from_text(settings.keys)
        else:
            if not settings.key_file.exists():
                write_key_file(settings.key_file, new_keyring(os.urandom))
            keyring = read_key_file(settings.key_file)
    except KeyFileProblem as problem:
        _stop(str(problem))
    deployment = Deployment(settings, keyring, system_now, os.urandom, slots(settings))
    current_app.extensions[EXTENSION] = deployment
    return deployment


def _print_founded(settings: Settings, made: Founded) -> None:
    """Show once what nobody can show again."""
    click.echo(f"Keys: {'from the environment' if settings.keys else settings.key_file}")
    click.echo("\nCustodians' shares. Any two of the three together hold the key to the")
    click.echo("inter-agency desk's cases; one alone opens nothing.")
    click.echo("Write each on paper, hand it to one person, and keep none of them here.\n")
    for share in made.shares:
        click.echo(f"  Share {share.number}\n  {share.text}\n")
    click.echo("The first member of the inter-agency desk opens her account here, within 7 days:")
    click.echo(f"  {settings.base}/join/{made.invitation}\n")
    click.echo("Until she has, the form says that the service is not open yet.")


def _stop(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(1)
