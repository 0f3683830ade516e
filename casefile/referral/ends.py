"""Taking one step of a referral: the same dates in both labels, in one write.

Whoever acts has her own end open; the other end's label is changed and nothing of it opened. Must
never write who acted, or any word, into the other end.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from casefile.cases.exclusion_rekeying import put_wraps
from casefile.cases.label import NOBODY, Held, Label, Link, write_label
from casefile.cases.links import ORIGIN
from casefile.cases.machines import CASE, REASON, SORTED, Part, machine_of
from casefile.cases.queue_rows import move_row
from casefile.cases.quick_keys import placeholder, put
from casefile.cases.stepping import gone_on
from casefile.cases.wraps import nobodys_seal
from casefile.codes.machines import may_take, take
from casefile.codes.sops import Limit
from casefile.network.directory import Directory
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.referral.machines import REFERRALS, End, Kind, is_open

Limits = Mapping[str, Limit]


def stepped(
    label: Label, referral: bytes, verb: str, end: End, now: datetime, holds: Collection[str] = ()
) -> Label:
    """One end's label once a step of the referral was taken; Forbidden if it cannot be taken."""
    link = label.link(referral)
    step = take(REFERRALS[Kind(link.kind)], link.state, verb, (end,), holds)
    return label.with_link(link.stepped(verb, minutes(now), step.target))


def origin_follows(label: Label, verb: str, limits: Limits, now: datetime) -> Label:
    """The origin's own state, and its clock of confirmation, after a step at either end.

    Of several that were told the case waits until each has answered; what one declines is looked
    into by somebody only if nobody else has taken it. What was called back is to be sent again.
    """
    complaints = [one for one in label.links if _is_complaint(one)]
    waiting = [one for one in complaints if one.state in {"sent", "delivered"}]
    if not waiting:
        label = label.met("confirm_referral", now)
    if waiting or machine_of(label.state) is not CASE:
        return label
    taken = any(is_open(one.kind, one.state) or one.at("confirm") for one in complaints)
    refused = "recall" if verb == "recall" else "decline_by_entity"
    return _gone(label, "confirm_by_entity" if taken else refused, limits, now)


def packet_follows(label: Label, verb: str, limits: Limits, now: datetime) -> Label:
    """The packet's own state after a step of its referral, where its machine has one for it."""
    return _gone(label, verb, limits, now)


def _gone(label: Label, verb: str, limits: Limits, now: datetime) -> Label:
    parts, holds = (
        tuple(Part),
        (REASON, "packet", SORTED),
    )  # the sender has sorted what was passed on
    machine = machine_of(label.state)
    if not may_take(machine, label.state, verb, parts, holds):
        return label
    return gone_on(label, take(machine, label.state, verb, parts, holds), limits, now)


def take_back(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    held: Held,
    label: Label,
    limits: Limits,
) -> Held:
    """Take a packet's keys from its desk, inside a write that holds its label.

    What was sealed to the desk or its circle is written over; the custodians alone could still
    open it. The desk finds nothing on its lists any more.
    """
    nobody = (NOBODY, nobodys_seal(deployment, held.case))
    keep = {"reporter", "recovery", ""}
    gone = {at: nobody for at, one in enumerate(label.holders) if one.kind not in keep}
    label = put_wraps(session, deployment, held.case, label, gone) if gone else label
    put(session, placeholder(deployment, held.case))
    label = _gone(label, "return_packet", limits, deployment.now())
    ended = tuple(one for one in label.deadlines if one.met)
    label = replace(
        label, desks=(), circle=b"", seated=(), owner=b"", deadlines=ended, questions=()
    )
    taken = write_label(session, deployment, held, label)
    move_row(session, deployment, directory, taken)
    return taken


def _is_complaint(link: Link) -> bool:
    return link.kind == Kind.COMPLAINT and link.end == ORIGIN
