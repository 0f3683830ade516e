"""When a page was first shown, sealed into the page itself, so that nothing is kept on the server.

It slows down what looks like a machine and must never refuse anybody: a time that is missing,
broken or from the future is simply not known.
"""

from __future__ import annotations

from datetime import UTC, datetime

from casefile.platform.carried import open_from_page, seal_into_page
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring

WHERE = context("reporting", "first view")


def seal_first_view(keyring: Keyring, moment: datetime, random: RandomBytes) -> str:
    """Seal `moment`, to the second, into urlsafe text for a hidden field."""
    plain = int(moment.timestamp()).to_bytes(8, "big")
    return seal_into_page(keyring, plain, WHERE, random)


def open_first_view(keyring: Keyring, seen: str, now: datetime) -> datetime | None:
    """The aware UTC time sealed in `seen`; None if it is not ours or lies after `now`."""
    try:
        seconds = int.from_bytes(open_from_page(keyring, seen, WHERE), "big")
        moment = datetime.fromtimestamp(seconds, UTC)
    except (SealBroken, ValueError, OverflowError, OSError):
        return None
    return moment if moment <= now else None
