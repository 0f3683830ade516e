"""Office files: packages of XML, each part cleaned and the package written anew.

Goes: properties of every kind, thumbnails, authors and dates of comments and of tracked changes,
names of editors, paths and printers, notes inside pictures. The words of the text stay. A part
that nobody here can take apart (a macro, an embedded object, customers' own data) makes the whole
one in which details may remain, and so does a picture beyond what one file may cost. Must never
unpack more than `MOST_UNPACKED`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final

from casefile.documents.cleaning import Dangerous, NotCleanable
from casefile.documents.effort import Effort, TooMuch
from casefile.documents.jpeg_parts import without_notes
from casefile.documents.kinds import FileKind, kind_of
from casefile.documents.office_xml import anonymous, skeleton_of, without_relations

MOST_UNPACKED: Final = 200 * 1024 * 1024
"""Bytes all parts may unpack to together."""
MOST_PARTS: Final = 5_000
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The only moment that stands in a package we write: the earliest a zip can say."""

DROPPED: Final = re.compile(
    r"docProps/thumbnail\.\w+|Thumbnails/.*|.*/printerSettings\d*\.bin|layout-cache"
    r"|Configurations2/.*|META-INF/documentsignatures\.xml|_xmlsignatures/.*"
)
"""Parts that only tell of the device, the printer or the maker."""
MEDIA: Final = re.compile(r"(word|xl|ppt)/media/.*|Pictures/.*|media/.*")
MARKUP: Final = re.compile(r".*\.(xml|rels|rdf|vml)")
HARMLESS: Final = re.compile(r"mimetype|.*/$")
_OFFICE: Final = {"word/": FileKind.WORD, "xl/": FileKind.SHEET, "ppt/": FileKind.SLIDES}
_OPEN: Final = {
    b"application/vnd.oasis.opendocument.text": FileKind.OPEN_TEXT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.OPEN_SHEET,
    b"application/vnd.oasis.opendocument.presentation": FileKind.OPEN_SLIDES,
}


def package_kind(data: bytes | bytearray) -> FileKind:
    """Which office file a zip is, if any; `Dangerous` for one that unpacks far beyond its size.

    A locked or damaged one raises whatever its reader raises: an error of zipfile, of any of its
    ways to pack, or RuntimeError.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        _refuse_bomb(parts)
        return _kind(package, {part.filename for part in parts})


def clean_package(data: bytes | bytearray, effort: Effort) -> tuple[bytes, bool]:
    """The package anew, and whether everything in it could be cleaned; TooMuch beyond `effort`."""
    made, whole = io.BytesIO(), True
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as anew,
    ):
        for name, part in _parts(package):
            effort.begin_part()
            kept = _part(name, part, effort)
            if kept is None:
                continue
            bare, clean = kept
            whole = whole and clean
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            anew.writestr(about, bare)
    return made.getvalue(), whole


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    """By what the directory declares; reading never goes beyond what is declared."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Dangerous


def _kind(package: zipfile.ZipFile, names: set[str]) -> FileKind:
    if "mimetype" in names:
        with package.open("mimetype") as part:
            return _OPEN.get(part.read(200).strip(), FileKind.ZIP)
    if "[Content_Types].xml" not in names:
        return FileKind.ZIP
    folders = (kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in names))
    return next(folders, FileKind.ZIP)


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Every part once, `mimetype` first as OpenDocument wants it; encrypted ones are an error."""
    listed = {part.filename: part for part in package.infolist()}
    for name in sorted(listed, key=lambda each: each != "mimetype"):
        if listed[name].flag_bits & 1:
            raise NotCleanable
        yield name, package.read(listed[name])


def _part(name: str, part: bytes, effort: Effort) -> tuple[bytes, bool] | None:
    """One part as it is to be kept and whether it is clean now; None for one that goes."""
    if DROPPED.fullmatch(name):
        return None
    if (bare := skeleton_of(name)) is not None:
        return bare, True
    if MARKUP.fullmatch(name):
        effort.parse(part.count(b"<") + part.count(b"="))
        return without_relations(anonymous(name, part), DROPPED), not _customers_own(name)
    if MEDIA.fullmatch(name):
        return _picture(part, effort)
    return part, bool(HARMLESS.fullmatch(name))


def _customers_own(name: str) -> bool:
    """Data of the maker's own systems, which may hold anything."""
    return name.startswith("customXml/") and not name.endswith(".rels")


def _picture(part: bytes, effort: Effort) -> tuple[bytes, bool]:
    """A picture inside a document, without its notes; as it came where that would take too much."""
    try:
        effort.look_into(len(part))
        return _without_notes(part, effort)
    except TooMuch:
        return part, False


def _without_notes(part: bytes, effort: Effort) -> tuple[bytes, bool]:
    """Point for point the same where we can."""
    kind = kind_of(part[:4096])
    if kind is FileKind.JPEG:
        return without_notes(part), True
    if kind in {FileKind.PNG, FileKind.GIF, FileKind.WEBP}:
        from casefile.documents.pictures import clean_picture

        return clean_picture(kind, part, effort)[0], True
    return part, False
