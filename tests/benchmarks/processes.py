"""Processes of the benchmark's own: started by it, spoken to line by line, ended by it.

Each has a session of its own, so that Ctrl+C reaches the benchmark alone, which then ends them.
It must never end a process it did not start.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casefile.settings import ROOT

ENDS_WITHIN_S = 15


@contextmanager
def started(
    module: str, *given: str, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A Python module running from the repository, until the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *given],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """Ask it to stop, and stop it if it does not."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def tell(process: subprocess.Popen[str], line: str) -> None:
    """Send one line."""
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def hear(process: subprocess.Popen[str]) -> Any:
    """Wait for one line of JSON; RuntimeError if the process ended instead."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended with {process.wait()}")
    return json.loads(line)


def say(told: object) -> None:
    """In a started process: answer with one line of JSON."""
    print(json.dumps(told), flush=True)


def processor_ms(process: int) -> float:
    """Processor time a process has used so far, its threads included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
