"""Taking out of a file what its sender did not mean to send: place, author, device, earlier words.

Whole files in, whole files out, in memory alone. What cannot be cleaned comes back as it was and
says so; what would harm whoever opens it is `Dangerous`. Nothing here is called twice at once:
decoding takes memory, and callers hold the slot for it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from enum import StrEnum

from casefile.documents.kinds import FIRST, OFFICE, PICTURES, FileKind, kind_of


class Mark(StrEnum):
    """What is known of the details inside a file that is kept."""

    CLEANED = "cleaned"
    """Hidden details were taken out."""
    REMAIN = "remain"
    """Nobody looked: details inside may remain."""
    FAILED = "failed"
    """It could not be cleaned: damaged, locked, or of a sort nobody here can take apart."""


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


def clean(data: bytes | bytearray) -> Cleaned:
    """Clean one whole file by what its content is; `Dangerous` for a bomb."""
    kind = kind_of(bytes(data[:FIRST]))
    if kind is FileKind.ZIP:
        from casefile.documents.packages import package_kind

        kind = package_kind(data)
    if kind not in PICTURES | OFFICE | {FileKind.PDF}:
        return Cleaned(kind, data, Mark.REMAIN)
    try:
        with warnings.catch_warnings():
            # A parser's warning may quote the file, and would go to the log.
            warnings.simplefilter("ignore")
            return _cleaned(kind, data)
    except Dangerous:
        raise
    except Exception:
        # Whatever a parser raises on hostile bytes means one thing: it could not be cleaned.
        return Cleaned(kind, data, Mark.FAILED)


def _cleaned(kind: FileKind, data: bytes | bytearray) -> Cleaned:
    """The heavy packages are imported only where a file needs them."""
    if kind in PICTURES:
        from casefile.documents.pictures import clean_picture

        made, became = clean_picture(kind, data)
        return Cleaned(became, made, Mark.CLEANED)
    if kind is FileKind.PDF:
        from casefile.documents.portable import clean_pdf

        return Cleaned(kind, clean_pdf(data), Mark.CLEANED)
    from casefile.documents.packages import clean_package

    made, whole = clean_package(data)
    return Cleaned(kind, made, Mark.CLEANED if whole else Mark.REMAIN)
