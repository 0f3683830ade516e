"""How long a case is kept after it was closed, as data: months by category and ending.

No length may stand in the code, and none may be zero.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from casefile.codes.lists import read_list
from casefile.codes.problem import ConfigProblem

ANY: Final = "any"
MOST_MONTHS: Final = 1200


class RetentionProblem(ConfigProblem):
    """The lengths cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Retention:
    """The lengths: category → ending → whole months."""

    months: Mapping[str, Mapping[str, int]]

    def months_for(self, category: str, ending: str) -> int:
        """For how many months after closing a case of this category that ended so is kept."""
        row = self.months.get(category, self.months[ANY])
        return row.get(ending, row[ANY])


@cache
def read_retention(config: Path) -> Retention:
    """Read config/retention.toml; RetentionProblem if a table or a length is missing or wrong."""
    file = config / "retention.toml"
    try:
        plain = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as damaged:
        raise RetentionProblem(f"{file.name}: {damaged}") from damaged
    if ANY not in plain:
        raise RetentionProblem(f"{file.name}: [{ANY}] is missing")
    categories = read_list(config, "category")
    for category, row in plain.items():
        if category != ANY and category not in categories:
            raise RetentionProblem(f"{file.name}: [{category}] is no category")
        _check(file.name, category, row)
    return Retention(plain)


def _check(file: str, category: str, row: object) -> None:
    if not isinstance(row, dict) or ANY not in row:
        raise RetentionProblem(f"{file}: [{category}] needs a line `{ANY}`")
    for ending, months in row.items():
        if type(months) is not int or not 1 <= months <= MOST_MONTHS:
            raise RetentionProblem(
                f"{file}: [{category}] {ending} must be 1 to {MOST_MONTHS} months"
            )
