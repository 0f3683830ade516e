"""When the last backup was made: one line in the instance folder, for who looks after it.

It must never say more than the moment; the archive's own file says that already.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from casefile.platform.deployment import Deployment

FILE = "last-backup.txt"


def remember_backup(deployment: Deployment) -> None:
    """Write this moment down, in one step."""
    file = deployment.settings.instance / FILE
    draft = file.with_name(f".{FILE}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as kept:
        kept.write(deployment.now().isoformat(timespec="seconds") + "\n")
    os.replace(draft, file)


def since_last_backup(deployment: Deployment) -> timedelta | None:
    """How long ago the last backup was made; None if none is known."""
    try:
        said = (deployment.settings.instance / FILE).read_text("ascii").strip()
        return deployment.now() - datetime.fromisoformat(said)
    except (OSError, ValueError, TypeError):
        return None
