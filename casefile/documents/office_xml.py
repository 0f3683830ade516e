"""The XML inside office files: names of people and moments go, the text stays.

Pure: bytes in, bytes out, by local names, so that both dialects of the format are met. Entities
are never resolved and nothing is fetched. What cannot be parsed is an error of lxml.
"""

from __future__ import annotations

import re
from typing import Any, Final

from casefile.documents.cleaning import NotCleanable

NOBODY: Final = "–"
"""Stands where the format needs a name."""
SOME_DAY: Final = "2000-01-01T00:00:00Z"
"""Stands where the format needs a moment."""

NAMES: Final = frozenset(
    {
        "author",
        "initials",
        "displayName",
        "userName",
        "refreshedBy",
        "lastModifiedBy",
        "creator",
        "provider",
    }
)
IDS_OF_PEOPLE: Final = frozenset({"userId", "providerId", "lastEditedBy"})
MOMENTS: Final = frozenset({"dT", "dt", "refreshedDateIso", "created", "modified"})
"""Attributes that hold a name, an account, a moment. `date` is a moment in text documents alone."""
NAMED_PEOPLE: Final = frozenset({"cmAuthor", "person", "author"})
"""Elements whose attribute `name` is a person's."""
EDITORS: Final = frozenset(
    {"creator", "creator-initials", "initial-creator", "printed-by", "sender-firstname"}
)
MOMENT_TEXTS: Final = frozenset({"date", "date-string", "print-date", "creation-date"})
"""Elements of OpenDocument whose text is a name, or a moment."""
DROPPED_ELEMENTS: Final = frozenset(
    {"absPath", "fileSharing", "rsids", "rsid", "attachedTemplate", "docVars", "proofErr"}
)
"""Elements that tell a path, an account or the rhythm of editing, and that no reader needs."""
PRINTERS: Final = frozenset({"PrinterName", "PrinterSetup"})
CHANGES: Final = re.compile(r"rsid\w*")
OF_THE_MAKER: Final = re.compile(r"purl\.org/dc|:meta:")
"""Namespaces of what is said about a document; a date in its text is no date of its making."""
LARGEST_PART: Final = 24 * 1024 * 1024
"""Bytes of XML that are parsed; the parsed tree takes several times as much memory."""

_CORE: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>'
)
_APP: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>'
)
_CUSTOM: Final = _APP.replace(b"extended-properties", b"custom-properties")
_META: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2">'
    b"<office:meta/></office:document-meta>"
)
_SKELETONS: Final = (
    (re.compile(r"docProps/core\d*\.xml"), _CORE),
    (re.compile(r"docProps/app\d*\.xml"), _APP),
    (re.compile(r"docProps/custom\d*\.xml"), _CUSTOM),
    (re.compile(r"(.*/)?meta\.xml"), _META),
)


def skeleton_of(name: str) -> bytes | None:
    """What takes the place of a part that holds properties alone; None for any other part."""
    return next((bare for part, bare in _SKELETONS if part.fullmatch(name)), None)


def anonymous(name: str, part: bytes) -> bytes:
    """The part without names and moments of those who worked on it."""
    tree = _parsed(part)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            _drop(element)
            continue
        _forget_element(element)
    if "xl/comments" in name or "/comments" in name:
        _forget_list_of_authors(tree)
    return _written(tree)


def without_relations(part: bytes, dropped: re.Pattern[str]) -> bytes:
    """The part without relations, types and manifest lines that lead to a part that goes."""
    tree = _parsed(part)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        kind = _local(element.tag)
        if kind not in {"Relationship", "Override", "file-entry"}:
            continue
        target = next((value for key, value in element.attrib.items() if _local(key) in _LEADS), "")
        if dropped.fullmatch(str(target).lstrip("/").removeprefix("../")) or _is_printer(element):
            _drop(element)
    return _written(tree)


_LEADS: Final = frozenset({"Target", "PartName", "full-path"})


def _is_printer(element: Any) -> bool:
    return str(element.get("Type", "")).endswith(("/printerSettings", "/attachedTemplate"))


def _forget_element(element: Any) -> None:
    kind = _local(element.tag)
    if kind in DROPPED_ELEMENTS:
        _drop(element)
        return
    if kind in EDITORS:
        element.text = NOBODY
    elif kind in MOMENT_TEXTS and OF_THE_MAKER.search(element.tag) and element.text:
        element.text = SOME_DAY
    elif kind == "config-item" and PRINTERS & set(element.attrib.values()):
        element.text = ""
    for key in list(element.attrib):
        _forget_attribute(element, key, kind)


def _forget_attribute(element: Any, key: str, kind: str) -> None:
    name = _local(key)
    if name in NAMES or (name == "name" and kind in NAMED_PEOPLE) or name in IDS_OF_PEOPLE:
        element.set(key, NOBODY)
    elif name in MOMENTS or (name == "date" and "wordprocessingml" in key):
        element.set(key, SOME_DAY)
    elif CHANGES.fullmatch(name) or (kind == "pageSetup" and name == "id"):
        del element.attrib[key]


def _forget_list_of_authors(tree: Any) -> None:
    """A spreadsheet lists the authors of its comments by name, in order."""
    for element in tree.iter():
        if isinstance(element.tag, str) and _local(element.tag) == "author":
            element.text = NOBODY


def _drop(element: Any) -> None:
    """Take an element out and leave the text behind it in its place."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _parsed(part: bytes) -> Any:
    from lxml import etree

    if len(part) > LARGEST_PART:
        raise NotCleanable
    careful = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(part, careful)


def _written(tree: Any) -> bytes:
    from lxml import etree

    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
