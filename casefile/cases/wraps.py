"""The wraps of a new case: who gets which compartments, in rows that all look the same.

Who should not read a compartment has no wrap of its key. Slot 0 is the desk or its circle, 1 the
reporter, 2 the agency's custodians, then the circle's members; what is left is sealed to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from casefile.cases.label import Holder
from casefile.cases.records import Keys
from casefile.cases.routing import Route
from casefile.network.custody import desk_public_key, person_holder
from casefile.network.recovery import recovery_public_key
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of
from casefile.sealing.circles import wrap_circle_seed
from casefile.sealing.compartments import Compartment, nobodys_key, wrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.keypairs import PrivateKey, PublicKey
from casefile.sealing.receipts import ReceiptKeys

WRAPS = 8
"""Wrap rows of a new case; a circle that needs more gets another eight."""
INTAKE_OPENS = (Compartment.MAILBOX, Compartment.WORK, Compartment.ASSISTANCE)
REPORTER_OPENS = (Compartment.MAILBOX, Compartment.IDENTITY)

Seal = Callable[[int, bytes], bytes]
"""Makes the body of a wrap for a slot and a version token."""
Row = dict[str, bytes]


def first_wraps(
    session: Session,
    deployment: Deployment,
    case: bytes,
    keys: Keys,
    route: Route,
    receipt: ReceiptKeys,
    circle: PrivateKey | None,
    *,
    may_contact: bool,
) -> tuple[list[Row], tuple[Holder, ...]]:
    """The wrap rows of a new case and, in the same order, who holds each."""
    opens = (*INTAKE_OPENS, Compartment.IDENTITY) if may_contact else INTAKE_OPENS
    reporter = Holder("reporter", context("reporter", receipt.lookup))
    recovery = Holder("recovery", route.desk.agency)
    custodians = recovery_public_key(session, deployment, route.desk.agency)
    desk, holder = _desk_or_circle(session, deployment, case, route, circle)
    wanted = [
        (holder, _bundle(desk, case, holder, keys, opens)),
        (reporter, _bundle(receipt.private.public, case, reporter, keys, REPORTER_OPENS)),
        (recovery, _bundle(custodians, case, recovery, keys, Compartment)),
    ]
    if circle is not None:
        wanted += [
            (Holder("member", one), _seat(session, deployment, case, circle, one))
            for one in route.members
        ]
    nobody = _bundle(nobodys_key(deployment.random), case, Holder(), {}, ())
    wanted += [(Holder(), nobody)] * (-len(wanted) % WRAPS)
    rows = [_row(deployment, case, slot, seal) for slot, (_, seal) in enumerate(wanted)]
    return rows, tuple(each for each, _ in wanted)


def wrap_tag(deployment: Deployment, case: bytes, slot: int) -> bytes:
    """The tag under which wrap `slot` of a case is found."""
    return deployment.keyring.tag("wrap", case, str(slot))


def _row(deployment: Deployment, case: bytes, slot: int, seal: Seal) -> Row:
    token = deployment.random(16)
    return {"tag": wrap_tag(deployment, case, slot), "body": seal(slot, token), "token": token}


def _desk_or_circle(
    session: Session,
    deployment: Deployment,
    case: bytes,
    route: Route,
    circle: PrivateKey | None,
) -> tuple[PublicKey, Holder]:
    if circle is not None:
        return circle.public, Holder("circle", context("circle", case))
    desk = route.desk
    return desk_public_key(session, deployment, desk), Holder("desk", desk.id, desk.generation)


def _bundle(
    public: PublicKey, case: bytes, holder: Holder, keys: Keys, opens: Iterable[Compartment]
) -> Seal:
    some = {compartment: keys[compartment] for compartment in opens}

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_bundle(public, some, case=case, holder=holder.id, slot=slot, token=token)

    return seal


def _seat(
    session: Session, deployment: Deployment, case: bytes, circle: PrivateKey, person: bytes
) -> Seal:
    public = public_key_of(session, deployment, person_holder(person))

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_circle_seed(public, circle, case=case, person=person, slot=slot, token=token)

    return seal
