"""Whether a command finds what it works on: a database that answers, with a founded deployment.

Whatever is missing is said in one sentence with what to do, before the command begins or when the
database goes away under it. It must never print a code, a class of error or a line of the log.
"""

from __future__ import annotations

from typing import Any, Final

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from casefile.audit.chain import chain_begun
from casefile.cli.stopping import stop
from casefile.network.directory import NotListed
from casefile.platform.database import db
from casefile.platform.errors import Unavailable
from casefile.platform.migrating import newest_revision, revision_of
from casefile.registers.directory import KeyNotListed
from casefile.sealing.errors import SealBroken

WORKS_ON_NOTHING: Final = frozenset(
    {"init", "migrations", "restore", "doctor", "worker", "open-archive"}
)
"""Commands that make a deployment, bring one back, say what is wrong, or wait until it is there."""
AWAY: Final = (
    "The database does not answer. Start it, or correct its address in CASEFILE_DATABASE; "
    "'doctor' says more."
)
NOT_FOUNDED: Final = (
    "There is no deployment in this database yet. Make a new one with 'init', or bring one back "
    "with 'restore'. If there should be one, look at CASEFILE_INSTANCE and CASEFILE_DATABASE."
)
OTHER_VERSION: Final = "The tables are not of this version. Run the migrations command first."
BUSY: Final = "The database was busy or full, so it was not done. Try again; 'doctor' says more."
DAMAGED: Final = (
    "Something in the database does not open with these keys, so the command ended. "
    "'doctor' says what is damaged."
)
OUR_FAULT: Final = (
    "The command ended by a fault of Casefile, not by anything typed. The line below names the "
    "place and holds no content: report it with the version."
)


class Spoken(AppGroup):
    """A group of commands whose failures are sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; status 1 and a sentence if the database or its keys stop it."""
        try:
            return super().invoke(ctx)
        except (Unavailable, OperationalError, InterfaceError):
            stop(missing() or BUSY)
        except (SealBroken, KeyNotListed, NotListed):
            stop(DAMAGED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            click.echo(OUR_FAULT, err=True)
            raise


def missing() -> str:
    """What is missing of a deployment to work on, in a sentence; empty if nothing is."""
    try:
        db.session.rollback()
        with db.engine.connect() as connection:
            revision = revision_of(connection)
        if revision is not None and revision != newest_revision():
            return OTHER_VERSION
        return "" if revision is not None and chain_begun(db.session) else NOT_FOUNDED
    except DBAPIError:
        return AWAY
