"""What a sender did not mean to send is gone: place, author, device, scripts. The rest is there."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from casefile.documents.apart import clean_pdf_apart
from casefile.documents.cleaning import Dangerous, Mark, clean, uncleaned
from casefile.documents.effort import (
    LONGEST_S,
    MOST_IN_PICTURES,
    MOST_OBJECTS,
    MOST_PIXELS,
    MOST_TAGS,
    Effort,
    TooMuch,
)
from casefile.documents.jpeg_parts import MOST_SEGMENTS, without_notes
from casefile.documents.kinds import FileKind
from casefile.documents.pictures import MOST_FRAMES
from casefile.documents.portable import MOST_UNPACKED
from tests.documents import making
from tests.documents.making import OFFICE_FILES, SAID, WORD

PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")


@pytest.mark.parametrize("form", PICTURES)
def test_a_picture_names_no_place_no_author_and_no_software_afterwards(form: str) -> None:
    before = making.picture(form)
    cleaned = clean(before)
    assert cleaned.mark is Mark.CLEANED
    assert WORD.encode() in before
    assert WORD.encode() not in bytes(cleaned.data)
    drawn = Image.open(io.BytesIO(cleaned.data))
    assert not dict(drawn.getexif())
    assert not set(drawn.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "version",
        "background", "loop", "duration", "timestamp"}  # fmt: skip


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_stands_upright(form: str) -> None:
    drawn = Image.open(io.BytesIO(clean(making.picture(form)).data)).convert("RGB")
    assert drawn.size == (48, 64)
    red, green, _ = drawn.getpixel((47, 0))
    assert red > green + 30


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_a_moving_picture_still_moves(form: str) -> None:
    cleaned = clean(making.moving(form))
    assert cleaned.mark is Mark.CLEANED
    assert Image.open(io.BytesIO(cleaned.data)).n_frames == 3
    assert WORD.encode() not in bytes(cleaned.data)


def test_colours_are_the_same_without_the_profile_that_explained_them() -> None:
    from PIL import ImageCms

    made = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (8, 8), (200, 30, 60)).save(made, "PNG", icc_profile=profile)
    drawn = Image.open(io.BytesIO(clean(made.getvalue()).data))
    assert "icc_profile" not in drawn.info
    assert all(abs(a - b) <= 2 for a, b in zip(drawn.getpixel((4, 4)), (200, 30, 60), strict=True))


def test_a_pdf_knows_no_author_runs_nothing_and_keeps_its_words() -> None:
    before = making.pdf()
    cleaned = clean(before)
    assert cleaned.mark is Mark.CLEANED
    told = making.words_of_pdf(bytes(cleaned.data))
    assert WORD.encode() in making.words_of_pdf(before)
    assert WORD.encode() not in told
    for acting in (b"/JavaScript", b"/OpenAction", b"/EmbeddedFile", b"/AA", b"/Launch", b"/URI"):
        assert acting not in told
    assert told.count(SAID.encode()) >= 2
    with pikepdf.open(io.BytesIO(cleaned.data)) as document:
        assert len(document.pages) == 1
        photograph = document.pages[0].Resources.XObject.Im0.read_raw_bytes()
    assert Image.open(io.BytesIO(photograph)).size == (64, 48)


def test_a_locked_pdf_is_kept_as_it_is_and_says_so() -> None:
    before = making.pdf(locked=True)
    cleaned = clean(before)
    assert (cleaned.mark, cleaned.data) == (Mark.FAILED, before)


@pytest.mark.parametrize("form", OFFICE_FILES)
def test_an_office_file_names_nobody_and_keeps_its_words(form: str) -> None:
    before = OFFICE_FILES[form]()
    cleaned = clean(before)
    assert cleaned.mark is Mark.CLEANED
    told = making.words_of_package(bytes(cleaned.data))
    for spelt in (WORD.encode(), WORD.encode("utf-16-le"), b"2026-03-04", b"00AB12CD"):
        assert spelt in making.words_of_package(before) or form != "docx" or b"\0" in spelt
        assert spelt not in told
        assert spelt not in bytes(cleaned.data)
    assert SAID.encode() in told
    assert b"thumbnail" not in told.lower()


def test_a_date_in_the_text_of_a_document_stays() -> None:
    told = making.words_of_package(bytes(clean(making.odt()).data))
    assert b"4 March" in told


def test_a_part_nobody_can_take_apart_makes_the_whole_one_in_which_details_may_remain() -> None:
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<d/>"}
    assert clean(making.packed(parts)).mark is Mark.CLEANED
    for strange in ("word/vbaProject.bin", "word/embeddings/a.docx", "customXml/item1.xml"):
        assert clean(making.packed(parts | {strange: "<x/>"})).mark is Mark.REMAIN


def test_a_word_file_fetches_nothing_and_resolves_no_entity() -> None:
    laughs = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10 if at else "ha"}">' for at in range(12))
    outside = f'<!DOCTYPE d [{laughs}<!ENTITY x SYSTEM "file:///etc/hostname">]><d>&e11;&x;</d>'
    made = making.packed({"[Content_Types].xml": "<Types/>", "word/document.xml": outside})
    assert len(clean(made).data) < 10_000


@pytest.mark.parametrize("bomb", [making.bomb_of_points, making.bomb_in_a_package])
def test_what_unpacks_far_beyond_its_size_is_dangerous(bomb: object) -> None:
    made = bomb()  # type: ignore[operator]
    assert len(made) < 3_000_000
    with pytest.raises(Dangerous):
        clean(made)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.95])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_kept_as_it_came_and_says_so(form: str, cut: float) -> None:
    whole = making.picture(form, (400, 300))[: -len(making.PLACE)]
    broken = whole[: int(len(whole) * cut)]
    cleaned = clean(broken)
    assert (cleaned.mark, cleaned.data) == (Mark.FAILED, broken)


def test_a_picture_telephones_make_and_nobody_here_can_read_says_so() -> None:
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + making.PLACE.encode()
    cleaned = clean(heic)
    assert (cleaned.kind, cleaned.mark, cleaned.data) == (FileKind.HEIF, Mark.FAILED, heic)


def test_other_files_are_left_as_they_are_and_say_that_details_may_remain() -> None:
    for data in (b"OggS\0\0 sound", b"plain words", b"\0\1\2\3", making.packed({"a.txt": "b"})):
        cleaned = clean(data)
        assert (cleaned.mark, cleaned.data) == (Mark.REMAIN, data)


def test_pictures_beyond_what_a_document_may_cost_stay_and_the_rest_is_clean() -> None:
    fits = clean(making.pictures_in_a_package(1, (MOST_PIXELS // 8000, 8000)))
    assert fits.mark is Mark.CLEANED
    over = clean(making.pictures_in_a_package(3, (MOST_PIXELS // 4000, 2000)))
    assert over.mark is Mark.REMAIN
    assert WORD.encode() not in making.words_of_package(bytes(over.data))


def test_a_document_that_takes_too_long_is_kept_as_it_came() -> None:
    moments = itertools.count(0.0, LONGEST_S / 5)
    before = making.docx()
    cleaned = clean(before, Effort(clock=lambda: next(moments)))
    assert (cleaned.mark, cleaned.data) == (Mark.FAILED, before)
    assert clean(before, Effort(clock=lambda: 0.0)).mark is Mark.CLEANED


def test_markup_of_more_tags_than_a_document_has_is_not_parsed() -> None:
    many = b"<d>" + b"<a/>" * MOST_TAGS + b"</d>"
    before = making.packed({"[Content_Types].xml": "<Types/>", "word/document.xml": many})
    assert clean(before).mark is Mark.FAILED


def test_a_picture_of_more_bytes_than_a_document_brings_is_not_looked_into() -> None:
    long = making.picture("PNG") + bytes(MOST_IN_PICTURES)
    before = making.packed({"[Content_Types].xml": "<Types/>", "word/media/a.png": long})
    assert clean(before).mark is Mark.REMAIN


def test_a_jpeg_of_more_segments_than_a_camera_writes_is_not_taken_apart() -> None:
    with pytest.raises(ValueError, match="JPEG"):
        without_notes(b"\xff\xd8" + b"\xff\xc0\0\2" * (MOST_SEGMENTS + 1) + b"\xff\xd9")


def test_a_moving_picture_of_very_many_frames_is_kept_as_it_came() -> None:
    before = making.moving("GIF", MOST_FRAMES + 1)
    cleaned = clean(before)
    assert (cleaned.mark, cleaned.data) == (Mark.FAILED, before)
    assert clean(making.moving("GIF", MOST_FRAMES)).mark is Mark.CLEANED


CROWDED: dict[str, Callable[[], bytes]] = {
    "more objects than any real file has": lambda: making.crowded_pdf(MOST_OBJECTS),
    "streams that lie over each other": lambda: making.pdf_of_overlapping_streams(50),
    "objects that unpack too far": lambda: making.pdf_that_unpacks_far(MOST_UNPACKED),
    "more memory than any real file": lambda: making.pdf_of_one_long_list(4_500_000),
}


@pytest.mark.parametrize("why", CROWDED)
def test_a_pdf_that_would_take_too_much_is_kept_as_it_came(why: str) -> None:
    before = CROWDED[why]()
    cleaned = clean(before)
    assert (cleaned.mark, cleaned.data) == (Mark.FAILED, before)


def test_pdfs_of_the_same_make_within_the_bounds_are_cleaned() -> None:
    assert clean(making.crowded_pdf(100)).mark is Mark.CLEANED
    assert clean(making.pdf_of_overlapping_streams(1)).mark is Mark.CLEANED
    assert clean(making.pdf_that_unpacks_far(10_000)).mark is Mark.CLEANED
    assert clean(making.pdf_of_one_long_list(1_000)).mark is Mark.CLEANED


def test_a_pdf_that_asks_for_much_memory_takes_none_of_ours() -> None:
    before = making.pdf_of_one_long_list(4_500_000)
    Path("/proc/self/clear_refs").write_text("5")  # begin to count the most anew
    held = most_held()
    clean(before)
    assert most_held() - held < 64_000


def most_held() -> int:
    """The most memory this process held since it was counted anew, in units of 1,024 bytes."""
    told = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in told if line.startswith("VmHWM"))


def test_a_pdf_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(TooMuch):
        clean_pdf_apart(making.pdf(), seconds=0.0)


def test_a_large_pdf_of_photographs_is_cleaned_within_its_memory() -> None:
    cleaned = clean(making.pdf_with_a_long_stream(9_500_000))
    assert cleaned.mark is Mark.CLEANED
    assert len(cleaned.data) > 9_000_000


@pytest.mark.parametrize(
    "made",
    [
        making.locked_zip(),
        *(making.damaged_zip(way) for way in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2,
            zipfile.ZIP_LZMA)),
        making.docx()[:-30],
    ],
)  # fmt: skip
def test_a_locked_or_damaged_zip_is_kept_as_it_came_and_says_so(made: bytes) -> None:
    for cleaned in (clean(made), uncleaned(made)):
        assert (cleaned.kind, cleaned.mark, cleaned.data) == (FileKind.ZIP, Mark.FAILED, made)


def test_what_nobody_had_the_time_to_clean_says_so_and_a_bomb_is_a_bomb() -> None:
    word, words = uncleaned(making.docx()), uncleaned(b"plain words")
    assert (word.kind, word.mark) == (FileKind.WORD, Mark.FAILED)
    assert (words.kind, words.mark) == (FileKind.TEXT, Mark.REMAIN)
    with pytest.raises(Dangerous):
        uncleaned(making.bomb_in_a_package())


@given(some.data())
@settings(max_examples=150)
def test_damaged_files_are_kept_or_refused_and_break_nothing(data: some.DataObject) -> None:
    whole = data.draw(some.sampled_from(SAMPLES))
    broken = bytearray(whole)
    for at, byte in data.draw(
        some.lists(some.tuples(some.integers(0, len(whole) - 1), some.integers(0, 255)), max_size=8)
    ):
        broken[at] = byte
    end = data.draw(some.integers(1, len(broken)))
    try:
        cleaned = clean(bytes(broken[:end]))
    except Dangerous:
        return
    assert cleaned.mark in Mark


SAMPLES = [
    making.picture("JPEG"), making.picture("PNG"), making.moving("GIF"), making.moving("WEBP"),
    making.pdf(), making.docx(), making.odt(),
]  # fmt: skip
