"""A paper says everything that was written, in any script, and nothing of it is read as markup."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from casefile.documents.fonts import Fonts, NoFont, letters_of, read_fonts
from casefile.documents.letters import NO_FONT, Letters
from casefile.documents.papers import (
    MOST_LETTERS,
    Block,
    Facts,
    Paper,
    PaperWords,
    Plain,
    Said,
    Section,
    SetPaper,
    Table,
    set_paper,
)

WORDS = PaperWords(
    "Contents", "Page {} of {}", "Here: numbers.", "Numbers stand for letters.", "Cut"
)


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return read_fonts(Path("/nowhere"))


def paper(*blocks: Block, from_right: bool = False) -> Paper:
    return Paper(
        title="Case K7Q4AB",
        under="alleged",
        language="ar" if from_right else "en",
        from_right=from_right,
        digits="٠١٢٣٤٥٦٧٨٩" if from_right else "0123456789",
        mark="Sarah Okafor · 2026-11-26 14:05",
        made=datetime(2026, 11, 26, 14, 5, tzinfo=UTC),
        words=WORDS,
        sections=(Section("Report", blocks),),
    )


def opened(made: SetPaper) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made.pdf))


def drawn(text: str, fonts: Fonts) -> str:
    line = Letters(fonts).line(text, from_right=False)
    return "".join(run.text for run in line.runs if run.font != NO_FONT)


@pytest.mark.parametrize("from_right", [False, True])
def test_a_paper_is_tagged_and_says_its_language(fonts: Fonts, from_right: bool) -> None:
    blocks = (Facts((("Area", "North"),)), Table(("When",), (("today",),)), Plain("Nothing."))
    made = set_paper(paper(*blocks, Said("Who", "What\nmore"), from_right=from_right), fonts)

    with opened(made) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == ("ar" if from_right else "en")
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"


def test_markup_somebody_typed_is_only_letters(fonts: Fonts) -> None:
    typed = '#panic("x") #read("/etc/passwd") $ x $ = *b* _i_ `c` @a <b> // /* \\ ] #[ {'

    assert set_paper(paper(Said(typed, typed)), fonts).lost == 0


def test_a_letter_no_font_has_stands_as_its_number(fonts: Fonts) -> None:
    line = Letters(fonts).line("he said ሰላም 😀", from_right=False)

    assert line.lost == 4
    assert [run.text for run in line.runs if run.font == NO_FONT] == [
        "[U+1230][U+120B][U+121D]",
        "[U+1F600]",
    ]
    assert set_paper(paper(Said("x", "he said ሰላም 😀")), fonts).lost == 4


@pytest.mark.parametrize("text", ["مَرْحَبًا بالعالم ٣", "م\u0301", "à ɓ ñ Ж ệ", "پښتو ڕ گ چ"])
def test_every_letter_of_a_script_we_carry_is_drawn_by_one_font_with_its_marks(
    fonts: Fonts, text: str
) -> None:
    line = Letters(fonts).line(text, from_right=False)

    assert "".join(run.text for run in line.runs) == text
    for run in line.runs:
        assert {ord(one) for one in run.text} <= fonts.each[run.font].letters


def test_a_mark_alone_and_signs_nobody_types_do_not_stop_a_paper(fonts: Fonts) -> None:
    odd = "\u0301 x\u202eabc\u2066d \u0007\u0000 \ud7ff\uffff \u200d\ufe0f" + "\u0300" * 50
    made = set_paper(paper(Said("x", odd)), fonts)

    assert made.lost > 0
    assert "x" in drawn(odd, fonts)


def test_a_line_is_written_in_the_direction_of_its_first_letter(fonts: Fonts) -> None:
    def from_right(text: str, *, otherwise: bool = False) -> bool:
        return Letters(fonts).line(text, from_right=otherwise).from_right

    assert from_right("12 مرحبا hello")
    assert not from_right("12 hello مرحبا", otherwise=True)
    assert from_right("12", otherwise=True)


def test_a_very_long_text_is_cut_and_says_so(fonts: Fonts) -> None:
    short = set_paper(paper(Said("x", "word " * 1000)), fonts)
    long = set_paper(paper(Said("x", "word " * (MOST_LETTERS // 5 + 10))), fonts)

    assert (short.cut, long.cut) == (False, True)
    with opened(long) as pdf:
        assert len(pdf.pages) > 50


def test_what_is_no_font_is_left_aside(tmp_path: Path, fonts: Fonts) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "broken.ttf").write_bytes(b"\0\1\0\0\0\x05no font at all")
    (tmp_path / "fonts" / "cut.ttf").write_bytes(fonts.each[0].file.read_bytes()[:500])

    assert [one.file for one in read_fonts(tmp_path).each] == [one.file for one in fonts.each]
    with pytest.raises(NoFont):
        letters_of(b"")
