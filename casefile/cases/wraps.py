"""The wraps of a new case: who gets which compartments, in rows that all look the same.

Who should not read a compartment has no wrap of its key. Slot 0 is the desk or its circle, 1 the
reporter, 2 the agency's custodians, then the circle's members; what is left is sealed to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from casefile.cases.label import Holder
from casefile.cases.records import Keys
from casefile.cases.routing import Route
from casefile.network.custody import desk_holder
from casefile.network.recovery import recovery_holder
from casefile.people.accounts import person_holder
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
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


@dataclass(frozen=True)
class RouteKeys:
    """The public keys a new case is sealed to: desk, custodians, and a circle's members."""

    desk: PublicKey
    custodians: PublicKey
    members: Mapping[bytes, PublicKey]


def read_route_keys(session: Session, deployment: Deployment, route: Route) -> RouteKeys:
    """Read them in one go; KeyNotListed if one of them cannot be trusted."""
    desk = desk_holder(route.desk.id, route.desk.generation)
    custodians = recovery_holder(route.desk.agency)
    people = {one: person_holder(one) for one in (route.members if route.circle else ())}
    listed = public_keys_of(session, deployment, [desk, custodians, *people.values()])
    members = {one: listed[holder] for one, holder in people.items()}
    return RouteKeys(listed[desk], listed[custodians], members)


def first_wraps(
    deployment: Deployment,
    case: bytes,
    keys: Keys,
    route: Route,
    listed: RouteKeys,
    receipt: ReceiptKeys,
    circle: PrivateKey | None,
    *,
    may_contact: bool,
) -> tuple[list[Row], tuple[Holder, ...]]:
    """The wrap rows of a new case and, in the same order, who holds each."""
    opens = (*INTAKE_OPENS, Compartment.IDENTITY) if may_contact else INTAKE_OPENS
    reporter = Holder("reporter", context("reporter", receipt.lookup))
    recovery = Holder("recovery", route.desk.agency)
    desk, holder = _desk_or_circle(case, route, listed, circle)
    wanted = [
        (holder, _bundle(desk, case, holder, keys, opens)),
        (reporter, _bundle(receipt.private.public, case, reporter, keys, REPORTER_OPENS)),
        (recovery, _bundle(listed.custodians, case, recovery, keys, Compartment)),
    ]
    if circle is not None:
        wanted += [
            (Holder("member", one), _seat(public, case, circle, one))
            for one, public in listed.members.items()
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
    case: bytes, route: Route, listed: RouteKeys, circle: PrivateKey | None
) -> tuple[PublicKey, Holder]:
    if circle is not None:
        return circle.public, Holder("circle", context("circle", case))
    return listed.desk, Holder("desk", route.desk.id, route.desk.generation)


def _bundle(
    public: PublicKey, case: bytes, holder: Holder, keys: Keys, opens: Iterable[Compartment]
) -> Seal:
    some = {compartment: keys[compartment] for compartment in opens}

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_bundle(public, some, case=case, holder=holder.id, slot=slot, token=token)

    return seal


def _seat(public: PublicKey, case: bytes, circle: PrivateKey, person: bytes) -> Seal:
    def seal(slot: int, token: bytes) -> bytes:
        return wrap_circle_seed(public, circle, case=case, person=person, slot=slot, token=token)

    return seal
