"""A paper: titled sections of facts, tables and what people wrote, as a tagged PDF (PDF/UA-1).

Data in, bytes out. The words a person wrote go to the typesetter as data and never as markup. It
works in a process of its own that ends with the paper: its memory is bounded, and nothing of a case
stays behind in ours. Must never write a file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from casefile.documents.fonts import Fonts
from casefile.documents.letters import Letters

SETTER: Final = Path(__file__).parent / "setter.py"
LONGEST_S: Final = 20
"""Seconds after which a paper is given up."""
MOST_LETTERS: Final = 600_000
"""Letters of one paper, about 250 pages; what comes beyond them is left out, and it says so."""
NUMBER: Final = 8
"""Letters a number takes in place of one that no font has."""
REFUSED: Final = 3
"""The setter's answer where the typesetter refused the document."""


class PaperFailed(Exception):
    """The paper could not be set; nothing was made."""


@dataclass(frozen=True)
class PaperWords:
    """Our own sentences on a paper, in its language."""

    contents: str
    page: str
    """With `{}` twice: this page, of how many."""
    lost_here: str
    """At the foot of a page with letters that no font has."""
    lost: str
    """The same for the whole paper, on its first page."""
    cut: str
    """After a text that was not printed to its end."""


@dataclass(frozen=True)
class Facts:
    """Names and values, one pair a line."""

    rows: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True)
class Said:
    """What somebody wrote, under a line that says who and when."""

    head: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Table:
    """A table with its heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


@dataclass(frozen=True)
class Plain:
    """A sentence of ours."""

    text: str


Block = Facts | Said | Table | Plain


@dataclass(frozen=True)
class Section:
    """One section, listed in the contents."""

    title: str
    blocks: tuple[Block, ...] = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """Everything that is printed. `made`: its moment; `mark`: who reads it and when."""

    title: str
    under: str
    language: str
    from_right: bool
    digits: str
    """The ten digits of its language, for the numbers of its pages."""
    mark: str = field(repr=False)
    made: datetime
    words: PaperWords
    sections: tuple[Section, ...] = field(repr=False)


@dataclass(frozen=True)
class SetPaper:
    """A finished paper: the PDF, how many letters stand as numbers, and whether any are missing."""

    pdf: bytes = field(repr=False)
    lost: int
    cut: bool


def set_paper(paper: Paper, fonts: Fonts) -> SetPaper:
    """Set a paper; PaperFailed if it takes too long, too much memory, or is refused twice."""
    for careful in (False, True):
        laid = _Laying(paper, fonts, careful=careful)
        plain = laid.out()
        pdf = _typeset(json.dumps(plain).encode())
        if pdf is not None:
            return SetPaper(pdf, laid.lost, laid.cut)
    raise PaperFailed


def _typeset(plain: bytes) -> bytes | None:
    """The PDF, or None if the typesetter refused the document."""
    try:
        made = subprocess.run(  # noqa: S603 - our own program; what people wrote is its input alone
            [sys.executable, "-I", str(SETTER)],
            input=plain,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a refusal quotes the document
            timeout=LONGEST_S,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError) as failed:
        raise PaperFailed from failed
    if made.returncode == REFUSED:
        return None
    if made.returncode or not made.stdout.startswith(b"%PDF-"):
        raise PaperFailed
    return made.stdout


class _Laying:
    """Turns a paper into what the typesetter is given, counting letters."""

    def __init__(self, paper: Paper, fonts: Fonts, *, careful: bool) -> None:
        self._paper, self._fonts = paper, fonts
        self._letters = Letters(fonts, careful=careful)
        self._left = MOST_LETTERS
        self.lost, self.cut = 0, False

    def out(self) -> Mapping[str, Any]:
        paper = self._paper
        sections = [self._section(one) for one in paper.sections]
        return {
            "folders": [str(folder) for folder in self._fonts.folders],
            "fonts": [str(font.file) for font in self._fonts.each],
            "seconds": LONGEST_S,
            "made": int(paper.made.timestamp()),
            "paper": {
                "title": self._line(paper.title),
                "plain_title": paper.title,
                "under": self._line(paper.under),
                "language": paper.language,
                "right": paper.from_right,
                "digits": list(paper.digits),
                "mark": self._line(paper.mark),
                "words": {
                    "contents": self._line(paper.words.contents),
                    "page": [self._line(part) for part in paper.words.page.split("{}")],
                    "lost_here": self._line(paper.words.lost_here),
                    "lost": self._line(paper.words.lost),
                },
                "lost": self.lost,
                "sections": sections,
            },
        }

    def _section(self, section: Section) -> Mapping[str, Any]:
        blocks = [self._block(one) for one in section.blocks]
        return {"title": self._line(section.title), "blocks": blocks}

    def _block(self, block: Block) -> Mapping[str, Any]:
        match block:
            case Facts():
                rows = [[self._line(name), self._lines(value)] for name, value in block.rows]
                return {"kind": "facts", "rows": rows}
            case Said():
                said = self._lines(block.text)
                return {"kind": "said", "head": self._line(block.head), "lines": said}
            case Table():
                table = [[self._lines(cell) for cell in row] for row in block.rows]
                heads = [self._line(head) for head in block.heads]
                return {"kind": "table", "heads": heads, "rows": table}
            case Plain():
                return {"kind": "plain", "lines": self._lines(block.text)}

    def _lines(self, text: str) -> list[Mapping[str, Any]]:
        lines = list[Mapping[str, Any]]()
        for written in text.split("\n"):
            whole, before = written[: max(0, self._left)], self.lost
            lines.append(self._line(whole))
            self._left -= len(whole) + 1 + NUMBER * (self.lost - before)
            if len(whole) < len(written):
                self.cut = True
                return [*lines, self._line(self._paper.words.cut)]
        return lines

    def _line(self, text: str) -> Mapping[str, Any]:
        plain = text.replace("\t", " ").replace("\n", " ")
        line = self._letters.line(plain, from_right=self._paper.from_right)
        self.lost += line.lost
        runs = [[run.font, run.text] for run in line.runs]
        return {"runs": runs, "right": line.from_right}
