"""Decisions about signing in that can be read without knowing the program.

Pure: no page, no table, no clock of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

INVITATION_HOLDS: Final = timedelta(days=7)
OFFER_HOLDS: Final = timedelta(hours=1)
"""How long the first joining page may lie open before its passphrase is drawn anew."""
TICKET_HOLDS: Final = timedelta(minutes=5)
"""How long somebody may take between the passphrase and the second step."""
SESSION_HOLDS: Final = timedelta(hours=12)
"""A working day; then everybody signs in again, however busy the session was."""
SCREEN_LOCKS_AFTER: Final = timedelta(minutes=5)
"""Without a request; then the next one asks for the passphrase."""
STAMPED_ANEW_AFTER: Final = timedelta(seconds=30)
"""How old the time in a cookie may grow; the screen may lock so much earlier."""
MOST_WRONG_PASSPHRASES: Final = 10
"""At a locked screen; then the session ends and both steps are asked for."""

RECOVERY_CODES: Final = 8
RECOVERY_WORDS: Final = 3

FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


def wait_after(failures: int) -> timedelta:
    """How long to wait after so many wrong codes in a row: 30 s after five, doubling to 15 min.

    Only a code given after the right passphrase counts. A generated passphrase cannot be guessed,
    so wrong ones need no wait, and nobody can keep a colleague out by typing nonsense.
    """
    if failures < FREE_FAILURES:
        return timedelta()
    doubled = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)
