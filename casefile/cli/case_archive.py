"""Opening a sealed copy of one case, on any machine: it needs no keys and no database of ours."""

from __future__ import annotations

import os
from pathlib import Path

import click

from casefile.cases.case_archive import files_of
from casefile.cli.stopping import stop
from casefile.platform.archive_records import ArchiveDamaged
from casefile.sealing.archives import NotAnArchive, PassphraseTooShort
from casefile.sealing.case_archives import open_case_archive
from casefile.sealing.errors import SealBroken

COMMAND = "open-archive"


@click.command(COMMAND)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder for what is in it; beside FILE if none is named.",
)
@click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the words, in place of typing them.",
)
def open_archive(file: Path, into: Path | None, passphrase_file: Path | None) -> None:
    """Open FILE, a sealed copy of a case, with the words that were shown when it was made."""
    folder = into or file.with_name(f"{file.stem}-opened")
    if folder.exists():
        stop(f"There is something at {folder} already. Name a new folder with --into.")
    words = passphrase_file.read_text("utf-8", "replace") if passphrase_file else _asked()
    draft = folder.with_name(f".{folder.name}.draft")
    try:
        count = _write(file, words, draft)
        draft.rename(folder)
    except NotAnArchive:
        stop("This file is not a sealed copy of a case.")
    except PassphraseTooShort:
        stop("The words are too few: six were shown.")
    except (SealBroken, ArchiveDamaged):
        stop("It does not open: the words are others, or the file is cut or changed.")
    except OSError as failed:
        stop(f"It could not be written: {failed.strerror}.")
    finally:
        _clear(draft)
    click.echo(f"{count} files in {folder}. They lie open there: delete them when you are done.")


def _asked() -> str:
    return str(click.prompt("The words", hide_input=True))


def _write(file: Path, words: str, folder: Path) -> int:
    _clear(folder)
    folder.mkdir(mode=0o700)
    count = 0
    with file.open("rb") as source:
        for name, data in files_of(open_case_archive(source, words)):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(folder / Path(name).name, flags, 0o600), "wb") as out:
                out.write(data)
            count += 1
    return count


def _clear(folder: Path) -> None:
    """Remove what a stopped run left: only files of ours, in a folder of ours."""
    if folder.is_dir():
        for one in folder.iterdir():
            one.unlink()
        folder.rmdir()
