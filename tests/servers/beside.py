"""One of several processes that begin together: `python -m tests.servers.beside <what> …`.

Each puts the application together, says that it is ready, waits for the line that starts it, and
does through the application's own verbs what a server or worker does. It prints what it did.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.app import create_app
from casefile.audit.chain import chain_rows
from casefile.audit.models import AuditRow
from casefile.facts.register import FACTS
from casefile.platform.database import StaleRow, commit, current_session, own_transaction, write
from casefile.platform.deployment import current_deployment
from casefile.platform.jobs import claim, perform
from casefile.registers.lanes import insert


def write_rows(who: str, rows: str) -> None:
    """Write facts, each in a transaction of its own, marked by writer and row in two parts."""
    for at in range(int(rows)):

        def verb(session: Session, at: int = at) -> None:
            row = {part: np.zeros(1, dtype) for part, dtype in FACTS.parts.items()}
            row["coded"]["used"], row["coded"]["area"] = 1, int(who)
            row["coded"]["country"], row["people"]["victims_women"] = at, at % 256
            insert(session, current_deployment(), FACTS, row)

        write(verb, current_session())
        commit()
        print(who, at)


def take_jobs() -> None:
    """Take and do jobs until none is left; prints the row of each."""
    while (job := claim(current_deployment())) is not None:
        assert perform(current_deployment(), job)
        print(job.row.hex())


def chain_lines() -> None:
    """Move lines of the log into the chain until none waits, as one worker among others."""
    left = select(func.count(AuditRow.id))
    while True:
        try:
            with own_transaction() as session:
                if not session.scalar(left):
                    return
                chain_rows(session, current_deployment())
        except StaleRow:
            print("overtaken")


DOES: dict[str, Callable[..., None]] = {
    "write_rows": write_rows,
    "take_jobs": take_jobs,
    "chain_lines": chain_lines,
}

if __name__ == "__main__":
    with create_app().app_context():
        print("ready", flush=True)
        sys.stdin.readline()
        DOES[sys.argv[1]](*sys.argv[2:])
