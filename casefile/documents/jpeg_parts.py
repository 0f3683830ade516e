"""JPEG data without its notes, point for point the same: for pictures inside other files.

Only the segments that decoding needs are kept. Must never touch what is not a JPEG.
"""

from __future__ import annotations

import re
from typing import Final

START: Final = b"\xff\xd8"
SCAN: Final = 0xDA
END: Final = 0xD9
NOTES: Final = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""APP1 to APP13, APP15 and comments: EXIF, XMP, IPTC, profiles. JFIF and Adobe's mark stay."""
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
MOST_SEGMENTS: Final = 10_000
"""No camera writes a thousand; each takes a step and memory of its own."""
_NEXT_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Inside a scan a real 0xFF is followed by zero or by a mark to begin afresh."""


def without_notes(data: bytes) -> bytes:
    """The same picture without notes or anything behind its end; ValueError if it is damaged."""
    if not data.startswith(START):
        raise ValueError("not a JPEG")
    kept, at = [START], len(START)
    while True:
        if at + 4 > len(data) and data[at : at + 2] != bytes([0xFF, END]):
            raise ValueError("a damaged JPEG")
        marker, end = data[at + 1], _end_of(data, at)
        if marker not in NOTES:
            kept.append(data[at:end])
        if marker == END:
            return b"".join(kept)
        if len(kept) > MOST_SEGMENTS:
            raise ValueError("no camera's JPEG")
        at = end


def _end_of(data: bytes, at: int) -> int:
    """Where the segment that begins here ends; of a scan, where the next segment begins."""
    marker = data[at + 1]
    if data[at] != 0xFF or marker in {0x00, 0xFF}:
        raise ValueError("a damaged JPEG")
    if marker == END or marker in ALONE:
        return at + 2
    end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if marker != SCAN:
        return end
    found = _NEXT_MARKER.search(data, end)
    if found is None:
        raise ValueError("a damaged JPEG")
    return found.start()
