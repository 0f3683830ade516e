"""Times sealed into a page itself, so that nothing is kept on the server: when it was first shown,
and the day that a printed receipt names.

The first weighs among the signs of junk and must never refuse anybody: a time that is missing,
broken or from the future is simply not known.
"""

from __future__ import annotations

from datetime import UTC, datetime

from casefile.platform.carried import open_from_page, seal_into_page
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring

FIRST_VIEW = context("reporting", "first view")
PAPER = context("reporting", "paper")


def seal_first_view(keyring: Keyring, moment: datetime, random: RandomBytes) -> str:
    """Seal when a page was first shown, to the second, for a hidden field."""
    return _seal(keyring, FIRST_VIEW, moment, random)


def open_first_view(keyring: Keyring, seen: str, now: datetime) -> datetime | None:
    """The aware UTC time sealed in `seen`; None if it is not ours or lies after `now`."""
    return _open(keyring, FIRST_VIEW, seen, now)


def seal_paper(keyring: Keyring, received: datetime, random: RandomBytes) -> str:
    """Seal when a report came: all that a printed receipt says of it."""
    return _seal(keyring, PAPER, received, random)


def open_paper(keyring: Keyring, paper: str, now: datetime) -> datetime | None:
    """When the report of a paper came; None if the paper is not ours."""
    return _open(keyring, PAPER, paper, now)


def _seal(keyring: Keyring, where: bytes, moment: datetime, random: RandomBytes) -> str:
    plain = int(moment.timestamp()).to_bytes(8, "big")
    return seal_into_page(keyring, plain, where, random)


def _open(keyring: Keyring, where: bytes, given: str, now: datetime) -> datetime | None:
    try:
        seconds = int.from_bytes(open_from_page(keyring, given, where), "big")
        moment = datetime.fromtimestamp(seconds, UTC)
    except (SealBroken, ValueError, OverflowError, OSError):
        return None
    return moment if moment <= now else None
