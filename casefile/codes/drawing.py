"""Draw a machine for people to read: its states, its steps and a diagram, as Markdown.

Everything comes from the machine's data: nothing is said here that the program does not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casefile.codes.machines import Machine, State, Step


def drawn(machine: Machine) -> str:
    """One machine as a section: a diagram (Mermaid), the states, the steps."""
    title = machine.name.replace("_", " ").capitalize()
    parts = (
        f"## {title}",
        f"Source: {machine.source}.",
        "\n".join(_diagram(machine)),
        _table(("state", "meaning", "deadline", "waits for"), map(_state, machine.states)),
        _table(
            ("step", "from", "to", "who", "only if", "starts", "ends"), map(_step, machine.steps)
        ),
        "\n".join(_effects(machine)),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _diagram(machine: Machine) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {machine.begins}"
    for step in machine.steps:
        for source in step.sources:
            yield f"    {source} --> {step.target}: {_words(step.verb)}"
    for state in machine.states:
        if state.final:
            yield f"    {state.code} --> [*]"
    yield "```"


def _state(state: State) -> tuple[str, ...]:
    end = " It ends here." if state.final else ""
    return (f"`{state.code}`", state.meaning + end, _listed(state.deadlines), _words(state.waits))


def _step(step: Step) -> tuple[str, ...]:
    return (
        _words(step.verb),
        _listed(step.sources),
        f"`{step.target}`",
        ", ".join(map(_words, step.who)),
        ", ".join(map(_words, step.guards)),
        _listed(step.starts),
        _listed(step.meets),
    )


def _effects(machine: Machine) -> Iterator[str]:
    for step in machine.steps:
        if step.effects:
            yield f"- *{_words(step.verb)}*: {' '.join(step.effects)}"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (heads, tuple("---" for _ in heads), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(codes: tuple[str, ...]) -> str:
    return ", ".join(f"`{code}`" for code in codes)


def _words(code: str) -> str:
    return code.replace("_", " ")
