"""Real servers over a copied world: gunicorn on a free loopback port, the worker, the commands.

Every process is started here, bounded in time, and ended by its own number.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from casefile.sealing.key_file import (
    write_key_file,
)
from casefile.settings import ROOT
from tests.world import World

SOAK = bool(os.environ.get("CASEFILE_SOAK"))
STARTS_WITHIN_S = 30
ENDS_WITHIN_S = 30
PYTHON = sys.executable
FLASK = (PYTHON, "-m", "flask", "--app", "wsgi")
GUNICORN = (PYTHON, "-m", "gunicorn", "--config", "config/gunicorn.py")
END_WITH_PARENT = 1


@dataclass
class Installation:
    """A deployment on disk that servers and commands are started over."""

    folder: Path
    database: str | None = None
    base: str = "http://127.0.0.1:8000"
    changed: dict[str, str] = field(default_factory=dict)

    @property
    def key_file(self) -> Path:
        return self.folder / "keys.txt"

    def settle(self, toml: str) -> None:
        """Write what differs from the default settings."""
        (self.folder / "settings.toml").write_text(toml, "utf-8")

    def environ(self) -> dict[str, str]:
        """What every process of this deployment is given."""
        given = {
            "PATH": os.environ["PATH"],
            "CASEFILE_INSTANCE": str(self.folder),
            "CASEFILE_BASE": self.base,
        }
        if self.database:
            given["CASEFILE_DATABASE"] = self.database
        return given | self.changed

    def command(self, *words: str, within_s: int = 60) -> subprocess.CompletedProcess[str]:
        """Run `flask casefile …` to its end."""
        return subprocess.run(
            [*FLASK, "casefile", *words],
            cwd=ROOT,
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=within_s,
        )

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A command that runs beside the test and is ended with it."""
        process = start([*FLASK, "casefile", *words], self.environ())
        try:
            yield process
        finally:
            end(process)

    @contextmanager
    def serving(self, workers: int = 1, port: int = 0) -> Iterator[Server]:
        """Gunicorn as it is shipped, answering on this port of this machine, or on a free one."""
        with listening(port) as door:
            log = self.folder / f"server-{secrets.token_hex(4)}.log"
            bound = [*GUNICORN, "--bind", f"fd://{door.fileno()}", "wsgi:app"]
            environ = self.environ() | {"CASEFILE_WORKERS": str(workers)}
            process = start(bound, environ, log=log, door=door)
            try:
                yield Server(process, door.getsockname()[1], log)
            finally:
                end(process)


@dataclass(frozen=True)
class Server:
    """A running gunicorn: its master process, its port, and what it said on standard error."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """The numbers of the processes that answer, as long as they are gunicorn's children."""
        return children(self.process.pid)

    def said(self) -> str:
        return self.log.read_text("utf-8")


def installed(world: World) -> Installation:
    """Put a copied world's keys beside it, so that real processes can serve it."""
    write_key_file(world.settings.key_file, world.deployment.keyring)
    sqlite = world.settings.database.startswith("sqlite")
    return Installation(world.settings.instance, None if sqlite else world.settings.database)


def start(
    words: list[str],
    environ: Mapping[str, str],
    *,
    log: Path | None = None,
    door: socket.socket | None = None,
) -> subprocess.Popen[bytes]:
    """Start one process; the kernel ends it should this one be killed."""
    said = log.open("wb") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            pass_fds=(door.fileno(),) if door else (),
            preexec_fn=_end_with_us,
        )
    finally:
        if log:
            said.close()  # type: ignore[union-attr]


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process of ours to stop, and kill it with its children if it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        for each in (*children(process.pid), process.pid):
            strike(each)
        process.wait()
        raise


def strike(pid: int) -> None:
    """kill -9, of a process that may have gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def children(pid: int) -> list[int]:
    """The numbers of a process's living children."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = each.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(each.parent.name))
    return found


def until(holds: Callable[[], object], within_s: float = STARTS_WITHIN_S) -> None:
    """Wait until something holds; fail when it does not in time."""
    limit = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < limit, "it did not come about in time"
        time.sleep(0.05)


@contextmanager
def listening(port: int = 0) -> Iterator[socket.socket]:
    """An open door on a port of this machine, to be handed to a server."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(128)
        yield door


_TELL_KERNEL = getattr(ctypes.CDLL(None), "prctl", None)


def _end_with_us() -> None:
    if _TELL_KERNEL is not None:
        _TELL_KERNEL(END_WITH_PARENT, signal.SIGTERM)
