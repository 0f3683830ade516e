"""How long a report takes while numbers are guessed, beside how long it takes when it is quiet.

A server of two workers; turns with and without guesses follow each other, so that what slows the
machine for a while slows both. The guesses come from very many networks: no limit of a sender
holds them back, only that numbers have slots of their own, which rest after one that was wrong.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import hear, started, tell
from tests.benchmarks.reporters import prepared, send
from tests.benchmarks.serving import gunicorn
from tests.benchmarks.timing import median, timed
from tests.benchmarks.visitor import UnexpectedAnswer

GUESSES = 10_000 if os.environ.get("CASEFILE_SOAK") else 300
A_SECOND = 50
"""Guesses a second: four million a day."""
TURN_S = 1.5
RATIO = 1.5
BETWEEN_S = 0.05
"""A reporter comes, not a flood of them."""


@dataclass
class Turns:
    """Milliseconds of each report, and what the guessers met."""

    quiet: list[float] = field(default_factory=list)
    guessing: list[float] = field(default_factory=list)
    tried: int = 0
    looked_up: int = 0


def measure(deployed: Deployed) -> Iterator[Figure]:
    """The ratio of the medians, and both medians by themselves."""
    with ExitStack() as running:
        server = running.enter_context(gunicorn("wsgi:app", deployed.environ, "/en/"))
        guessers = running.enter_context(
            started(
                "tests.benchmarks.guessers",
                str(server.port),
                str(A_SECOND),
                environ=deployed.environ,
            )
        )
        hear(guessers)
        turns = _in_turns(server.port, guessers)
    quiet, guessing = median(turns.quiet), median(turns.guessing)
    suffix = deployed.engine.suffix
    yield Figure(
        f"report_under_guessing_ratio{suffix}",
        guessing / quiet,
        "",
        f"{turns.tried} numbers tried, {A_SECOND} a second, {turns.looked_up} looked up; "
        f"{len(turns.guessing)} reports meanwhile, {len(turns.quiet)} without",
        limit=RATIO,
    )
    yield Figure(f"report_under_guessing_ms{suffix}", guessing, "ms", "the median", floor=quiet)


def _in_turns(port: int, guessers: subprocess.Popen[str]) -> Turns:
    request, turns = prepared(port), Turns()
    _reports(port, request, [])
    while turns.tried < GUESSES:
        _reports(port, request, turns.quiet)
        tell(guessers, str(TURN_S))
        _reports(port, request, turns.guessing)
        tried, looked_up = hear(guessers)
        turns.tried += tried
        turns.looked_up += looked_up
    return turns


def _reports(port: int, request: bytes, times: list[float]) -> None:
    """One reporter after the other for one turn."""
    until = time.perf_counter() + TURN_S
    while time.perf_counter() < until:
        times.append(timed(lambda: _arrive(port, request)))
        time.sleep(BETWEEN_S)


def _arrive(port: int, request: bytes) -> None:
    if not send(port, request):
        raise UnexpectedAnswer("a report was refused while numbers were guessed")
