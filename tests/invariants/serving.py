"""A real deployment: the commands of the manual, gunicorn as it is shipped, real connections.

Everything its processes print, open for writing or start is recorded from outside, by Python's
own audit events; the application does not know that it is watched.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final
from urllib.parse import urlencode

from casefile.settings import ROOT
from tests.invariants.parts import in_parts

CALLER: Final = "127.0.0.9"
"""The address the reporter calls from: it must stand nowhere afterwards."""
STARTS_WITHIN_S: Final = 60
STOPS_WITHIN_S: Final = 30
IMPATIENT: Final = "[limits]\nlock_wait_s = 0\n"

WATCH: Final = """
import os, sys

_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_STARTS = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"}


def _watch(event, args):
    if event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR):
        os.write(_log, f"writes {args[0]}\\n".encode())
    elif event in _STARTS:
        os.write(_log, f"starts {args!r}\\n".encode())


sys.addaudithook(_watch)
"""


@dataclass(frozen=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Served:
    """A founded deployment with its server running; use it as a context manager."""

    folder: Path
    printed: str = ""
    """What the first command printed: it holds the invitation of the first member."""
    cookie: str = field(default="", repr=False)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    @property
    def watched(self) -> list[str]:
        """Every file opened for writing and every process started, one a line."""
        return (self.folder / "watched").read_text().splitlines()

    def lay_out(self) -> None:
        """Make the folders, and the watch that every Python here starts with."""
        for made in ("instance", "tmp", "watch"):
            (self.folder / made).mkdir(mode=0o700)
        (self.folder / "watch" / "sitecustomize.py").write_text(WATCH)

    def __enter__(self) -> Served:
        self.lay_out()
        (self.instance / "settings.toml").write_text(IMPATIENT)
        self.printed = self.command("casefile", "init", "--yes")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.server = self._start_server()
        self._wait_until_it_answers()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self.stop()
        self._listening.close()

    def stop(self) -> None:
        """Stop the server as an operator does."""
        if self.server.poll() is None:
            self.server.send_signal(signal.SIGTERM)
            self.server.wait(STOPS_WITHIN_S)

    def command(self, *words: str) -> str:
        """Run `flask …` to its end; what it prints to a terminal is its log too."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            check=True,
            text=True,
        )
        with self.log.open("a") as log:
            log.write(done.stderr)
        return done.stdout

    def python(self, code: str) -> None:
        """Run some Python under the same watch."""
        subprocess.run([sys.executable, "-c", code], env=self.environment(), check=True)

    def environment(self) -> dict[str, str]:
        """What the processes are started with."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "CASEFILE_INSTANCE": str(self.instance),
            "CASEFILE_WORKERS": "1",
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(self.folder / "watch"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "WATCH_LOG": str(self.folder / "watched"),
        }

    def processes(self) -> list[int]:
        """The server and its workers."""
        pid = self.server.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def get(self, address: str, **headers: str) -> Reply:
        """Open an address."""
        return self._ask("GET", address, None, headers)

    def post(self, address: str, fields: dict[str, str]) -> Reply:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(fields).encode(), kind)

    def post_parts(
        self, address: str, fields: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> Reply:
        """Send a form in parts, as the reporting form is sent; `file` is a name and its bytes."""
        body, kind = in_parts(fields, *([file] if file else []))
        return self._ask("POST", address, body, {"Content-Type": kind})

    def raw(self, sent: bytes) -> bytes:
        """Send bytes that need not be HTTP, and hang up; what came back, if anything."""
        with socket.create_connection(("127.0.0.1", self.port), 5, (CALLER, 0)) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            line.settimeout(5)
            try:
                return line.recv(65536)
            except OSError:
                return b""

    def _ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent["Cookie"] = self.cookie
        line = http.client.HTTPConnection("127.0.0.1", self.port, 30, source_address=(CALLER, 0))
        try:
            line.request(method, address, body, sent)
            answer = line.getresponse()
            told = dict(answer.getheaders())
            if "Set-Cookie" in told:
                self.cookie = told["Set-Cookie"].partition(";")[0]
            return Reply(answer.status, told, answer.read().decode("utf-8", "replace"))
        finally:
            line.close()

    def _start_server(self) -> subprocess.Popen[bytes]:
        fd = self._listening.fileno()
        options = ("--config", "config/gunicorn.py", "--bind", f"fd://{fd}")
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, "wsgi:app"],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                pass_fds=[fd],
            )

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < until:
            assert self.server.poll() is None, self.log.read_text()
            try:
                self.get("/en/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log.read_text())
