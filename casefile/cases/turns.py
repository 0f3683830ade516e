"""Whose turn it is where only some of what waits can be done at once.

Something that cannot be done may stand among it for ever; the rest must have its turn all the same.
Pure; nothing is remembered from one time to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from casefile.sealing.hidden import RandomBytes

T = TypeVar("T")


def begun_anywhere(waiting: Sequence[T], random: RandomBytes) -> list[T]:
    """All that waits, in its order but begun at a random place: every one is first some time."""
    if not waiting:
        return []
    begin = int.from_bytes(random(8), "big") % len(waiting)
    return [*waiting[begin:], *waiting[:begin]]
