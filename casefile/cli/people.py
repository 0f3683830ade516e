"""Accounts from the command line: an invitation, never a passphrase and never a desk's key."""

from __future__ import annotations

import re

import click
from flask.cli import AppGroup

from casefile.cli.stopping import stop
from casefile.people.invitations import AlreadyAMember, invite
from casefile.people.roles import Role
from casefile.platform.database import commit, db
from casefile.platform.deployment import current_deployment
from casefile.platform.language import BY_CODE

EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
people = AppGroup("people", help="Accounts.")


@people.command("invite")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--language", default="en", type=click.Choice(sorted(BY_CODE)))
def invite_person(email: str, name: str, role: str, language: str) -> None:
    """Invite a person without a desk and print the address that opens the account."""
    deployment = current_deployment()
    if not EMAIL.fullmatch(email) or not name.strip():
        stop("An e-mail address with one @ and a name are needed.")
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
        stop("This person has an account already.")
    commit()
    click.echo(f"{deployment.settings.base}/join/{token}")
