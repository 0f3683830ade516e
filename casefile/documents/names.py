"""A file's name as it may be kept: one short line of visible letters.

Pure. It must never be used as a path, and never decides what a file is.
"""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 100
"""Letters of a name that is kept, its ending included."""
LONGEST_ENDING: Final = 12
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing, halves of letters, and what has no letter."""


def kept_name(given: str) -> str:
    """The name without folders, controls and direction marks, shortened before its ending.

    Empty if nothing of it can be seen.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    spelt = unicodedata.normalize("NFC", last)
    seen = "".join(sign for sign in spelt if unicodedata.category(sign) not in _UNSEEN)
    return _shortened(" ".join(seen.split()).strip(". "))


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return name[: LONGEST - 1] + "…"
    return stem[: LONGEST - len(ending) - 2] + "…." + ending
