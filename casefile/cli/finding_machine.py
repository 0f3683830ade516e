"""What the doctor asks of the machine: engine, disk, clock, backups, configuration, proxies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from casefile.audit.chain import newest_line
from casefile.cli.finding import Finding, broken, look, well
from casefile.platform.backup_notes import since_last_backup
from casefile.platform.deployment import Deployment
from casefile.platform.migrating import newest_revision, revision_of

MB = 1024 * 1024
LEAST_FREE = 200 * MB
"""Below this a report may not be saved any more."""
SMALL_SHARE = 0.1
BACKUP_DUE = timedelta(hours=26)
BACKUP_OVERDUE = timedelta(days=7)
AHEAD = timedelta(minutes=2)
"""How far servers of one deployment may differ."""
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""


def engine_found(engine: Engine) -> Iterator[Finding]:
    """How the database is set, and whether its tables are of this version."""
    with engine.connect() as connection:
        revision = revision_of(connection)
        if engine.dialect.name == "sqlite":
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            safe, how = mode == "wal", f"SQLite, journal mode {mode}"
        else:
            said = [
                connection.execute(text(f"SHOW {name}")).scalar_one()
                for name in ("fsync", "synchronous_commit", "full_page_writes")
            ]
            safe, how = "off" not in said, "PostgreSQL"
    if not safe:
        yield broken("engine", f"{how} is set to lose what it was given. Set it back.")
    if revision is None:
        yield broken("engine", "There are no tables. Found the deployment, or restore a backup.")
    elif revision != newest_revision():
        yield broken("engine", "The tables are of another version. Run the migrations command.")
    elif safe:
        yield well("engine", f"{how}; the tables are of this version.")


def space_found(deployment: Deployment) -> Iterator[Finding]:
    """Free room where the instance folder lies."""
    try:
        disk = shutil.disk_usage(deployment.settings.instance)
    except OSError:
        yield broken("disk", "The instance folder is not there, or this user may not enter it.")
        return
    free = f"{disk.free // MB} MB are free beside the instance folder."
    if disk.free < LEAST_FREE:
        yield broken("disk", f"{free} Make room now: reports can no longer be saved.")
    elif disk.free < disk.total * SMALL_SHARE:
        yield look("disk", f"{free} Make room, or move to a larger disk.")
    else:
        yield well("disk", free)


def clock_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """This clock against the newest line of the log, and against what cannot be."""
    now, newest = deployment.now(), newest_line(session, deployment)
    if now < BUILT:
        yield broken("clock", "The clock is years behind. Set it: deadlines and codes follow it.")
    elif newest is not None and newest.when > now + AHEAD:
        behind = (newest.when - now) // timedelta(minutes=1)
        yield broken(
            "clock",
            f"The log has a line {behind} minutes ahead of this clock. Set the clock of this "
            "machine, or of the one that wrote it, by the network.",
        )
    else:
        yield well("clock", "No line of the log is ahead of it.")


def backups_found(deployment: Deployment) -> Iterator[Finding]:
    """How old the last backup is."""
    age = since_last_backup(deployment)
    if age is None:
        yield look("backups", "None is known here. Run the backup command and try a restore.")
    elif age > BACKUP_OVERDUE:
        yield broken("backups", f"The last is {age.days} days old. Look at the backup's timer.")
    elif age > BACKUP_DUE:
        yield look("backups", f"The last is {age // timedelta(hours=1)} hours old.")
    else:
        yield well("backups", f"The last is {age // timedelta(hours=1)} hours old.")


def configuration_found(deployment: Deployment) -> Iterator[Finding]:
    """Settings that work and are still not what a real deployment wants."""
    settings = deployment.settings
    found = []
    if not settings.base.startswith("https://"):
        found.append("The address people use is not https: members cannot sign in from elsewhere.")
    if not settings.safety_number:
        found.append("No telephone number for danger is set: the pages name none.")
    if (settings.instance / "demo.json").exists():
        found.append("This is the demonstration: it must never take a real report.")
    if not found:
        yield well("configuration", "Address and number for danger are set.")
    for said in found:
        yield look("configuration", said)


def proxies_found(deployment: Deployment) -> Iterator[Finding]:
    """Whether the word of a reverse proxy on who calls is believed, where there may be none."""
    settings = deployment.settings
    if not settings.proxies:
        return
    if settings.base.startswith("https://"):
        yield well(
            "proxies",
            f"X-Forwarded-For is believed from {settings.proxies} in front, if they call from this "
            "machine or a private network. The outermost must write it anew for every request.",
        )
    else:
        yield look(
            "proxies",
            "proxies is set under [service], but the address is not https: is there a proxy? "
            "Without one anybody who reaches this port from a private network can invent "
            "addresses, and is never held to a limit. Set proxies = 0.",
        )
