"""Leaving: a member goes, and from this moment no new case is held by a key she had.

Whoever does it (an administrator, the member herself) opens nothing: a desk's next generation is
drawn from public keys, her wraps of circles are written over, and the queue marks what those who
stay must wrap anew. That happens in their sessions, in `securing`. Nothing is lost: what nobody on
a desk may open any more waits for the custodians, and if those who are left are those it is kept
from, their keys to it go at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from casefile.cases.exclusion_rekeying import put_wraps
from casefile.cases.holding import LEFT, Custody, custody_of
from casefile.cases.keys import holding
from casefile.cases.label import Held, Holder, Label, read_label, write_label
from casefile.cases.queue_rows import DESK_COLUMNS, QUEUE, case_of
from casefile.cases.quick_keys import placeholder, put
from casefile.cases.saved_views import forget_views
from casefile.cases.search_segments import forget_generation
from casefile.cases.wraps import nobodys_seal
from casefile.network.custody import take_off
from casefile.network.directory import Desk, Directory, hold_desk, read_directory
from casefile.people.leaving import begin_again, close_account
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.registers.storage import Columns, Place, hold, opened, put_back, scan
from casefile.sealing.errors import SealBroken


class NotOnThisDesk(Exception):
    """This person is no member of the desk."""


@dataclass(frozen=True)
class LeftDesk:
    """A desk after somebody left it, and whether that leaves it without anybody."""

    desk: Desk
    empty: bool


Marks = Mapping[bytes, list[tuple[int, Custody]]]
"""What to write into the register: segment → (slot, in whose hands)."""


def leave(
    session: Session, deployment: Deployment, person: bytes, *, by: bytes | None
) -> list[LeftDesk]:
    """End an account and take it off every desk, inside a write; the desks she was on.

    NobodyToLeave if the account has ended already.
    """
    close_account(session, deployment, person, by=by)
    forget_views(session, deployment, person)
    desks = _desks_of(session, deployment, person)
    return [_leave(session, deployment, desk, person, by=by) for desk in desks]


def lose_key(
    session: Session, deployment: Deployment, person: bytes, *, by: bytes | None
) -> tuple[str, list[LeftDesk]]:
    """Let somebody who lost her passphrase begin again, inside a write; the token, and her desks.

    She waits at each of her desks until somebody who holds its keys lets her in. NobodyToLeave
    unless the account is in use.
    """
    desks = _desks_of(session, deployment, person)
    token = begin_again(session, deployment, person, desks, by=by)
    return token, [_leave(session, deployment, desk, person, by=by) for desk in desks]


def leave_desk(
    session: Session, deployment: Deployment, desk: bytes, person: bytes, *, by: bytes | None
) -> LeftDesk:
    """Take a person off one desk, inside a write; NotOnThisDesk if she is not on it."""
    if person not in hold_desk(session, deployment, desk).members:
        raise NotOnThisDesk
    return _leave(session, deployment, desk, person, by=by)


def _desks_of(session: Session, deployment: Deployment, person: bytes) -> list[bytes]:
    """Desks on which she sits or at which she waits, all of them held before any label is."""
    desks = read_directory(session, deployment).desks.values()
    hers = sorted(desk.id for desk in desks if person in (*desk.members, *desk.waiting))
    for desk in hers:
        hold_desk(session, deployment, desk)
    return hers


def _leave(
    session: Session, deployment: Deployment, desk: bytes, person: bytes, *, by: bytes | None
) -> LeftDesk:
    before = hold_desk(session, deployment, desk)
    after = take_off(session, deployment, desk, person, by=by)
    if person in before.members:
        forget_generation(session, deployment, desk, before.generation)
        usual = Custody.EARLIER if after.members else Custody.CUSTODIANS
        _write_marks(session, deployment, _marks(session, deployment, after, usual, person))
    return LeftDesk(after, bool(after.generation) and not after.members)


def mark_all(session: Session, deployment: Deployment, desk: Desk) -> None:
    """Leave everything a desk's key held with the custodians, inside a write; not its circles."""
    _write_marks(session, deployment, _marks(session, deployment, desk, Custody.CUSTODIANS))


def _marks(
    session: Session,
    deployment: Deployment,
    desk: Desk,
    usual: Custody,
    person: bytes | None = None,
) -> Marks:
    """What becomes of each case of the desk; labels are asked only where somebody is kept out
    or another desk has a key too."""
    marks: dict[bytes, list[tuple[int, Custody]]] = defaultdict(list)
    asked = []
    for segment, columns in scan(session, deployment, QUEUE, "queue"):
        for at in _of_desk(columns, desk):
            place = Place(segment, int(at))
            if columns["circle"][at] or columns["desk_2"][at]:
                asked.append((case_of(columns["case_1"][at], columns["case_2"][at]), place))
            elif columns["custody"][at] != Custody.CUSTODIANS:
                marks[place.segment].append((place.slot, usual))
    for case, place in sorted(asked):
        try:
            custody = _part_from(session, deployment, case, person)
        except SealBroken as broken:
            # Nobody can open a case whose label is damaged, and nobody must stay because of one.
            logs.fault(broken, state="label")
            continue
        marks[place.segment].append((place.slot, custody))
    return marks


def _of_desk(columns: Columns, desk: Desk) -> NDArray[np.intp]:
    mine = np.zeros(len(columns["used"]), bool)
    for column in DESK_COLUMNS:
        mine |= columns[column] == desk.code
    return np.flatnonzero(mine)


def _part_from(
    session: Session, deployment: Deployment, case: bytes, person: bytes | None
) -> Custody:
    """Take her out of the circle, and the keys from whom it is kept if nobody else is left.

    In whose hands the case is then.
    """
    held = read_label(session, deployment, case, for_change=True)
    directory = read_directory(session, deployment)
    label = held.label if person is None else _without(session, deployment, held, {person})
    if custody_of(label, directory) is Custody.CUSTODIANS:
        label = _to_custodians(session, deployment, replace(held, label=label), directory)
    if label != held.label:
        write_label(session, deployment, held, label)
    return custody_of(label, directory)


def _without(
    session: Session, deployment: Deployment, held: Held, people: Collection[bytes]
) -> Label:
    """Write over the wraps that open the circle for these people, and strike off their names."""
    label, nobody = held.label, nobodys_seal(deployment, held.case)
    wanted = {
        slot: (Holder(LEFT, one.id), nobody)
        for slot, one in enumerate(label.holders)
        if one.kind == "member" and one.id in people
    }
    if not wanted:
        return label
    seated = tuple((one, key) for one, key in label.seated if one not in people)
    return replace(put_wraps(session, deployment, held.case, label, wanted), seated=seated)


def _to_custodians(
    session: Session, deployment: Deployment, held: Held, directory: Directory
) -> Label:
    """Nobody may read it: take the keys from those it is kept from, who alone have them still.

    The custodians' wraps stay. A desk's wrap names generation 0 from then on, which nobody holds.
    """
    out = holding(held.label, directory) & set(held.label.excluded)
    if held.label.circle:
        return _without(session, deployment, held, out)
    nobody = nobodys_seal(deployment, held.case)
    taken = {
        slot: (replace(one, generation=0), nobody)
        for slot, one in enumerate(held.label.holders)
        if one.kind == "desk" and one.generation
    }
    if not out or not taken:
        return held.label
    put(session, placeholder(deployment, held.case))
    return put_wraps(session, deployment, held.case, held.label, taken)


def _write_marks(session: Session, deployment: Deployment, marks: Marks) -> None:
    """Write them into the register, each segment once."""
    if not marks:
        return
    held = [
        opened(deployment, QUEUE, row)
        for row in hold(session, sorted(marks), list(QUEUE.parts)).values()
    ]
    for one in held:
        for slot, custody in marks[one.segment]:
            one.rows["custody"][slot] = custody
    put_back(session, deployment, {QUEUE: held})
