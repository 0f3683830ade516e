"""What desks do with the invented reports once they have read them: sort, end with two, pass on.

Everything goes through the verbs of the pages, at its own hour. A report outside the mandate is
sorted by one person, confirmed by another and forwarded; a complaint about personnel goes to whom
it concerns, and is confirmed there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from casefile.cases.exclusion import INVESTIGATION
from casefile.cases.keys import unlock, visible_desk
from casefile.cases.label import Label, read_label
from casefile.cases.queue_rows import address_of, reference_of
from casefile.cases.reading import open_case, show_report
from casefile.cases.risk import KINDS, Risk, assess_risk
from casefile.cases.second_person import FORWARD, Ending, confirm, decide_ending
from casefile.cases.sorting import LEAVE_COUNTED, Sorting, sort_case
from casefile.codes.triage import COUNTED, SEA, read_triage
from casefile.network.directory import Directory, read_directory
from casefile.people.sessions import Member
from casefile.platform.database import commit
from casefile.platform.deployment import Deployment
from casefile.referral.answering import take_step
from casefile.referral.machines import Kind
from casefile.referral.packet import Packet
from casefile.referral.sending import NobodyThere, may_send, send

ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "sea": {"conduct": "sexual", "by": "related", "to_us": "recipient"},
    "sexual_harassment_workplace": {"conduct": "sexual", "by": "aid", "to_us": "personnel"},
    "child_safeguarding_non_sexual": {"conduct": "child_harm", "by": "aid"},
    "gbv_non_staff": {"conduct": "sexual", "by": "not_aid", "age": "adult"},
    "fraud_corruption": {"conduct": "fraud"},
    "other_misconduct": {"conduct": "other_conduct", "by": "aid"},
    "protection_other": {"conduct": "violence", "by": "not_aid"},
    "programme_feedback_positive": {"conduct": "feedback_good"},
    "programme_feedback_negative": {"conduct": "feedback_bad"},
    "information_request": {"conduct": "information"},
    "assistance_request": {"conduct": "assistance"},
    "data_protection": {"conduct": "data"},
}
"""Kind of an invented report → what a focal point answers when she sorts it."""
REASON: Final = "It is not about how an aid worker behaved; the other office can help."
REVIEWED_AFTER: Final = timedelta(days=800)
"""Further than the years that are told: nobody here looks a second time."""
SUMMARY: Final = (
    "The person who reported says that somebody of this organisation asked for something in "
    "return for assistance. Nothing more was asked. Answers go through us."
)


def sort_report(
    session: Session, then: Deployment, member: Member, case: bytes, kind: str, draw: Random
) -> None:
    """Sort a case; what is about personnel names the organisation they work for."""
    sorting = Sorting(answers=ANSWERS.get(kind, {}))
    if kind == SEA:
        sorting = _about(sorting, read_directory(session, then), draw)
    sort_case(session, then, member, address_of(case), sorting, once=then.random(32))
    commit()
    if kind == SEA:
        _look_at_risk(session, then, member, case)


def _look_at_risk(session: Session, then: Deployment, member: Member, case: bytes) -> None:
    """The risk for who reported, low but not forgotten: looked at again in the coming weeks."""
    seen = open_case(session, then, member, address_of(case)).version
    commit()
    levels = dict.fromkeys(KINDS, "low")
    review = then.now().date() + REVIEWED_AFTER
    risk = Risk("assess_risk", levels, ("contact_only_by_number",), "", review)
    once = then.random(32)
    assess_risk(session, then, member, address_of(case), risk, once=once, seen=seen)
    commit()


def confirm_sorting(
    session: Session, then: Deployment, first: Member, members: Sequence[Member], case: bytes
) -> None:
    """A second person looks and confirms; where nobody else reads the case it goes on waiting."""
    label = read_label(session, then, case).label
    if label.pending is None or label.pending.what != LEAVE_COUNTED:
        return
    directory = read_directory(session, then)
    others = (one for one in members if one.person != first.person)
    second = next((one for one in others if visible_desk(label, directory, one.person)), None)
    if second is None:
        return
    seen = open_case(session, then, second, address_of(case)).version
    commit()
    once = then.random(32)
    confirm(session, then, second, address_of(case), once=once, seen=seen)
    commit()


def forward(session: Session, then: Deployment, member: Member, case: bytes, kind: str) -> None:
    """Send what is outside the mandate where somebody can help, once two have said that it is."""
    label, address = read_label(session, then, case).label, address_of(case)
    office = read_triage(then.settings.config).decide(ANSWERS.get(kind, {})).office
    if label.state != "triage" or label.pending or label.category in COUNTED:
        return
    seen = open_case(session, then, member, address).version
    commit()
    ending = Ending(FORWARD, REASON, office)
    decide_ending(session, then, member, address, ending, once=then.random(32), seen=seen)
    commit()


def pass_on(session: Session, then: Deployment, member: Member, case: bytes) -> None:
    """Pass a complaint on to the desk that receives complaints about those people."""
    opened = unlock(session, then, member, case)
    desks = opened.directory.desks.values()
    desk = next((one.id for one in desks if one.function == INVESTIGATION and one.live), None)
    if desk is None or not may_send(opened, Kind.COMPLAINT):
        return
    packet = _packet(case, opened.label)
    address = address_of(case)
    try:
        send(session, then, member, address, Kind.COMPLAINT, packet, desk, once=then.random(32))
    except NobodyThere:
        session.rollback()
    commit()


def take_on(session: Session, then: Deployment, members: Sequence[Member], case: bytes) -> None:
    """Whoever received a complaint reads and confirms it."""
    label = read_label(session, then, case).label
    for link in label.links:
        there = read_label(session, then, link.other).label
        directory = read_directory(session, then)
        able = [one for one in members if visible_desk(there, directory, one.person)]
        if not able or link.state != "sent":
            continue
        address = address_of(link.other)
        show_report(session, then, able[0], address)
        commit()
        for verb in ("deliver", "confirm", "accept", "open_investigation"):
            once = then.random(32)
            take_step(session, then, able[0], address, link.id, verb, once=once)
            commit()


def _about(sorting: Sorting, directory: Directory, draw: Random) -> Sorting:
    """A partner's people twice as often as an agency's own: partners are the main path."""
    partners = [one for one in directory.agencies.values() if one.contracted_by]
    own = [directory.agencies[one.contracted_by] for one in partners if one.contracted_by]
    partner = bool(partners) and draw.random() < 0.67
    chosen = (partners if partner else own)[:1]
    return replace(
        sorting,
        agencies=tuple(one.id.hex() for one in chosen),
        entity_class="implementing_partners" if partner else "agencies_funds_programmes",
        personnel_category="implementing_partner_personnel" if partner else "staff",
        allegation_type="sexual_exploitation",
        allegation_subtype="sex_for_assistance",
        people={"victims_women": 1},
    )


def _packet(case: bytes, label: Label) -> Packet:
    return Packet(
        reference=reference_of(case),
        received=label.received,
        channel=label.channel,
        language=label.language,
        summary=SUMMARY,
        area=label.area,
        help_offered=True,
    )
