"""Making a drawn page a small picture: sixty-four colours are enough for letters on plain paper.

It reads only what Chromium writes, eight bits a channel and no interlacing, and changes nothing but
colours nobody can tell apart.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Rows × columns × red, green, blue."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 64
STEP = 8
"""Colours closer than this in every channel count as one when the commonest are looked for."""
CHANNELS = {2: 3, 6: 4}


def smaller(png: bytes) -> bytes:
    """The same picture with a palette and the hardest packing."""
    pixels = read(png)
    palette, places = with_palette(pixels)
    rows = b"".join(b"\0" + row.tobytes() for row in places)
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows, 9)))
    return SIGNATURE + b"".join(_part(*one) for one in (*parts, (b"IEND", b"")))


def read(png: bytes) -> Pixels:
    """Undo packing and filters (PNG specification, 9.2)."""
    parts = list(_parts(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or kind not in CHANNELS or interlaced:
        raise ValueError("not a picture as Chromium writes it")
    channels = CHANNELS[kind]
    packed = b"".join(body for name, body in parts if name == b"IDAT")
    plain, length = zlib.decompress(packed), width * channels + 1
    above, rows = bytes(length - 1), []
    for start in range(0, height * length, length):
        line = plain[start : start + length]
        above = _unfiltered(line[0], line[1:], above, channels)
        rows.append(above)
    whole = np.frombuffer(b"".join(rows), np.uint8).reshape(height, width, channels)
    return whole[:, :, :3]


def with_palette(pixels: Pixels) -> tuple[Pixels, NDArray[np.uint8]]:
    """The commonest colours, and for each pixel the place of the nearest of them."""
    colours, which, often = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    coarse, member = np.unique(colours // STEP, axis=0, return_inverse=True)
    weight = np.bincount(member.ravel(), weights=often, minlength=len(coarse))
    best = [_commonest(colours, often, member.ravel() == one) for one in np.argsort(-weight)]
    palette = np.array(best[:COLOURS], np.int64)
    apart = ((colours[:, None, :].astype(np.int64) - palette[None]) ** 2).sum(axis=2)
    nearest = apart.argmin(axis=1).astype(np.uint8)
    return palette.astype(np.uint8), nearest[which.ravel()].reshape(pixels.shape[:2])


def _commonest(colours: Pixels, often: NDArray[Any], among: NDArray[np.bool_]) -> Pixels:
    found: Pixels = colours[among][np.argmax(often[among])]
    return found


def _unfiltered(kind: int, line: bytes, above: bytes, channels: int) -> bytes:
    """One line without its filter; `above` is the line before it, of zeros for the first."""
    guess, here = GUESSES[kind], bytearray(channels)
    for byte, up, corner in zip(line, above, bytes(channels) + above, strict=False):
        here.append((byte + guess(here[-channels], up, corner)) & 255)
    return bytes(here[channels:])


def _nearest(left: int, up: int, corner: int) -> int:
    """Whichever of the three neighbours is nearest to left + up - corner (Paeth)."""
    return min((left, up, corner), key=lambda one: abs(left + up - corner - one))


GUESSES: tuple[Callable[[int, int, int], int], ...] = (
    lambda _left, _up, _corner: 0,
    lambda left, _up, _corner: left,
    lambda _left, up, _corner: up,
    lambda left, up, _corner: (left + up) // 2,
    _nearest,
)


def _parts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        yield name, png[at + 8 : at + 8 + length]
        at += 12 + length


def _part(name: bytes, body: bytes) -> bytes:
    code = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", code)
