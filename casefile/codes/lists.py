"""Code lists: every coded value with the number that stands for it in registers.

A list may only grow: a number is never given twice and a code never renamed. Zero is always
`unknown`. Words for people stand in the catalogues, not here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casefile.codes.problem import ConfigProblem

UNKNOWN = "unknown"


class ListProblem(ConfigProblem):
    """A code list cannot be used; the text says which and why."""


@dataclass(frozen=True)
class CodeList:
    """One list: code → number, and back."""

    name: str
    source: str
    numbers: Mapping[str, int]

    def number(self, code: str) -> int:
        """The number of a code; a code the list lacks is a defect and raises KeyError."""
        return self.numbers[code]

    def code(self, number: int) -> str:
        """The code of a number; KeyError if no code has it."""
        for code, given in self.numbers.items():
            if given == number:
                return code
        raise KeyError(number)

    def __contains__(self, code: object) -> bool:
        return code in self.numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)


@cache
def read_list(config: Path, name: str) -> CodeList:
    """Read config/lists/<name>.toml; ListProblem if it breaks a rule of lists."""
    file = config / "lists" / f"{name}.toml"
    try:
        plain = tomllib.loads(file.read_text("utf-8"))
        numbers = {str(code): number for code, number in plain["codes"].items()}
        source = str(plain["source"])
    except (OSError, KeyError, AttributeError, ValueError) as damaged:
        raise ListProblem(f"{file.name}: {damaged}") from damaged
    if any(type(number) is not int or number < 0 for number in numbers.values()):
        raise ListProblem(f"{file.name}: every code has a whole number, none below zero")
    if numbers.get(UNKNOWN) != 0:
        raise ListProblem(f"{file.name}: `unknown` must be 0")
    if len(set(numbers.values())) != len(numbers) or max(numbers.values()) > 255:
        raise ListProblem(f"{file.name}: every number stands once, and none above 255")
    return CodeList(name, source, numbers)
