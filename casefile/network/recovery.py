"""An agency's recovery key: its public half seals every case, its secret lies with custodians.

The secret exists only while it is split and while custodians join it again; it is never stored
whole, and no single custodian, administrator or command can open anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.custodians import (
    Custodian,
    Custodians,
    NoCustodians,
    keep_custodians,
    read_custodians,
)
from casefile.network.models import CustodianPart
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of, publish
from casefile.sealing.contexts import context
from casefile.sealing.custodians import (
    Part,
    join,
    open_part,
    paper_share,
    private_key_from_paper,
    split,
)
from casefile.sealing.errors import SealBroken, TooFewParts
from casefile.sealing.keypairs import PrivateKey, new_private_key, private_key_from_seeds

CUSTODIANS, NEEDED = 3, 2


class ShareOfOthers(Exception):
    """The share is readable, but it is not one of this agency's, or one of an earlier drawing."""


class ShareTwice(Exception):
    """This share was typed already."""


class NotTheKey(Exception):
    """The shares fit together, but what they open is not the key that is listed."""


@dataclass(frozen=True)
class PaperShare:
    """What one custodian keeps on paper: the number of the share and its text."""

    number: int
    text: str = field(repr=False)


@dataclass(frozen=True)
class Meeting:
    """Custodians together: who has typed a share so far. It lives in memory alone."""

    custodians: Custodians
    typed: Mapping[int, PrivateKey] = field(default_factory=dict, repr=False)
    """By the number on the share."""

    @property
    def missing(self) -> int:
        """How many shares are still needed."""
        return max(0, self.custodians.needed - len(self.typed))

    @property
    def present(self) -> tuple[Custodian, ...]:
        """Those whose shares were typed."""
        return tuple(one for one in self.custodians.each if one.number in self.typed)


def recovery_holder(agency: bytes) -> bytes:
    """The name under which an agency's recovery key is listed."""
    return context("recovery", agency)


def found_recovery(
    session: Session,
    deployment: Deployment,
    agency: bytes,
    *,
    custodians: int = CUSTODIANS,
    needed: int = NEEDED,
) -> tuple[PaperShare, ...]:
    """Draw the agency's recovery key and split it; returns the paper shares, shown once."""
    private = new_private_key(deployment.random)
    publish(session, deployment, recovery_holder(agency), private.public)
    return draw_shares(session, deployment, agency, private, custodians=custodians, needed=needed)


def draw_shares(
    session: Session,
    deployment: Deployment,
    agency: bytes,
    recovery: PrivateKey,
    *,
    custodians: int,
    needed: int,
) -> tuple[PaperShare, ...]:
    """Split the recovery key among new shares, inside a write; earlier shares open nothing now.

    Returned to be printed once; who keeps which is not known from then on. ValueError for numbers
    that make no sense.
    """
    papers = [paper_share(deployment.random) for _ in range(custodians)]
    parts = split(
        recovery.seeds().reveal(),
        [holder.public for _, holder in papers],
        needed,
        purpose=recovery_holder(agency),
        random=deployment.random,
    )
    _forget_parts(session, deployment, agency)
    for part in parts:
        tag = _part_tag(deployment, agency, part.subset, part.custodian)
        session.add(CustodianPart(tag=tag, body=part.blob))
    each = tuple(Custodian(number) for number in range(1, custodians + 1))
    keep_custodians(session, deployment, Custodians(agency, needed, each))
    note(session, deployment, Event.SHARES_DRAWN, by=None, about=agency)
    return tuple(PaperShare(number, text) for number, (text, _) in enumerate(papers, start=1))


def type_share(session: Session, deployment: Deployment, meeting: Meeting, text: str) -> Meeting:
    """Check one share alone and take it in; the meeting with one share more.

    PaperShareUnreadable for a mistyped word, ShareOfOthers, or ShareTwice.
    """
    private = private_key_from_paper(text)
    for one in meeting.custodians.each:
        if _opens(session, deployment, meeting, one.number, private):
            if one.number in meeting.typed:
                raise ShareTwice
            return Meeting(meeting.custodians, {**meeting.typed, one.number: private})
    raise ShareOfOthers


def join_shares(session: Session, deployment: Deployment, meeting: Meeting) -> PrivateKey:
    """The recovery key, out of the first shares that are enough.

    TooFewParts while some are missing; NotTheKey if they open another key than the listed one.
    """
    needed, purpose = meeting.custodians.needed, recovery_holder(meeting.custodians.agency)
    if meeting.missing:
        raise TooFewParts(needed, len(meeting.typed))
    group = tuple(number - 1 for number in sorted(meeting.typed)[:needed])
    opened = {}
    for at in group:
        part = Part(group, at, _part(session, deployment, meeting, group, at))
        opened[at] = open_part(meeting.typed[at + 1], part, purpose=purpose)
    recovery = private_key_from_seeds(join(opened, purpose=purpose))
    if recovery.public != public_key_of(session, deployment, purpose):
        raise NotTheKey
    return recovery


def _opens(
    session: Session, deployment: Deployment, meeting: Meeting, number: int, private: PrivateKey
) -> bool:
    """Whether this is the share with that number: it opens a part that was wrapped to it."""
    at, others = number - 1, range(len(meeting.custodians.each))
    rest = [other for other in others if other != at][: meeting.custodians.needed - 1]
    group = tuple(sorted([at, *rest]))
    part = Part(group, at, _part(session, deployment, meeting, group, at))
    try:
        open_part(private, part, purpose=recovery_holder(meeting.custodians.agency))
    except SealBroken:
        return False
    return True


def _part(
    session: Session, deployment: Deployment, meeting: Meeting, group: tuple[int, ...], at: int
) -> bytes:
    tag = _part_tag(deployment, meeting.custodians.agency, group, at)
    body = session.scalar(select(CustodianPart.body).where(CustodianPart.tag == tag))
    if body is None:
        raise SealBroken
    return body


def _part_tag(deployment: Deployment, agency: bytes, group: tuple[int, ...], at: int) -> bytes:
    return deployment.keyring.tag("custodian_part", agency, ",".join(map(str, group)), str(at))


def _forget_parts(session: Session, deployment: Deployment, agency: bytes) -> None:
    """Delete what an earlier drawing left; its papers open nothing that is stored here."""
    try:
        known = read_custodians(session, deployment, agency)
    except NoCustodians:
        return
    tags = [
        _part_tag(deployment, agency, group, at)
        for group in combinations(range(len(known.each)), known.needed)
        for at in group
    ]
    session.execute(delete(CustodianPart).where(CustodianPart.tag.in_(tags)))
