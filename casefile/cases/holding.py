"""In whose hands a case is: its desk's, its desk's of before somebody left, or custodians' alone.

A pure decision over label and directory: no key is needed to know who holds one. It must never
decide who may see a case; that is `keys.visible_desk`.
"""

from __future__ import annotations

from enum import IntEnum

from casefile.cases.label import Holder, Label
from casefile.network.directory import Desk, Directory

LEFT = "left"
"""A circle's member who left: a wrap to nobody now; the circle has still to be drawn anew."""
FORMER = "former"
"""The same person afterwards: her place, which can be given back to her."""


class Custody(IntEnum):
    """What the queue says of a case's wraps; the value stands in the register."""

    PRESENT = 0
    EARLIER = 1
    """Somebody left: to be wrapped anew by one who stayed."""
    CUSTODIANS = 2
    """Nobody on a desk can open it; the custodians can."""


def custody_of(label: Label, directory: Directory) -> Custody:
    """In whose hands the case is, as label and directory stand."""
    desks = [directory.desks[desk] for desk in label.desks if desk in directory.desks]
    seated = {one for desk in desks for one in desk.members if one not in label.excluded}
    if label.circle:
        return _of_circle(label.holders, seated)
    held = {_of_desk(label, desk) for desk in desks if set(desk.members) & seated}
    if Custody.EARLIER in held:
        return Custody.EARLIER
    return Custody.PRESENT if Custody.PRESENT in held else Custody.CUSTODIANS


def desk_slot(label: Label, desk: Desk) -> tuple[int, Holder] | None:
    """The number of the wrap a desk holds, and the holder with its generation; None if none.

    A wrap to a generation before `first_held` counts for none: custodians hold that case.
    """
    for slot, holder in enumerate(label.holders):
        if holder.kind == "desk" and holder.id == desk.id:
            return (slot, holder) if holder.generation >= desk.first_held else None
    return None


def _of_circle(holders: tuple[Holder, ...], seated: set[bytes]) -> Custody:
    if not any(one.kind == "member" and one.id in seated for one in holders):
        return Custody.CUSTODIANS
    gone = any(one.kind == LEFT for one in holders)
    return Custody.EARLIER if gone else Custody.PRESENT


def _of_desk(label: Label, desk: Desk) -> Custody:
    found = desk_slot(label, desk)
    if found is None:
        return Custody.CUSTODIANS
    earlier = found[1].generation < desk.generation
    return Custody.EARLIER if earlier else Custody.PRESENT
