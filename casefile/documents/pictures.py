"""Pictures: decoded, turned upright, and written again without anything but their points.

Nothing of the old file is copied: no EXIF, XMP, IPTC, comment, colour profile, thumbnail or
appended film. Colours are brought to sRGB first, because the profile that explained them goes.
Must never decode more points than the file's `Effort` has left.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any, Final

from casefile.documents.cleaning import Dangerous, NotCleanable
from casefile.documents.effort import Effort
from casefile.documents.kinds import FileKind

BOMB_PIXELS: Final = 250_000_000
"""Points no camera makes: a file that says it has more is refused."""
MOST_FRAMES: Final = 300
JPEG_QUALITY: Final = 90
PREVIEW_SIDE: Final = 1400
"""Points on the longer side of what is shown on a page."""
SMALLEST_FRAME_MS: Final = 20

_FORMATS: Final = {
    FileKind.JPEG: ("JPEG", "MPO"),
    FileKind.PNG: ("PNG",),
    FileKind.WEBP: ("WEBP",),
    FileKind.GIF: ("GIF",),
    FileKind.HEIF: ("AVIF",),
}
_WRITTEN: Final = {
    FileKind.JPEG: ("JPEG", {"quality": JPEG_QUALITY, "subsampling": 0}),
    FileKind.PNG: ("PNG", {}),
    FileKind.WEBP: ("WEBP", {"quality": JPEG_QUALITY}),
    FileKind.GIF: ("GIF", {}),
}
_MOVING: Final = frozenset({FileKind.GIF, FileKind.WEBP})


def clean_picture(
    kind: FileKind, data: bytes | bytearray, effort: Effort
) -> tuple[bytes, FileKind]:
    """The picture written anew and its kind now: what only AVIF can say becomes a JPEG.

    `Dangerous` for a bomb, TooMuch beyond `effort`; any other exception says that it could not be
    decoded whole.
    """
    picture = _opened(kind, data, effort)
    became = FileKind.JPEG if kind is FileKind.HEIF else kind
    if kind in _MOVING and picture.is_animated:
        return _moving(picture, became, effort), became
    written, options = _WRITTEN[became]
    made = io.BytesIO()
    _for(became, _bare(picture)).save(made, written, **options)
    return made.getvalue(), became


def preview(kind: FileKind, data: bytes | bytearray) -> bytes:
    """A PNG of the decoded picture, at most `PREVIEW_SIDE` points a side, made point by point."""
    picture = _bare(_opened(kind, data, Effort()))
    if picture.mode not in {"L", "RGB", "RGBA"}:
        picture = picture.convert("RGBA" if picture.mode in {"LA", "PA"} else "RGB")
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    made = io.BytesIO()
    picture.save(made, "PNG", compress_level=4)
    return made.getvalue()


def _opened(kind: FileKind, data: bytes | bytearray, effort: Effort) -> Any:
    from PIL import Image

    # Its own check warns on the log, with the size; ours refuses, below.
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(io.BytesIO(data), formats=_FORMATS[kind])
    points = picture.width * picture.height
    if points > BOMB_PIXELS:
        raise Dangerous
    effort.decode(points)
    return picture


def _moving(picture: Any, kind: FileKind, effort: Effort) -> bytes:
    """Every frame anew, with how long it stands and nothing else."""
    frames, lengths = [], []
    for seen in _frames(picture, effort):
        lengths.append(max(int(seen.info.get("duration", 100) or 100), SMALLEST_FRAME_MS))
        frames.append(_bare(seen.convert("RGBA"), turn=False))
    made = io.BytesIO()
    written, options = _WRITTEN[kind]
    first, *others = frames
    first.save(
        made, written, save_all=True, append_images=others, duration=lengths, loop=0, **options
    )
    return made.getvalue()


def _frames(picture: Any, effort: Effort) -> Iterator[Any]:
    """One frame after the other, until there is none: to count them first may take minutes."""
    for number in itertools.count():
        try:
            picture.seek(number)
        except EOFError:
            return
        if number == MOST_FRAMES:
            raise NotCleanable
        if number:
            effort.decode(picture.width * picture.height)
        picture.load()
        yield picture


def _bare(picture: Any, *, turn: bool = True) -> Any:
    """The points alone, upright, in sRGB."""
    from PIL import ImageOps

    picture.load()
    seen = ImageOps.exif_transpose(picture) if turn else picture
    seen = _in_common_colours(seen, picture.info.get("icc_profile"))
    if seen.mode == "P" and "transparency" in seen.info:
        seen = seen.convert("RGBA")
    elif seen.mode not in {"1", "L", "LA", "P", "I;16", "RGB", "RGBA"}:
        seen = seen.convert("RGB")
    bare = seen.copy()
    bare.info = {}
    return bare


def _in_common_colours(picture: Any, profile: bytes | None) -> Any:
    """The picture in sRGB; one whose profile cannot be used keeps the points it has."""
    if not profile or picture.mode not in {"RGB", "RGBA", "CMYK"}:
        return picture
    from PIL import ImageCms

    output = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        common = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, found, common, outputMode=output)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _for(kind: FileKind, picture: Any) -> Any:
    """In a mode that kind of file can say."""
    if kind is FileKind.JPEG and picture.mode not in {"L", "RGB"}:
        return picture.convert("RGB")
    if kind is FileKind.WEBP and picture.mode not in {"RGB", "RGBA"}:
        return picture.convert("RGBA" if picture.mode in {"LA", "P"} else "RGB")
    return picture
