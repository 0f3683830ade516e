"""What the page of a number shows: where the case stands, what we wrote, what can be chosen.

It must never show the report, what the reporter wrote or sent, a colleague or an agency: whoever
holds the number may be somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from casefile.cases.choices import Choice, open_choices
from casefile.cases.files import KeptFile, files_in
from casefile.cases.label import Label, when
from casefile.cases.machines import is_ended
from casefile.cases.records import Record
from casefile.cases.rules import is_late
from casefile.platform.now import minutes, moment


class Stage(StrEnum):
    """Where a case stands, in the reporter's words."""

    RECEIVED = "received"
    READ = "read"
    PASSED_ON = "passed_on"
    ASSESSED = "assessed"
    INVESTIGATION = "investigation"
    QUESTION = "question"
    OTHER_OFFICE = "other_office"
    NOT_ENOUGH = "not_enough"
    LATE = "late"
    FINISHED = "finished"


ASKING = frozenset({"safe"})
"""Reviewed letters that ask the reporter something."""


STAGES: Mapping[str, Stage] = {
    "referred": Stage.PASSED_ON,
    "acknowledged_by_entity": Stage.ASSESSED,
    "preliminary_assessment": Stage.ASSESSED,
    "under_investigation": Stage.INVESTIGATION,
    "suspended": Stage.INVESTIGATION,
    "completed": Stage.INVESTIGATION,
    "closed_other_circumstances": Stage.INVESTIGATION,
    "action_pending": Stage.INVESTIGATION,
    "action_taken": Stage.INVESTIGATION,
    "under_review_limited_information": Stage.NOT_ENOUGH,
    "forwarded": Stage.OTHER_OFFICE,
    "information_given": Stage.FINISHED,
    "feedback_given": Stage.FINISHED,
    "closed": Stage.FINISHED,
}
"""State of the case → what the reporter reads; of any other that it was read.

That it is the same as another case is nobody's to read here: a found number would say that two
people reported the same. What is decided and not yet confirmed shows nowhere.
"""


@dataclass(frozen=True)
class PathStep:
    """One step of the path strip: done with its day, now, or later."""

    step: str
    state: str
    day: datetime | None


@dataclass(frozen=True)
class Letter:
    """What we wrote, when, and in which language."""

    written: datetime
    text: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class Mailbox:
    """The page a number opens. `token` carries the next 15 minutes of it, sealed."""

    stage: Stage
    since: datetime
    next_by: datetime | None
    path: tuple[PathStep, ...]
    letters: tuple[Letter, ...] = field(repr=False)
    token: str = field(repr=False)
    wrote: bool
    files: tuple[KeptFile, ...] = field(default=(), repr=False)
    """What we sent; never what the reporter sent."""
    choices: tuple[Choice, ...] = ()
    """What can still be chosen."""
    chosen: tuple[Choice, ...] = ()
    """What was chosen before."""
    name_shared: tuple[datetime, ...] = ()
    """Days on which the reporter's name was given to somebody."""
    received: datetime | None = None
    leaving: str = field(default="", repr=False)
    """What the leaving button carries, sealed."""


def compose_mailbox(label: Label, records: list[Record], now: datetime, token: str) -> Mailbox:
    """The page out of what the label says and what the mailbox holds."""
    stage, since, next_by = _stage(label, records, now)
    return Mailbox(
        stage=stage,
        since=since,
        next_by=next_by,
        path=_path(label),
        letters=_letters(records),
        token=token,
        wrote=False,
        files=tuple(file for file in files_in(records) if file.ours and not file.locked),
        choices=open_choices(label),
        chosen=tuple(Choice(code) for code in label.asked),
        name_shared=tuple(
            moment(record.content["when"]) for record in records if record.kind == "name_shared"
        ),
        received=moment(label.received),
    )


def _letters(records: list[Record]) -> tuple[Letter, ...]:
    """Our letters alone, newest first; of everything else in the mailbox nothing."""
    letters = [record.content for record in records if record.kind == "letter"]
    return tuple(
        Letter(moment(one["when"]), one["text"], one["language"]) for one in reversed(letters)
    )


def _stage(
    label: Label, records: list[Record], now: datetime
) -> tuple[Stage, datetime, datetime | None]:
    """The stage, since when, and by when we write next. A passed promise is said, not hidden."""
    if is_ended(label.state) and label.state in STAGES:
        return STAGES[label.state], _since(label), None
    promised = label.running("acknowledge" if not label.acknowledged else "write_to_reporter")
    next_by = moment(promised.due) if promised else None
    if promised is not None and is_late(promised.due, minutes(now)):
        return Stage.LATE, moment(promised.due), None
    if not label.acknowledged:
        return Stage.RECEIVED, moment(label.received), next_by
    asked = _unanswered(records)
    if asked is not None:
        return Stage.QUESTION, asked, next_by
    if label.state in STAGES:
        return STAGES[label.state], _since(label), next_by
    return Stage.READ, moment(label.acknowledged), next_by


def _since(label: Label) -> datetime:
    return moment(label.since or label.acknowledged or label.received)


def _unanswered(records: list[Record]) -> datetime | None:
    """When we asked something that no message has followed; a later letter changes nothing."""
    asked = None
    for one in records:
        if one.kind == "letter" and one.content.get("reviewed") in ASKING:
            asked = moment(one.content["when"])
        elif one.kind == "message":
            asked = None
    return asked


def _path(label: Label) -> tuple[PathStep, ...]:
    read, stage = when(label.acknowledged), STAGES.get(label.state)
    passed = stage in (Stage.PASSED_ON, Stage.ASSESSED, Stage.INVESTIGATION, Stage.OTHER_OFFICE)
    over = stage in (Stage.FINISHED, Stage.OTHER_OFFICE)
    return (
        PathStep("received", "done", moment(label.received)),
        PathStep("read", "done" if read else "now", read),
        PathStep("passed_on", "done" if passed or over else "now" if read else "later", None),
        PathStep("finished", "done" if over else "now" if passed else "later", None),
    )
