"""Two cases joined by a referral: what happens at one end stands in the labels of both at once.

Whoever acts opens her own case alone. Of the other one she changes what the deployment knows: the
referral's state and dates, and who is kept from it. Must never open the other end, nor say there
who acted or what was written.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.cases.exclusion import Why
from casefile.cases.label import Exclusion, Held, Label, read_label, write_label
from casefile.cases.queue_rows import change_row
from casefile.platform.deployment import Deployment

ORIGIN, PACKET = "origin", "packet"
"""The two ends of a referral: where the report came in, and what was passed on."""


def hold_ends(session: Session, deployment: Deployment, *cases: bytes) -> dict[bytes, Held]:
    """The labels of these cases, held for change in one order, so that two writes never cross."""
    wanted = sorted({one for one in cases if one})
    return {one: read_label(session, deployment, one, for_change=True) for one in wanted}


def waited_for(label: Label) -> frozenset[bytes]:
    """The agencies from which nobody has confirmed yet what this case passed on to them.

    Whose senior focal point hears of a late confirmation: that of the entity concerned, who is
    asked, and not that of the desk which sent it. (IASC referral procedures, 2023; T6.)
    """
    unconfirmed = {"sent", "delivered"}
    return frozenset(
        one.agency for one in label.links if one.end == ORIGIN and one.state in unconfirmed
    )


def mirrored(here: Label, case: bytes, there: Label, other: bytes) -> Label:
    """The other end's label with everybody kept from this end kept from it too.

    What reached us from there is not sent back, so that what is lifted where it began is lifted
    everywhere. A person let go there may still hold a key: the next reader settles it.
    """
    own = [one for one in there.exclusions if not _came_from(one, case)]
    sent = {one.person for one in here.exclusions if not _came_from(one, other)}
    ours = [Exclusion(person, Why.ELSEWHERE, case) for person in sorted(sent)]
    told = there.excluding((*own, *ours))
    return there if told.exclusions == there.exclusions else replace(told, unsettled=True)


def spread(session: Session, deployment: Deployment, here: Held, came_from: bytes = b"") -> None:
    """Tell every other end who is kept from this one, and theirs in turn, inside a write.

    Referrals make a tree of cases, so this ends.
    """
    for other in {one.other for one in here.label.links} - {b"", came_from}:
        there = read_label(session, deployment, other, for_change=True)
        label = mirrored(here.label, here.case, there.label, other)
        if label != there.label:
            told = write_label(session, deployment, there, label)
            change_row(session, deployment, told)
            spread(session, deployment, told, here.case)


def _came_from(exclusion: Exclusion, case: bytes) -> bool:
    return exclusion.why == Why.ELSEWHERE and exclusion.because == case
