"""A figure: what was measured, its unit, what it must keep to, and its floor.

It must never round away a missed limit: whether a limit holds is decided on the measured value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIGITS = 4
"""Significant digits that are written; more would be noise."""

HEADINGS: tuple[str, ...] = (
    "figure", "value", "unit", "limit", "floor", "ratio", "", "what it is"
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One measured value. `limit` and `floor` are in the value's unit.

    `least` is true where more is better (reports a second): then `limit` is the least allowed and
    the ratio is floor to value. Elsewhere it is the most allowed and the ratio is value to floor.
    """

    name: str
    value: float
    unit: str
    note: str = ""
    limit: float | None = None
    floor: float | None = None
    least: bool = False

    @property
    def ratio(self) -> float | None:
        """How many times worse than its floor; None without one."""
        if not self.floor:
            return None
        if self.least:
            return self.floor / self.value if self.value else float("inf")
        return self.value / self.floor

    @property
    def ok(self) -> bool:
        """Whether the limit is kept; a figure without a limit always is."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.least else self.value <= self.limit

    def row(self) -> dict[str, Any]:
        """The figure as bench.json has it."""
        return {
            "name": self.name,
            "value": shortened(self.value),
            "unit": self.unit,
            "limit": shortened(self.limit),
            "floor": shortened(self.floor),
            "ratio": shortened(self.ratio),
            "ok": self.ok,
        }


def shortened(value: float | None) -> float | int | None:
    """Four significant digits, never fewer than stand before the point; whole numbers as such."""
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return None
    short = float(f"{value:.{DIGITS}g}") if abs(value) < 10**DIGITS else round(value)
    return int(short) if short == int(short) else short


def write_json(figures: Iterable[Figure], file: Path) -> None:
    """Write every figure, one a line."""
    rows = ",\n".join(" " + json.dumps(figure.row()) for figure in figures)
    file.write_text(f"[\n{rows}\n]\n", "utf-8")


def table(figures: Iterable[Figure]) -> str:
    """The figures as people read them: value, limit, floor, ratio, and what the value is."""
    rows = [HEADINGS, *map(_cells, figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS) - 1)]
    return "\n".join(_line(row, widths) for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    sign = "≥" if figure.least else "≤"
    limit = f"{sign} {shortened(figure.limit)}" if figure.limit is not None else ""
    floor = "" if figure.floor is None else str(shortened(figure.floor))
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    held = "" if figure.limit is None else "kept" if figure.ok else "MISSED"
    value = str(shortened(figure.value))
    return figure.name, value, figure.unit, limit, floor, ratio, held, figure.note


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = (
        cell.ljust(width) if at in (0, 2) else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=False))
    )
    return "  ".join((name, *numbers, row[-1])).rstrip()
