"""The log from the command line: whether it is whole. It never prints a line of it."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from casefile.audit.chain import ChainBroken, head_said, read_head, verify_chain
from casefile.cli.stopping import stop
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.sealing.errors import SealBroken

audit = AppGroup("audit", help="The log: whether it is whole.")


@audit.command()
@click.option("--head", "said", default="", help="A head that was delivered: number and digest.")
def verify(said: str) -> None:
    """Check the log from its beginning, or from a head that was delivered earlier."""
    deployment, known = current_deployment(), head_said(said)
    if said and known is None:
        stop("A head is a number and 64 hexadecimal digits. Copy it whole from the message.")
    begins = known.number if known else 0
    length = max(0, read_head(db.session, deployment).number - begins)
    try:
        with click.progressbar(length=length, label="Batches") as bar:
            head = verify_chain(db.session, deployment, known=known, told=lambda: bar.update(1))
    except ChainBroken as broken:
        stop(f"The log was changed: batch {broken} is not what it was.")
    except SealBroken:
        stop("The log was changed: a batch does not open. Nothing after it can be believed.")
    click.echo(f"The log is whole. Head: {head.said()}")


@audit.command()
def head() -> None:
    """Print the head as it stands now, to be kept outside this machine."""
    click.echo(read_head(db.session, current_deployment()).said())
