"""When a case is deleted: pure decisions over its label, the lengths in the configuration and now.

A case that goes on, that was opened again, or that two people keep for a court is never deleted.
Its deletion is announced to its desk first, and called off if anything of that changes.
Source: directive (EU) 2019/1937, article 18; `config/retention.toml`; `docs/decisions/deletion.md`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from casefile.cases.label import Label
from casefile.cases.machines import is_ended
from casefile.codes.retention import Retention
from casefile.platform.now import minutes, moment

DEADLINE: Final = "deletion"
"""The deadline that runs from the announcement to the deletion."""
UNCONFIRMED: Final = timedelta(days=30)
"""How long the word of one person alone keeps a case; then a second one is needed."""


class Move(StrEnum):
    """What the nightly pass does with a case."""

    NOTHING = "nothing"
    ANNOUNCE = "announce"
    CALL_OFF = "call_off"
    DELETE = "delete"


def next_move(
    label: Label, retention: Retention, now: datetime, others: Sequence[Label] = ()
) -> Move:
    """What is due for a case tonight; `others` are the labels at the other ends of its referrals.

    While one of those goes on it waits: what was passed on comes back to where it began.
    """
    announced = label.running(DEADLINE)
    if not may_end(label, retention, now) or not all(is_ended(one.state) for one in others):
        return Move.CALL_OFF if announced else Move.NOTHING
    if announced is None:
        return Move.ANNOUNCE
    return Move.DELETE if announced.due < minutes(now) else Move.NOTHING


def may_end(label: Label, retention: Retention, now: datetime) -> bool:
    """Whether the time a case is kept is over and nobody keeps it longer."""
    ended = kept_until(label, retention)
    return ended is not None and ended <= now and not is_held(label, now)


def kept_until(label: Label, retention: Retention) -> datetime | None:
    """Until when a case is kept; None while it is not closed."""
    if not label.since or not is_ended(label.state):
        return None
    months = retention.months_for(label.category, ending_of(label))
    return months_later(moment(label.since), months)


def ending_of(label: Label) -> str:
    """How a case ended: the outcome of its investigation, else the state it was closed in."""
    return label.outcome or label.state


def is_held(label: Label, now: datetime) -> bool:
    """Whether a case is kept for a court: by two people, or by one for thirty days.

    It is held until a second person has agreed that it is no longer.
    """
    hold = label.hold
    if hold is None:
        return False
    return bool(hold.second) or now < moment(hold.when) + UNCONFIRMED


def months_later(when: datetime, months: int) -> datetime:
    """The same day so many months on, or the last of a month that is shorter."""
    year, month = divmod(when.month - 1 + months, 12)
    year, month = when.year + year, month + 1
    return when.replace(
        year=year, month=month, day=min(when.day, calendar.monthrange(year, month)[1])
    )
