"""When a deadline has passed, what is asked then, and how it is marked: one rule for all pages.

Pure decisions over whole minutes since 1970. Nothing here reads a clock, a label or a table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray


@overload
def is_late(due: int, now: int) -> bool: ...
@overload
def is_late(due: NDArray[Any], now: int) -> NDArray[np.bool_]: ...
def is_late(due: Any, now: int) -> Any:
    """Whether a deadline has passed, or which of many: its own minute is still in time.

    A due time of zero is no deadline, and never late.
    """
    return (due != 0) & (due < now)


WAITING = {"wait_reporter": "write_to_reporter"}
"""A step in which somebody else has to move, and what is ours to do once its day has passed."""


class Stamp(StrEnum):
    """How a case is marked; only the first two mean that time runs out."""

    ACT_TODAY = "act_today"
    LATE = "late"
    NEW = "new"
    DUE = "due"
    WAITING = "waiting"


def step_on(step: str, *, late: bool) -> str:
    """What a step asks for on the day: nobody who is waited for is late, only what we promised is.

    The next letter is due while we wait for the reporter; once its day has passed the letter is
    what is late (`write_to_reporter` of the procedures), and it is the desk's to write.
    """
    return WAITING.get(step, step) if late else step


def stamp_of(*, act_today: bool, late: bool, waiting: bool, unread: bool) -> Stamp:
    """The mark of a case, by what presses most; `waiting` is for somebody else to move."""
    if act_today:
        return Stamp.ACT_TODAY
    if late:
        return Stamp.LATE
    if waiting:
        return Stamp.WAITING
    return Stamp.NEW if unread else Stamp.DUE
