"""The wraps of a new case: who gets which compartments, in rows that all look the same.

Who should not read a compartment has no wrap of its key. Slot 0 is the desk or its circle, 1 the
reporter, 2 the agency's custodians, then the circle's members and the desks that are asked about a
name; what is left is sealed to nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from casefile.cases.exclusion_asking import Round, asked_holder
from casefile.cases.label import NOBODY, Holder
from casefile.cases.records import Keys
from casefile.cases.routing import Route
from casefile.network.custody import desk_holder
from casefile.network.directory import Desk
from casefile.network.recovery import recovery_holder
from casefile.people.accounts import person_holder
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
from casefile.sealing.circles import wrap_circle_seed
from casefile.sealing.compartments import Compartment, nobodys_key, wrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey, PublicKey
from casefile.sealing.questions import wrap_question_key
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
    """The public keys a case is sealed to: desk, custodians, a circle's members, desks asked."""

    desk: PublicKey
    custodians: PublicKey
    members: Mapping[bytes, PublicKey]
    asked: Mapping[bytes, PublicKey]


def read_route_keys(
    session: Session,
    deployment: Deployment,
    route: Route,
    asked: Iterable[Desk] = (),
    *,
    custodians_of: bytes | None = None,
) -> RouteKeys:
    """Read them in one go; KeyNotListed if one of them cannot be trusted.

    The custodians are those of the desk's agency, if it is not said of which.
    """
    desk = desk_holder(route.desk.id, route.desk.generation)
    custodians = recovery_holder(custodians_of or route.desk.agency)
    people = {one: person_holder(one) for one in (route.members if route.circle else ())}
    desks = {one.id: desk_holder(one.id, one.generation) for one in asked}
    wanted = [desk, custodians, *people.values(), *desks.values()]
    listed = public_keys_of(session, deployment, wanted)
    return RouteKeys(
        listed[desk],
        listed[custodians],
        {one: listed[holder] for one, holder in people.items()},
        {one: listed[holder] for one, holder in desks.items()},
    )


def first_wraps(
    deployment: Deployment,
    case: bytes,
    keys: Keys,
    route: Route,
    listed: RouteKeys,
    receipt: ReceiptKeys,
    circle: PrivateKey | None,
    put: Round,
    *,
    opens: Collection[Compartment],
) -> tuple[list[Row], tuple[Holder, ...]]:
    """The wrap rows of a new case and, in the same order, who holds each.

    `opens` is what the desk, or its circle, may open.
    """
    reporter = reporter_holder(receipt.lookup)
    recovery = Holder("recovery", route.desk.agency)
    desk, holder = desk_or_circle(case, route, listed, circle)
    wanted = [
        (holder, bundle_seal(desk, case, holder, keys, opens)),
        (reporter, bundle_seal(receipt.private.public, case, reporter, keys, REPORTER_OPENS)),
        (recovery, bundle_seal(listed.custodians, case, recovery, keys, Compartment)),
    ]
    if circle is not None:
        wanted += [
            (Holder("member", one), seat_seal(public, case, circle, one))
            for one, public in listed.members.items()
        ]
    wanted += asked_seals(case, put, listed.asked)
    wanted += [(NOBODY, nobodys_seal(deployment, case))] * (-len(wanted) % WRAPS)
    rows = [wrap_row(deployment, case, slot, seal) for slot, (_, seal) in enumerate(wanted)]
    return rows, tuple(each for each, _ in wanted)


def wrap_tag(deployment: Deployment, case: bytes, slot: int) -> bytes:
    """The tag under which wrap `slot` of a case is found."""
    return deployment.keyring.tag("wrap", case, str(slot))


def wrap_row(deployment: Deployment, case: bytes, slot: int, seal: Seal) -> Row:
    """One wrap as it is written, under a token of its own."""
    token = deployment.random(16)
    return {"tag": wrap_tag(deployment, case, slot), "body": seal(slot, token), "token": token}


def reporter_holder(lookup: bytes) -> Holder:
    """How the label names the one who holds the number."""
    return Holder("reporter", context("reporter", lookup))


def desk_or_circle(
    case: bytes, route: Route, listed: RouteKeys, circle: PrivateKey | None
) -> tuple[PublicKey, Holder]:
    """Whose key slot 0 is sealed to, and how the label names it."""
    if circle is not None:
        return circle.public, Holder("circle", context("circle", case))
    return listed.desk, Holder("desk", route.desk.id, route.desk.generation)


def bundle_seal(
    public: PublicKey, case: bytes, holder: Holder, keys: Keys, opens: Iterable[Compartment]
) -> Seal:
    """A wrap of these compartments' keys to one holder."""
    some = {compartment: keys[compartment] for compartment in opens}

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_bundle(public, some, case=case, holder=holder.id, slot=slot, token=token)

    return seal


def seat_seal(public: PublicKey, case: bytes, circle: PrivateKey, person: bytes) -> Seal:
    """A wrap of the circle's seed to one member."""

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_circle_seed(public, circle, case=case, person=person, slot=slot, token=token)

    return seal


def asked_seals(
    case: bytes, put: Round, publics: Mapping[bytes, PublicKey]
) -> list[tuple[Holder, Seal]]:
    """A wrap for each desk that is asked, of the key of its questions alone."""

    def sealed_to(desk: bytes, public: PublicKey, key: Key) -> Seal:
        def seal(slot: int, token: bytes) -> bytes:
            return wrap_question_key(public, key, case=case, asked=desk, slot=slot, token=token)

        return seal

    return [
        (asked_holder(desk), sealed_to(desk.id, publics[desk.id], put.keys[desk.id]))
        for desk in put.desks
    ]


def nobodys_seal(deployment: Deployment, case: bytes) -> Seal:
    """A wrap of nothing to a key that is forgotten; the same for all unused rows of a case."""
    return bundle_seal(nobodys_key(deployment.random), case, NOBODY, {}, ())


def key_digest(public: PublicKey) -> bytes:
    """What the label keeps of the key a circle was wrapped to."""
    return hashlib.sha256(public.raw).digest()[:8]
