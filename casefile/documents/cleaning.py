"""Taking out of a file what its sender did not mean to send: place, author, device, earlier words.

Whole files in, whole files out, in memory alone. What cannot be cleaned comes back as it was and
says so; what would harm whoever opens it is `Dangerous`. Nothing here is called twice at once:
decoding takes memory, and callers hold the slot for it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from casefile.documents.kinds import CLEANABLE, FIRST, PICTURES, FileKind, kind_of

if TYPE_CHECKING:
    from casefile.documents.effort import Effort


class Mark(StrEnum):
    """What is known of the details inside a file that is kept."""

    CLEANED = "cleaned"
    """Hidden details were taken out."""
    REMAIN = "remain"
    """Nobody looked: details inside may remain."""
    FAILED = "failed"
    """It could not be cleaned: damaged, locked, of a sort nobody here can take apart, or more work
    than one file may cost."""


class Dangerous(Exception):
    """Unpacked it is far larger than any real file: whoever opens it would be harmed."""


class NotCleanable(Exception):
    """Its inside cannot be read, or holds what cannot be taken out."""


@dataclass(frozen=True)
class Cleaned:
    """A file as it is to be kept."""

    kind: FileKind
    data: bytes | bytearray = field(repr=False)
    mark: Mark


def clean(data: bytes | bytearray, effort: Effort | None = None) -> Cleaned:
    """Clean one whole file by what its content is; `Dangerous` for a bomb.

    What would take more than `effort` is left as it came and says so; a PDF has its own.
    """
    kind = kind_of(bytes(data[:FIRST]))
    try:
        with warnings.catch_warnings():
            # A parser's warning may quote the file, and would go to the log.
            warnings.simplefilter("ignore")
            kind = _inside(kind, data)
            return _cleaned(kind, data, effort)
    except Dangerous:
        raise
    except Exception:
        # Whatever a parser raises on hostile bytes means one thing: it could not be cleaned.
        return Cleaned(kind, data, Mark.FAILED)


def uncleaned(data: bytes | bytearray) -> Cleaned:
    """A file nobody had the time to clean; `Dangerous` if it says itself that it is a bomb."""
    kind = kind_of(bytes(data[:FIRST]))
    try:
        kind = _inside(kind, data)
    except Dangerous:
        raise
    except Exception:
        return Cleaned(kind, data, Mark.FAILED)
    return Cleaned(kind, data, Mark.FAILED if kind in CLEANABLE else Mark.REMAIN)


def _inside(kind: FileKind, data: bytes | bytearray) -> FileKind:
    """The kind of office file a zip is; every other kind as it is."""
    if kind is not FileKind.ZIP:
        return kind
    from casefile.documents.packages import package_kind

    return package_kind(data)


def _cleaned(kind: FileKind, data: bytes | bytearray, effort: Effort | None) -> Cleaned:
    """The heavy packages are imported only where a file needs them."""
    if kind not in CLEANABLE:
        return Cleaned(kind, data, Mark.REMAIN)
    from casefile.documents.effort import Effort

    effort = effort or Effort()
    if kind in PICTURES:
        from casefile.documents.pictures import clean_picture

        made, became = clean_picture(kind, data, effort)
        return Cleaned(became, made, Mark.CLEANED)
    if kind is FileKind.PDF:
        from casefile.documents.apart import clean_pdf_apart

        return Cleaned(kind, clean_pdf_apart(data), Mark.CLEANED)
    from casefile.documents.packages import clean_package

    made, whole = clean_package(data, effort)
    return Cleaned(kind, made, Mark.CLEANED if whole else Mark.REMAIN)
