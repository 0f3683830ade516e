"""Templates and stylesheets: nothing unescaped, nothing inline, nothing that knows left from right,
and not one sentence that goes past the catalogues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.invariants.sources import (
    STYLES,
    Template,
    attributes_of,
    declarations,
    filters_used,
    templates,
    unspoken_constants,
    words_of_its_own,
)

NAMES = {"Casefile"}
"""Words that are the same in every language."""
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")

SIDES = re.compile(r"(?:^|-)(?:left|right|top|bottom)(?:-|$)|^(?:min-|max-)?(?:width|height)$")
"""Physical sides and sizes: each has a logical name that turns with the script."""
ASIDE = {("text-align", "left"), ("text-align", "right"), ("float", "left"), ("float", "right")}
FOUR_SIDES = {"margin", "padding", "inset", "border-width", "border-style", "border-color"}
LOADS = re.compile(r"@import|@font-face|url\s*\(|image-set|expression\s*\(", re.I)

each_template = pytest.mark.parametrize("template", templates(), ids=lambda one: one.name)
each_style = pytest.mark.parametrize(
    "style", sorted(STYLES.glob("*.css")), ids=lambda one: one.name
)


@each_template
def test_a_template_escapes_everything(template: Template) -> None:
    assert not filters_used(template) & {"safe", "forceescape", "tojson"}
    assert not re.search(r"{%-?\s*autoescape|Markup", template.source)


@each_template
def test_a_template_has_no_style_and_no_script(template: Template) -> None:
    assert not re.search(r"<\s*(?:script|style|iframe|object|embed|base)\b", template.source, re.I)
    named = {name for _, name in attributes_of(template.source)}
    assert not {name for name in named if name == "style" or name.startswith("on")}
    assert "javascript:" not in template.source.lower()


@each_template
def test_every_word_of_a_template_goes_through_the_catalogues(template: Template) -> None:
    bare = [word for text in words_of_its_own(template.source) for word in WORD.findall(text)]
    assert not set(bare) - NAMES
    assert not [text for text in unspoken_constants(template) if SENTENCE.search(text)]


@each_template
def test_a_template_says_whole_sentences(template: Template) -> None:
    """Nothing is glued together in the order of one language."""
    assert not re.search(r"_\([^()]*\)\s*(?:~|\+)|(?:~|\+)\s*_\(", template.source)


@each_style
def test_a_stylesheet_knows_no_left_and_no_right(style: Path) -> None:
    assert not [one for one in declarations(style.read_text("utf-8")) if _is_physical(*one)]


@each_style
def test_a_stylesheet_loads_nothing(style: Path) -> None:
    assert not LOADS.search(style.read_text("utf-8"))


def test_the_rules_find_what_they_forbid() -> None:
    for line in ("margin-left: 1rem", "left: 0", "float: right", "max-width: 3rem", "width: 1px"):
        assert [_is_physical(*one) for one in declarations("a{" + line + "}")] == [True], line
    for line in ("margin: 1px 2px 1px 4px", "border-top-left-radius: 1px", "border-right: 0"):
        assert [_is_physical(*one) for one in declarations("a{x:y;" + line + ";}")][1:] == [True]
    for line in ("margin-inline-start: 1rem", "inset-block-end: 0", "text-align: start"):
        assert [_is_physical(*one) for one in declarations("a{" + line + "}")] == [False], line
    assert declarations("@media (max-width: 3rem) { .top :is(a) { float: none } }") == [
        ("float", "none")
    ]
    told = list(words_of_its_own('<p title="A title">{{ _("Said") }} Bare <b>words</b></p>'))
    assert WORD.findall(" ".join(told)) == ["title", "Bare", "words"]


def _is_physical(name: str, value: str) -> bool:
    sides = value.split()
    lopsided = name in FOUR_SIDES and len(sides) == 4 and sides[1] != sides[3]
    return bool(SIDES.search(name)) or (name, value) in ASIDE or lopsided
