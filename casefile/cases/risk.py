"""The risk for who reported: how great it is, what is done about it, when it is looked at again.

Words and levels lie in `work`; the label holds only how far the protection is and the day of the
next look. (ISO 37002:2021, 8.3.2; ST/SGB/2017/2/Rev.1.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import Label
from casefile.cases.limits import limits_of
from casefile.cases.machines import PROTECTION, REASON, parts_at
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record, read_records
from casefile.codes.machines import Forbidden, Step, take
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment

LEVELS = ("low", "medium", "high")
KINDS = ("retaliation", "repetition", "family")
MEASURES = (
    "contact_only_by_number",
    "fewer_readers",
    "no_work_with_alleged",
    "moved_to_safety",
    "someone_keeps_touch",
    "other",
)
RISK = "risk"


@dataclass(frozen=True)
class Risk:
    """What somebody found: the level of each kind of risk, the measures, and what is to be done.

    `verb` is the step of the protection; `review` the day on which it is looked at again.
    """

    verb: str
    levels: dict[str, str] = field(default_factory=dict)
    measures: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    review: date | None = None


def assess_risk(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    risk: Risk,
    *,
    once: bytes,
    seen: str,
) -> None:
    """Keep what was found and take the step of the protection; the day of the next look runs.

    Forbidden says what is missing: a level for each kind, a day to come, a reason, or that it is
    not a member of staff who reported. ChangedMeanwhile if the page is out of date.
    """
    opened = unlock(session, deployment, member, case_at(address))
    once += b"risk"
    if opened.label.remembers(once):
        return
    refuse_old_page(session, deployment, member, opened, seen)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    now, day = deployment.now(), _day(deployment, risk.review)
    holds = _holds(records, risk, day, now)
    step = take(
        PROTECTION, opened.label.protection, risk.verb, parts_at(opened.desk.function), holds
    )
    if step.starts and day is None and "review_risk" in step.starts:
        raise Forbidden("review_day_given", risk.verb, opened.label.protection)
    kept = told_by(
        member,
        now,
        step=risk.verb,
        levels=dict(risk.levels),
        measures=list(risk.measures),
        text=risk.text,
        review=risk.review.isoformat() if risk.review else "",
    )

    def change(writing: Session, label: Label) -> Label:
        refuse_if_written_since(opened, label)
        label = leave_record(writing, deployment, opened, label, RISK, kept)
        event = told_by(member, now, what="risk_assessed")
        label = leave_record(writing, deployment, opened, label, "event", event)
        note(writing, deployment, Event.RISK_ASSESSED, by=member.person, case=opened.case)
        return _followed(deployment, opened, label, step, now, day).remembering(once)

    change_case(session, deployment, member, opened, change)


def _followed(
    deployment: Deployment,
    opened: Opened,
    label: Label,
    step: Step,
    now: datetime,
    day: datetime | None,
) -> Label:
    limits = limits_of(deployment, opened.directory, label.area)
    label = replace(label, protection=step.target)
    for kind in step.meets:
        label = label.met(kind, now)
    for kind in step.starts:
        dated = day is not None and kind == "review_risk"
        if dated and day:
            label = label.due_on(limits[kind], now, day)
        else:
            label = label.started(limits[kind], now)
    return label


def _holds(
    records: Iterable[Record], risk: Risk, day: datetime | None, now: datetime
) -> tuple[str, ...]:
    summary = next((one.content for one in records if one.kind == "summary"), {})
    held = {
        "levels_given": all(risk.levels.get(kind) in LEVELS for kind in KINDS),
        "review_day_given": day is not None and day > now,
        "staff_reporter": bool(summary.get("staff")),
        REASON: bool(risk.text),
    }
    return tuple(guard for guard, holds in held.items() if holds)


def _day(deployment: Deployment, day: date | None) -> datetime | None:
    """The end of that day at the duty station."""
    if day is None:
        return None
    return datetime.combine(day, time(23, 59), deployment.settings.time_zone)
