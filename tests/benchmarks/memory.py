"""How much memory a worker holds after a signed-in member listed 5,000 reports, page by page.

Four pages are asked for at once, so that every thread of a worker has had its share; what counts
is the larger of the two workers, with everything that is shared counted in full.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

from casefile.cases.queue import LINES
from casefile.people.second_factor import code_at
from casefile.people.sessions import COOKIE
from casefile.platform.now import system_now
from tests.benchmarks.deployment import Deployed, SignIn
from tests.benchmarks.figures import Figure
from tests.benchmarks.seeding import QueueFilling
from tests.benchmarks.serving import Server, gunicorn
from tests.benchmarks.visitor import UnexpectedAnswer, found_in

REPORTS = 5_000
AT_ONCE = 4
LIMIT_MB = 150
VIEWER, DESK = "Sarah", "River"


def measure(deployed: Deployed) -> Iterator[Figure]:
    """The resident set of the larger worker, in MB of a million bytes."""
    QueueFilling(deployed).fill(REPORTS, [deployed.desk_code(DESK)])
    with gunicorn("wsgi:app", deployed.environ, "/en/") as server:
        before = max(resident_mb(worker) for worker in server.workers())
        listed = _list_all(server, _sign_in(server, deployed.people[VIEWER]))
        after = max(resident_mb(worker) for worker in server.workers())
    note = f"larger worker after {listed:,} reports were listed; {before:.0f} MB before"
    name = f"worker_rss_mb{deployed.engine.suffix}"
    yield Figure(name, after, "MB", note, limit=LIMIT_MB)


def resident_mb(process: int) -> float:
    """Resident set of a process in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(found_in(status, r"VmRSS:\s+(\d+) kB")) * 1024 / 1e6


def _list_all(server: Server, cookie: str) -> int:
    """Open every page of the list of all that is open; how many reports were on them."""

    def page(number: int) -> str:
        return _fetch(server, "GET", f"/queue?view=all&page={number}", cookie=cookie)[0]

    pages = -(-REPORTS // LINES)
    with ThreadPoolExecutor(AT_ONCE) as readers:
        shown = readers.map(page, range(1, pages + 1))
        listed = [len(re.findall(r'href="/cases/', each)) for each in shown]
    if sum(listed) < REPORTS:
        raise UnexpectedAnswer(f"{sum(listed)} reports listed instead of {REPORTS}")
    return sum(listed)


def _sign_in(server: Server, person: SignIn) -> str:
    """Sign in over both pages; the cookie's value."""
    first = {"email": person.email, "passphrase": person.passphrase}
    page, _ = _fetch(server, "POST", "/sign-in", first)
    ticket = found_in(page, r'name="ticket"[^>]*value="([^"]+)"')
    second = {"ticket": ticket, "code": code_at(person.totp_secret, system_now())}
    _, cookie = _fetch(server, "POST", "/sign-in/second", second)
    return found_in(cookie, rf"{COOKIE}=([^;]+)")


def _fetch(
    server: Server,
    method: str,
    path: str,
    fields: Mapping[str, str] | None = None,
    cookie: str = "",
) -> tuple[str, str]:
    """One request over a connection of its own: the page, and the cookie it sets."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, urlencode(fields or {}) if fields else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        if answer.status >= 400:
            raise UnexpectedAnswer(f"{path}: {answer.status}")
        return page, answer.getheader("Set-Cookie", "")
    finally:
        connection.close()
