"""The registers from the command line: the list of work made anew. It prints no row of them."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from casefile.cases.rebuilding import count_labels, rebuild_queue
from casefile.cli.stopping import stop
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.platform.errors import Unavailable

registers = AppGroup("registers", help="The list of work, made anew from the cases.")


@registers.command()
def rebuild() -> None:
    """Make the queue register anew from the labels, while the service runs."""
    session, deployment = db.session, current_deployment()
    length = count_labels(session)
    try:
        with click.progressbar(length=length, label="Cases") as bar:
            rebuilt = rebuild_queue(session, deployment, told=bar.update)
    except Unavailable:
        stop("The database was busy or away. Nothing was changed; try again.")
    click.echo(f"The list of work has {rebuilt.cases} cases again.")
    if rebuilt.broken:
        click.echo(f"{rebuilt.broken} cases have a label that does not open and are left out.")
    click.echo("Facts stand nowhere else and cannot be made anew: they come from a backup alone.")
