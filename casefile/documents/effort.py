"""What cleaning one file may cost, counted while it is done: one small upload must not hold all.

A file of ten megabytes can ask for hours of work. Each step says what it is about to do before it
does it, and what goes beyond the bounds is left as it came. Must never be shared by two files.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from casefile.documents.cleaning import NotCleanable

MOST_PIXELS: Final = 64_000_000
"""Points that are decoded for one file, all frames and all pictures inside together: about 200 MB
of memory if they stand in one picture."""
MOST_IN_PICTURES: Final = 16 * 1024 * 1024
"""Bytes of all pictures inside a document: they are packed already, so hardly more than it has."""
MOST_TAGS: Final = 2_000_000
"""Tags and attributes in all markup of a document: each takes memory and a step of our own."""
MOST_OBJECTS: Final = 50_000
"""Numbered objects of a PDF."""
MOST_STEPS: Final = 200_000
"""Objects of a PDF with those that stand inside others and have no number."""
LONGEST_S: Final = 20.0
"""Seconds after which no further part of a document is begun."""


class TooMuch(NotCleanable):
    """It would take more than one file may cost."""


class Effort:
    """What is left for one file. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = clock() + LONGEST_S
        self._points, self._in_pictures = MOST_PIXELS, MOST_IN_PICTURES
        self._tags, self._steps, self._streams = MOST_TAGS, MOST_STEPS, 0

    def begin_part(self) -> None:
        """A further part of a document begins; TooMuch once the time is over."""
        if self._clock() > self._until:
            raise TooMuch

    def decode(self, points: int) -> None:
        """So many points of a picture are about to be decoded; TooMuch if they are too many."""
        self._points = _less(self._points, points)

    def look_into(self, length: int) -> None:
        """A picture of so many bytes inside a document is about to be read."""
        self._in_pictures = _less(self._in_pictures, length)

    def parse(self, tags: int) -> None:
        """Markup with so many tags and attributes is about to be parsed."""
        self._tags = _less(self._tags, tags)

    def copy_streams_of(self, length: int) -> None:
        """Streams of a PDF of so many bytes are about to be copied: together they are no longer
        than the file, unless they lie over each other."""
        self._streams = length

    def copy_stream(self, length: int) -> None:
        """A stream of so many bytes is about to be copied."""
        self._streams = _less(self._streams, length)

    def step(self) -> None:
        """One more object of a PDF, numbered or not."""
        self._steps = _less(self._steps, 1)


def _less(left: int, wanted: int) -> int:
    """What is left afterwards; what was refused is not taken off, a smaller one may still fit."""
    if wanted > left:
        raise TooMuch
    return left - wanted
