"""Playing the invented years through the verbs everybody uses, each deed at its own hour.

The past reaches a verb as an argument, a deployment with another clock; nothing is written that a
reporter or a focal point could not have written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases import acting
from casefile.cases.exclusion_questions import CONFIRMED, answer_question, open_questions
from casefile.cases.keys import visible_desk
from casefile.cases.label import read_label
from casefile.cases.machines import is_ended
from casefile.cases.mailbox import write_with_number
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.codes.texts import ReviewedLetter, load_letters
from casefile.console.letters import written
from casefile.demo import handling
from casefile.demo.course import Dated, Deed, course
from casefile.demo.stories import SEA, SENSITIVE, Story, replies
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import Receipt, receive
from casefile.network.directory import read_directory
from casefile.people.roles import Permission, Role
from casefile.people.sessions import Member
from casefile.platform.database import commit
from casefile.platform.deployment import Deployment


@dataclass
class Played:
    """One invented report as far as it has come: its case, its number, who answers it."""

    story: Story
    case: bytes = b""
    receipt: Receipt | None = None
    member: Member | None = None


@dataclass
class Stage:
    """Where the years are played: the database, who can act, and the reports so far."""

    session: Session
    deployment: Deployment
    members: Sequence[Member]
    everybody: Sequence[Member]
    reports: Sequence[Played]
    draw: Random = field(default_factory=lambda: Random("stage"))  # noqa: S311


def at(deployment: Deployment, moment: datetime) -> Deployment:
    """The same deployment at another hour."""
    return replace(deployment, now=lambda: moment)


def play(
    session: Session,
    deployment: Deployment,
    members: Sequence[Member],
    stories: Sequence[Story],
    *,
    now: datetime,
    told: Callable[[], None],
) -> None:
    """Let everything happen that happened to these stories; `told` is called after each report."""
    focal = [member for member in members if member.role is Role.FOCAL_POINT]
    stage = Stage(session, deployment, focal, members, [Played(story) for story in stories])
    deeds = [
        dated
        for number, story in enumerate(stories)
        for dated in course(number, urgent=story.kind in SENSITIVE, now=now)
    ]
    for dated in sorted(deeds, key=lambda each: each.when):
        played = stage.reports[dated.report]
        DOING[dated.deed](stage, at(deployment, dated.when), played, dated)
        commit()
        if dated.deed is Deed.REPORT:
            told()


def _report(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    """Send the report as the form would, and look who could read it."""
    story = played.story
    inbound = InboundReport(
        text=story.text,
        answers=story.answers,
        language=story.language,
        channel="web_anonymous",
        once=then.random(32),
    )
    before = set(stage.session.scalars(select(CaseRow.id)))
    played.receipt = receive(stage.session, then, inbound)
    (played.case,) = set(stage.session.scalars(select(CaseRow.id))) - before
    label = read_label(stage.session, then, played.case).label
    directory = read_directory(stage.session, then)
    able = [one for one in stage.members if visible_desk(label, directory, one.person)]
    played.member = stage.draw.choice(able) if able else None


def _confirm(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is None:
        return
    address = address_of(played.case)
    open_case(stage.session, then, played.member, address)
    commit()
    show_report(stage.session, then, played.member, address)
    acting.acknowledge(stage.session, then, played.member, address)


def _answer_question(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    """Confirm what was asked about a name of this report: here nobody shares a name."""
    label = read_label(stage.session, then, played.case).label
    if not label.excluded:
        return
    for member in (one for one in stage.everybody if one.may(Permission.OPEN_CASE)):
        for asked in open_questions(stage.session, then, member):
            answer_question(stage.session, then, member, asked.id, CONFIRMED)
            commit()


def _letter(stage: Stage, then: Deployment, played: Played, dated: Dated) -> None:
    if played.member is None:
        return
    label = read_label(stage.session, then, played.case).label
    if is_ended(label.state) and not label.running("answer_message"):
        return
    letter = _called(load_letters(then.settings.config), dated.letter)
    acting.answer(
        stage.session,
        then,
        played.member,
        address_of(played.case),
        partial(written, letter),
        once=then.random(32),
    )


def _message(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.receipt is None:
        return
    text = stage.draw.choice(replies().messages[played.story.language])
    code = played.receipt.code.digits()
    write_with_number(stage.session, then, typed=code, text=text, once=then.random(32))


def _note(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is None:
        return
    text = stage.draw.choice(replies().notes[played.member.language])
    address = address_of(played.case)
    acting.write_note(stage.session, then, played.member, address, text=text, once=then.random(32))


def _sort(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is not None:
        kind = played.story.kind
        handling.sort_report(stage.session, then, played.member, played.case, kind, stage.draw)


def _second(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is not None:
        handling.confirm_sorting(stage.session, then, played.member, stage.members, played.case)


def _onward(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is None:
        return
    if played.story.kind == SEA:
        handling.pass_on(stage.session, then, played.member, played.case)
    else:
        handling.forward(stage.session, then, played.member, played.case, played.story.kind)


def _taken(stage: Stage, then: Deployment, played: Played, _dated: Dated) -> None:
    if played.member is not None:
        handling.take_on(stage.session, then, stage.everybody, played.case)


def _called(letters: Sequence[ReviewedLetter], name: str) -> ReviewedLetter:
    return next(one for one in letters if one.id == name)


DOING: dict[Deed, Callable[[Stage, Deployment, Played, Dated], None]] = {
    Deed.REPORT: _report,
    Deed.QUESTION: _answer_question,
    Deed.CONFIRM: _confirm,
    Deed.LETTER: _letter,
    Deed.MESSAGE: _message,
    Deed.NOTE: _note,
    Deed.SORT: _sort,
    Deed.SECOND: _second,
    Deed.ONWARD: _onward,
    Deed.TAKEN: _taken,
}
