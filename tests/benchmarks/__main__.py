"""`python -m tests.benchmarks`: measure everything, print a table, write bench.json.

The exit status is 1 if a limit is missed. Without arguments both engines and all parts are
measured; with any, only those, and bench.json is left as it is.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from casefile.settings import ROOT
from tests.benchmarks import (
    backup,
    browser,
    deadlines,
    equal_time,
    guessing,
    memory,
    paper,
    queue,
    referral,
    registers,
    rewrapping,
    search,
    server,
    throughput,
    upload,
)
from tests.benchmarks.browser import BrowserMissing
from tests.benchmarks.deployment import Deployed, Engine, Founded, found
from tests.benchmarks.figures import Figure, table, write_json
from tests.benchmarks.postgres import PostgresMissing, postgres_server

Part = Callable[[Deployed], Iterator[Figure]]
PARTS: dict[str, Part] = {
    "browser": browser.measure,
    "server": server.measure,
    "equal_time": equal_time.measure,
    "queue": queue.measure,
    "deadlines": deadlines.measure,
    "search": search.measure,
    "throughput": throughput.measure,
    "upload": upload.measure,
    "report_under_guessing": guessing.measure,
    "memory": memory.measure,
    "registers": registers.measure,
    "rewrapping": rewrapping.measure,
    "referral": referral.measure,
    "backup": backup.measure,
    "paper": paper.measure,
}
ONE_ENGINE = {"browser", "paper"}
"""Parts on which the engine has no bearing: measured on SQLite alone."""
INTERRUPTED = 130


def main(given: list[str]) -> int:
    """Measure what was asked for; 0 if every limit is kept, 1 if not."""
    asked = _arguments(given)
    with ExitStack() as running:
        figures = list(_measured(running, asked.parts or list(PARTS), asked.engines))
    print("\n" + table(figures))
    print(f"\n{_busy()}")
    if not given:
        write_json(figures, ROOT / "bench.json")
    missed = [figure.name for figure in figures if not figure.ok]
    print(f"Missed: {', '.join(missed)}." if missed else "Every limit is kept.")
    return 1 if missed else 0


def _busy() -> str:
    """How busy the machine was: with more waiting than it has processors, read the ratios alone."""
    cores, waiting = os.cpu_count() or 1, os.getloadavg()[1]
    said = f"{cores} processors, {waiting:.1f} processes at work on average over five minutes."
    return f"{said} Absolute times are too long then." if waiting > cores + 1 else said


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--engine", dest="engines", action="append", type=Engine, choices=Engine)
    asked = parser.parse_args(given)
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    asked.engines = asked.engines or list(Engine)
    return asked


def _measured(running: ExitStack, parts: list[str], engines: list[Engine]) -> Iterator[Figure]:
    folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="casefile-bench-")))
    for engine in engines:
        wanted = [part for part in parts if engine is Engine.SQLITE or part not in ONE_ENGINE]
        if not wanted:
            continue
        try:
            server = running.enter_context(postgres_server()) if engine.suffix else None
        except PostgresMissing:
            print("Left out: everything on PostgreSQL; its package is not installed.")
            continue
        founded = found(engine, folder, server)
        for part in wanted:
            yield from _part(founded, part)


def _part(founded: Founded, part: str) -> Iterator[Figure]:
    """One part on its own copy, saying how long it took."""
    begun = time.monotonic()
    try:
        with founded.copied() as deployed:
            yield from PARTS[part](deployed)
    except BrowserMissing:
        print("Left out: what is measured in a browser; there is no Chromium here.")
        return
    taken = time.monotonic() - begun
    print(f"{part} on {founded.engine}: {taken:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    for asked_to_stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked_to_stop, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
