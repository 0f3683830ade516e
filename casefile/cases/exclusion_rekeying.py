"""Drawing the keys of a case anew: whoever is excluded is left with keys that open nothing of it.

It runs in the session of a member who can open the case, inside one transaction: either all is
sealed anew or nothing changed. What she cannot open herself nobody on her desk ever could, and it
stays under the key it has. No key may outlive the function that drew it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.doors import renew_door
from casefile.cases.keys import Opened
from casefile.cases.label import NOBODY, Body, Held, Holder, Label, digest, write_label
from casefile.cases.links import spread
from casefile.cases.models import EntryRow, ReceiptRow, WrapRow
from casefile.cases.opening import receipt_where
from casefile.cases.queue_rows import move_row
from casefile.cases.quick_keys import placeholder, put
from casefile.cases.records import Keys, entry_tag
from casefile.cases.routing import Route
from casefile.cases.search_segments import forget_generation
from casefile.cases.wraps import (
    REPORTER_OPENS,
    WRAPS,
    RouteKeys,
    Row,
    Seal,
    bundle_seal,
    desk_or_circle,
    key_digest,
    nobodys_seal,
    read_route_keys,
    reporter_holder,
    seat_seal,
    wrap_row,
)
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.sealing.circles import new_circle
from casefile.sealing.compartments import Compartment, new_compartment_keys, open_body, seal_body
from casefile.sealing.envelopes import NONCE, PLAIN, TAG
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey, PublicKey, public_key_from_raw
from casefile.sealing.padding import unpad

BODY_OVERHEAD = len(PLAIN) + NONCE + TAG
OLD_REPORTER, OLD_RECOVERY = 1, 2
"""Wraps of the first day, which alone hold the keys of parts nobody on the desk can open."""


@dataclass(frozen=True)
class Drawn:
    """New keys, and whose keys they are sealed to."""

    keys: Keys
    circle: PrivateKey | None
    route: Route
    listed: RouteKeys
    reporter: PublicKey
    custodians: Holder


def draw_keys_anew(
    session: Session, deployment: Deployment, opened: Opened, label: Label, route: Route, by: bytes
) -> Held:
    """Seal the case anew to the members of `route`, and to nobody else but reporter and custodians.

    `label` is the label to be written, with its exclusions; `opened` the case as it stands now,
    read inside this write.
    """
    drawn = _drawn(session, deployment, opened, label, route)
    label = _reseal(session, deployment, opened, label, drawn.keys)
    label = _rewrap(session, deployment, opened.case, label, drawn)
    _spoil_quick_keys(session, deployment, opened.case)
    if not opened.label.circle:
        forget_words(session, deployment, opened)
    label = renew_door(session, deployment, opened.case, label, drawn.keys)
    label = replace(label, desks=(route.desk.id,), owner=_owner(label, route, by))
    held = write_label(session, deployment, opened.held, label)
    move_row(session, deployment, opened.directory, held)
    spread(session, deployment, held)
    note(session, deployment, Event.KEYS_DRAWN_ANEW, by=by, case=opened.case)
    return held


def reporters_key(session: Session, deployment: Deployment, label: Label) -> PublicKey:
    """The public key of whoever holds the number."""
    wanted = select(ReceiptRow.body).where(ReceiptRow.lookup == label.receipt)
    body = session.execute(wanted).scalar_one()
    plain = unpad(deployment.keyring.open(body, receipt_where(label.receipt)))
    return public_key_from_raw(plain[16:])


def put_wraps(
    session: Session,
    deployment: Deployment,
    case: bytes,
    label: Label,
    wanted: Mapping[int, tuple[Holder, Seal]],
) -> Label:
    """Write these wraps over what lies in their slots; returns the label that binds them.

    A slot beyond the last brings eight more rows, those not wanted sealed to nobody.
    """
    count = len(label.wraps)
    more = max(0, *(slot + 1 for slot in wanted)) - count
    if more:
        added_slots = range(count, count + more + (-more % WRAPS))
        nobody = (NOBODY, nobodys_seal(deployment, case))
        wanted = dict.fromkeys(added_slots, nobody) | dict(wanted)
    rows = {
        slot: wrap_row(deployment, case, slot, seal) for slot, (_, seal) in sorted(wanted.items())
    }
    _write_wraps(session, {slot: row for slot, row in rows.items() if slot < count})
    added = [row for slot, row in rows.items() if slot >= count]
    if added:
        add_rows(session, WrapRow, *added)
    size = max(count, *(slot + 1 for slot in wanted))
    holders, wraps = list(label.holders), list(label.wraps)
    holders += [NOBODY] * (size - count)
    wraps += [b""] * (size - count)
    for slot, row in rows.items():
        holders[slot], wraps[slot] = wanted[slot][0], digest(row["body"])
    return replace(label, holders=tuple(holders), wraps=tuple(wraps))


def free_slots(label: Label) -> Iterator[int]:
    """Slots sealed to nobody, then those that do not exist yet."""
    yield from (slot for slot, holder in enumerate(label.holders) if holder == NOBODY)
    yield from range(len(label.holders), 10 * WRAPS + len(label.holders))


def _drawn(
    session: Session, deployment: Deployment, opened: Opened, label: Label, route: Route
) -> Drawn:
    custodians = label.holders[OLD_RECOVERY]
    return Drawn(
        keys=new_compartment_keys(opened.keys, deployment.random),
        circle=new_circle(deployment.random) if route.circle else None,
        route=route,
        listed=read_route_keys(session, deployment, route, custodians_of=custodians.id),
        reporter=reporters_key(session, deployment, label),
        custodians=custodians,
    )


def _reseal(
    session: Session, deployment: Deployment, opened: Opened, label: Label, keys: Keys
) -> Label:
    """Every body of the parts drawn anew, under its new key and as long as it was."""
    tags = {
        entry_tag(deployment, opened.case, index): index
        for index, body in enumerate(label.bodies)
        if body.compartment in keys
    }
    wanted = select(EntryRow.tag, EntryRow.body, EntryRow.token).where(EntryRow.tag.in_(tags))
    rows, bodies = [], list(label.bodies)
    for row in session.execute(wanted):
        index = tags.pop(row.tag)
        bound = bodies[index]
        if digest(row.body) != bound.digest:
            raise SealBroken
        sealed = _sealed_again(deployment, opened, bound.compartment, keys, row.tag, row)
        bodies[index] = Body(bound.compartment, digest(sealed["body"]))
        rows.append(sealed)
    if tags:
        raise SealBroken
    _over(session, EntryRow, rows)
    return replace(label, bodies=tuple(bodies))


def _sealed_again(
    deployment: Deployment,
    opened: Opened,
    compartment: Compartment,
    keys: Keys,
    tag: bytes,
    row: object,
) -> Row:
    old: bytes = row.body  # type: ignore[attr-defined]
    plain = open_body(
        opened.keys[compartment],
        old,
        case=opened.case,
        compartment=compartment,
        place=tag,
        token=row.token,  # type: ignore[attr-defined]
    )
    token = deployment.random(16)
    body = seal_body(
        keys[compartment],
        plain,
        case=opened.case,
        compartment=compartment,
        place=tag,
        token=token,
        smallest=len(old) - BODY_OVERHEAD,
        random=deployment.random,
    )
    return {"tag": tag, "body": body, "token": token}


def _rewrap(
    session: Session, deployment: Deployment, case: bytes, label: Label, drawn: Drawn
) -> Label:
    """Slot 0 to desk or circle; members, reporter and custodians over all that is not kept."""
    public, holder = desk_or_circle(case, drawn.route, drawn.listed, drawn.circle)
    reporter = reporter_holder(label.receipt)
    opens = [part for part in REPORTER_OPENS if part in drawn.keys]
    people: list[tuple[Holder, Seal]] = [
        (reporter, bundle_seal(drawn.reporter, case, reporter, drawn.keys, opens)),
        (
            drawn.custodians,
            bundle_seal(
                drawn.listed.custodians, case, drawn.custodians, drawn.keys, tuple(drawn.keys)
            ),
        ),
    ]
    if drawn.circle is not None:
        people += [
            (Holder("member", one), seat_seal(key, case, drawn.circle, one))
            for one, key in drawn.listed.members.items()
        ]
    kept = {OLD_REPORTER, OLD_RECOVERY, *(one.slot for one in label.open_questions())}
    free = (slot for slot in range(1, 10 * WRAPS + len(label.wraps)) if slot not in kept)
    wanted = {0: (holder, bundle_seal(public, case, holder, drawn.keys, tuple(drawn.keys)))}
    wanted |= dict(zip(free, people, strict=False))
    nobody = nobodys_seal(deployment, case)
    rest = (slot for slot in range(len(label.wraps)) if slot not in kept and slot not in wanted)
    wanted |= dict.fromkeys(rest, (NOBODY, nobody))
    label = put_wraps(session, deployment, case, label, wanted)
    members = drawn.listed.members.items() if drawn.circle is not None else ()
    return replace(
        label,
        circle=digest(drawn.circle.public.raw) if drawn.circle else b"",
        seated=tuple((one, key_digest(key)) for one, key in members),
    )


def forget_words(session: Session, deployment: Deployment, opened: Opened) -> None:
    """Throw away what was kept for searching by every desk that could read the case.

    By its present key too, not only by the one the case was held by: words are kept under the
    present one, also of cases that nobody has wrapped anew yet.
    """
    listed = opened.directory.desks
    desks = [listed[desk] for desk in opened.label.desks if desk in listed]
    kept = {(desk.id, desk.generation) for desk in (*desks, opened.desk)}
    for desk, generation in sorted(kept):
        forget_generation(session, deployment, desk, generation)


def _spoil_quick_keys(session: Session, deployment: Deployment, case: bytes) -> None:
    """Put noise over whatever the desk left under its symmetric key."""
    put(session, placeholder(deployment, case))


def _owner(label: Label, route: Route, by: bytes) -> bytes:
    """Who answers from now on: as before, or if she is gone one of those who are left."""
    if not label.owner or label.owner in route.members or not route.members:
        return label.owner
    return by if by in route.members else route.members[0]


def _write_wraps(session: Session, rows: Mapping[int, Row]) -> None:
    """Let these stand in their slots, also where a row was destroyed: nothing of it is needed."""
    if rows:
        tags = [row["tag"] for row in rows.values()]
        session.execute(delete(WrapRow).where(WrapRow.tag.in_(tags)))
        add_rows(session, WrapRow, *rows.values())


def _over(session: Session, table: type[EntryRow], rows: list[Row]) -> None:
    """Write bodies and tokens over rows that are there; SealBroken if one is missing."""
    if not rows:
        return
    columns = table.__table__.c
    statement = (
        update(table.__table__)  # type: ignore[arg-type]
        .where(columns.tag == bindparam("at"))
        .values(body=bindparam("new_body"), token=bindparam("new_token"))
    )
    written = [
        {"at": row["tag"], "new_body": row["body"], "new_token": row["token"]} for row in rows
    ]
    if session.connection().execute(statement, written).rowcount != len(rows):
        raise SealBroken
