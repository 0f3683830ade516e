"""What either end does with a referral that was sent: confirm, accept, decline, call back, end.

Each is one write over both ends: a record in the end one has open, the dates in both labels, and,
where there are words for the other end, a letter at its door. Must never write into a record who
acted at the other end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import leave_record, told_by
from casefile.cases.doors import drop_letter
from casefile.cases.keys import Opened, held_for, unlock, write_quick_keys
from casefile.cases.label import CaseNotFound, Held, Label, Link, write_label
from casefile.cases.limits import limits_of
from casefile.cases.links import ORIGIN, hold_ends
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.statistics_row import row_of, step_happened
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.referral.ends import origin_follows, packet_follows, stepped, take_back
from casefile.referral.machines import End, Kind
from casefile.referral.outside import forget_outside
from casefile.registers.storage import Place

FACT_STEPS = {
    "confirm": ("confirmed", "confirm_packet"),
    "open_investigation": ("opened", "open_investigation"),
    "conclude": ("concluded", "conclude_investigation"),
}
"""Steps of a complaint referral that count → the step of the statistics row and its deadline."""
CASE_STEPS = {
    (Kind.COMPLAINT, "confirm"): "confirm_packet",
    (Kind.COMPLAINT, "accept"): "assess",
    (Kind.COMPLAINT, "open_investigation"): "open_investigation",
    (Kind.ASSISTANCE, "confirm"): "begin_help",
    (Kind.ASSISTANCE, "complete"): "end_help",
}
"""Steps of a referral with which the recipient's own case goes on, where it stands before them."""
UNDONE = frozenset({"decline", "recall"})
"""Steps after which the recipient's case loses its keys."""


@dataclass(frozen=True)
class Said:
    """Words that go with a step: a reason for one's own end, and a letter for the other.

    `reason_code` is one of a list; `for_reporter` says that the letter is to be delivered on.
    """

    reason: str = field(default="", repr=False)
    reason_code: str = ""
    letter: str = field(default="", repr=False)
    language: str = ""
    for_reporter: bool = False


NOTHING = Said()


def take_step(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    referral: bytes,
    verb: str,
    said: Said = NOTHING,
    *,
    once: bytes,
    seen: str | None = None,
) -> None:
    """Take one step of a referral from the end that is open here.

    CaseNotFound where the case is not hers or has no such referral, Forbidden where the machine
    has no such step from here, ChangedMeanwhile if the page is out of date.
    """
    once += b"step" + referral
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    link = _link(opened.label, referral)
    row = _row(session, deployment, opened, link, verb)

    def write_both(writing: Session) -> None:
        ends = hold_ends(writing, deployment, opened.case, link.other)
        held = held_for(writing, deployment, member, opened)
        if held.label.remembers(once):
            return
        if seen is not None:
            refuse_if_written_since(opened, held.label)
        here, there = _both(
            deployment, opened, held, ends.get(link.other), link, verb, bool(said.reason)
        )
        here = _recorded(writing, deployment, member, opened, here, link, verb, said)
        if row is not None:
            name, kind = FACT_STEPS[verb]
            step_happened(writing, deployment, row, name, held.label, kind)
        if there is not None and said.letter:
            there = (there[0], _letter(writing, deployment, member, opened, there, link, said))
        _write_ends(writing, deployment, opened, held, here.remembering(once), there, link, verb)
        ended = verb in UNDONE | {"close", "complete", "supersede"}
        happened = Event.REFERRAL_ENDED if ended else Event.REFERRAL_STEP
        note(writing, deployment, happened, by=member.person, case=opened.case)

    write(write_both, session)


def write_between(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    referral: bytes,
    said: Said,
    *,
    once: bytes,
) -> None:
    """Leave a letter at the other end's door: a question, an answer, or words for who reported."""
    once += b"between" + referral
    opened = unlock(session, deployment, member, case_at(address))
    link = _link(opened.label, referral)
    if not link.other:
        raise CaseNotFound

    def write_both(writing: Session) -> None:
        ends = hold_ends(writing, deployment, opened.case, link.other)
        held = held_for(writing, deployment, member, opened)
        if held.label.remembers(once):
            return
        there = ends[link.other]
        told = _letter(writing, deployment, member, opened, (there, there.label), link, said)
        here = _recorded(writing, deployment, member, opened, held.label, link, "wrote", said)
        _keep(writing, deployment, held, here.remembering(once))
        _keep(writing, deployment, there, told)
        note(writing, deployment, Event.REFERRAL_STEP, by=member.person, case=opened.case)

    write(write_both, session)


def delivered(session: Session, deployment: Deployment, member: Member, address: str) -> bool:
    """Date the first look at what was passed on, at both ends; whether it had no date yet."""
    opened = unlock(session, deployment, member, case_at(address))
    waiting = [one for one in opened.label.links if one.end != ORIGIN and one.state == "sent"]
    for link in waiting:
        take_step(
            session, deployment, member, address, link.id, "deliver", once=deployment.random(32)
        )
    return bool(waiting)


def _link(label: Label, referral: bytes) -> Link:
    try:
        return label.link(referral)
    except KeyError:
        raise CaseNotFound from None


def _row(
    session: Session, deployment: Deployment, opened: Opened, link: Link, verb: str
) -> Place | None:
    counts = link.kind == Kind.COMPLAINT and verb in FACT_STEPS
    return row_of(session, deployment, opened) if counts else None


def _both(
    deployment: Deployment,
    opened: Opened,
    held: Held,
    other: Held | None,
    link: Link,
    verb: str,
    reason: bool,
) -> tuple[Label, tuple[Held, Label] | None]:
    """Both labels after the step; the machine is asked at the end that acts."""
    now = deployment.now()
    limits = limits_of(deployment, opened.directory, held.label.area)
    end = End.SENDER if link.end == ORIGIN else End.RECIPIENT
    holds = ("reason_given",) if reason else ()
    here = stepped(held.label, link.id, verb, end, now, holds)
    there = stepped(other.label, link.id, verb, end, now, holds) if other else None
    own = CASE_STEPS.get((Kind(link.kind), verb))
    if link.end == ORIGIN:
        here = origin_follows(here, verb, limits, now)
    elif there is not None:
        there = origin_follows(there, verb, limits, now)
    if own and link.end != ORIGIN:
        here = packet_follows(here, own, limits, now)
    return here, (other, there) if other and there else None


def _recorded(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    label: Label,
    link: Link,
    verb: str,
    said: Said,
) -> Label:
    told = told_by(
        member,
        deployment.now(),
        what=f"referral_{verb}",
        referral=link.id.hex(),
        reason=said.reason,
        code=said.reason_code,
        letter=said.letter,
        language=said.language,
        for_reporter=said.for_reporter,
        signed=member.name if verb == "confirm" else "",
    )
    return leave_record(session, deployment, opened, label, "event", told)


def _letter(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    there: tuple[Held, Label],
    link: Link,
    said: Said,
) -> Label:
    held, label = there
    words: Mapping[str, Any] = {
        "referral": link.id.hex(),
        "from": opened.desk.agency.hex(),
        "when": told_by(member, deployment.now())["when"],
        "text": said.letter,
        "language": said.language,
        "for_reporter": said.for_reporter,
        "reason_code": said.reason_code,
    }
    return drop_letter(session, deployment, held.case, label, words)


def _write_ends(
    session: Session,
    deployment: Deployment,
    opened: Opened,
    held: Held,
    here: Label,
    there: tuple[Held, Label] | None,
    link: Link,
    verb: str,
) -> None:
    limits = limits_of(deployment, opened.directory, held.label.area)
    packet_here = link.end != ORIGIN
    if verb in UNDONE and packet_here:
        take_back(session, deployment, opened.directory, held, here, limits)
    else:
        _keep(session, deployment, held, here)
        write_quick_keys(session, deployment, opened)
    if there is None:
        if verb in UNDONE | {"close"}:
            forget_outside(session, deployment, link.id)
        return
    if verb in UNDONE and not packet_here:
        take_back(session, deployment, opened.directory, *there, limits)
    else:
        _keep(session, deployment, *there)


def _keep(session: Session, deployment: Deployment, held: Held, label: Label) -> None:
    if label != held.label:
        change_row(session, deployment, write_label(session, deployment, held, label))
