"""Templates as they are written: their texts, their attributes, their calls, without rendering.

An expression is replaced by a sign that no template writes, so that what remains is what the
template itself says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import Final

from jinja2 import Environment, nodes

from casefile.settings import ROOT

TEMPLATES: Final = ROOT / "templates"
STYLES: Final = ROOT / "casefile" / "static"
SAID: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
SPOKEN: Final = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
READ_ALOUD: Final = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description"})
"""Attributes whose value people read or hear."""
ATTRIBUTE: Final = re.compile(r'[\w:-]+="[^"]*"')
DECLARATION: Final = re.compile(r"(?<=[{;])\s*([\w-]+)\s*:\s*([^;{}]+)(?=[;}])")


@dataclass(frozen=True)
class Template:
    """One template: where it is, its source, and the same parsed."""

    name: str
    source: str
    parsed: nodes.Template


@cache
def templates() -> tuple[Template, ...]:
    """Every template there is."""
    parser = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    return tuple(
        Template(str(file.relative_to(TEMPLATES)), source, parser.parse(source))
        for file in sorted(TEMPLATES.rglob("*.html"))
        for source in [file.read_text("utf-8")]
    )


def filters_used(template: Template) -> set[str]:
    """Names of the filters a template applies."""
    return {one.name for one in template.parsed.find_all(nodes.Filter)}


def unspoken_constants(template: Template) -> Iterator[str]:
    """Text constants of expressions that do not go through gettext."""
    spoken = {
        id(constant)
        for call in template.parsed.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in SPOKEN
        for constant in call.find_all(nodes.Const)
    }
    for constant in template.parsed.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in spoken:
            yield constant.value


def words_of_its_own(source: str) -> Iterator[str]:
    """Everything people would read that stands in the source itself and not in an expression."""
    reader = _Reader()
    reader.feed(_without_expressions(source))
    reader.close()
    yield from reader.found


def attributes_of(source: str) -> Iterator[tuple[str, str]]:
    """Tag and name of every attribute that is written out."""
    reader = _Reader()
    reader.feed(_without_expressions(source))
    reader.close()
    yield from reader.attributes


def declarations(css: str) -> list[tuple[str, str]]:
    """Property and value of every declaration of a stylesheet."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return [(name, " ".join(value.split())) for name, value in DECLARATION.findall(bare)]


def _without_expressions(source: str) -> str:
    bare = re.sub(r"{#.*?#}", "", source, flags=re.S)
    bare = re.sub(r"{{.*?}}", SAID, bare, flags=re.S)
    return re.sub(r"{%.*?%}", "", bare, flags=re.S)


class _Reader(HTMLParser):
    """Collects texts and attributes, well nested or not: a template may hold half a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name) for name, _ in attrs]
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_data(self, data: str) -> None:
        """A macro may hold attributes alone; those are no text."""
        self.found.append(ATTRIBUTE.sub("", data))
