"""Reaching the keys of a case: role, wrap and no conflict, or the case is not found.

The only way from a signed-in member to a compartment. A member who is excluded, or who sits on
no desk of the case, gets the answer of a case that does not exist.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.holding import Custody, custody_of, desk_slot
from casefile.cases.label import CaseNotFound, Held, Holder, Label, digest, read_label
from casefile.cases.models import WrapRow
from casefile.cases.quick_keys import filled, put, read_quick
from casefile.cases.records import Keys
from casefile.cases.wraps import wrap_tag
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, Directory, read_directory
from casefile.people.roles import Permission
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment
from casefile.sealing.circles import unwrap_circle_seed
from casefile.sealing.compartments import Compartment, unwrap_bundle
from casefile.sealing.desks import DeskSecret
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey


@dataclass(frozen=True)
class Opened:
    """A case a member may work on: its label as read, and the keys of what she may open."""

    held: Held
    keys: Keys = field(repr=False)
    desk: Desk
    directory: Directory
    quick: DeskSecret | None = field(default=None, repr=False)
    """The desk's secret when its quick keys of this case have still to be written."""

    @property
    def case(self) -> bytes:
        """The case's id."""
        return self.held.case

    @property
    def label(self) -> Label:
        """The label as it was read."""
        return self.held.label


def unlock(session: Session, deployment: Deployment, member: Member, case: bytes) -> Opened:
    """Open what this member may open of a case; CaseNotFound in every other event."""
    if not member.may(Permission.OPEN_CASE):
        raise CaseNotFound
    held = read_label(session, deployment, case)
    directory = read_directory(session, deployment)
    desk = visible_desk(held.label, directory, member.person)
    if desk is None:
        raise CaseNotFound
    try:
        return _opened(session, deployment, member, held, desk, directory)
    except SealBroken:
        if read_label(session, deployment, case).token == held.token:
            raise
    # The case was wrapped anew between reading its label and its wraps: open it as it is now.
    return unlock(session, deployment, member, case)


def _opened(
    session: Session,
    deployment: Deployment,
    member: Member,
    held: Held,
    desk: Desk,
    directory: Directory,
) -> Opened:
    if held.label.circle:
        keys = _through_circle(session, deployment, member, held)
        return Opened(held, keys, desk, directory)
    return _through_desk(session, deployment, member, held, desk, directory)


def visible_desk(label: Label, directory: Directory, person: bytes) -> Desk | None:
    """The desk through which this person may see the case; None if none, or if excluded.

    Conflict beats every grant. In a circle the label names the person, not only the desk.
    """
    if person in label.excluded:
        return None
    if label.circle and Holder("member", person) not in label.holders:
        return None
    desks = [directory.desks[desk] for desk in label.desks if desk in directory.desks]
    return next((desk for desk in desks if person in desk.members), None)


def readers(label: Label, directory: Directory) -> frozenset[bytes]:
    """Everybody who may open the case as the label and the directory stand."""
    if custody_of(label, directory) is Custody.CUSTODIANS:
        return frozenset()
    desks = (directory.desks[desk] for desk in label.desks if desk in directory.desks)
    members = {person for desk in desks for person in desk.members}
    return frozenset(one for one in members if visible_desk(label, directory, one))


def holding(label: Label, directory: Directory) -> frozenset[bytes]:
    """Everybody who has a key to the case: the circle's members, or all of its desk."""
    if label.circle:
        return frozenset(one.id for one in label.holders if one.kind == "member")
    desks = (directory.desks[desk] for desk in label.desks if desk in directory.desks)
    return frozenset(person for desk in desks for person in desk.members)


def held_for(session: Session, deployment: Deployment, member: Member, opened: Opened) -> Held:
    """The label read again inside a write, if the case is still hers; else CaseNotFound.

    StaleRow if a colleague had the keys drawn anew meanwhile: what she holds would seal to nobody.
    """
    held = read_label(session, deployment, opened.case, for_change=True)
    if visible_desk(held.label, opened.directory, member.person) is None:
        raise CaseNotFound
    if sealed_as(held.label) != sealed_as(opened.label):
        raise StaleRow("case")
    return held


def sealed_as(label: Label) -> tuple[object, ...]:
    """What changes when the keys of a case are drawn anew, and at no other time."""
    return (label.desks, label.circle, label.holders[:1], label.wraps[:1])


def write_quick_keys(session: Session, deployment: Deployment, opened: Opened) -> None:
    """Leave the opened keys under the desk's symmetric key too, so that search is quick."""
    if opened.quick is None:
        return
    held = read_label(session, deployment, opened.case, for_change=True)
    if sealed_as(held.label) != sealed_as(opened.label):
        return
    put(session, filled(deployment, opened.case, opened.desk, opened.quick, opened.keys))


def read_wraps(
    session: Session, deployment: Deployment, held: Held, slots: Iterable[int]
) -> dict[int, tuple[bytes, bytes]]:
    """Wrap rows by slot: (body, token). SealBroken if one is not the wrap the label binds."""
    tags = {wrap_tag(deployment, held.case, slot): slot for slot in slots}
    rows = session.execute(
        select(WrapRow.tag, WrapRow.body, WrapRow.token).where(WrapRow.tag.in_(tags))
    )
    found = {tags[row.tag]: (row.body, row.token) for row in rows}
    for slot in tags.values():
        if slot not in found or not hmac.compare_digest(
            digest(found[slot][0]), held.label.wraps[slot]
        ):
            raise SealBroken
    return found


def bundle_at(
    session: Session, deployment: Deployment, held: Held, slot: int, private: PrivateKey
) -> dict[Compartment, Key]:
    """The compartment keys in one wrap, opened with its holder's private key."""
    body, token = read_wraps(session, deployment, held, [slot])[slot]
    holder = held.label.holders[slot].id
    return unwrap_bundle(private, body, case=held.case, holder=holder, slot=slot, token=token)


def every_bundle(
    session: Session, deployment: Deployment, held: Held, kind: str, private: PrivateKey
) -> dict[Compartment, Key]:
    """The keys in all wraps of the reporter, or of the custodians; what was drawn last counts.

    Whoever had keys drawn anew could not open every part: the first wrap keeps the keys of those.
    """
    found: dict[Compartment, Key] = {}
    for slot, holder in enumerate(held.label.holders):
        if holder.kind == kind:
            found |= bundle_at(session, deployment, held, slot, private)
    return found


def circle_key(session: Session, deployment: Deployment, member: Member, held: Held) -> PrivateKey:
    """The circle's private key, for a member of it; CaseNotFound if her own key is another now."""
    seat = Holder("member", member.person)
    if seat not in held.label.holders:
        raise CaseNotFound
    slot = held.label.holders.index(seat)
    body, token = read_wraps(session, deployment, held, [slot])[slot]
    try:
        return unwrap_circle_seed(
            member.private, body, case=held.case, person=member.person, slot=slot, token=token
        )
    except SealBroken as another:
        raise CaseNotFound from another


def _through_circle(
    session: Session, deployment: Deployment, member: Member, held: Held
) -> dict[Compartment, Key]:
    return bundle_at(session, deployment, held, 0, circle_key(session, deployment, member, held))


def _through_desk(
    session: Session,
    deployment: Deployment,
    member: Member,
    held: Held,
    desk: Desk,
    directory: Directory,
) -> Opened:
    slot, holder = _slot_of(held.label, desk)
    sealed_to = replace(desk, generation=holder.generation)
    try:
        secret = open_desk(session, deployment, member, sealed_to)
    except NoSeat as none:
        raise CaseNotFound from none
    quick = read_quick(session, deployment, held.case, sealed_to, secret)
    if quick:
        return Opened(held, quick, sealed_to, directory)
    keys = bundle_at(session, deployment, held, slot, secret.private)
    return Opened(held, keys, sealed_to, directory, quick=secret)


def _slot_of(label: Label, desk: Desk) -> tuple[int, Holder]:
    """The desk's wrap; CaseNotFound if there is none, or if custodians hold that case."""
    found = desk_slot(label, desk)
    if found is None:
        raise CaseNotFound
    return found
