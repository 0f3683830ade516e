"""Files as telephones and offices make them, with planted words wherever a maker leaves traces."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image, PngImagePlugin

WORD = "zwyqxkor"
"""Begins every planted place, author and software name; nothing else contains it."""
PLACE, AUTHOR, SOFTWARE = f"{WORD}hill", f"{WORD}author", f"{WORD}soft 3.1"
SAID = "These words stay."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def picture(form: str, size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture that names its place, its author and its software, lying on its side."""
    drawn = Image.linear_gradient("L").resize(size).convert("RGB")
    drawn.paste((255, 0, 0), (0, 0, size[0] // 4, size[1] // 4))
    made = io.BytesIO()
    if form == "GIF":
        drawn.convert("P").save(made, form, comment=f"{PLACE} {AUTHOR} {SOFTWARE}".encode())
        return made.getvalue()
    options: dict[str, Any] = {"exif": exif(), "xmp": xmp()}
    if form == "JPEG":
        options["comment"] = f"{PLACE} {AUTHOR}".encode()
    if form == "PNG":
        options = {"exif": exif(), "pnginfo": _png_notes()}
    drawn.save(made, form, **options)
    data = made.getvalue()
    return _with_iptc(data) + PLACE.encode() if form == "JPEG" else data


def exif(orientation: int = 6) -> Image.Exif:
    """EXIF with a description, an author, a program, and turned by a quarter."""
    told = Image.Exif()
    told[0x010E], told[0x013B], told[0x0131], told[0x0112] = PLACE, AUTHOR, SOFTWARE, orientation
    told.get_ifd(0x8825)[0x001D] = PLACE
    return told


def xmp() -> bytes:
    """An XMP packet with a creator."""
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{AUTHOR}</dc:creator>'
        f"<photoshop:City>{PLACE}</photoshop:City></x:xmpmeta>"
    ).encode()


def moving(form: str, frames: int = 3) -> bytes:
    """A moving picture with a comment or EXIF."""
    pictures = [Image.new("RGB", (32, 24), (80 * at % 256, 0, 0)) for at in range(frames)]
    made = io.BytesIO()
    options: dict[str, Any] = {"comment": PLACE.encode()} if form == "GIF" else {"exif": exif()}
    pictures[0].save(made, form, save_all=True, append_images=pictures[1:], duration=80, **options)
    return made.getvalue()


def bomb_of_points(side: int = 30_000) -> bytes:
    """A small PNG that says it is enormous, and would be."""
    row = zlib.compress(bytes(1 + side // 8) * 64)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", row), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def pdf(*, acting: bool = True, locked: bool = False) -> bytes:
    """A PDF with an author everywhere one can stand, scripts, a file inside, and a photograph."""
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"], document.docinfo["/Producer"] = AUTHOR, SOFTWARE
    with document.open_metadata(set_pikepdf_as_editor=False) as told:
        told["dc:creator"] = [AUTHOR]
    page = document.pages[0].obj
    page.Contents = document.make_stream(b"BT (" + SAID.encode() + b") Tj ET")
    page.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(Im0=_photograph(document), Im1=_photograph(document))
    )
    page.PieceInfo = pikepdf.Dictionary(Maker=pikepdf.Dictionary(Private=AUTHOR))
    page.Annots = document.make_indirect(pikepdf.Array(_notes(document)))
    if acting:
        _let_act(document, page)
    made = io.BytesIO()
    locks = pikepdf.Encryption(owner="o", user="u") if locked else False
    document.save(made, encryption=locks)
    return made.getvalue()


def words_of_pdf(data: bytes) -> bytes:
    """Everything a PDF holds, unpacked: every object, every stream, and the trailer."""
    with pikepdf.open(io.BytesIO(data)) as document:
        parts = [repr(document.trailer).encode()]
        for each in document.objects:
            parts.append(repr(each).encode())
            if isinstance(each, pikepdf.Stream):
                parts.append(each.read_raw_bytes())
                if "/DCTDecode" not in repr(each.get("/Filter")):
                    parts.append(each.read_bytes())
        return b"\n".join(parts)


def docx() -> bytes:
    """A Word file with comments, tracked changes, people, a template, a photograph, a thumbnail."""
    body = (
        f'<w:document xmlns:w="{W}"><w:body><w:p w:rsidR="00AB12CD"><w:ins w:id="1" '
        f'w:author="{AUTHOR}" w:date="2026-03-04T05:06:07Z"><w:r><w:t>{SAID}</w:t></w:r></w:ins>'
        f"</w:p></w:body></w:document>"
    )
    comments = (
        f'<w:comments xmlns:w="{W}"><w:comment w:id="0" w:author="{AUTHOR}" w:initials="{WORD}" '
        f'w:date="2026-03-04T05:06:07Z"><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:comment>'
        f"</w:comments>"
    )
    people = (
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">'
        f'<w15:person w15:author="{AUTHOR}"><w15:presenceInfo w15:providerId="AD" '
        f'w15:userId="{AUTHOR}@example.org"/></w15:person></w15:people>'
    )
    settings = (
        f'<w:settings xmlns:w="{W}" xmlns:r="{R}"><w:attachedTemplate r:id="rId1"/>'
        f'<w:rsids><w:rsid w:val="00AB12CD"/></w:rsids></w:settings>'
    )
    template = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{R}/attachedTemplate" Target="file:///C:/Users/{AUTHOR}/a.dotx" '
        'TargetMode="External"/></Relationships>'
    )
    return packed(
        _office_parts("word/document.xml")
        | {
            "word/document.xml": body,
            "word/comments.xml": comments,
            "word/people.xml": people,
            "word/settings.xml": settings,
            "word/_rels/settings.xml.rels": template,
            "word/media/image1.jpeg": picture("JPEG"),
            "word/media/image2.png": picture("PNG"),
        }
    )


def xlsx() -> bytes:
    """A workbook with commentators, a path, and people who answered."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return packed(
        _office_parts("xl/workbook.xml")
        | {
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:x15ac="http://schemas.microsoft.com/office/'
                f'spreadsheetml/2010/11/ac"><fileSharing userName="{AUTHOR}"/>'
                f'<x15ac:absPath url="C:\\Users\\{AUTHOR}\\"/></workbook>'
            ),
            "xl/comments1.xml": (
                f'<comments xmlns="{main}"><authors><author>{AUTHOR}</author></authors>'
                f'<commentList><comment ref="A1" authorId="0"><text><t>{SAID}</t></text>'
                "</comment></commentList></comments>"
            ),
            "xl/persons/person.xml": (
                '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
                f'threadedcomments"><person displayName="{AUTHOR}" id="{{1}}" '
                f'userId="{AUTHOR}" providerId="AD"/></personList>'
            ),
            "xl/printerSettings/printerSettings1.bin": AUTHOR.encode("utf-16-le"),
        }
    )


def pptx() -> bytes:
    """Slides with commentators of both kinds."""
    return packed(
        _office_parts("ppt/presentation.xml")
        | {
            "ppt/presentation.xml": f"<p><t>{SAID}</t></p>",
            "ppt/commentAuthors.xml": (
                f'<cmAuthorLst><cmAuthor id="0" name="{AUTHOR}" initials="{WORD}"/></cmAuthorLst>'
            ),
            "ppt/authors.xml": (
                f'<authorLst><author id="{{1}}" name="{AUTHOR}" initials="{WORD}" '
                f'userId="{AUTHOR}" providerId="AD"/></authorLst>'
            ),
        }
    )


def odt() -> bytes:
    """An OpenDocument text with an editor's note, tracked changes, and a printer."""
    dc = "http://purl.org/dc/elements/1.1/"
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": (
                '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                '<m:file-entry m:full-path="Thumbnails/thumbnail.png" m:media-type="image/png"/>'
                "</m:manifest>"
            ),
            "content.xml": (
                f'<doc xmlns:dc="{dc}" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
                f"<change><dc:creator>{AUTHOR}</dc:creator><dc:date>2026-03-04</dc:date></change>"
                f"<text:p>{SAID}</text:p><text:date>4 March</text:date></doc>"
            ),
            "meta.xml": f"<meta><by>{AUTHOR}</by><with>{SOFTWARE}</with></meta>",
            "settings.xml": (
                '<s xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0">'
                f'<config:config-item config:name="PrinterName">{AUTHOR}</config:config-item></s>'
            ),
            "Thumbnails/thumbnail.png": picture("PNG"),
        }
    )


OFFICE_FILES: dict[str, Callable[[], bytes]] = {
    "docx": docx,
    "xlsx": xlsx,
    "pptx": pptx,
    "odt": odt,
}


def words_of_package(data: bytes) -> bytes:
    """Everything a package holds, unpacked, with the names of its parts and its comment."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(name.encode(), package.read(name)) for name in package.namelist()]
        return b"\n".join([package.comment, *(piece for part in parts for piece in part)])


def bomb_in_a_package(unpacked: int = 400 * 1024 * 1024) -> bytes:
    """A Word file of a few hundred kilobytes that unpacks to 400 MB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w") as part:
            for _ in range(unpacked // (1 << 20)):
                part.write(bytes(1 << 20))
    return made.getvalue()


def pictures_in_a_package(count: int, size: tuple[int, int]) -> bytes:
    """A Word file that names its author, and so many plain pictures of one size in it."""
    drawn = io.BytesIO()
    Image.new("1", size).save(drawn, "PNG")
    pictures = {f"word/media/image{at}.png": drawn.getvalue() for at in range(count)}
    return packed(_office_parts("word/document.xml") | {"word/document.xml": "<d/>"} | pictures)


def locked_zip() -> bytes:
    """A zip whose part `mimetype` is said to be encrypted."""
    made = bytearray(packed({"mimetype": "x"}))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    return bytes(made)


def damaged_zip(way: int) -> bytes:
    """A zip whose part `mimetype` is packed in this way, and is spoilt."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", way) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text" * 20)
    spoilt = bytearray(made.getvalue())
    begin = 30 + len("mimetype")
    spoilt[begin + 4 : begin + 16] = b"\xff" * 12
    spoilt[begin : begin + 2] = b"\xff\xff"
    return bytes(spoilt)


def crowded_pdf(count: int) -> bytes:
    """A PDF of empty dictionaries."""
    document = pikepdf.new()
    document.Root.Many = pikepdf.Array(
        [document.make_indirect(pikepdf.Dictionary()) for _ in range(count)]
    )
    made = io.BytesIO()
    document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def pdf_of_one_long_list(count: int) -> bytes:
    """A PDF of few bytes a number, none of which is an object that could be counted beforehand."""
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
        b"4 0 obj\n[" + b"1 " * count + b"]\nendobj\n"
        b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )


def pdf_with_a_long_stream(length: int) -> bytes:
    """A PDF of one page with noise where a photograph would be."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(100, 100))
    document.Root.Photograph = document.make_stream(os.urandom(length))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def pdf_of_overlapping_streams(count: int) -> bytes:
    """A PDF in which each stream holds all that come behind it."""
    body = bytearray(b"%PDF-1.5\n")
    places = []

    def put(number: int, said: bytes) -> None:
        places.append(len(body))
        body.extend(b"%d 0 obj\n" % number + said)

    last = bytes(10_000)
    many = b"".join(b"%d 0 R " % number for number in range(3, count + 3))
    put(1, b"<</Type/Catalog/Pages 2 0 R/X[" + many + b"]>>\nendobj\n")
    put(2, b"<</Type/Pages/Count 0/Kids[]>>\nendobj\n")
    heads = [b"<</Length %09d>>stream\n"] * count
    widths = [len(b"%d 0 obj\n" % number) + 9 + len(b"<</Length >>stream\n")
        for number in range(3, count + 3)]  # fmt: skip
    for at, head in enumerate(heads):
        put(at + 3, head % (sum(widths[at + 1 :]) + len(last)))
    body.extend(last + b"\nendstream\nendobj\n")
    start = len(body)
    body.extend(b"xref\n0 %d\n0000000000 65535 f \n" % (count + 3))
    body.extend(b"".join(b"%010d 00000 n \n" % place for place in places))
    body.extend(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count + 3, start))
    return bytes(body)


def pdf_that_unpacks_far(length: int) -> bytes:
    """A small PDF with one list of so many bytes in a packed stream of objects."""
    document = pikepdf.new()
    words = pikepdf.String("a" * 1000)
    document.Root.Many = document.make_indirect(pikepdf.Array([words] * (length // 1000)))
    made = io.BytesIO()
    document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def packed(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts, made by somebody at some time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.comment = AUTHOR.encode()
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8)), part)
    return made.getvalue()


def _office_parts(main: str) -> dict[str, str | bytes]:
    core = f"{PACKAGE}/metadata/core-properties"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{R}/officeDocument" Target="{main}"/><Relationship Id="rId2" '
            f'Type="{PACKAGE}/relationships/metadata/thumbnail" '
            'Target="docProps/thumbnail.jpeg"/></Relationships>'
        ),
        "docProps/core.xml": f'<c xmlns="{core}"><creator>{AUTHOR}</creator></c>',
        "docProps/app.xml": f"<P><Company>{PLACE}</Company><App>{SOFTWARE}</App></P>",
        "docProps/custom.xml": f"<P><p>{AUTHOR}</p></P>",
        "docProps/thumbnail.jpeg": picture("JPEG"),
    }


def _png_notes() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", AUTHOR)
    notes.add_itxt("XML:com.adobe.xmp", xmp().decode())
    notes.add_text("Software", SOFTWARE, zip=True)
    return notes


def _with_iptc(jpeg: bytes) -> bytes:
    """Photoshop's block with an IPTC city, behind the start of the picture."""
    city = PLACE.encode()
    record = b"\x1c\x02\x5a" + struct.pack(">H", len(city)) + city
    block = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(record)) + record
    body = b"Photoshop 3.0\x00" + block
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _photograph(document: pikepdf.Pdf) -> pikepdf.Stream:
    return document.make_stream(
        picture("JPEG"),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=64,
        Height=48,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
        Metadata=document.make_stream(xmp()),
    )


def _notes(document: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    name = pikepdf.Name
    return [
        pikepdf.Dictionary(
            Type=name.Annot,
            Subtype=name.Text,
            Rect=[0, 0, 9, 9],
            T=AUTHOR,
            NM=AUTHOR,
            Contents=SAID,
            A=pikepdf.Dictionary(S=name.URI, URI=f"http://{PLACE}.example"),
        ),
        document.make_indirect(
            pikepdf.Dictionary(
                Type=name.Annot, Subtype=name.FileAttachment, Rect=[0, 0, 9, 9], T=AUTHOR
            )
        ),
    ]


def _let_act(document: pikepdf.Pdf, page: Any) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{AUTHOR}')")
    document.Root.OpenAction = script
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", script]))
    )
    page.AA = pikepdf.Dictionary(O=script)
    document.attachments["inside.txt"] = AUTHOR.encode()
