"""PDF files: taken apart and put together again without who made them, and without what acts.

Goes: document information, XMP, file ids, scripts, actions, forms that send, embedded files, page
thumbnails, private data of programs, names and dates on notes, notes inside JPEG pictures, and
every earlier version of the file. The words on the pages stay. A locked file is not opened.
"""

from __future__ import annotations

import io
from typing import Any, Final

from casefile.documents.cleaning import NotCleanable
from casefile.documents.effort import MOST_OBJECTS, Effort, TooMuch
from casefile.documents.jpeg_parts import without_notes

MOST_UNPACKED: Final = 4 * 1024 * 1024
"""Bytes one packed stream of objects may unpack to: its objects take forty times as much memory.
Pages and pictures are not unpacked."""
MOST_TOGETHER: Final = 100_000
"""Entries of one list or dictionary."""

PRIVATE: Final = frozenset(
    {
        "/Metadata",
        "/PieceInfo",
        "/LastModified",
        "/AA",
        "/OpenAction",
        "/AF",
        "/XFA",
        "/Thumb",
        "/EF",
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/Collection",
        "/Requirements",
        "/URI",
        "/Perms",
        "/DSS",
        "/SpiderInfo",
        "/Legal",
        "/DPartRoot",
        "/CreatorInfo",
        "/Creator",
        "/Producer",
        "/Author",
    }
)
"""Keys that go wherever they stand."""
OF_NOTES: Final = ("/T", "/M", "/NM", "/CreationDate", "/RC", "/Subj", "/IT", "/A", "/PA", "/Popup")
"""Keys that go from notes on pages: who wrote them, when, and what happens when one is pressed."""
ACTING_NOTES: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Popup"}
)
"""Kinds of notes that are files, players, or windows on what was taken away."""
PLAIN_JUMP: Final = "/GoTo"
NOT_READ: Final = ("limit", "error decoding stream", "error reading object", "bad_alloc")
"""In what the reader says of a file it read: objects are missing."""
_IMAGE_NOTES: Final = ("/DCTDecode", "/DCT")


def clean_pdf(data: bytes | bytearray, effort: Effort) -> bytes:
    """The file anew; `NotCleanable` if it is locked or takes more than `effort`, and pikepdf's
    error if it is damaged."""
    import pikepdf
    from pikepdf.settings import set_qpdf_limits

    set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED,
        run_length_max_memory=MOST_UNPACKED,
        parser_max_container_size=MOST_TOGETHER,
    )
    with pikepdf.open(io.BytesIO(data)) as document:
        if document.is_encrypted:
            raise NotCleanable
        _refuse_crowd(document)
        _refuse_unread(document)
        effort.copy_streams_of(len(data))
        _forget_document(document)
        for each in document.objects:
            _forget(each, effort)
        for page in document.pages:
            effort.step()
            _forget_notes(page.obj, effort)
        made = io.BytesIO()
        keep = pikepdf.StreamDecodeLevel.none
        document.save(made, deterministic_id=True, stream_decode_level=keep)
        _refuse_unread(document)
    return made.getvalue()


def _refuse_crowd(document: Any) -> None:
    """TooMuch for more objects than any real file has."""
    if len(document.objects) > MOST_OBJECTS:
        raise TooMuch


def _refuse_unread(document: Any) -> None:
    """TooMuch if objects were passed over because they take too much: they would be missing."""
    told = [str(warning) for warning in document.get_warnings()]
    if any(sign in each for each in told for sign in NOT_READ):
        raise TooMuch


def _forget_document(document: Any) -> None:
    """What stands at the top: who made it, its ids, and forms that know a signer."""
    for key in ("/Info", "/ID"):
        if key in document.trailer:
            del document.trailer[key]
    root = document.Root
    if "/AcroForm" in root and "/SigFlags" in root.AcroForm:
        del root.AcroForm["/SigFlags"]


def _forget(each: Any, effort: Effort) -> None:
    """One object, whatever it is: its private keys, and actions that do more than jump."""
    import pikepdf

    effort.step()
    if not isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        if isinstance(each, pikepdf.Array):
            for inner in each:
                _forget_inside(inner, effort)
        return
    _forget_keys(each)
    for key in list(each.keys()):
        _forget_inside(each.get(key), effort)
    if isinstance(each, pikepdf.Stream):
        effort.copy_stream(len(each.read_raw_bytes()))
        _forget_notes_of_a_picture(each)


def _forget_inside(inner: Any, effort: Effort) -> None:
    """Dictionaries that stand inside another object and are none of their own."""
    import pikepdf

    if isinstance(inner, pikepdf.Array | pikepdf.Dictionary) and not inner.is_indirect:
        _forget(inner, effort)


def _forget_keys(each: Any) -> None:
    for key in PRIVATE.intersection(each.keys()):
        del each[key]
    if str(each.get("/Type", "")) == "/Sig":
        for key in list(each.keys()):
            if key != "/Type":
                del each[key]
    action = each.get("/A")
    if action is not None and not _only_jumps(action):
        del each["/A"]


def _only_jumps(action: Any) -> bool:
    """Whether an action goes to another page of the same file and does nothing after it."""
    import pikepdf

    if not isinstance(action, pikepdf.Dictionary):
        return False
    return str(action.get("/S", "")) == PLAIN_JUMP and "/Next" not in action


def _forget_notes(page: Any, effort: Effort) -> None:
    """Notes on one page: the words in them stay, who wrote them and when goes."""
    import pikepdf

    notes = page.get("/Annots")
    if not isinstance(notes, pikepdf.Array):
        return
    kept = pikepdf.Array()
    for note in notes:
        effort.step()
        if not isinstance(note, pikepdf.Dictionary):
            continue
        if str(note.get("/Subtype", "")) in ACTING_NOTES:
            continue
        is_field = "/FT" in note or "/Parent" in note
        for key in OF_NOTES:
            if key in note and not (is_field and key == "/T"):
                if key == "/A" and _only_jumps(note[key]):
                    continue
                del note[key]
        kept.append(note)
    page["/Annots"] = kept


def _forget_notes_of_a_picture(stream: Any) -> None:
    """A JPEG inside a PDF has EXIF like any other; a damaged one is not cleaned, so neither is
    the file."""
    import pikepdf

    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if not names or names[-1] not in _IMAGE_NOTES:
        return
    if len(names) > 1:
        raise NotCleanable
    bare = without_notes(stream.read_raw_bytes())
    stream.write(bare, filter=stream["/Filter"], decode_parms=stream.get("/DecodeParms"))
