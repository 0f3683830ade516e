"""Slots around the one slow step, Argon2id: typed numbers must never starve reports.

Each purpose has its own slots, so that a flood of one kind waits for itself alone. Nothing here
knows who is asking; slots are counted in this process only and are a soft limit by design.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore

from casefile.settings import Settings


@dataclass(frozen=True)
class Slots:
    """One semaphore per purpose, each used as a context manager around one derivation."""

    reports: BoundedSemaphore
    guesses: BoundedSemaphore
    sign_ins: BoundedSemaphore


def slots(settings: Settings) -> Slots:
    """The slots of one process, as many as its settings say."""
    return Slots(
        reports=BoundedSemaphore(settings.argon_reports),
        guesses=BoundedSemaphore(settings.argon_guesses),
        sign_ins=BoundedSemaphore(settings.argon_sign_ins),
    )
