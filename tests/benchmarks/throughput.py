"""How many reports a second a server of two workers takes, each durable before its number is shown.

Ours and the floor run in turns of two seconds, four each. The floor makes the same cryptography
and one commit a report in two processes, without web, pages or registers. Every receipt that was
shown is counted again in the database.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from casefile.cases.models import ReceiptRow
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.floors import lengths_of_a_report
from tests.benchmarks.processes import hear, processor_ms, started, tell
from tests.benchmarks.serving import WORKERS, gunicorn
from tests.benchmarks.visitor import Visitor, send_report

TURNS, TURN_S = 4, 2
REPORTERS = 6
"""Reporters at once: enough that no worker ever waits for one."""
RATIO = 2


class ReceiptsLost(Exception):
    """A number was shown whose report is not in the database."""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """Reports a second, the limit being half of what the floor makes."""
    send_report(Visitor(deployed.app), deployed.deployment.random(32))
    lengths = [str(length) for length in lengths_of_a_report(deployed)]
    environ = deployed.environ
    with ExitStack() as running:
        server = running.enter_context(gunicorn("wsgi:app", environ, "/en/"))
        given = (str(server.port), str(REPORTERS))
        ours = running.enter_context(started("tests.benchmarks.reporters", *given, environ=environ))
        floors = [
            running.enter_context(started("tests.benchmarks.floors", *lengths, environ=environ))
            for _ in range(WORKERS)
        ]
        for process in (ours, *floors):
            hear(process)
        _turn([ours])  # the first pages of a server are slower: not counted
        before, begun = _receipts(deployed), _processor_ms(server.workers(), floors)
        run = _in_turns(ours, floors)
        ended = _processor_ms(server.workers(), floors)
    found = _receipts(deployed) - before
    if found < run.receipts:
        raise ReceiptsLost(f"{run.receipts} numbers shown, {found} reports found")
    suffix = deployed.engine.suffix
    yield _rate(run, suffix)
    yield Figure(
        f"report_processor_ms{suffix}",
        (ended[0] - begun[0]) / max(1, run.receipts),
        "ms",
        "processor time of the workers for one of these reports, the database server's apart",
        floor=(ended[1] - begun[1]) / max(1, run.floor),
    )


@dataclass
class Run:
    """What both sides made in their turns."""

    receipts: int = 0
    refused: int = 0
    seconds: float = 0.0
    floor: int = 0


def _in_turns(ours: subprocess.Popen[str], floors: list[subprocess.Popen[str]]) -> Run:
    run = Run()
    for _ in range(TURNS):
        run.floor += sum(_turn(floors))
        ((receipts, refused, seconds),) = _turn([ours])
        run.receipts += receipts
        run.refused += refused
        run.seconds += seconds
    return run


def _rate(run: Run, suffix: str) -> Figure:
    floor = run.floor / (TURNS * TURN_S)
    said = f"{run.receipts} reports by {REPORTERS} at once, {run.refused} refused, none lost"
    return Figure(
        f"reports_per_second{suffix}",
        run.receipts / run.seconds,
        "1/s",
        f"{said}; limit: floor / {RATIO}",
        limit=floor / RATIO,
        floor=floor,
        least=True,
    )


def _turn(processes: list[subprocess.Popen[str]]) -> list[Any]:
    for process in processes:
        tell(process, str(TURN_S))
    return [hear(process) for process in processes]


def _processor_ms(workers: list[int], floors: list[subprocess.Popen[str]]) -> tuple[float, float]:
    """Processor time so far, of the server's workers and of the floor's processes."""
    made = [process.pid for process in floors]
    return sum(map(processor_ms, workers)), sum(map(processor_ms, made))


def _receipts(deployed: Deployed) -> int:
    with deployed.session() as session:
        return session.execute(select(func.count()).select_from(ReceiptRow)).scalar_one()
