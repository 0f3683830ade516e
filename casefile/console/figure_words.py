"""The figures of a desk in words: each a count, a bar as long as its share, and the list it counts.

It must never show a figure without the list behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from casefile.cases.desk_figures import Count, Figures, Scope
from casefile.cases.queue_views import Filters, View
from casefile.codes.lists import UNKNOWN, read_list
from casefile.console.frame import named
from casefile.console.queue_words import view_words
from casefile.console.spoken import ages, answered, categories, steps


@dataclass(frozen=True)
class Bar:
    """One line of a table: what is counted, how many, the list of exactly those, and the bar."""

    words: str
    count: int
    address: str
    share: str
    """Width of the bar in hundredths of all that is open, as it stands in the drawing."""


@dataclass(frozen=True)
class Table:
    """One table of figures."""

    name: str
    title: str
    about: str
    counted: str
    bars: tuple[Bar, ...]
    empty: str


@dataclass(frozen=True)
class ShownScope:
    """A desk or an agency whose figures there are."""

    name: str
    address: str
    current: bool


@dataclass(frozen=True)
class ShownFigures:
    """The figures of one scope in words."""

    scopes: tuple[ShownScope, ...]
    name: str
    tables: tuple[Table, ...]


def shown_figures(config: Path, figures: Figures | None) -> ShownFigures | None:
    """The figures as the page shows them; None where there are none."""
    if figures is None:
        return None
    scopes = tuple(_scope(one, figures) for one in figures.scopes)
    return ShownFigures(scopes, named(figures.scope.names), _tables(config, figures))


def _scope(one: Scope, figures: Figures) -> ShownScope:
    asked: dict[str, Any] = {**one.filters.chosen}
    address = url_for("seats.my_desks", **asked)
    return ShownScope(named(one.names), address, one == figures.scope)


def _tables(config: Path, figures: Figures) -> tuple[Table, ...]:
    views, most = view_words(), figures.open.count
    step, category = _coded(config, "step", steps()), _coded(config, "category", categories())

    def bars(counts: tuple[Count, ...], words: Mapping[int, str]) -> tuple[Bar, ...]:
        return tuple(_bar(one, words.get(one.number, _("not known")), most) for one in counts)

    standing = (figures.open, *figures.standing)
    return (
        Table(
            "standing",
            _("What stands open"),
            _("A case can stand in more than one line."),
            _("List"),
            tuple(_bar(one, views[one.view], most) for one in standing),
            "",
        ),
        Table(
            "late",
            _("Late, by what is late"),
            _("The nearest day of each has passed."),
            _("Step"),
            bars(figures.late, step),
            _("Nothing is late."),
        ),
        Table(
            "category",
            _("By category"),
            _("As the cases are sorted now."),
            _("Category"),
            bars(figures.categories, category),
            _("No case is open."),
        ),
        Table(
            "age",
            _("By age"),
            _("Since the report came in."),
            _("Age"),
            bars(figures.ages, ages()),
            _("No case is open."),
        ),
        Table(
            "answered",
            _("Answered"),
            _(
                "When we last did for the reporter what was promised: read it, wrote, answered a "
                "message."
            ),
            _("Last answer"),
            bars(figures.answered, answered()),
            "",
        ),
    )


def _coded(config: Path, name: str, words: Mapping[str, str]) -> dict[int, str]:
    """The words of a code list by number."""
    numbers = read_list(config, name).numbers
    return {number: words[code or UNKNOWN] for code, number in numbers.items()}


def _bar(one: Count, words: str, most: int) -> Bar:
    share = f"{100 * one.count / most:.1f}%" if most else "0%"
    return Bar(words, one.count, _list(one.view, one.filters), share)


def _list(view: View, filters: Filters) -> str:
    asked: dict[str, Any] = {"view": view, **filters.chosen}
    return url_for("console.queue", **asked)
