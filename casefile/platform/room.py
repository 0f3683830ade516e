"""Room for files on their way in: how many bytes all requests of one process may hold at once.

A file that finds no room is refused, never the text beside it. Counted in this process only.
"""

from __future__ import annotations

from threading import Lock
from typing import Final

MOST_HELD: Final = 160 * 1024 * 1024
"""Bytes of arriving files in one process: three requests with everything that may be sent."""


class Room:
    """A number of bytes that is taken and given back."""

    def __init__(self, size: int = MOST_HELD) -> None:
        self._free = size
        self._lock = Lock()

    def take(self, size: int) -> bool:
        """Take so many bytes, if they are free."""
        with self._lock:
            if size > self._free:
                return False
            self._free -= size
            return True

    def give_back(self, size: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self._free += size
