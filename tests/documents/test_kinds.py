"""What a file is follows from its content; a name is a claim, and one short visible line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casefile.documents.kinds import (
    FIRST,
    Family,
    FileKind,
    ending_of,
    family_of,
    kind_of,
    says_otherwise,
    to_be_cleaned,
)
from casefile.documents.names import LONGEST, kept_name

BEGINNINGS = {
    b"\xff\xd8\xff\xe0": FileKind.JPEG,
    b"\n\n%PDF-1.7": FileKind.PDF,
    b"RIFF\0\0\0\0WEBP": FileKind.WEBP,
    b"RIFF\0\0\0\0WAVE": FileKind.SOUND,
    b"\0\0\0\x18ftypheic": FileKind.HEIF,
    b"\0\0\0\x18ftypM4A ": FileKind.SOUND,
    b"\0\0\0\x18ftypisom": FileKind.VIDEO,
    "قالت".encode(): FileKind.TEXT,
    b"MZ\x90\0": FileKind.OTHER,
    b"": FileKind.OTHER,
}


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_file_is_what_its_content_is(beginning: bytes) -> None:
    assert kind_of(beginning) is BEGINNINGS[beginning]


def test_a_text_cut_in_the_middle_of_a_letter_is_still_a_text() -> None:
    assert kind_of(("ق" * FIRST).encode()[: FIRST - 1]) is FileKind.TEXT


def test_whatever_can_be_cleaned_waits_in_memory_and_nothing_else() -> None:
    waiting = {kind for beginning, kind in BEGINNINGS.items() if to_be_cleaned(beginning)}
    assert waiting == {FileKind.JPEG, FileKind.PDF, FileKind.WEBP, FileKind.HEIF}
    assert to_be_cleaned(b"PK\x03\x04")


@pytest.mark.parametrize(
    ("name", "declared", "kind", "lies"),
    [
        ("a.jpg", "image/jpeg", FileKind.PNG, False),
        ("a.jpg", "image/jpeg", FileKind.PDF, True),
        ("a.pdf", "application/octet-stream", FileKind.OTHER, True),
        ("a", "text/html", FileKind.JPEG, True),
        ("a.docx", "", FileKind.ZIP, True),
        ("a.strange", "application/octet-stream", FileKind.OTHER, False),
    ],
)
def test_a_name_or_type_of_another_family_is_noticed(
    name: str, declared: str, kind: FileKind, lies: bool
) -> None:
    assert says_otherwise(name, declared, kind) is lies


def test_every_kind_has_a_family_and_an_ending() -> None:
    for kind in FileKind:
        assert family_of(kind) in Family
        assert ending_of(kind, b"MZ").startswith(".")


@given(some.text(max_size=400))
def test_any_name_is_kept_as_one_short_visible_line(given_name: str) -> None:
    kept = kept_name(given_name)
    assert len(kept) <= LONGEST
    assert "/" not in kept
    assert "\\" not in kept
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [sign for sign in kept if unicodedata.category(sign) in hidden]
    assert kept_name(kept) == kept


def test_a_name_is_no_path_turns_no_letters_and_keeps_its_ending() -> None:
    assert kept_name("../../etc/passwd") == "passwd"
    assert kept_name("C:\\photos\\a\x00b.jpg") == "ab.jpg"
    assert kept_name("photo\u202egpj.exe") == "photogpj.exe"
    assert kept_name("n" * 300 + ".jpeg").endswith("….jpeg")
