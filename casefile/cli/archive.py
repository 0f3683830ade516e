"""Backup and restore from the command line: one sealed file, and back into an empty database.

The key file is never in an archive: it is kept apart, and without it an archive opens for nobody.
"""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cli.stopping import stop
from casefile.platform.archive_records import ArchiveDamaged
from casefile.platform.backup import FileInTheWay, back_up, one_moment, stored_bytes
from casefile.platform.backup_notes import remember_backup
from casefile.platform.database import db, own_transaction
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.migrating import newest_revision, revision_of
from casefile.platform.restore import NewerArchive, OtherInstallation
from casefile.platform.restore import restore as restore_archive
from casefile.platform.staging import InUse, NotEmpty
from casefile.sealing.archives import NotAnArchive, PassphraseTooShort, PassphraseWanted
from casefile.sealing.errors import SealBroken

MB = 1_000_000
REFUSALS: dict[type[Exception], str] = {
    NotAnArchive: "This file is not a backup of Casefile.",
    SealBroken: "The archive does not open: it is cut or changed, or it was sealed with other keys "
    "or another passphrase. Nothing was restored.",
    ArchiveDamaged: "The archive opens, but is not whole. Nothing was restored.",
    PassphraseWanted: "The way this archive was sealed is another one: give --passphrase-file "
    "if it was sealed with a passphrase, and leave it out if not.",
    PassphraseTooShort: "The passphrase is too short: six generated words are needed.",
    OtherInstallation: "The archive belongs to another deployment than these keys. Put its own key "
    "file in place.",
    NewerArchive: "The archive was made by a newer version of Casefile. Install that one first.",
    NotEmpty: "The database is not empty. Restore into a database without tables; nothing was "
    "changed.",
    InUse: "The database is in use: stop the server, the worker and any other restore first.",
}
passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with six generated words, in place of a key from the key file.",
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@passphrase_file
@with_appcontext
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Write everything but keys and sessions into one sealed FILE, while the service runs."""
    deployment = current_deployment()
    with one_moment(db.engine) as connection:
        if revision_of(connection) != newest_revision():
            stop("The tables are not of this version. Run the migrations command first.")
        length = stored_bytes(connection)
    try:
        with click.progressbar(length=length, label="Backup") as bar:
            size = back_up(
                db.engine, deployment, file, passphrase=_read(passphrase_file), told=bar.update
            )
    except FileInTheWay:
        stop(f"There is a file at {file} already. It is left as it is; choose another name.")
    except PassphraseTooShort:
        stop(REFUSALS[PassphraseTooShort])
    except OSError as failed:
        stop(f"The archive could not be written: {failed.strerror}. Nothing was left behind.")
    except DBAPIError:
        stop("The database went away while it was read. Nothing was left behind; try again.")
    _note(deployment, Event.BACKUP_MADE)
    remember_backup(deployment)
    click.echo(f"{size / MB:.1f} MB in {file}. The key file is not in it: keep that apart.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_file
@with_appcontext
def restore(file: Path, passphrase_file: Path | None) -> None:
    """Bring FILE back into an empty database. If it is stopped, the same command goes on."""
    deployment = current_deployment()
    try:
        with click.progressbar(length=file.stat().st_size, label="Restore") as bar:
            restored = restore_archive(
                db.engine, deployment, file, passphrase=_read(passphrase_file), told=bar.update
            )
    except tuple(REFUSALS) as refused:
        stop(REFUSALS[type(refused)])
    except OSError as failed:
        stop(f"The restore stopped: {failed.strerror}. The same command goes on where it was.")
    except DBAPIError:
        stop("The database went away or is full. The same command goes on where it was.")
    _note(deployment, Event.BACKUP_RESTORED)
    click.echo(f"{restored.rows} rows are back. Everybody signs in anew.")
    for name in restored.kept:
        click.echo(f"{name} of this machine was kept; the archive's is another one.")


def _read(file: Path | None) -> str | None:
    return None if file is None else file.read_text("utf-8", "replace")


def _note(deployment: Deployment, event: Event) -> None:
    with own_transaction() as session:
        note(session, deployment, event, by=None)
