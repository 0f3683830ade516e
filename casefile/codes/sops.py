"""The deadlines of a country's procedures, as data: how long each is, and who is told.

No length may stand in the code, and none may be zero.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from casefile.codes.problem import ConfigProblem


class SopProblem(ConfigProblem):
    """A profile cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Limit:
    """One deadline: its kind, its length, its step, who is told if late."""

    kind: str
    length: timedelta
    step: str
    told: str


@cache
def read_profile(config: Path, name: str = "default") -> Mapping[str, Limit]:
    """Read config/sops/<name>.toml: kind → Limit."""
    file = config / "sops" / f"{name}.toml"
    try:
        plain = tomllib.loads(file.read_text("utf-8"))
        return {kind: _limit(kind, row) for kind, row in plain.items()}
    except (OSError, KeyError, TypeError, ValueError) as damaged:
        raise SopProblem(f"{file.name}: {damaged}") from damaged


def _limit(kind: str, row: Mapping[str, str | int]) -> Limit:
    hours = row["hours"]
    if type(hours) is not int or hours <= 0:
        raise ValueError(f"[{kind}] hours must be a whole number above zero")
    length = timedelta(hours=hours)
    return Limit(kind, length, str(row["step"]), str(row["told"]))
