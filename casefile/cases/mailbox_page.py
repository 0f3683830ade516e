"""What the page of a number shows: where the case stands, what we wrote, what can be chosen.

It must never show the report, what the reporter wrote or sent, a colleague or an agency: whoever
holds the number may be somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from casefile.cases.choices import Choice, open_choices
from casefile.cases.files import KeptFile, files_in
from casefile.cases.label import Label, when
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
    stage, since, next_by = _stage(label, now)
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


def _stage(label: Label, now: datetime) -> tuple[Stage, datetime, datetime | None]:
    """The stage, since when, and by when we write next. A passed promise is said, not hidden."""
    promised = label.running("acknowledge" if not label.acknowledged else "write_to_reporter")
    next_by = moment(promised.due) if promised else None
    if promised is not None and is_late(promised.due, minutes(now)):
        return Stage.LATE, moment(promised.due), None
    if label.acknowledged:
        return Stage.READ, moment(label.acknowledged), next_by
    return Stage.RECEIVED, moment(label.received), next_by


def _path(label: Label) -> tuple[PathStep, ...]:
    read = when(label.acknowledged)
    return (
        PathStep("received", "done", moment(label.received)),
        PathStep("read", "done" if read else "now", read),
        PathStep("passed_on", "now" if read else "later", None),
        PathStep("finished", "later", None),
    )
