"""A page read the way a browser reads it: elements, forms, and what they point at.

Only reading stands here; what a page may be is decided in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
CONTROLS: Final = frozenset({"input", "select", "textarea"})
UNSEEN: Final = frozenset({"hidden", "submit", "button", "image", "reset"})
"""Kinds of input that need no label: nobody sees them, or their words are their label."""


class NotWellFormed(Exception):
    """A tag was closed that was not open, or left open at the end."""


@dataclass(eq=False)
class Element:
    """One element: its tag, its attributes, what stands in it."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and every one inside it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        """Every element of these tags."""
        return [one for one in self.walk() if one.tag in tags]

    def ancestors(self) -> Iterator[Element]:
        """What this element lies in, nearest first."""
        here = self.parent
        while here is not None:
            yield here
            here = here.parent

    def text(self) -> str:
        """All text inside, as it is read."""
        told = (one.text() if isinstance(one, Element) else one for one in self.children)
        return " ".join("".join(told).split())


@dataclass(frozen=True)
class Form:
    """What a form sends: where, how, and the fields that are filled in already."""

    address: str
    method: str
    in_parts: bool
    fields: dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self._here = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.children.append(element)
        if tag not in VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._here.tag != tag or self._here.parent is None:
            raise NotWellFormed(f"</{tag}> closes <{self._here.tag}> at {self.getpos()}")
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)

    def whole(self) -> Element:
        if self._here is not self.root:
            raise NotWellFormed(f"<{self._here.tag}> is never closed")
        return self.root


def read_page(html: str) -> Element:
    """The page as one element; NotWellFormed if its tags do not close in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.whole()


def forms(page: Element) -> list[Form]:
    """Every form with its fields, once more for each button that sends it somewhere else.

    An address of its own is the page's, and is left empty.
    """
    found = []
    for form in page.all("form"):
        fields = dict(filled for filled in map(_filled, _owned(page, form, *CONTROLS)) if filled[0])
        elsewhere = [one for one in _owned(page, form, "button") if "formaction" in one.attrs]
        found += [_sent_by(form, button, fields) for button in (None, *elsewhere)]
    return found


def form_to(page: Element, ending: str) -> Form:
    """The form whose address ends so."""
    return next(form for form in forms(page) if form.address.endswith(ending))


def controls(page: Element) -> list[Element]:
    """Every field a person fills in."""
    return [
        one for one in page.all(*CONTROLS) if one.attrs.get("type", "text").lower() not in UNSEEN
    ]


def _owned(page: Element, form: Element, *tags: str) -> list[Element]:
    """The controls of a form: those inside it, and those anywhere that name it."""
    return [
        one
        for one in page.all(*tags)
        if (
            one.attrs["form"] == form.attrs.get("id")
            if "form" in one.attrs
            else form in one.ancestors()
        )
    ]


def _sent_by(form: Element, button: Element | None, fields: dict[str, str]) -> Form:
    """The form as a button sends it; None is the Enter key, or a button without an address."""
    told = button.attrs if button else {}
    pressed = {told["name"]: told.get("value", "")} if "name" in told else {}
    return Form(
        (told.get("formaction") or form.attrs.get("action", "")).partition("#")[0],
        form.attrs.get("method", "get").lower(),
        (told.get("formenctype") or form.attrs.get("enctype")) == "multipart/form-data",
        fields | pressed,
    )


def _filled(control: Element) -> tuple[str, str]:
    """Name and value of a field as a browser would send it untouched; no name if it would not."""
    attrs = control.attrs
    if attrs.get("type") in {"radio", "checkbox"} and "checked" not in attrs:
        return "", ""
    if control.tag == "select":
        options = control.all("option")
        chosen = [one for one in options if "selected" in one.attrs] or options[:1]
        return attrs.get("name", ""), chosen[0].attrs.get("value", "") if chosen else ""
    typed = "".join(one for one in control.children if isinstance(one, str)).removeprefix("\n")
    value = typed if control.tag == "textarea" else attrs.get("value", "")
    return attrs.get("name", ""), value
