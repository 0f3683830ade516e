"""The demonstration from the command line: invented people and reports in an empty deployment.

It must never fill a deployment in which anybody works.
"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from casefile.cli.stopping import stop
from casefile.demo.seed import AlreadyWorkedIn, seed_demo
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment


@click.command()
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option(
    "--cases", default=200, type=click.IntRange(0), help="How many invented reports to open."
)
@with_appcontext
def demo(yes: bool, cases: int) -> None:
    """Fill a newly founded deployment with invented agencies, people and reports."""
    deployment = current_deployment()
    if not yes:
        click.confirm(f"Fill {deployment.settings.instance} with invented people?", abort=True)
    try:
        with click.progressbar(length=cases, label="Reports") as bar:
            seed_demo(db.session, deployment, cases=cases, told=lambda: bar.update(1))
    except AlreadyWorkedIn:
        stop("People work in this deployment already. Found an empty one for the demonstration.")
    click.echo(f"Sign-ins stand in {deployment.settings.instance / 'demo.json'}.")
