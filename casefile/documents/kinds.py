"""What a file is, read from its content and from nothing else.

A name and a declared type are claims. They are compared with the content and never believed, and
no page, verb or download may choose by them.
"""

from __future__ import annotations

import mimetypes
from enum import StrEnum
from typing import Final

FIRST: Final = 4096
"""Bytes from the beginning of a file that tell what it is."""


class FileKind(StrEnum):
    """What a file's content is."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    HEIF = "heif"
    PDF = "pdf"
    WORD = "word"
    SHEET = "sheet"
    SLIDES = "slides"
    OPEN_TEXT = "open_text"
    OPEN_SHEET = "open_sheet"
    OPEN_SLIDES = "open_slides"
    ZIP = "zip"
    SOUND = "sound"
    VIDEO = "video"
    TEXT = "text"
    OTHER = "other"


class Family(StrEnum):
    """What people call it."""

    PICTURE = "picture"
    PDF = "pdf"
    DOCUMENT = "document"
    SOUND = "sound"
    VIDEO = "video"
    TEXT = "text"
    OTHER = "other"


PICTURES: Final = frozenset(
    {FileKind.JPEG, FileKind.PNG, FileKind.WEBP, FileKind.GIF, FileKind.HEIF}
)
OFFICE: Final = frozenset(
    {
        FileKind.WORD,
        FileKind.SHEET,
        FileKind.SLIDES,
        FileKind.OPEN_TEXT,
        FileKind.OPEN_SHEET,
        FileKind.OPEN_SLIDES,
    }
)
CLEANABLE: Final = PICTURES | OFFICE | {FileKind.PDF}

ENDINGS: Final = {
    FileKind.JPEG: ".jpg",
    FileKind.PNG: ".png",
    FileKind.WEBP: ".webp",
    FileKind.GIF: ".gif",
    FileKind.HEIF: ".heic",
    FileKind.PDF: ".pdf",
    FileKind.WORD: ".docx",
    FileKind.SHEET: ".xlsx",
    FileKind.SLIDES: ".pptx",
    FileKind.OPEN_TEXT: ".odt",
    FileKind.OPEN_SHEET: ".ods",
    FileKind.OPEN_SLIDES: ".odp",
    FileKind.ZIP: ".zip",
    FileKind.TEXT: ".txt",
}
"""The ending of a download, by content; what has none here ends in `.bin` or as `media_ending`."""

_BEGINNINGS: Final = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"GIF87a", FileKind.GIF),
    (b"GIF89a", FileKind.GIF),
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"OggS", FileKind.SOUND),
    (b"fLaC", FileKind.SOUND),
    (b"#!AMR", FileKind.SOUND),
    (b"ID3", FileKind.SOUND),
    (b"\xff\xfb", FileKind.SOUND),
    (b"\xff\xf3", FileKind.SOUND),
    (b"\xff\xf1", FileKind.SOUND),
    (b"caff", FileKind.SOUND),
    (b"\x1a\x45\xdf\xa3", FileKind.VIDEO),
    (b"\x00\x00\x01\xba", FileKind.VIDEO),
)
_RIFF: Final = {b"WEBP": FileKind.WEBP, b"WAVE": FileKind.SOUND, b"AVI ": FileKind.VIDEO}
_STILL: Final = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"heis", b"avif", b"avis")
_SPOKEN: Final = (b"M4A ", b"M4B ")
_ENDS: Final = (
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
    (b"#!AMR", ".amr"),
    (b"RIFF", ".wav"),
    (b"caff", ".caf"),
    (b"\x1a\x45\xdf\xa3", ".webm"),
    (b"\x00\x00\x01\xba", ".mpg"),
)


def kind_of(beginning: bytes) -> FileKind:
    """What a file is by its first bytes; office files are zip until they are looked into."""
    for signature, kind in _BEGINNINGS:
        if beginning.startswith(signature):
            return kind
    if b"%PDF-" in beginning[:1024]:
        return FileKind.PDF
    if beginning[:4] == b"RIFF":
        return _RIFF.get(beginning[8:12], FileKind.OTHER)
    if beginning[4:8] == b"ftyp":
        return _boxed(beginning[8:12])
    return FileKind.TEXT if _reads_as_text(beginning) else FileKind.OTHER


def to_be_cleaned(beginning: bytes) -> bool:
    """Whether a file that begins so must be whole in memory before it is sealed."""
    return kind_of(beginning) in CLEANABLE | {FileKind.ZIP}


def family_of(kind: FileKind) -> Family:
    """What people call it."""
    if kind in PICTURES:
        return Family.PICTURE
    if kind in OFFICE:
        return Family.DOCUMENT
    known = {each.value for each in Family}
    return Family(kind.value) if kind.value in known else Family.OTHER


def ending_of(kind: FileKind, beginning: bytes) -> str:
    """The ending a download gets, from its content alone."""
    if kind in ENDINGS:
        return ENDINGS[kind]
    if kind in {FileKind.SOUND, FileKind.VIDEO}:
        listed = (end for signature, end in _ENDS if beginning.startswith(signature))
        return next(listed, ".mp4" if beginning[4:8] == b"ftyp" else ".mp3")
    return ".bin"


def says_otherwise(name: str, declared: str, kind: FileKind) -> bool:
    """Whether the name or the declared type claims another family than the content has."""
    real = family_of(kind)
    claimed = (_claimed(mimetypes.guess_type(name)[0] or ""), _claimed(declared))
    return any(each is not None and each is not real for each in claimed)


def _boxed(brand: bytes) -> FileKind:
    if brand in _STILL:
        return FileKind.HEIF
    return FileKind.SOUND if brand in _SPOKEN else FileKind.VIDEO


def _reads_as_text(beginning: bytes) -> bool:
    """No zero byte, and UTF-8 but for a character that may be cut at the end."""
    if not beginning or b"\0" in beginning:
        return False
    try:
        beginning.decode()
    except UnicodeDecodeError as broken:
        return broken.start >= len(beginning) - 3
    return True


def _claimed(media_type: str) -> Family | None:
    """The family a media type names; None for one that says nothing."""
    whole = media_type.partition(";")[0].strip().lower()
    major = whole.partition("/")[0]
    if major in {"image", "audio", "video", "text"}:
        return {"image": Family.PICTURE, "audio": Family.SOUND}.get(major) or Family(major)
    if whole == "application/pdf":
        return Family.PDF
    office = ("officedocument", "opendocument")
    return Family.DOCUMENT if any(each in whole for each in office) else None
