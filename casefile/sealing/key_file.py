"""The key file: the deployment's keys as text, for its owner alone (0600).

It is written at once or not at all, and never over another one. It must never be read when others
could have read it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from casefile.sealing.errors import KeyFileExposed, KeyFileInTheWay, KeyFileMissing, KeyFileWrong
from casefile.sealing.keyring import Keyring, keyring_from_text

_NOTICE: Final = (
    "# Keys of this Casefile deployment. Keep this file apart from the database and its backups.\n"
    "# Whoever has it reads labels and figures; whoever loses it loses every receipt.\n"
)


def write_key_file(path: Path, keyring: Keyring) -> None:
    """Write the key file, readable by its owner alone; ``KeyFileInTheWay`` if there is one."""
    draft = _draft(path, keyring)
    try:
        os.link(draft, path)
    except FileExistsError:
        raise KeyFileInTheWay(
            f"There is a key file at {path} already. It is left as it is: without it nothing "
            f"sealed by this deployment opens again."
        ) from None
    finally:
        draft.unlink()
    _settle(path.parent)


def replace_key_file(path: Path, keyring: Keyring) -> None:
    """Replace the key file by a next stage of the same keys, at once or not at all.

    ``KeyFileWrong`` unless the keys that never rotate are the same; whatever ``read_key_file``
    raises, when the present file cannot be used.
    """
    if read_key_file(path).lasting_fingerprint() != keyring.lasting_fingerprint():
        raise KeyFileWrong(
            f"The key file at {path} belongs to another deployment. It is left as it is; "
            f"check the path."
        )
    os.replace(_draft(path, keyring), path)
    _settle(path.parent)


def read_key_file(path: Path) -> Keyring:
    """Read the key file.

    Raises ``KeyFileMissing``, ``KeyFileExposed`` (group or others may use it, or another user owns
    it) or ``KeyFileDamaged``; each says what to do.
    """
    try:
        with path.open("rb") as file:
            _refuse_exposed(path, os.fstat(file.fileno()))
            raw = file.read()
    except FileNotFoundError:
        raise KeyFileMissing(
            f"There is no key file at {path}. For a new deployment make one with the init command; "
            f"otherwise bring it back from where it was copied, or from the custodians' sheet."
        ) from None
    except (PermissionError, IsADirectoryError):
        raise KeyFileMissing(
            f"The key file at {path} cannot be read by this user. "
            f"Run as the user who owns it, or check the path."
        ) from None
    return keyring_from_text(raw.decode("ascii", "replace"))


def _refuse_exposed(path: Path, status: os.stat_result) -> None:
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyFileExposed(
            f"Other users of this machine may read the key file at {path}. Close it with "
            f"'chmod 600 {path}', find out who could have read it, and rotate the seal key."
        )
    if status.st_uid != os.geteuid():
        raise KeyFileExposed(
            f"The key file at {path} belongs to another user. Run as that user, or give the file "
            f"to the user Casefile runs as with 'chown'."
        )


def _draft(path: Path, keyring: Keyring) -> Path:
    """A complete, synced copy beside ``path``, to be moved into place in one step."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(_NOTICE + keyring.to_text().replace(",", "\n") + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
