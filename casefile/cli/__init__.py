"""The commands: `flask casefile …`. They install, serve the outbox and invite; none opens a case.

Whatever a command asks can be answered beforehand with `--yes`.
"""

from __future__ import annotations

from flask.cli import AppGroup

from casefile.cli.archive import backup, restore
from casefile.cli.audit import audit
from casefile.cli.custody import custody
from casefile.cli.demonstration import demo
from casefile.cli.doctor import doctor
from casefile.cli.founding import init, is_founding, migrations
from casefile.cli.keys import keys
from casefile.cli.network import network
from casefile.cli.people import people
from casefile.cli.registers import registers
from casefile.cli.worker import worker

__all__ = ["casefile", "needs_no_keys"]


def needs_no_keys(arguments: list[str]) -> bool:
    """Whether this process makes the keys, or is asked what is wrong with them."""
    return is_founding(arguments) or ("casefile" in arguments and "doctor" in arguments)


casefile = AppGroup("casefile", help="Install Casefile, serve its outbox, invite people.")
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
    registers,
    doctor,
    demo,
)
for command in COMMANDS:
    casefile.add_command(command)
