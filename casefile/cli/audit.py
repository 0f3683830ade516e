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
@click.option("--head", "said", default="", help="A head that was delivered, or its whole line.")
@click.argument("more", nargs=-1, metavar="")
def verify(said: str, more: tuple[str, ...]) -> None:
    """Check the log from its beginning, or from a head that was delivered earlier.

    The head may be pasted as it was mailed or kept, with its day and words, in quotes or without.
    """
    pasted = " ".join((said, *more)).strip()
    deployment, known = current_deployment(), head_said(pasted)
    if pasted and known is None:
        stop(
            "There is no head in this, or more than one. A head is a number and eight groups of "
            "eight digits and letters: paste the line of the message or of log-heads.txt whole."
        )
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
