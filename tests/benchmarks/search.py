"""Searching ten thousand cases of one desk: the whole request, from the words to the lines.

Every case has been looked through before: what it says stands in the desk's search segments. The
floor is what no such search can do without: reading the segments, opening them and looking once for
one word. The request also scans the register, looks for three words, notes itself on the log with a
durable commit and renders fifty lines. A second figure says what the first look through a case
costs.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from casefile.cases.models import SearchRow
from casefile.cases.queue import visible_rows
from casefile.cases.queue_rows import case_of
from casefile.cases.records import Record
from casefile.cases.search_segments import Words, keep_words, read_segments
from casefile.cases.search_words import bag_of
from casefile.network.custody import open_desk
from casefile.network.directory import read_directory
from casefile.people.sessions import Member, resume_session
from casefile.platform.database import db, write_now
from casefile.sealing.compartments import Compartment
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.seeding import QueueFilling
from tests.benchmarks.story import ANSWERS, STORY
from tests.benchmarks.timing import Act, always, in_turns, median, timed
from tests.benchmarks.visitor import Visitor, expect, found_in, sign_in

CASES = 10_000
FIRST_TIME = 200
ROUNDS = 15
LIMIT_MS = 100
VIEWER, DESK = "Sarah", "River"
KINDS = 500
"""Different texts among the cases."""
VOCABULARY, WORDS_A_CASE = 20_000, 350
"""350 words are about 2 KB; they are drawn as words of a language are, few of them often."""
TYPED = "w1234 w17 w3"
"""One rare word, one of every tenth case, one of most."""


def measure(deployed: Deployed) -> Iterator[Figure]:
    """The first look through real cases, then a search over ten thousand known ones."""
    suffix = deployed.engine.suffix
    member = sign_in(deployed, VIEWER)
    yield _first_look(deployed, member, f"search_first_look_ms{suffix}")
    QueueFilling(deployed).fill(CASES, [deployed.desk_code(DESK)])
    segments = _fill(deployed, member)
    floor = always(lambda: read_open_look(deployed))
    times = in_turns(ROUNDS, {"ours": lambda: _searching(member), "floor": floor})
    yield Figure(
        f"search_{CASES}_ms{suffix}",
        median(times["ours"]),
        "ms",
        f"one desk, {CASES:,} cases of 2 KB, {segments} segments, three words",
        limit=LIMIT_MS,
        floor=median(times["floor"]),
    )


def read_open_look(deployed: Deployed) -> int:
    """Read every segment, pass its bytes through the cipher, look for one word."""
    key, nonce, found = AESGCM(bytes(32)), bytes(12), 0
    with deployed.app.app_context():
        for body in db.session.execute(select(SearchRow.body)).scalars():
            found += key.encrypt(nonce, body, b"").count(b"\nw1234")
    return found


def _searching(member: Visitor) -> Act:
    token = found_in(member.get("/find").text, r'name="csrf_token" value="([^"]+)"')
    environ = member.request("POST", "/find/words", {"csrf_token": token, "words": TYPED})
    return lambda: expect(member, environ, b'class="queue cards"')


def _first_look(deployed: Deployed, member: Visitor, name: str) -> Figure:
    """Real cases nobody opened: what each adds to the first search."""
    visitor, random = Visitor(deployed.app), deployed.deployment.random
    for _ in range(FIRST_TIME):
        visitor.post("/en/report", {"once": random(32).hex(), "what": STORY, **ANSWERS})
    token = found_in(member.get("/find").text, r'name="csrf_token" value="([^"]+)"')
    environ = member.request("POST", "/find/words", {"csrf_token": token, "words": "well"})
    taken = timed(lambda: member.answer(environ))
    note = f"per case, the first search over {FIRST_TIME} cases nobody opened"
    return Figure(name, taken / FIRST_TIME, "ms", note)


def _fill(deployed: Deployed, member: Visitor) -> int:
    """Let every case of the desk be known; the number of segments."""
    drawn, deployment = np.random.default_rng(1), deployed.deployment
    bags = [_bag(drawn) for _ in range(KINDS)]
    with deployed.session() as session:
        person = _member(deployed, member)
        directory = read_directory(session, deployment)
        desk = next(one for one in directory.desks_of(person.person))
        rows = visible_rows(session, deployment, directory, person)
        secret = open_desk(session, deployment, person, desk)
        segments = read_segments(session, deployment, desk, secret)
        new = [
            Words(case_of(row["case_1"], row["case_2"]), int(row["entries"]), bags[at % KINDS])
            for at, row in enumerate(rows)
        ]
        write_now(
            lambda writing: keep_words(
                writing, deployment, desk, secret, segments, new=new, gone=()
            ),
            session,
        )
        return len(read_segments(session, deployment, desk, secret))


def _member(deployed: Deployed, member: Visitor) -> Member:
    with deployed.session() as session:
        found = resume_session(session, deployed.deployment, member.cookie)
    assert isinstance(found, Member)
    return found


def _bag(drawn: np.random.Generator) -> bytes:
    ranks = np.minimum(drawn.zipf(1.1, WORDS_A_CASE), VOCABULARY)
    text = " ".join(f"w{rank}" for rank in ranks)
    return bag_of((), [Record(0, Compartment.MAILBOX, "note", {"text": text})])
