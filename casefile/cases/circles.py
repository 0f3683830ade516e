"""Sealing an existing case anew: to a circle of some people, or to a desk.

Every wrap but the reporter's and the custodians' is written, so that nobody sees which changed; the
compartment keys stay what they are. The quick keys go with the old holder. Must never be called
with keys the new holders may not have, and never writes the label: the caller does, with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.cases.holding import FORMER, LEFT
from casefile.cases.keys import bundle_at, read_wraps
from casefile.cases.label import Held, Holder, Label, digest
from casefile.cases.models import WrapRow
from casefile.cases.quick_keys import placeholder, put
from casefile.cases.records import Keys
from casefile.cases.wraps import WRAPS, key_digest, wrap_tag
from casefile.platform.database import add_rows, rewrite_rows
from casefile.platform.deployment import Deployment
from casefile.sealing.circles import new_circle, unwrap_circle_seed, wrap_circle_seed
from casefile.sealing.compartments import nobodys_key, wrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.keypairs import PrivateKey, PublicKey

KEPT = frozenset({"reporter", "recovery", "asked"})
"""Holders whose wraps stay as they are."""
PEOPLE = frozenset({"member", LEFT, FORMER})

Seal = Callable[[int, Holder, bytes], bytes]
"""Makes the body of a wrap for a slot, its holder and a version token."""


def open_circle(
    session: Session, deployment: Deployment, held: Held, person: bytes, private: PrivateKey
) -> tuple[PrivateKey, Keys]:
    """The circle's key and what it opens, for one of its members; ValueError if she is none."""
    slot = held.label.holders.index(Holder("member", person))
    body, token = read_wraps(session, deployment, held, [slot])[slot]
    circle = unwrap_circle_seed(
        private, body, case=held.case, person=person, slot=slot, token=token
    )
    return circle, bundle_at(session, deployment, held, 0, circle)


def seal_to_circle(
    session: Session,
    deployment: Deployment,
    held: Held,
    keys: Keys,
    members: Mapping[bytes, PublicKey],
) -> Label:
    """Give the case a new circle of exactly these people; returns the label that binds it."""
    circle = new_circle(deployment.random)
    head = Holder("circle", context("circle", held.case))
    holders = _seated(held.label.holders, head, list(members))
    nobody = nobodys_key(deployment.random)

    def seal(slot: int, holder: Holder, token: bytes) -> bytes:
        if holder.kind == "member":
            public, person = members[holder.id], holder.id
            return wrap_circle_seed(
                public, circle, case=held.case, person=person, slot=slot, token=token
            )
        public, some = (circle.public, keys) if slot == 0 else (nobody, {})
        return wrap_bundle(public, some, case=held.case, holder=holder.id, slot=slot, token=token)

    label = _sealed_anew(session, deployment, held, holders, seal)
    seated = tuple((person, key_digest(public)) for person, public in members.items())
    return replace(label, circle=digest(circle.public.raw), seated=seated)


def seal_to_desk(
    session: Session, deployment: Deployment, held: Held, keys: Keys, desk: Holder, key: PublicKey
) -> Label:
    """Give the case to one desk's present generation; returns the label that binds it."""
    holders = _seated(held.label.holders, desk, [])
    nobody = nobodys_key(deployment.random)

    def seal(slot: int, holder: Holder, token: bytes) -> bytes:
        public, some = (key, keys) if slot == 0 else (nobody, {})
        return wrap_bundle(public, some, case=held.case, holder=holder.id, slot=slot, token=token)

    label = _sealed_anew(session, deployment, held, holders, seal)
    return replace(label, circle=b"", seated=())


def give_back_seat(
    session: Session,
    deployment: Deployment,
    held: Held,
    circle: PrivateKey,
    person: bytes,
    public: PublicKey,
) -> Label:
    """Wrap the circle to a former member's new key, in the place she had; ValueError if none."""
    slot = held.label.holders.index(Holder(FORMER, person))
    token = deployment.random(16)
    body = wrap_circle_seed(public, circle, case=held.case, person=person, slot=slot, token=token)
    tag = wrap_tag(deployment, held.case, slot)
    rewrite_rows(session, WrapRow, "tag", [{"tag": tag, "body": body, "token": token}])
    holders, wraps = list(held.label.holders), list(held.label.wraps)
    holders[slot], wraps[slot] = Holder("member", person), digest(body)
    seated = {**dict(held.label.seated), person: key_digest(public)}
    return replace(
        held.label, holders=tuple(holders), wraps=tuple(wraps), seated=tuple(seated.items())
    )


def _seated(before: tuple[Holder, ...], head: Holder, members: list[bytes]) -> list[Holder]:
    """Who holds each wrap: people keep the place they had, new ones take free ones."""
    holders = [head, *before[1:]]
    for slot, holder in enumerate(holders):
        if holder.kind in PEOPLE:
            kind = "member" if holder.id in members else FORMER
            holders[slot] = Holder(kind, holder.id)
    seated = {holder.id for holder in holders if holder.kind == "member"}
    for person in (one for one in members if one not in seated):
        if Holder() not in holders:
            holders += [Holder()] * WRAPS
        holders[holders.index(Holder())] = Holder("member", person)
    return holders


def _sealed_anew(
    session: Session, deployment: Deployment, held: Held, holders: list[Holder], seal: Seal
) -> Label:
    wraps = [*held.label.wraps, *[b""] * (len(holders) - len(held.label.wraps))]
    rows = []
    for slot, holder in enumerate(holders):
        if holder.kind in KEPT:
            continue
        token = deployment.random(16)
        body = seal(slot, holder, token)
        wraps[slot] = digest(body)
        rows.append((slot, {"tag": wrap_tag(deployment, held.case, slot)} | _row(body, token)))
    known = len(held.label.wraps)
    rewrite_rows(session, WrapRow, "tag", [row for slot, row in rows if slot < known])
    if added := [row for slot, row in rows if slot >= known]:
        add_rows(session, WrapRow, *added)
    _forget_quick_keys(session, deployment, held.case)
    return replace(held.label, holders=tuple(holders), wraps=tuple(wraps))


def _forget_quick_keys(session: Session, deployment: Deployment, case: bytes) -> None:
    """Put a placeholder in their place: the symmetric key of before opens nothing here now."""
    put(session, placeholder(deployment, case))


def _row(body: bytes, token: bytes) -> dict[str, bytes]:
    return {"body": body, "token": token}
