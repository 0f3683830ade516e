"""Slots around slow steps, Argon2id above all: typed numbers must never starve reports.

Each purpose has its own slots. A report waits for its turn and is never refused; whoever sent many
leaves one slot to the others. A typed number or a sign-in waits a moment and is then asked to come
back, so that a flood of them leaves the server's threads free; and after a number that opened
nothing the slot rests, so that guesses leave it the processor too. A file waits a little to be
cleaned and is then kept as it came. Nothing here knows who is asking; slots are counted in this
process only and are a soft limit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore
from types import TracebackType
from typing import TypeVar

from casefile.settings import Settings

T = TypeVar("T")
PATIENCE_S = 1.5
WAITING = 1
"""How many may wait for a slot of one purpose in one process."""
WAITING_TO_CLEAN = 2
"""Of the four threads of a process one cleans a file, two may wait, and one is left."""
CLEANING_PATIENCE_S = 5.0
"""A photograph takes about a second; whoever waited for longer is kept without being cleaned."""
REST_S = 0.1
"""How long a slot rests after a number that opened nothing: ten guesses a second in one process."""


class Busy(Exception):
    """Too many numbers, sign-ins or files at once: come back in a minute, nothing is lost."""


class Turn:
    """Slots where few may wait, and not for long; a context manager around one slow step.

    At most `waiting` wait, each for at most `patience_s` seconds.
    """

    def __init__(
        self, slots: int, *, waiting: int = WAITING, patience_s: float = PATIENCE_S
    ) -> None:
        self._slots = BoundedSemaphore(slots)
        self._waiting = BoundedSemaphore(waiting)
        self._patience_s = patience_s
        self._rested = 0.0

    def __enter__(self) -> None:
        """Take a slot, at once or within a moment; else Busy."""
        self._take()
        time.sleep(max(0.0, self._rested - time.monotonic()))

    def rest(self) -> None:
        """Let whoever comes next wait a little: the last number opened nothing."""
        self._rested = time.monotonic() + REST_S

    def _take(self) -> None:
        if self._slots.acquire(blocking=False):
            return
        if not self._waiting.acquire(blocking=False):
            raise Busy
        try:
            if not self._slots.acquire(timeout=self._patience_s):
                raise Busy
        finally:
            self._waiting.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the slot back."""
        self._slots.release()


class Ahead:
    """Slots whose work begins beside the request, which goes on reading and sealing meanwhile.

    Whoever finds no slot free waits for a turn, in order, however many wait. Whoever sent many
    waits in a line of their own, which never takes the last slot.
    """

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)
        self._line = ThreadPoolExecutor(slots, thread_name_prefix="ahead")
        self._of_many = ThreadPoolExecutor(max(1, slots - 1), thread_name_prefix="many")

    def begin(self, work: Callable[[], T], *, sent_many: bool = False) -> Future[T]:
        """Begin the work; its outcome, or what it raised, comes from `result()`."""
        return (self._of_many if sent_many else self._line).submit(self._in_turn, work)

    def _in_turn(self, work: Callable[[], T]) -> T:
        with self._slots:
            return work()


@dataclass(frozen=True)
class Slots:
    """One kind of slot per purpose, each around one slow step."""

    reports: Ahead
    guesses: Turn
    sign_ins: Turn
    retrievals: Turn
    """Packets fetched from outside: guesses at them leave the reporters' numbers alone."""
    cleaning: Turn
    """One file at a time is taken apart in one process: decoding a picture takes memory."""
    papers: Turn
    """One paper or archive of a case at a time is made in one process, for the same reason."""


def slots(settings: Settings) -> Slots:
    """The slots of one process, as many as its settings say."""
    return Slots(
        reports=Ahead(settings.argon_reports),
        guesses=Turn(settings.argon_guesses),
        sign_ins=Turn(settings.argon_sign_ins),
        retrievals=Turn(1),
        cleaning=Turn(1, waiting=WAITING_TO_CLEAN, patience_s=CLEANING_PATIENCE_S),
        papers=Turn(1, waiting=WAITING_TO_CLEAN, patience_s=CLEANING_PATIENCE_S),
    )
