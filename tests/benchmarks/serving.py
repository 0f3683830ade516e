"""Real servers: gunicorn by the deployment's own file, on a port of the loopback nobody uses."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.processes import free_port, started

STARTS_WITHIN_S = 60
WORKERS = 2


@dataclass(frozen=True)
class Server:
    """A gunicorn that answers: where, and its processes."""

    port: int
    process: subprocess.Popen[str]

    def address(self, path: str = "/") -> str:
        """The full address of one of its pages."""
        return f"http://127.0.0.1:{self.port}{path}"

    def workers(self) -> list[int]:
        """Ids of its worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in children.read_text().split()]


@contextmanager
def gunicorn(application: str, environ: Mapping[str, str], first: str) -> Iterator[Server]:
    """Serve `application` ("wsgi:app") with two workers until the block is left.

    `first` is a page that answers once the server is ready.
    """
    port = free_port()
    given = ("--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}", application)
    needed = {**environ, "CASEFILE_WORKERS": str(WORKERS)}
    with started("gunicorn", *given, environ=needed) as process:
        server = Server(port, process)
        _wait(server, first)
        yield server


def _wait(server: Server, first: str) -> None:
    """Until every worker is up: each has answered when several requests in a row were quick."""
    until, quick = time.monotonic() + STARTS_WITHIN_S, 0
    while quick < 8:
        if time.monotonic() > until or server.process.poll() is not None:
            raise RuntimeError("gunicorn did not answer")
        begun = time.monotonic()
        try:
            urllib.request.urlopen(server.address(first), timeout=STARTS_WITHIN_S).read()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
            continue
        quick = quick + 1 if time.monotonic() - begun < 0.2 else 0
