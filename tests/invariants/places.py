"""Write into every catalogue which files say each sentence, so that a translator can look there.

Run it with `make catalogues`. Files and no line numbers: a sentence that moves within its file
changes nothing. It must never touch a translation or the order of the sentences.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Final

from tests.invariants.sayings import PACKAGE, Saying, said_where

ENTRY: Final = re.compile(
    r"(?P<remarks>(?:^#.*\n)*)"
    r"(?P<message>^msgid (?P<one>(?:\".*\"\n)+)(?:msgid_plural (?P<many>(?:\".*\"\n)+))?)",
    re.MULTILINE,
)
"""The lines of an entry from its first remark to the sentence itself."""


def main() -> None:
    """Refresh every catalogue; run twice, the second time changes nothing."""
    where = said_where()
    for file in sorted(PACKAGE.glob("*/translations/*/LC_MESSAGES/*.po")):
        file.write_text(with_places(file.read_text("utf-8"), where), "utf-8")


def with_places(catalogue: str, where: Mapping[Saying, list[str]]) -> str:
    """The catalogue with the places of its sentences as they are now."""
    return ENTRY.sub(lambda entry: _placed(entry, where), catalogue)


def _placed(entry: re.Match[str], where: Mapping[Saying, list[str]]) -> str:
    """Remarks of translators first, then the places, then the flags; nothing for nobody's."""
    one, many = _text(entry["one"]), entry["many"]
    places = where.get((one, _text(many)) if many else one, [])
    remarks = [line for line in entry["remarks"].splitlines() if not line.startswith("#:")]
    flags = [line for line in remarks if line.startswith("#,")]
    told = [line for line in remarks if line not in flags]
    said = [f"#: {' '.join(places)}"] if places else []
    return "".join(f"{line}\n" for line in (*told, *said, *flags)) + entry["message"]


def _text(quoted: str) -> str:
    """The lines of a sentence as one; the quotes of a catalogue are those of Python."""
    return "".join(ast.literal_eval(line) for line in quoted.splitlines())


if __name__ == "__main__":
    main()
