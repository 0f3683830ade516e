"""A state machine as data: its states, the steps between them, and the one way to take a step.

It knows no machine, no case and no person: who acts and what holds are codes that the machine's
own data names. A step that is not in the data is never taken.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


class Forbidden(Exception):
    """A step that cannot be taken; `code` says why, for a page to word.

    `no_such_step` the machine has no such verb, `not_from_here` it starts from another state,
    `not_yours` somebody else takes it, else the code of the first guard that does not hold.
    """

    def __init__(self, code: str, verb: str, state: str) -> None:
        super().__init__(f"{verb} from {state}: {code}")
        self.code, self.verb, self.state = code, verb, state


class Flawed(Exception):
    """The data of a machine contradicts itself; the text says how."""


@dataclass(frozen=True)
class State:
    """A state and what it means, in one sentence.

    `deadlines` are the kinds of which one runs while it lasts; `waits` names who is waited for
    where it is for somebody else to move. `final`: nothing has to follow, though a step may.
    """

    code: str
    meaning: str
    deadlines: tuple[str, ...] = ()
    waits: str = ""
    final: bool = False


@dataclass(frozen=True)
class Step:
    """One step: its verb, from which states to which, who takes it, and what must hold.

    `effects` are what else happens, one sentence each; `starts` and `meets` the kinds of deadlines
    that begin and end with it. From one state a verb leads to one state only.
    """

    verb: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A named machine; `source` is where its rules come from. Flawed if it contradicts itself."""

    name: str
    source: str
    begins: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        codes = [one.code for one in self.states]
        if len(set(codes)) != len(codes):
            raise Flawed(f"{self.name}: a state stands twice")
        for code in (self.begins, *(one for step in self.steps for one in _ends(step))):
            if code not in codes:
                raise Flawed(f"{self.name}: {code} is no state")
        ways = [(step.verb, source) for step in self.steps for source in step.sources]
        if len(set(ways)) != len(ways):
            raise Flawed(f"{self.name}: a verb leads two ways from one state")

    def state(self, code: str) -> State:
        """The state of a code; KeyError if the machine has none."""
        for one in self.states:
            if one.code == code:
                return one
        raise KeyError(code)

    def steps_from(self, state: str) -> tuple[Step, ...]:
        """Every step that starts from a state, in the order of the data."""
        return tuple(step for step in self.steps if state in step.sources)


def take(
    machine: Machine,
    state: str,
    verb: str,
    who: Collection[str],
    holds: Collection[str] = (),
) -> Step:
    """The step that this verb takes from this state; Forbidden if it cannot be taken.

    `who` are the parts somebody plays here, `holds` the guards that hold.
    """
    named = [step for step in machine.steps if step.verb == verb]
    step = next((one for one in named if state in one.sources), None)
    if step is None:
        raise Forbidden("not_from_here" if named else "no_such_step", verb, state)
    if not set(step.who) & set(who):
        raise Forbidden("not_yours", verb, state)
    for guard in step.guards:
        if guard not in holds:
            raise Forbidden(guard, verb, state)
    return step


def may_take(
    machine: Machine, state: str, verb: str, who: Collection[str], holds: Collection[str] = ()
) -> bool:
    """Whether `take` would give a step: for showing what can be done, never instead of it."""
    try:
        take(machine, state, verb, who, holds)
    except Forbidden:
        return False
    return True


def _ends(step: Step) -> tuple[str, ...]:
    return (*step.sources, step.target)
