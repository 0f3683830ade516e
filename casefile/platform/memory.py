"""What one process remembers of rows it opened: names and the directory, under their tokens.

Accepted because the process holds the keys to these labels anyway. It must never remember a key,
a case, or anything that is sealed to people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")
MOST = 20_000
"""Entries, a few MB; when it is full everything is forgotten and read again."""


class Memory:
    """Opened labels by table, row and version token: a changed row is never taken for the old."""

    __slots__ = ("_kept", "_latest")

    def __init__(self) -> None:
        self._kept: dict[tuple[str, bytes, bytes], Any] = {}
        self._latest: dict[str, tuple[bytes, Any]] = {}

    def recall(self, table: str, row: bytes, token: bytes, opened: Callable[[], T]) -> T:
        """What this version of the row says; `opened` is asked only when it is not remembered."""
        place = (table, row, token)
        known: T | None = self._kept.get(place)
        if known is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            known = self._kept[place] = opened()
        return known

    def latest(self, what: str, version: bytes, made: Callable[[], T]) -> T:
        """What was made of this version of many rows; of an earlier one nothing is kept."""
        kept, known = self._latest.get(what, (b"", None))
        if known is None or kept != version:
            known = made()
            self._latest[what] = (version, known)
        return cast(T, known)

    def forget(self, table: str, row: bytes, token: bytes) -> None:
        """Ask again the next time."""
        self._kept.pop((table, row, token), None)

    def __repr__(self) -> str:
        return "Memory(‹sealed›)"
