"""Passing a case on: what a focal point waits for between the press and the page.

Each round has a real case that is ready to go; the packet becomes a case of its own at another
desk, with its keys, its door and its line on the list. The floor is what that cannot do without:
its hybrid wraps and a key pair, its seals, and one durable commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.changing import change_case
from casefile.cases.keys import unlock
from casefile.cases.label import Label, read_label
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of
from casefile.people.sessions import Member
from casefile.referral.machines import Kind
from casefile.referral.packet import Packet
from casefile.referral.sending import send
from casefile.sealing.compartments import HOLDER_PAYLOAD
from casefile.sealing.keypairs import new_private_key, wrap
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.floors import ROW_BYTES, WRAPS, DurableRow
from tests.benchmarks.rewrapping import signed_in
from tests.benchmarks.story import STORY
from tests.benchmarks.timing import Act, always, in_turns, median
from tests.benchmarks.visitor import Visitor

ROUNDS = 15
LIMIT_MS = 60
SEALS = 6
"""Bodies of a packet: four records, the door's key, and where its row of statistics lies."""
RIVER = "2"


def measure(deployed: Deployed) -> Iterator[Figure]:
    """One referral of a complaint, sent and committed."""
    sarah, visitor = signed_in(deployed, "Sarah"), Visitor(deployed.app)
    desk = next(
        one.id for one in deployed.directory().desks.values() if one.names["en"] == "Investigations"
    )
    row, public = DurableRow(deployed.deployment.settings), new_private_key(os.urandom).public

    def ready() -> Act:
        case = _ready(deployed, visitor, sarah)
        return lambda: _send(deployed, sarah, case, desk)

    def least() -> None:
        new_private_key(os.urandom)
        for _ in range(WRAPS):
            wrap(public, bytes(HOLDER_PAYLOAD), b"")
        for _ in range(SEALS):
            AESGCM(os.urandom(32)).encrypt(os.urandom(12), bytes(ROW_BYTES), b"")
        row.write()

    times = in_turns(ROUNDS, {"send": ready, "floor": always(least)})
    row.close()
    yield Figure(
        f"referral_ms{deployed.engine.suffix}",
        median(times["send"]),
        "ms",
        "a complaint passed on: a case of its own at another desk, committed",
        limit=LIMIT_MS,
        floor=median(times["floor"]),
    )


def _ready(deployed: Deployed, visitor: Visitor, sarah: Member) -> bytes:
    """A new report at her desk, taken as far as triage takes it."""
    deployment, before = deployed.deployment, _cases(deployed)
    once = deployment.random(32).hex()
    visitor.post("/en/report", {"once": once, "what": STORY, "area": RIVER})
    (case,) = _cases(deployed) - before

    def change(_writing: Session, label: Label) -> Label:
        return replace(label, state="referral_pending")

    with deployed.session() as session:
        change_case(session, deployment, sarah, unlock(session, deployment, sarah, case), change)
    with deployed.session() as session:
        if read_label(session, deployment, case).label.state != "referral_pending":
            raise RuntimeError("the case is not ready to be passed on")
    return case


def _cases(deployed: Deployed) -> set[bytes]:
    with deployed.session() as session:
        return set(session.scalars(select(CaseRow.id)))


def _send(deployed: Deployed, sarah: Member, case: bytes, desk: bytes) -> None:
    """Press the button, with a session of its own as always."""
    told = Packet("AAAAAA", 1, "web_anonymous", "en", "He asked for something in return.", area=2)
    once = os.urandom(32)
    with deployed.session() as session:
        address = address_of(case)
        send(session, deployed.deployment, sarah, address, Kind.COMPLAINT, told, desk, once=once)
