"""The typesetter's own process: a document as JSON comes in, a PDF goes out, and it ends.

Run by path and alone: it imports nothing of ours. Its memory and its time are bounded before it
reads a word. It writes no file and says nothing of the document, also not when it fails.
"""

import json
import resource
import sys
from pathlib import Path

MOST_MEMORY = 1024**3
"""Bytes of addresses. A paper of 250 pages takes half of it; whatever wants more is given up."""
REFUSED = 3
TEMPLATE = Path(__file__).parent / "paper.typ"


def main() -> int:
    """Read the document from standard input, write the PDF to standard output; the exit status."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    given = json.load(sys.stdin.buffer)
    resource.setrlimit(resource.RLIMIT_CPU, (given["seconds"], given["seconds"]))
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=given["folders"]
    )
    families = {font.path: font.family for font in fonts.fonts()}
    paper = given["paper"] | {"fonts": [families[path] for path in given["fonts"]]}
    try:
        made = typst.compile(
            TEMPLATE.read_bytes(),
            font_paths=fonts,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=given["made"],
            sys_inputs={"paper": json.dumps(paper)},
        )
    except typst.TypstError:
        return REFUSED
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
