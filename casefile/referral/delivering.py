"""Letters for who reported that came from the other end, and what is asked for outside.

Who receives a letter here hands it on: the other end never learns the number. Must never hand on a
letter that was not written for the reporter.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.acting import WrittenLetter, answer
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.doors import BETWEEN
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import CaseNotFound, Label
from casefile.cases.machines import CASE, parts_at
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record, read_records
from casefile.cases.stepping import gone_on
from casefile.codes.machines import may_take, take
from casefile.codes.sops import read_profile
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.referral.part import FUND

ENDED = frozenset({"concluded", "outcome_shared", "closed"})
"""States of a referral in which a letter for the reporter tells how it ended."""


@dataclass(frozen=True)
class Waiting:
    """A letter for the reporter that nobody has handed on yet."""

    referral: bytes
    text: str = field(repr=False)
    language: str


def deliver_letter(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    number: int,
    *,
    once: bytes,
    seen: str | None = None,
) -> None:
    """Lay a letter of the other end into the mailbox; `number` is that of its record.

    CaseNotFound where there is no such letter or it was handed on; ChangedMeanwhile if the page is
    out of date.
    """
    opened = unlock(session, deployment, member, case_at(address))
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    handed_on = opened.label.remembers(once + b"letter")
    letter = _letter(records, number, handed_on=handed_on)

    def also(writing: Session, label: Label) -> Label:
        told = told_by(
            member,
            deployment.now(),
            what="letter_delivered",
            letter=number,
            referral=letter.referral.hex(),
        )
        label = leave_record(writing, deployment, opened, label, "event", told)
        return _told_how_it_ended(deployment, opened, label, letter.referral)

    words = WrittenLetter(letter.text, letter.language)
    answer(session, deployment, member, address, lambda _: words, once=once, seen=seen, also=also)


def ask_fund(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    agency: str,
    *,
    once: bytes,
    seen: str | None = None,
) -> None:
    """Record that the inter-agency fund was asked for investigators, for an entity without any."""
    once += b"fund"
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        told = told_by(member, deployment.now(), what=FUND, agency=agency)
        note(writing, deployment, Event.REFERRAL_STEP, by=member.person, case=opened.case)
        return leave_record(writing, deployment, opened, label, "event", told).remembering(once)

    change_case(session, deployment, member, opened, change)


def _letter(records: list[Record], number: int, *, handed_on: bool) -> Waiting:
    delivered = {
        one.content["letter"]
        for one in records
        if one.kind == "event" and one.content["what"] == "letter_delivered"
    }
    found = next((one for one in records if one.index == number and one.kind == BETWEEN), None)
    if found is None or not found.content.get("for_reporter"):
        raise CaseNotFound
    if number in delivered and not handed_on:
        raise CaseNotFound
    told = found.content
    return Waiting(bytes.fromhex(told["referral"]), told["text"], told["language"])


def _told_how_it_ended(
    deployment: Deployment, opened: Opened, label: Label, referral: bytes
) -> Label:
    """The case once who reported was told how it ended, if that is what the letter says."""
    who, holds = parts_at(opened.desk.function), ("answer_sent",)
    told = label.link(referral).state in ENDED
    if not told or not may_take(CASE, label.state, "give_feedback", who, holds):
        return label
    step = take(CASE, label.state, "give_feedback", who, holds)
    return gone_on(label, step, read_profile(deployment.settings.config), deployment.now())
