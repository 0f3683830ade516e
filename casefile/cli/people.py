"""Accounts from the command line: invited, begun again, ended. Never a passphrase, never a key."""

from __future__ import annotations

import re

import click
from flask.cli import AppGroup

from casefile.cases.leaving import LeftDesk, leave, lose_key
from casefile.cli.meeting import account_of, called, in_one
from casefile.cli.stopping import stop
from casefile.people.invitations import AlreadyAMember, invite
from casefile.people.leaving import NobodyToLeave
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


@people.command("leave")
@click.option("--email", required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
def person_leaves(email: str, yes: bool) -> None:
    """End an account: its sessions, its seats, and what its keys open of new cases."""
    deployment, person = current_deployment(), account_of(email)
    if not yes:
        click.confirm(f"End the account of {email}?", abort=True)
    try:
        desks = in_one(lambda session: leave(session, deployment, person, by=None))
    except NobodyToLeave:
        stop("This account has ended already.")
    click.echo("The account has ended.")
    _say_desks(desks)


@people.command("begin-again")
@click.option("--email", required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
def begin_again(email: str, yes: bool) -> None:
    """Let somebody who lost the passphrase join anew, and print the address for it."""
    deployment, person = current_deployment(), account_of(email)
    if not yes:
        click.confirm(f"Let {email} begin again? What they have now stops working.", abort=True)
    try:
        token, desks = in_one(lambda session: lose_key(session, deployment, person, by=None))
    except NobodyToLeave:
        stop("This account is not in use.")
    click.echo(f"{deployment.settings.base}/join/{token}")
    _say_desks(desks)


def _say_desks(desks: list[LeftDesk]) -> None:
    """What others have to do now."""
    for one in desks:
        if one.empty:
            click.echo(f"{called(one.desk)}: nobody is left. Its cases wait for the custodians.")
        else:
            click.echo(f"{called(one.desk)}: new key. A member has to open the list of work.")
