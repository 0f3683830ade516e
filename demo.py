"""The demonstration, from nothing: environment, keys, database, people, reports, server, worker.

It needs Python 3.11 alone and listens on this machine only. Stop it with Ctrl+C; start it again
and it goes on where it was. `demo.py code sarah` says, in a second terminal, what Sarah types to
sign in at this moment; nothing in the program itself makes that easier than it is for anybody.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import signal
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path
from typing import Any, cast

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
LOCK = HERE / "requirements.lock"
INSTANCE = Path(os.environ.get("CASEFILE_INSTANCE", HERE / "instance"))
PORT = os.environ.get("CASEFILE_DEMO_PORT", "8000")
BASE = os.environ.get("CASEFILE_BASE", f"http://127.0.0.1:{PORT}")
STARTS_WITHIN_S = 30
HALF_MINUTE_S = 30
FIRST = ("--name", "Ines Moreau", "--email", "ines.moreau@example.org")
"""Who is invited first: she is one of the people of the demonstration."""


def main(words: list[str]) -> int:
    """Make what is missing, start the server and the worker, say where they are, and wait."""
    if sys.version_info < (3, 11):
        print("Casefile needs Python 3.11 or newer.")
        return 1
    if words:
        return _code(words[1:]) if words[0] == "code" else _usage()
    python = _environment()
    os.environ.update(CASEFILE_INSTANCE=str(INSTANCE), CASEFILE_BASE=BASE)
    if not (INSTANCE / "demo.json").exists():
        _fill(python)
    processes = [_server(python), _worker(python)]
    try:
        if not _answers():
            return 1
        _say()
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    except KeyboardInterrupt:
        print()
    finally:
        _stop(processes)
    return 0


def _environment() -> str:
    """Make the environment once; returns the Python in it."""
    python = VENV / "bin" / "python"
    if any((VENV / mark).exists() for mark in (".runs", ".tests")):
        return str(python)
    print("Making the environment (about half a minute) …", flush=True)
    venv.create(VENV, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=True)
    (VENV / ".runs").touch()
    return str(python)


def _fill(python: str) -> None:
    """Found the deployment and fill it with invented people; what founding prints is not needed."""
    casefile = [python, "-m", "flask", "--app", "wsgi", "casefile"]
    subprocess.run(
        [*casefile, "init", "--yes", *FIRST], cwd=HERE, check=True, stdout=subprocess.DEVNULL
    )
    subprocess.run([*casefile, "demo", "--yes"], cwd=HERE, check=True)


def _server(python: str) -> subprocess.Popen[bytes]:
    serve = [python, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    return subprocess.Popen([*serve, "--bind", f"127.0.0.1:{PORT}", "wsgi:app"], cwd=HERE)


def _worker(python: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [python, "-m", "flask", "--app", "wsgi", "casefile", "worker"], cwd=HERE
    )


def _answers() -> bool:
    """Wait until the form answers."""
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{BASE}/en/", timeout=2) as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2 + secrets.randbelow(100) / 1000)
    print("The server did not answer. Is something else listening on this port?")
    return False


def _people() -> list[dict[str, Any]]:
    told = json.loads((INSTANCE / "demo.json").read_text("utf-8"))
    return cast(list[dict[str, Any]], told["people"])


def _say() -> None:
    """Print the addresses and what each person types to sign in, two lines each."""
    print(f"\n  Report something   {BASE}/")
    print(f"  Sign in            {BASE}/sign-in\n")
    for person in _people():
        print(f"  {person['name']}, {_work_of(person)}")
        print(f"      {person['email']}   {person['passphrase']}")
    print("\n  The second step is a six-digit code. In a second terminal, by first name:")
    print("      python3 demo.py code sarah")
    print("  or put the secrets of demo.json into an authenticator app.")
    print("\n  docs/walk.md shows what to try. Stop with Ctrl+C.", flush=True)


def _work_of(person: dict[str, Any]) -> str:
    return ", ".join([person["role"].replace("_", " "), *person["desks"]])


def _usage() -> int:
    print("python3 demo.py               start the demonstration")
    print("python3 demo.py code [name]   what this person, or everybody, types to sign in now")
    return 2


def _code(names: list[str]) -> int:
    """Print what the people with these first names, or all, type now; each code works once."""
    if not (INSTANCE / "demo.json").exists():
        print("There is no demonstration yet. Start it: python3 demo.py")
        return 1
    begins = tuple(name.casefold() for name in names) or ("",)
    asked = [one for one in _people() if one["name"].casefold().startswith(begins)]
    if not asked:
        print(f"Nobody is called so. There are: {', '.join(each['name'] for each in _people())}")
        return 1
    now = int(time.time())
    for person in asked:
        print(f"\n  {person['name']}, {_work_of(person)}")
        print(f"      {person['email']}")
        print(f"      {person['passphrase']}")
        print(f"      {_six_digits(person['totp_secret'], now // HALF_MINUTE_S)}")
    left = HALF_MINUTE_S - now % HALF_MINUTE_S
    print(f"\n  A code works once. The next one comes in {left} seconds.")
    return 0


def _six_digits(secret: str, step: int) -> str:
    """What an authenticator app shows in this half-minute (RFC 6238)."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        process.wait(timeout=15)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main(sys.argv[1:]))
