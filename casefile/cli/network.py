"""The network from a file: says line by line what it will add and change, asks, and does all of it.

It puts nobody on a desk and draws no desk's key. Custodians' shares of agencies that get their
first desk are shown once.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from casefile.cli.network_lines import lines
from casefile.cli.sheets import print_sheets
from casefile.cli.stopping import stop
from casefile.console.network_words import sentence
from casefile.network.file import read_network_file
from casefile.network.loading import NotPossible, Shares, carry_out, proposal_of
from casefile.network.proposal import Proposal
from casefile.network.recovery import CUSTODIANS, NEEDED
from casefile.network.rules import problems, read_codes, warnings
from casefile.people.accounts import names_of
from casefile.platform.database import StaleRow, commit, current_session
from casefile.platform.deployment import current_deployment

network = AppGroup("network", help="Agencies, places, desks and posts.")


@network.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing.")
def load(file: Path, yes: bool) -> None:
    """Add and change what FILE says; docs/network-file.md describes it. Twice does nothing more."""
    proposal = _read(file)
    called = names_of(current_session(), current_deployment())
    if not proposal.changes:
        click.echo("Everything stands in the network already. Nothing was changed.")
        return
    for line in lines(proposal, called):
        click.echo(line)
    for warned in warnings(proposal.after):
        click.echo(f"Note: {sentence(warned)}")
    if not yes:
        click.confirm("Do all of this?", abort=True)
    _print_shares(_carried_out(proposal))
    click.echo(f"Done: {_counted(proposal)}.")


def _read(file: Path) -> Proposal:
    """The proposal, or every problem of the file in one list and the end."""
    session, deployment = current_session(), current_deployment()
    try:
        wanted, misshapen = read_network_file(file.read_text("utf-8"))
    except UnicodeDecodeError:
        stop(f"{file} is not written in UTF-8. Nothing was changed.")
    proposal = proposal_of(session, deployment, wanted)
    codes, called = read_codes(deployment.settings.config), names_of(session, deployment)
    broken = problems(proposal.after, codes, called)
    wrong = [*misshapen, *proposal.wrong, *map(sentence, broken)]
    if wrong:
        many = "1 problem" if len(wrong) == 1 else f"{len(wrong)} problems"
        listed = "\n".join(f"  {one}" for one in wrong)
        stop(f"{file} has {many}. Nothing was changed.\n{listed}")
    return proposal


def _carried_out(proposal: Proposal) -> tuple[Shares, ...]:
    try:
        shares = carry_out(current_session(), current_deployment(), proposal)
        commit()
    except StaleRow:
        stop("Somebody changed the network meanwhile. Nothing was changed. Run it again.")
    except NotPossible as broken:
        stop("\n".join(sentence(one) for one in broken.problems))
    return shares


def _print_shares(founded: tuple[Shares, ...]) -> None:
    """Show once what nobody can show again."""
    for one in founded:
        click.echo(f"\nA page for each custodian of {one.agency}:\n")
        print_sheets(one.agency, one.papers, custodians=CUSTODIANS, needed=NEEDED)


def _counted(proposal: Proposal) -> str:
    new = sum(change.before is None for change in proposal.changes)
    return f"{new} added, {len(proposal.changes) - new} changed"
