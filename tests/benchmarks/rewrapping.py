"""A colleague leaves: how many cases a second one who stayed wraps anew, committed.

A thousand real cases lie at one desk; each costs one hybrid unwrap, one hybrid wrap, a label and
five quick keys, in transactions of five hundred. The floor is what cannot be left out: opening one
wrap and making one, and a durable commit for each five hundred.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from sqlalchemy.orm import Session

from casefile.cases.leaving import leave_desk
from casefile.cases.opening import Beginning, FirstReport, open_case, prepare_case
from casefile.cases.routing import Route
from casefile.cases.securing import BATCH, secure_some, unsecured
from casefile.cases.wraps import read_route_keys
from casefile.facts.register import FirstFact
from casefile.network.directory import Directory
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from casefile.people.signing_in import first_step, second_step
from casefile.platform.database import write
from casefile.sealing.compartments import HOLDER_PAYLOAD
from casefile.sealing.keypairs import new_private_key, unwrap, wrap
from casefile.sealing.receipts import ReceiptKeys
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.figures import Figure
from tests.benchmarks.floors import DurableRow

CASES = 1_000
LEAST = 2_000
"""Hybrid wraps a second: ten thousand cases in five seconds of a colleague's working day."""
LEAVES, STAYS, DESK = "Amal", "Sarah", "River"
FACT = FirstFact(1, 1, 1, 1, 1, 1, 2, 0, restricted=False, victims=None)


def measure(deployed: Deployed) -> Iterator[Figure]:
    """All cases of the desk, from the leaver's going to the last commit."""
    directory = deployed.directory()
    code = deployed.desk_code(DESK)
    desk = directory.desk_coded(code)
    stays, leaves = signed_in(deployed, STAYS), signed_in(deployed, LEAVES)
    with deployed.session() as session:
        write(lambda writing: _fill(writing, deployed, directory, code), session)
    with deployed.session() as session:
        write(
            lambda it: leave_desk(it, deployed.deployment, desk.id, leaves.person, by=None), session
        )
    taken = _secured(deployed, stays)
    note = f"{CASES} cases wrapped to a desk's next generation, committed in batches of {BATCH}"
    yield Figure(
        f"rewrap_per_second{deployed.engine.suffix}",
        CASES / taken,
        "1/s",
        note,
        limit=LEAST,
        floor=CASES / _least(deployed),
        least=True,
    )


def _secured(deployed: Deployed, member: Member) -> float:
    """Seconds until nothing is left to secure."""
    with deployed.session() as session:
        begun = time.perf_counter()
        done = secure_some(session, deployed.deployment, member, batches=CASES // BATCH)
        taken = time.perf_counter() - begun
        left = unsecured(session, deployed.deployment, member)
    if done != CASES or left:
        raise RuntimeError(f"{done} of {CASES} cases were secured")
    return taken


def _least(deployed: Deployed) -> float:
    """Seconds of the primitives alone."""
    private, row = new_private_key(os.urandom), DurableRow(deployed.deployment.settings)
    wrapped = wrap(private.public, bytes(HOLDER_PAYLOAD), b"")
    begun = time.perf_counter()
    for number in range(CASES):
        wrap(private.public, unwrap(private, wrapped, b""), b"")
        if number % BATCH == 0:
            row.write()
    taken = time.perf_counter() - begun
    row.close()
    return taken


def signed_in(deployed: Deployed, name: str) -> Member:
    """The member as a session would hold her."""
    person = deployed.people[name]
    with deployed.session() as session:
        deployment = deployed.deployment
        ticket = first_step(session, deployment, person.email, person.passphrase)
        code = code_at(person.totp_secret, deployed.clock())
        return second_step(session, deployment, ticket, code).member


def _fill(session: Session, deployed: Deployed, directory: Directory, code: int) -> None:
    """Real cases, but for the slow step of a number nobody will type."""
    deployment, desk = deployed.deployment, directory.desk_coded(code)
    route = Route(desk, desk.members)
    listed = read_route_keys(session, deployment, route)
    first = FirstReport(
        report={"text": "Something happened.", "answers": {}},
        identity={},
        work={},
        needs={},
        category="possible_sea",
        language="en",
        channel="web_anonymous",
        area=desk.place,
        act_today=False,
        child=False,
        begins=Beginning(("acknowledge", "offer_help")),
        exclusions=(),
        asked=(),
        fact=FACT,
    )
    for _ in range(CASES):
        receipt = ReceiptKeys(os.urandom(32), new_private_key(os.urandom))
        prepared = prepare_case(deployment, route, listed, first, receipt)
        open_case(session, deployment, directory, prepared)
