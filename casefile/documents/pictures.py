"""Pictures: decoded, turned upright, and written again without anything but their points.

Nothing of the old file is copied: no EXIF, XMP, IPTC, comment, colour profile, thumbnail or
appended film. Colours are brought to sRGB first, because the profile that explained them goes.
Must never decode more points than `MOST_PIXELS`.
"""

from __future__ import annotations

import io
from typing import Any, Final

from casefile.documents.cleaning import Dangerous, NotCleanable
from casefile.documents.kinds import FileKind

MOST_PIXELS: Final = 64_000_000
"""Points that are decoded, all frames together: about 200 MB of memory."""
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


def clean_picture(kind: FileKind, data: bytes | bytearray) -> tuple[bytes, FileKind]:
    """The picture written anew and its kind now: what only AVIF can say becomes a JPEG.

    `Dangerous` for a bomb; any other exception says that it could not be decoded whole.
    """
    picture = _opened(kind, data)
    count = getattr(picture, "n_frames", 1)
    became = FileKind.JPEG if kind is FileKind.HEIF else kind
    if kind in _MOVING and count > 1:
        return _moving(picture, count, became), became
    written, options = _WRITTEN[became]
    made = io.BytesIO()
    _for(became, _bare(picture)).save(made, written, **options)
    return made.getvalue(), became


def preview(kind: FileKind, data: bytes | bytearray) -> bytes:
    """A PNG of the decoded picture, at most `PREVIEW_SIDE` points a side, made point by point."""
    picture = _bare(_opened(kind, data))
    if picture.mode not in {"L", "RGB", "RGBA"}:
        picture = picture.convert("RGBA" if picture.mode in {"LA", "PA"} else "RGB")
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    made = io.BytesIO()
    picture.save(made, "PNG", compress_level=4)
    return made.getvalue()


def _opened(kind: FileKind, data: bytes | bytearray) -> Any:
    from PIL import Image

    # Its own check warns on the log, with the size; ours refuses, below.
    Image.MAX_IMAGE_PIXELS = None
    picture = Image.open(io.BytesIO(data), formats=_FORMATS[kind])
    points = picture.width * picture.height
    if points > BOMB_PIXELS:
        raise Dangerous
    if points > MOST_PIXELS:
        raise NotCleanable
    return picture


def _moving(picture: Any, count: int, kind: FileKind) -> bytes:
    """Every frame anew, with how long it stands and nothing else."""
    points = picture.width * picture.height * count
    if points > BOMB_PIXELS * 4:
        raise Dangerous
    if count > MOST_FRAMES or points > MOST_PIXELS:
        raise NotCleanable
    frames, lengths = [], []
    for number in range(count):
        picture.seek(number)
        picture.load()
        lengths.append(max(int(picture.info.get("duration", 100) or 100), SMALLEST_FRAME_MS))
        frames.append(_bare(picture.convert("RGBA"), turn=False))
    made = io.BytesIO()
    written, options = _WRITTEN[kind]
    first, *others = frames
    first.save(
        made, written, save_all=True, append_images=others, duration=lengths, loop=0, **options
    )
    return made.getvalue()


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
