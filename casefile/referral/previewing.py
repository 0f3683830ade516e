"""Exactly what would leave, and to whom, before anything leaves. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.queue_rows import case_at
from casefile.cases.records import read_records
from casefile.network.directory import Names
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.referral.composing import Chosen, packet_of
from casefile.referral.machines import Kind
from casefile.referral.packet import Packet
from casefile.referral.sending import check


@dataclass(frozen=True)
class Preview:
    """A packet and where it would go; `left_out` of the desk's `members` would stay out."""

    packet: Packet = field(repr=False)
    agency: Names
    desk: Names | None
    members: int = 0
    left_out: int = 0
    outside: str = ""
    """Whom outside this system the agency has named, where it has no desk here."""


def compose(
    session: Session, deployment: Deployment, member: Member, address: str, chosen: Chosen
) -> Packet:
    """The packet of what was chosen, with what the case itself adds; CaseNotFound."""
    opened = unlock(session, deployment, member, case_at(address))
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    return packet_of(opened, records, chosen)


def preview(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    packet: Packet,
    recipient: bytes,
) -> Preview:
    """Where the packet would go: a desk, or an agency that named somebody outside.

    NobodyThere if everybody at that desk is kept from it.
    """
    opened = unlock(session, deployment, member, case_at(address))
    agency = opened.directory.agencies.get(recipient)
    if agency is not None and agency.recipient:
        return Preview(packet, agency.names, None, outside=agency.recipient)
    to = opened.directory.desks.get(recipient)
    if to is None or to.id in opened.label.desks:
        raise CaseNotFound
    checked = check(session, deployment, opened, Kind.COMPLAINT, packet, to)
    return Preview(
        packet,
        opened.directory.agencies[to.agency].names,
        to.names,
        len(to.members),
        len(to.members) - len(checked.route.members),
    )
