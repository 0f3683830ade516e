"""Timing in turns: what is compared runs one after the other, again and again, never in blocks.

On a machine that others use too, blocks of the same work differ by more than ten per cent; turns
by one or two. Preparing what is timed is never timed.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Act = Callable[[], object]
Preparation = Callable[[], Act]
"""Makes everything ready and returns what is timed."""
Times = Mapping[str, Sequence[float]]
"""Milliseconds of each round, by name."""


def in_turns(rounds: int, preparations: Mapping[str, Preparation], unmeasured: int = 3) -> Times:
    """Time each once a round, in the order given and, every second round, in the opposite one."""
    times: dict[str, list[float]] = {name: [] for name in preparations}
    for number in range(rounds + unmeasured):
        order = list(preparations)[:: -1 if number % 2 else 1]
        for name in order:
            taken = timed(preparations[name]())
            if number >= unmeasured:
                times[name].append(taken)
    return times


def timed(act: Act) -> float:
    """Milliseconds one act takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def always(act: Act) -> Preparation:
    """A preparation for what needs none."""
    return lambda: act


def median(times: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(times)


def difference_percent(one: Sequence[float], other: Sequence[float]) -> float:
    """How far two acts timed in turns lie apart: the middle pair's difference, in per cent.

    Each round's two times are a pair, so that what slows the machine for a while slows both.
    """
    apart = median([first - second for first, second in zip(one, other, strict=True)])
    return abs(apart) / median([*one, *other]) * 100
