"""What the doctor finds: one line each, in plain words, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class State(IntEnum):
    """How bad it is; only the last makes the doctor's exit status 1."""

    OK = 0
    LOOK = 1
    BROKEN = 2


@dataclass(frozen=True)
class Finding:
    """One finding: how bad, about what, and a sentence."""

    state: State
    about: str
    said: str

    def line(self) -> str:
        """The line as it is printed."""
        return f"{self.state.name.lower():<7} {self.about.replace('_', ' ')}: {self.said}"


def well(about: str, said: str) -> Finding:
    """All is well."""
    return Finding(State.OK, about, said)


def look(about: str, said: str) -> Finding:
    """Somebody should look at this."""
    return Finding(State.LOOK, about, said)


def broken(about: str, said: str) -> Finding:
    """This does not work, or something will be lost."""
    return Finding(State.BROKEN, about, said)
