"""Founding a deployment: its keys, tables and first desk; shows once what nobody can later."""

from __future__ import annotations

import os

import click
from flask import current_app
from flask.cli import with_appcontext

from casefile.audit.chain import chain_begun
from casefile.cases.founding import AGENCY_NAMES, Founded, found_deployment
from casefile.cli.sheets import print_sheets
from casefile.cli.stopping import stop
from casefile.network.recovery import CUSTODIANS, NEEDED
from casefile.platform.database import commit, db
from casefile.platform.deployment import EXTENSION, Deployment
from casefile.platform.language import BY_CODE
from casefile.platform.migrating import migrate
from casefile.platform.now import system_now
from casefile.platform.throttle import slots
from casefile.sealing.errors import KeyFileProblem
from casefile.sealing.key_file import (
    read_key_file,
    write_key_file,
)
from casefile.sealing.keyring import (
    keyring_from_text,
    new_keyring,
)
from casefile.settings import Settings, read_settings


def is_founding(arguments: list[str]) -> bool:
    """Whether this process was started to make a deployment, and so has no keys to read yet."""
    return "casefile" in arguments and "init" in arguments


@click.command()
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--name", default="First member", help="Who sits on the first desk.")
@click.option("--email", default="first.member@casefile.invalid", help="Her e-mail address.")
@click.option("--language", default="en", type=click.Choice(sorted(BY_CODE)))
@with_appcontext
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
    _print_founded(settings, made, email)


@click.command()
@with_appcontext
def migrations() -> None:
    """Bring the tables of the database up to this version."""
    migrate(db.engine)
    click.echo("The tables are up to date.")


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
        stop(str(problem))
    deployment = Deployment(settings, keyring, system_now, os.urandom, slots(settings))
    current_app.extensions[EXTENSION] = deployment
    return deployment


def _print_founded(settings: Settings, made: Founded, email: str) -> None:
    """Show once what nobody can show again."""
    click.echo(f"Keys: {'from the environment' if settings.keys else settings.key_file}")
    click.echo("\nThe first member of the inter-agency desk opens her account here, within 7 days:")
    click.echo(f"  {settings.base}/join/{made.invitation}\n")
    click.echo(f"Afterwards she signs in with {email}.")
    click.echo("Until she has, the form says that the service is not open yet.")
    click.echo("\nA page for each custodian. Hand it to her, and keep none of them here:\n")
    print_sheets(AGENCY_NAMES["en"], made.shares, custodians=CUSTODIANS, needed=NEEDED)
