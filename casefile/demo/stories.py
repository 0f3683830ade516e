"""Invented reports, as people might write them: short, in their own language, never graphic.

The words lie in told/, a file for each language. Which of them are told, in which order and with
which answers is always the same; nothing here may name a living person or a real organisation.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

TOLD = Path(__file__).resolve().parent / "told"
LANGUAGES = ("en", "fr", "es", "ar")
SEA = "sea"
SENSITIVE = frozenset(
    {SEA, "sexual_harassment_workplace", "child_safeguarding_non_sexual", "gbv_non_staff"}
)
"""Kinds whose every answer stands with the story; nothing is drawn for them."""

Answers = Mapping[str, tuple[str, ...]]

AREAS = {"2": 38, "1": 22, "3": 20, "4": 12, "elsewhere": 3, "unsaid": 5}
"""How often of a hundred everyday reports come from an area, by its code on the form."""


@dataclass(frozen=True)
class Story:
    """One report: text, language, category a reader would give it, answers by question."""

    text: str
    language: str
    kind: str
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Replies:
    """Lines that fit any report, by language."""

    messages: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, tuple[str, ...]]


def chosen(count: int) -> tuple[Story, ...]:
    """The first `count` stories; more than there are begin again."""
    return tuple(islice(cycle(every_story()), count))


@cache
def every_story() -> tuple[Story, ...]:
    """All stories, each kind spread evenly: any first part of them is a mix like the whole."""
    draw, by_kind = Random("stories"), defaultdict[str, list[Story]](list)  # noqa: S311
    for story in _read():
        by_kind[story.kind].append(_answered(story, draw))
    placed = []
    for kind in sorted(by_kind):
        several = by_kind[kind]
        draw.shuffle(several)
        placed += [((at + draw.random()) / len(several), one) for at, one in enumerate(several)]
    return tuple(story for _, story in sorted(placed, key=lambda each: each[0]))


@cache
def replies() -> Replies:
    """What reporters write when they come back, and what colleagues note."""
    table = _table("replies")
    return Replies(
        *(
            {name: tuple(lines) for name, lines in table[part].items()}
            for part in ("messages", "notes")
        )
    )


def _read() -> Iterator[Story]:
    """A plain line is an everyday report; a table has answers of its own."""
    for language in LANGUAGES:
        for kind, several in _table(language).items():
            for told in several:
                given = {"text": told} if isinstance(told, str) else told
                answers = {name: tuple(one) for name, one in given.items() if name != "text"}
                yield Story(given["text"], language, kind, answers)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((TOLD / f"{name}.toml").read_text("utf-8"))


def _answered(story: Story, draw: Random) -> Story:
    """Give an everyday report an area, and now and then an answer more, as people do."""
    if story.answers or story.kind in SENSITIVE:
        return story
    (area,) = draw.choices([*AREAS], [*AREAS.values()])
    answers = {"area": (area,)}
    if draw.random() < 0.4:
        answers["who"] = (draw.choice(("me", "several")),)
    if draw.random() < 0.2:
        answers["when"] = (draw.choice(("month", "longer")),)
    if draw.random() < 0.3:
        answers["contact"] = ("number",)
    return Story(story.text, story.language, story.kind, answers)
