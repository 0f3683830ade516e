"""What a reporter may choose in the mailbox, and what follows for the label and its deadlines.

Pure decisions. A choice is never a way to make a case disappear: whoever holds the number may not
be the one who wrote, so help that was due today stays due until a person has seen to it, and what
stops is only what we would do toward the reporter. Nobody can take back the report itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from casefile.cases.label import Label
from casefile.cases.limits import Limits


class Choice(StrEnum):
    """The choices of the mailbox; each is made once, and its code stands in the label for good."""

    STOP_CONTACT = "stop_contact"
    TAKE_BACK_NAME = "take_back_name"
    NO_HELP = "no_help"
    SECOND_LOOK = "second_look"


CALLED_OFF: Mapping[Choice, tuple[str, ...]] = {
    Choice.STOP_CONTACT: ("write_to_reporter", "answer_message", "offer_help"),
    Choice.NO_HELP: ("offer_help",),
}
"""Choice → deadlines nobody waits for any more. Help due today is not among them."""


def asked_for(code: str) -> Choice | None:
    """The choice a page sent, or None if it is none of ours."""
    return next((choice for choice in Choice if choice == code), None)


def quiet(label: Label) -> bool:
    """Whether the reporter wants no letters: none is promised, and none should be written."""
    return Choice.STOP_CONTACT in label.asked


def open_choices(label: Label) -> tuple[Choice, ...]:
    """What can still be chosen; another person looks only at what somebody has answered."""
    left = (choice for choice in Choice if choice not in label.asked)
    return tuple(one for one in left if one is not Choice.SECOND_LOOK or label.answered)


def follow(label: Label, choice: Choice, limits: Limits, now: datetime) -> Label:
    """The label once a choice was made: its clocks follow, and somebody has to heed it.

    Who chooses has been here: nothing waits for an answer any more.
    """
    label = replace(label, asked=(*label.asked, choice.value)).answered_by_reporter(now)
    if choice is Choice.SECOND_LOOK:
        return label.started(limits["second_look"], now)
    for kind in CALLED_OFF.get(choice, ()):
        label = label.without(kind)
    if choice is Choice.STOP_CONTACT:
        label = label.started(limits["look_again"], now)
    return label.started(limits["heed_choice"], now)


def next_letter(label: Label, limits: Limits, now: datetime) -> Label:
    """Promise the next letter; where contact was stopped the desk looks again by itself instead."""
    return label.started(limits["look_again" if quiet(label) else "write_to_reporter"], now)


def looked_at(label: Label, now: datetime) -> Label:
    """Where no letter may answer it, reading what the reporter wrote is the answer."""
    return label.met("answer_message", now) if quiet(label) else label


def noted(label: Label, limits: Limits, now: datetime) -> Label:
    """A note says that somebody looked again and heeded what was chosen."""
    label = label.met("heed_choice", now)
    if not label.running("look_again"):
        return label
    return label.met("look_again", now).started(limits["look_again"], now)
