"""What the server itself takes: one thread, the whole application, no network.

`report_server_ms` beside the floor of a report, `receipt_login_ms` and `sign_in_ms` beside one
Argon2id of their kind, `case_open_ms` beside one durable commit, for every look is noted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing

from casefile.people.second_factor import code_at
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.floors import (
    DurableRow,
    ReportFloor,
    lengths_of_a_report,
    passphrase_argon2id,
    receipt_argon2id,
)
from tests.benchmarks.timing import Act, always, in_turns, median
from tests.benchmarks.visitor import (
    Visitor,
    both_steps,
    expect,
    found_in,
    send_report,
    sign_in,
)

REPORT_ROUNDS = 80
LOGIN_ROUNDS = 40
CASE_ROUNDS = 30
SIGN_IN_ROUNDS = 12

RATIO = 1.5
"""A report may take this many times its floor."""
LOGIN_MS = 60
CASE_MS = 25


def measure(deployed: Deployed) -> Iterator[Figure]:
    """Every figure of the server's own time."""
    visitor = Visitor(deployed.app)
    number = send_report(visitor, os.urandom(32))
    yield report(deployed, visitor)
    yield receipt_login(deployed, visitor, number)
    yield from case_open(deployed)
    yield sign_in_both_steps(deployed)


def report(deployed: Deployed, visitor: Visitor) -> Figure:
    """POST of a filled-in form → receipt page; the median of 80."""
    page = visitor.get("/en/")
    seen = found_in(page.text, r'name="seen" value="([^"]*)"')
    floor = ReportFloor(deployed.deployment.settings, lengths_of_a_report(deployed))

    def ours() -> Act:
        environ = visitor.report(os.urandom(32), seen)
        return lambda: expect(visitor, environ, b'class="number"')

    with closing(floor):
        times = in_turns(REPORT_ROUNDS, {"ours": ours, "floor": always(floor.make)})
    least = median(times["floor"])
    return Figure(
        f"report_server_ms{deployed.engine.suffix}",
        median(times["ours"]),
        "ms",
        f"one report, form to receipt page; the limit is {RATIO} × its floor",
        limit=RATIO * least,
        floor=least,
    )


def receipt_login(deployed: Deployed, visitor: Visitor, number: str) -> Figure:
    """POST of a number → mailbox page; the median of 40."""
    salt, secret = os.urandom(16), os.urandom(32)

    def ours() -> Act:
        environ = visitor.request("POST", "/en/answer", {"number": number})
        return lambda: expect(visitor, environ, b'name="token"')

    floor = always(lambda: receipt_argon2id(salt, secret))
    times = in_turns(LOGIN_ROUNDS, {"ours": ours, "floor": floor})
    return Figure(
        f"receipt_login_ms{deployed.engine.suffix}",
        median(times["ours"]),
        "ms",
        "number to mailbox page; floor: one Argon2id of 19 MiB",
        limit=LOGIN_MS,
        floor=median(times["floor"]),
    )


def case_open(deployed: Deployed) -> Iterator[Figure]:
    """GET of a case page, the first time the desk opens the case and then again; medians of 30."""
    member = sign_in(deployed, "Sarah")
    cases = iter(_addresses(member, CASE_ROUNDS + 3))
    latest = {"path": ""}

    def first() -> Act:
        latest["path"] = next(cases)
        return again()

    def again() -> Act:
        environ = member.request("GET", latest["path"])
        return lambda: expect(member, environ, b'id="main"')

    with closing(DurableRow(deployed.deployment.settings)) as row:
        acts = {"first": first, "again": again, "floor": always(row.write)}
        times = in_turns(CASE_ROUNDS, acts)
    floor = median(times["floor"])
    suffix = deployed.engine.suffix
    yield Figure(
        f"case_open_ms{suffix}",
        median(times["again"]),
        "ms",
        "case page of a case the desk has opened before; floor: one durable commit",
        limit=CASE_MS,
        floor=floor,
    )
    yield Figure(
        f"case_open_first_ms{suffix}",
        median(times["first"]),
        "ms",
        "the same, the first time the desk opens it",
        floor=floor,
    )


def sign_in_both_steps(deployed: Deployed) -> Figure:
    """Both posts of signing in; the median of 12."""
    person, salt, secret = deployed.people["Ines"], os.urandom(16), os.urandom(32)

    def ours() -> Act:
        deployed.clock.pass_by(minutes=1)
        code = code_at(person.totp_secret, deployed.clock())
        return lambda: both_steps(Visitor(deployed.app), person, code)

    floor = always(lambda: passphrase_argon2id(salt, secret))
    times = in_turns(SIGN_IN_ROUNDS, {"ours": ours, "floor": floor}, unmeasured=1)
    return Figure(
        f"sign_in_ms{deployed.engine.suffix}",
        median(times["ours"]),
        "ms",
        "passphrase and code, both pages; floor: one Argon2id of 64 MiB",
        floor=median(times["floor"]),
    )


def _addresses(member: Visitor, wanted: int) -> list[str]:
    """Addresses of the cases of the member's desk, off the pages of her list."""
    found: list[str] = []
    page = 1
    while len(found) < wanted:
        shown = member.get(f"/queue?view=all&page={page}").text
        lines = re.findall(r'href="(/cases/[A-Z2-7]+)"', shown)
        found += [line for line in lines if line not in found]
        page += 1
    return found[:wanted]
