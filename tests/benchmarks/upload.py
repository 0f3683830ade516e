"""How long ten megabytes take from a reporter to the database, over loopback.

Ours is a file sent from the mailbox to a real server: form, sealing, pieces, record, log, page. The
floor is sent in the same turns to a bare handler that receives as many bytes, seals and keeps them.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.serving import Server, gunicorn
from tests.benchmarks.timing import Act, in_turns, median
from tests.benchmarks.visitor import UnexpectedAnswer, Visitor, found_in, send_report
from tests.invariants.parts import in_parts

LENGTH = 10 * 1024 * 1024
ROUNDS = 15
RATIO = 2
WROTE = b'role="status"'


def measure(deployed: Deployed) -> Iterator[Figure]:
    """One file of 10 MB, the median of 15; the limit is twice the floor."""
    visitor = Visitor(deployed.app)
    number = send_report(visitor, deployed.deployment.random(32))
    box = visitor.post("/en/answer", {"number": number}).text
    token = found_in(box, r'name="token" value="([^"]+)"')
    sound = b"OggS" + os.urandom(LENGTH - 4)
    with ExitStack() as running:
        environ = deployed.environ
        ours = running.enter_context(gunicorn("wsgi:app", environ, "/en/number"))
        bare = running.enter_context(gunicorn("tests.benchmarks.bare:app", environ, "/"))

        def upload() -> Act:
            fields = {"token": token, "text": "A voice.", "once": os.urandom(32).hex()}
            body, kind = in_parts(fields, ("voice.ogg", sound))
            return lambda: _sent(ours, "/en/answer/write", body, kind, WROTE)

        def floor() -> Act:
            return lambda: _sent(bare, "/", sound, "application/octet-stream", b"kept")

        times = in_turns(ROUNDS, {"ours": upload, "floor": floor})
    least = median(times["floor"])
    yield Figure(
        f"upload_10mb_ms{deployed.engine.suffix}",
        median(times["ours"]),
        "ms",
        f"a file from the mailbox, sent to kept; the limit is {RATIO} × its floor",
        limit=RATIO * least,
        floor=least,
    )


def _sent(server: Server, path: str, body: bytes, kind: str, sign: bytes) -> None:
    """Send a body; UnexpectedAnswer unless the answer is 200 and holds `sign`."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, 60)
    try:
        line.request("POST", path, body, {"Content-Type": kind})
        answer = line.getresponse()
        came = answer.read()
    finally:
        line.close()
    if answer.status != 200 or sign not in came:
        raise UnexpectedAnswer(f"{answer.status} without {sign!r}: {came[:300]!r}")
