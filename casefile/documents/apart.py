"""Cleaning a PDF in a process of its own: what one file may take of the machine, the system counts.

The reader of PDFs asks for memory before anything can be counted, eighty times as much as the file
has bytes, and for minutes. Here it gets so much and no more, and a fault in it ends nobody's page.
The process knows the file and nothing else: no settings, no keys, no disk. It must never print.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from casefile.documents.cleaning import NotCleanable
from casefile.documents.effort import LONGEST_S, Effort, TooMuch

MOST_MEMORY: Final = 256 * 1024 * 1024
"""Bytes of addresses the process may have: with a whole file of ten megabytes it needs half."""
BEGINS_S: Final = 10.0
"""Seconds it may take to begin on a busy machine."""
HOME: Final = Path(__file__).resolve().parents[2]


def clean_pdf_apart(data: bytes | bytearray, *, seconds: float = BEGINS_S + LONGEST_S) -> bytes:
    """The PDF anew; NotCleanable if it cannot be cleaned, or not within memory and time."""
    begin = [sys.executable, "-E", "-s", "-B", "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603
            begin,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=HOME,
            env={},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise TooMuch from late
    if done.returncode or not done.stdout:
        raise NotCleanable
    return done.stdout


def main() -> None:
    """Read one PDF and write it anew; any error ends the process, and that is the answer."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(LONGEST_S), int(LONGEST_S)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from casefile.documents.portable import clean_pdf

    made = clean_pdf(sys.stdin.buffer.read(), Effort())
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
