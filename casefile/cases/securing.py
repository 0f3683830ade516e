"""Securing cases after somebody left: one who stayed wraps them anew, in her own session.

In batches, each one transaction: killed at any moment, it is taken up where it stood. What is
written is sealed before the transaction, and written where nothing changed meanwhile. A case is
opened with what held it and wrapped to the present generation, or its circle is drawn anew; of its
content nothing is read. What somebody is kept from she does not secure: a colleague does. What is
kept from somebody who still has keys to it is settled first: she gets no new ones here. A case that
is damaged stays as it is and keeps the others from nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.circles import open_circle, seal_to_circle
from casefile.cases.exclusion_questions import asked_of_earlier
from casefile.cases.exclusion_renewing import renew_questions
from casefile.cases.holding import Custody, custody_of
from casefile.cases.keys import holding, visible_desk
from casefile.cases.label import (
    Held,
    Label,
    hold_as_read,
    hold_labels,
    put_labels,
    read_labels,
    sealed_label,
)
from casefile.cases.queue import visible_rows
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of, owner_mark
from casefile.cases.rewrapping import (
    Lagging,
    Rewrapped,
    Secrets,
    lagging,
    left_alone,
    put_rewrapped,
    rewrapped,
)
from casefile.cases.turns import begun_anywhere
from casefile.network.custody import forget_earlier
from casefile.network.directory import Desk, Directory, hold_desk, read_directory
from casefile.people.accounts import person_holder
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_keys_of
from casefile.registers.storage import hold, opened, put_back, scan
from casefile.sealing.errors import SealBroken

BATCH = 500
"""Cases in one transaction, which only writes: a report may wait a tenth of a second for it."""
CIRCLES = 100
"""Circles among them: these are drawn inside the transaction, which takes longer."""
AT_ONCE = 1
"""Batches in one request: whoever stayed is not kept waiting for all of them."""
PASSED_OVER = 3
"""Batches more that one request looks at where damaged cases lie among the others."""


@dataclass(frozen=True)
class _Sealed:
    """A case wrapped anew, the label it will have, and that label as it is written."""

    wrapped: Rewrapped
    label: Label
    row: Mapping[str, bytes]


@dataclass(frozen=True)
class _Ready:
    """A batch before its transaction: as whose desks stood, what is sealed, circles still to do."""

    desks: tuple[Desk, ...]
    sealed: list[_Sealed]
    circles: list[bytes]


def secure_some(
    session: Session,
    deployment: Deployment,
    member: Member,
    *,
    batches: int = AT_ONCE,
    size: int = BATCH,
) -> int:
    """Wrap the next cases of the member's desks anew, at most `batches` times `size`; how many.

    Damaged cases are passed over, however many they are.
    """
    if renew_questions(session, deployment, member):
        write_now(lambda writing: _forget_unneeded(writing, deployment, member), session)
    waiting, done = begun_anywhere(unsecured(session, deployment, member), deployment.random), 0
    for start in range(0, min(len(waiting), (batches + PASSED_OVER) * size), size):
        if done > (batches - 1) * size:
            break
        session.rollback()
        done += secure_batch(session, deployment, member, waiting[start : start + size])
    return done


def unsecured(session: Session, deployment: Deployment, member: Member) -> list[bytes]:
    """The cases this member sees that an earlier generation or an earlier circle still holds.

    As they lie in the register, so that a batch changes few of its segments: each is sealed and
    written whole, and a report that arrives finds room in the others.
    """
    rows = visible_rows(session, deployment, read_directory(session, deployment), member)
    chosen = rows[rows["custody"] == Custody.EARLIER]
    return [case_of(row["case_1"], row["case_2"]) for row in chosen]


def secure_batch(
    session: Session, deployment: Deployment, member: Member, cases: Sequence[bytes]
) -> int:
    """Secure these cases in one transaction, committed; how many of them it was.

    What takes long, opening and sealing, is done before it begins: nobody waits for that.
    """
    ready = _made_ready(session, deployment, member, cases)
    return write_now(lambda writing: _secure(writing, deployment, member, ready), session)


def _made_ready(
    session: Session, deployment: Deployment, member: Member, cases: Sequence[bytes]
) -> _Ready:
    """Everything that can be sealed before anything is held."""
    directory = read_directory(session, deployment)
    desks = directory.desks_of(member.person)
    read = [
        one
        for one in read_labels(session, deployment, cases)
        if _to_secure(one.label, directory, member)
    ]
    secrets, found = Secrets(session, deployment, member), list[Lagging | None]()
    for one in (each for each in read if not each.label.circle):
        with left_alone():
            found.append(lagging(secrets, desks, one))
    sealed = []
    for wrapped in rewrapped(session, deployment, [one for one in found if one is not None]):
        label = _answered_for(wrapped.label, directory, member)
        row = sealed_label(deployment, wrapped.held.case, label)
        sealed.append(_Sealed(wrapped, label, row))
    circles = {one.case for one in read if one.label.circle}
    return _Ready(desks, sealed, [one for one in cases if one in circles][:CIRCLES])


def _secure(session: Session, deployment: Deployment, member: Member, ready: _Ready) -> int:
    """Held in one order, so that nobody waits in a ring: desks, labels, then the register.

    Of what was made ready only that is written which is still as it was read.
    """
    before = read_directory(session, deployment)
    for seat in sorted(desk.id for desk in before.desks_of(member.person)):
        hold_desk(session, deployment, seat, shared=True)
    directory = read_directory(session, deployment)
    if directory.desks_of(member.person) != ready.desks:
        return 0
    same = hold_as_read(session, (one.wrapped.held for one in ready.sealed))
    kept = [one for one in ready.sealed if one.wrapped.held.case in same]
    put_rewrapped(session, [one.wrapped for one in kept])
    labels, rows = [one.label for one in kept], [one.row for one in kept]
    for circle, label in _in_circles(session, deployment, member, directory, ready.circles):
        labels.append(_answered_for(label, directory, member))
        rows.append(sealed_label(deployment, circle, labels[-1]))
    put_labels(session, rows)
    _mark(session, deployment, directory, labels)
    if labels:
        for desk in directory.desks_of(member.person):
            note(session, deployment, Event.CASES_SECURED, by=member.person, about=desk.id)
        _forget_unneeded(session, deployment, member)
    return len(labels)


def _to_secure(label: Label, directory: Directory, member: Member) -> bool:
    """Whether the case is hers to secure: nobody it is kept from has keys to it any more."""
    return (
        visible_desk(label, directory, member.person) is not None
        and custody_of(label, directory) is Custody.EARLIER
        and not holding(label, directory) & set(label.excluded)
    )


def _forget_unneeded(session: Session, deployment: Deployment, member: Member) -> None:
    """Let go of the earlier keys of her desks that hold no case and no question any more."""
    for desk in read_directory(session, deployment).desks_of(member.person):
        desk = hold_desk(session, deployment, desk.id, shared=True)
        if desk.generation > 1 and not _still_held(session, deployment, desk):
            forget_earlier(session, deployment, desk)


def _in_circles(
    session: Session,
    deployment: Deployment,
    member: Member,
    directory: Directory,
    cases: Sequence[bytes],
) -> list[tuple[bytes, Label]]:
    """Draw each circle anew for those who are left of it."""
    changed = []
    for one in hold_labels(session, deployment, cases) if cases else ():
        if one.label.circle and _to_secure(one.label, directory, member):
            with left_alone(), session.begin_nested():
                changed.append((one.case, _in_circle(session, deployment, member, one)))
    return changed


def _in_circle(session: Session, deployment: Deployment, member: Member, held: Held) -> Label:
    """One circle drawn anew."""
    _, keys = open_circle(session, deployment, held, member.person, member.private)
    left = {each.id: person_holder(each.id) for each in held.label.holders if each.kind == "member"}
    listed = public_keys_of(session, deployment, left.values())
    members = {person: listed[holder] for person, holder in left.items()}
    return seal_to_circle(session, deployment, held, keys, members)


def _answered_for(label: Label, directory: Directory, member: Member) -> Label:
    """What the leaver answered for is answered for by her who secures it, until it is given on."""
    if not label.owner:
        return label
    desks = (directory.desks[desk] for desk in label.desks if desk in directory.desks)
    if any(label.owner in desk.members for desk in desks):
        return label
    return replace(label, owner=member.person)


def _mark(
    session: Session, deployment: Deployment, directory: Directory, labels: list[Label]
) -> None:
    """Bring the register up to the labels, each segment once."""
    by_segment: dict[bytes, list[Label]] = defaultdict(list)
    for label in labels:
        by_segment[label.queue.segment].append(label)
    if not by_segment:
        return
    found = hold(session, sorted(by_segment), list(QUEUE.parts)).values()
    held = [opened(deployment, QUEUE, row) for row in found]
    for one in held:
        for label in by_segment[one.segment]:
            one.rows["custody"][label.queue.slot] = custody_of(label, directory)
            one.rows["owner"][label.queue.slot] = owner_mark(label.owner)
    put_back(session, deployment, {QUEUE: held})


def _still_held(session: Session, deployment: Deployment, desk: Desk) -> bool:
    """Whether an earlier generation still holds a case, or is asked about a name."""
    for _, columns in scan(session, deployment, QUEUE, "queue"):
        earlier = columns["custody"] == Custody.EARLIER
        if any(np.any(earlier & (columns[name] == desk.code)) for name in DESK_COLUMNS):
            return True
    try:
        return asked_of_earlier(session, deployment, desk)
    except SealBroken as broken:
        # A label that cannot be read may name the earlier generation: its key is kept.
        logs.fault(broken, state="unsecured")
        return True
