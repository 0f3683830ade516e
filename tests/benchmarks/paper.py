"""How long fifty pages of a case take as a tagged PDF, in English and Arabic, and how much memory.

Ours is what a request does between opening the case and noting the copy: laying out and setting in
a process of its own. The floor is such a process that sets the same words as one plain text,
without tags, directions, sections or marks.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pikepdf

from casefile.documents.fonts import SHIPPED, read_fonts
from casefile.documents.papers import Facts, Paper, PaperWords, Said, Section, set_paper
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.timing import median

PAGES = 50
LIMIT_S = 2.0
ROUNDS = 7
MESSAGES = 170
ENGLISH = "She came back at dusk and the guard said it again, as he had said it before. " * 9
ARABIC = "قالت إن الحارس طلب منها ذلك مرة أخرى عند البوابة يوم الثلاثاء. " * 11
PLAIN = """
import sys, typst
text = sys.stdin.read()
fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False,
                    font_paths=sys.argv[1:])
source = b'#set text(font: ("Noto Sans", "Noto Sans Arabic"), size: 10pt)\\n'
source += b'#sys.inputs.text.split("\\n\\n").map(par).join()'
out = typst.compile(source, font_paths=fonts, format="pdf", pdf_tags=False,
                    sys_inputs={"text": text})
sys.stdout.buffer.write(out)
"""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """The median of seven papers of fifty pages or more, and of as many floors."""
    fonts, paper = read_fonts(deployed.deployment.settings.instance), _paper()
    ours, floor = [], []
    pages = 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        pdf = set_paper(paper, fonts).pdf
        ours.append(time.perf_counter() - begun)
        floor.append(_floor())
        with pikepdf.open(io.BytesIO(pdf)) as made:
            pages = len(made.pages)
    if pages < PAGES:
        raise AssertionError(f"{pages} pages are no fifty")
    suffix = deployed.engine.suffix
    yield Figure(
        f"casefile_pdf_s{suffix}",
        median(ours),
        "s",
        f"{pages} pages, tagged, half of it Arabic; the floor sets the same words plain",
        limit=LIMIT_S,
        floor=median(floor),
    )
    yield Figure(
        f"casefile_pdf_mb{suffix}",
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "MB",
        "most memory of the largest process that made one",
    )


def _paper() -> Paper:
    said = tuple(
        Said(f"2026-11-26 14:05 · message {at}", f"{ENGLISH}\n{ARABIC}") for at in range(MESSAGES)
    )
    return Paper(
        title="Case K7Q4AB",
        under="alleged",
        language="en",
        from_right=False,
        digits="0123456789",
        mark="Sarah Okello · 2026-11-26 14:05",
        made=datetime(2026, 11, 26, 14, 5, tzinfo=UTC),
        words=PaperWords("Contents", "Page {} of {}", "Numbers here.", "Numbers.", "Cut."),
        sections=(Section("Summary", (Facts((("Area", "North"),)),)), Section("Report", said)),
    )


def _floor() -> float:
    text = f"{ENGLISH}\n\n{ARABIC}\n\n" * MESSAGES
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-I", "-c", PLAIN, *map(str, SHIPPED)],
        input=text.encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun
