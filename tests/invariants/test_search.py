"""The search itself: it finds a planted word in every encoding, and nothing where nothing is."""

from __future__ import annotations

import base64
import gzip
import random
import urllib.parse
import zlib
from collections.abc import Callable

import pytest

from tests.invariants.traces import AS_TEXT, MARKS, traces

NOISE = random.Random("noise")
WORD_ENDS = ("", "story", "قصة")


def _hidden(written: bytes) -> bytes:
    """The written word inside what sealed bytes look like, at an odd place."""
    return NOISE.randbytes(20_001) + written + NOISE.randbytes(20_000)


WRITTEN: dict[str, Callable[[str], bytes]] = AS_TEXT | {
    "hexadecimal, capitals": lambda word: word.encode().hex().upper().encode(),
    "percent signs, capitals": lambda word: b"".join(b"%%%02X" % byte for byte in word.encode()),
    "an address": lambda word: urllib.parse.quote("/a?b=" + word).encode(),
    "capitals": lambda word: word.upper().encode(),
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64 after one byte": lambda word: base64.b64encode(b"." + word.encode()),
    "base64 after two bytes": lambda word: base64.b64encode(b".." + word.encode()),
    "base64 for addresses": lambda word: base64.urlsafe_b64encode(b".." + word.encode()),
    "zlib": lambda word: zlib.compress(word.encode() * 3),
    "zlib, stored": lambda word: zlib.compress(word.encode(), 0),
    "zlib, best": lambda word: zlib.compress(word.encode() * 9, 9),
    "gzip": lambda word: gzip.compress(word.encode()),
    "UTF-16 in gzip": lambda word: gzip.compress(word.encode("utf-16-le") * 5),
    "base64 in zlib": lambda word: zlib.compress(base64.b64encode(b"." + word.encode())),
}


@pytest.mark.parametrize("written_as", WRITTEN)
def test_a_planted_word_is_found_however_it_is_written(written_as: str) -> None:
    for mark in MARKS:
        for end in WORD_ENDS:
            assert traces(_hidden(WRITTEN[written_as](mark + end)), "noise"), (mark, end)


def test_nothing_is_found_in_noise_or_in_words_of_every_day() -> None:
    assert not traces(NOISE.randbytes(3_000_000), "noise")
    assert not traces("He asked her to come alone. قال رجل يوزع الطعام".encode() * 1000, "a text")


def test_a_word_in_the_middle_of_a_text_in_base64_still_shows() -> None:
    told = b"It began when the zwyqxkorstory was told at the well."
    for cut in range(3):
        assert traces(base64.b64encode(told[cut:]), "base64"), cut
