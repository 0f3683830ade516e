"""The commands: `flask casefile …`. They install, serve the outbox and invite; none opens a case.

Whatever a command asks can be answered beforehand with `--yes`.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from casefile.cli.archive import backup, restore
from casefile.cli.audit import audit
from casefile.cli.case_archive import COMMAND, open_archive
from casefile.cli.custody import custody
from casefile.cli.demonstration import demo
from casefile.cli.doctor import doctor
from casefile.cli.founding import init, is_founding, migrations
from casefile.cli.keys import keys
from casefile.cli.network import network
from casefile.cli.people import people
from casefile.cli.registers import registers
from casefile.cli.standing import WORKS_ON_NOTHING, Spoken, missing
from casefile.cli.stopping import stop
from casefile.cli.worker import worker
from casefile.platform.deployment import EXTENSION

__all__ = ["casefile", "needs_no_keys", "speaks_to_a_person"]


def needs_no_keys(arguments: list[str]) -> bool:
    """Whether this process makes the keys, is asked what is wrong with them, needs none, or helps.

    `arguments` are those of the process, its own name first.
    """
    keyless = {"doctor", COMMAND}.intersection(arguments)
    if is_founding(arguments) or ("casefile" in arguments and keyless):
        return True
    return "flask" in Path(arguments[0]).parts[-2:] and _asks_for_help(arguments[1:])


def speaks_to_a_person(arguments: list[str]) -> bool:
    """Whether a person reads what this process says: a command, and not one of a service."""
    return "casefile" in arguments and "worker" not in arguments


def _asks_for_help(words: list[str]) -> bool:
    """Whether the words end at a group of commands, or ask what there is."""
    if "--help" in words:
        return True
    if "casefile" not in words:
        return False
    asked: click.Command | None = casefile
    for word in words[words.index("casefile") + 1 :]:
        if not isinstance(asked, click.Group):
            break
        asked = asked.commands.get(word)
    return isinstance(asked, click.Group)


@click.group("casefile", cls=Spoken)
@click.pass_context
@with_appcontext
def casefile(context: click.Context) -> None:
    """Install Casefile, serve its outbox, invite people."""
    asked_for_help = EXTENSION not in current_app.extensions
    if context.invoked_subcommand in WORKS_ON_NOTHING or asked_for_help:
        return
    if said := missing():
        stop(said)


COMMANDS = (
    init,
    migrations,
    worker,
    people,
    custody,
    keys,
    network,
    audit,
    backup,
    restore,
    open_archive,
    registers,
    doctor,
    demo,
)
for command in COMMANDS:
    casefile.add_command(command)
