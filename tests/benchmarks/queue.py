"""The list of work as the deployment grows: one signed-in request, and how long its page is.

The cases are dealt to forty desks; the viewer, the desk of River, holds a fortieth of them. The
floor is what no list of a sealed register can do without: reading the segments, opening them and
comparing one column. The request also reads the whole network and renders fifty lines.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from casefile.platform.database import db
from casefile.registers.models import Segment
from tests.benchmarks.deployment import DESKS, Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.seeding import PART, QueueFilling
from tests.benchmarks.story import ANSWERS, STORY
from tests.benchmarks.timing import Act, always, in_turns, median
from tests.benchmarks.visitor import Visitor, expect, sign_in

SIZES = (100, 1_000, 10_000, 100_000)
ROUNDS = 15
LIMIT_MS = 40
LIMIT_BYTES = 40_000
VIEWER, DESK = "Sarah", "River"
READERS = {"en": "Sarah", "fr": "Marta", "es": "Lucia", "ar": "Amal"}
"""A member for each language, each on a desk that holds a fortieth."""
NAMED = "My colleague Amal Haddad must not read this. "
"""Makes a circle: such rows are shown after a look at the label of each."""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """Each size, then one desk that holds everything, then the longest page."""
    desks = range(1, DESKS + 1)
    _send_real_cases(deployed, ordinary=5, in_circle=3)
    filling, member = QueueFilling(deployed), sign_in(deployed, VIEWER)
    suffix = deployed.engine.suffix
    for size in SIZES:
        filled = filling.fill(size, desks)
        held = filled.held[deployed.desk_code(DESK)]
        note = f"desk of {held:,} among {size:,} cases, {filled.segments} segments"
        yield _listed(deployed, member, f"queue_ms_{size}{suffix}", note, LIMIT_MS)
    longest = _longest(deployed)
    filling.fill(SIZES[-1], [deployed.desk_code(DESK)])
    note = f"one desk that holds all {SIZES[-1]:,}"
    yield _listed(deployed, member, f"queue_ms_{SIZES[-1]}_one_desk{suffix}", note, None)
    yield longest


def _listed(
    deployed: Deployed, member: Visitor, name: str, note: str, limit: float | None
) -> Figure:
    """GET of the list of things to do now; the median of 15."""

    def ours() -> Act:
        environ = member.request("GET", "/queue")
        return lambda: expect(member, environ, b'class="queue cards"')

    floor = always(lambda: read_open_compare(deployed))
    times = in_turns(ROUNDS, {"ours": ours, "floor": floor})
    ours_ms, least = median(times["ours"]), median(times["floor"])
    return Figure(name, ours_ms, "ms", note, limit=limit, floor=least)


def read_open_compare(deployed: Deployed) -> int:
    """Read every segment, pass its bytes through the cipher, compare one column; rows found.

    AES-GCM costs the same in both directions; encrypting needs no key of the deployment.
    """
    key, nonce, found = AESGCM(bytes(32)), bytes(12), 0
    with deployed.app.app_context():
        bodies = db.session.execute(select(Segment.body).where(Segment.part == PART)).scalars()
        for body in bodies:
            key.encrypt(nonce, body, b"")
            column = np.frombuffer(body, "<u2", count=1024)
            found += int(np.count_nonzero(column == 1))
    return found


def _longest(deployed: Deployed) -> Figure:
    """The body of the first page as each language's member gets it; it is not compressed."""
    lengths = {
        language: len(sign_in(deployed, name).get("/queue").body)
        for language, name in READERS.items()
    }
    said = ", ".join(f"{language} {length:,}" for language, length in lengths.items())
    return Figure(
        f"queue_bytes{deployed.engine.suffix}",
        max(lengths.values()),
        "bytes",
        f"body of the longest first page of 50 lines: {said}",
        limit=LIMIT_BYTES,
    )


def _send_real_cases(deployed: Deployed, *, ordinary: int, in_circle: int) -> None:
    visitor, random = Visitor(deployed.app), deployed.deployment.random
    for story in [STORY] * ordinary + [NAMED + STORY] * in_circle:
        fields = {"once": random(32).hex(), "what": story, **ANSWERS}
        visitor.post("/en/report", fields)
