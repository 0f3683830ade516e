"""Answering whether a name is somebody's: the desk that is asked sees a name, a job and an office.

It learns nothing of the report, and the person it is about learns nothing at all. Until somebody
answers, and for as long as nobody does, the exclusion stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.exclusion import because_named
from casefile.cases.exclusion_asking import Mention, from_json, question_tag
from casefile.cases.keys import read_wraps
from casefile.cases.label import CaseNotFound, Held, Question, read_label, write_label
from casefile.cases.limits import limits_of
from casefile.cases.models import QuestionRow
from casefile.cases.queue_rows import QUESTIONED, QUEUE, case_of, change_row
from casefile.cases.rules import is_late
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, Directory, Names, read_directory
from casefile.people.accounts import names_of
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken
from casefile.sealing.questions import (
    PLACE_LENGTH,
    open_question,
    seal_questions,
    unwrap_question_key,
)

CONFIRMED, LIFTED = "confirmed", "lifted"
ANSWERS = {CONFIRMED: Event.EXCLUSION_CONFIRMED, LIFTED: Event.EXCLUSION_LIFTED}
"""What the desk may say, and what is then noted."""


@dataclass(frozen=True)
class Known:
    """Who works here under that name: as the directory has it."""

    name: str
    job: str
    agency: Names
    area: Names


@dataclass(frozen=True)
class OpenQuestion:
    """One question as the page shows it. `said` is None where nobody can read its words."""

    id: str
    said: Mention | None = field(repr=False)
    said_area: Names
    known: Known = field(repr=False)
    due: datetime
    late: bool
    told: str


def open_questions(
    session: Session, deployment: Deployment, member: Member
) -> tuple[OpenQuestion, ...]:
    """What the member's desks are asked and have not answered, the longest waiting first."""
    directory = read_directory(session, deployment)
    found = sorted(
        _asked_of(session, deployment, directory, member),
        key=lambda each: (each[1].due, _id(deployment, *each)),
    )
    names = names_of(session, deployment, {one.person for _, one in found})
    return tuple(
        _shown(session, deployment, directory, member, held, one, names) for held, one in found
    )


def answer_question(
    session: Session, deployment: Deployment, member: Member, identity: str, answer: str
) -> None:
    """Confirm that it is the same person, or lift the exclusion; once answered it stays so.

    A lifted exclusion ends in the next session of somebody who reads the case. KeyError for an
    answer that is none; a question that is open no longer changes nothing.
    """
    event = ANSWERS[answer]

    def verb(writing: Session) -> None:
        directory = read_directory(writing, deployment)
        for held, one in list(_asked_of(writing, deployment, directory, member)):
            if _id(deployment, held, one) == identity:
                _answer(writing, deployment, held.case, one, answer)
                note(writing, deployment, event, by=member.person, case=held.case, about=one.person)

    write(verb, session)


def is_asked_about(session: Session, deployment: Deployment, desk: bytes, person: bytes) -> bool:
    """Whether this desk is asked something about a case this person is or would be kept from.

    Would be: she is in the line of whoever the name may be. SealBroken if a label is damaged.
    """
    directory = read_directory(session, deployment)
    return any(
        one.desk == desk
        and person in {*held.label.excluded, *_kept_out_with(directory, one.person)}
        for held in _every_questioned(session, deployment)
        for one in held.label.open_questions()
    )


def _kept_out_with(directory: Directory, named: bytes) -> set[bytes]:
    return {one.person for one in because_named(directory, [named])}


def asked_of_earlier(session: Session, deployment: Deployment, desk: Desk) -> bool:
    """Whether a question still waits that only an earlier generation of the desk can read.

    SealBroken if a label is damaged: it may hold one.
    """
    return any(
        one.desk == desk.id and one.generation < desk.generation
        for held in _every_questioned(session, deployment)
        for one in held.label.open_questions()
    )


def _answer(
    session: Session, deployment: Deployment, case: bytes, question: Question, answer: str
) -> None:
    held = read_label(session, deployment, case, for_change=True)
    if question not in held.label.questions:
        return
    now = minutes(deployment.now())
    answered = replace(question, answer=answer, answered=now)
    label = replace(
        held.label,
        questions=tuple(answered if one == question else one for one in held.label.questions),
        unsettled=held.label.unsettled or answer == LIFTED,
    )
    forget_words(session, deployment, case, question)
    change_row(session, deployment, write_label(session, deployment, held, label))


def forget_words(session: Session, deployment: Deployment, case: bytes, question: Question) -> None:
    """Put noise over what was asked; a row that was destroyed holds nothing any more."""
    at = QuestionRow.tag == question_tag(deployment, case, question.row)
    body = session.execute(select(QuestionRow.body).where(at)).scalar()
    if body is None:
        return
    begin, end = (PLACE_LENGTH * (question.place + more) for more in (0, 1))
    noise = seal_questions({}, case=case, row=question.row, random=deployment.random)
    body = body[:begin] + noise[begin:end] + body[end:]
    token = deployment.random(16)
    session.execute(update(QuestionRow).where(at).values(body=body, token=token))


def _asked_of(
    session: Session, deployment: Deployment, directory: Directory, member: Member
) -> Iterator[tuple[Held, Question]]:
    """Open questions to the member's desks, of cases she is not kept from."""
    mine = {desk.id for desk in directory.desks_of(member.person)}
    for held in questioned(session, deployment):
        if member.person not in held.label.excluded:
            for one in held.label.open_questions():
                if one.desk in mine and one.person != member.person:
                    yield held, one


def questioned(session: Session, deployment: Deployment) -> Iterator[Held]:
    """The cases with an open question; not those whose label is damaged, which tell nothing."""
    for case in _asking(session, deployment):
        try:
            yield read_label(session, deployment, case)
        except CaseNotFound:
            continue
        except SealBroken as broken:
            logs.fault(broken, state="label")


def _every_questioned(session: Session, deployment: Deployment) -> Iterator[Held]:
    """The same for decisions that must not pass one over: SealBroken at a damaged label."""
    for case in _asking(session, deployment):
        with suppress(CaseNotFound):
            yield read_label(session, deployment, case)


def _asking(session: Session, deployment: Deployment) -> list[bytes]:
    """The cases that ask something, as the queue has it."""
    return [
        case_of(columns["case_1"][at], columns["case_2"][at])
        for _, columns in scan(session, deployment, QUEUE, "queue")
        for at in np.flatnonzero(columns["circle"] & QUESTIONED)
    ]


def _shown(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    member: Member,
    held: Held,
    question: Question,
    names: dict[bytes, str],
) -> OpenQuestion:
    said = _words(session, deployment, directory, member, held, question)
    limit = limits_of(deployment, directory, held.label.area)["same_person"]
    return OpenQuestion(
        id=_id(deployment, held, question),
        said=said,
        said_area=_area(directory, said.area if said else 0),
        known=_known(directory, question.person, names),
        due=moment(question.due),
        late=bool(is_late(question.due, minutes(deployment.now()))),
        told=limit.ladder[0].who,
    )


def _known(directory: Directory, person: bytes, names: dict[bytes, str]) -> Known:
    post, desks = directory.posts.get(person), directory.desks_of(person)
    agency = directory.agencies.get(post.agency if post else desks[0].agency if desks else b"")
    area = post.area if post else desks[0].place if desks else 0
    return Known(
        name=names.get(person, ""),
        job=post.job if post else "",
        agency=agency.names if agency else {},
        area=_area(directory, area),
    )


def _area(directory: Directory, code: int) -> Names:
    area = directory.areas.get(code)
    return area.names if area else {}


def _words(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    member: Member,
    held: Held,
    question: Question,
) -> Mention | None:
    desk = replace(directory.desks[question.desk], generation=question.generation)
    row = question_tag(deployment, held.case, question.row)
    body = session.execute(select(QuestionRow.body).where(QuestionRow.tag == row)).scalar() or b""
    try:
        sealed, token = read_wraps(session, deployment, held, [question.slot])[question.slot]
        private = open_desk(session, deployment, member, desk).private
        key = unwrap_question_key(
            private, sealed, case=held.case, asked=desk.id, slot=question.slot, token=token
        )
        words = open_question(key, body, case=held.case, row=question.row, place=question.place)
    except (NoSeat, SealBroken):
        return None
    return from_json(words)


def _id(deployment: Deployment, held: Held, question: Question) -> str:
    """What the page calls a question: it says nothing of the case, and stays the same."""
    where = (str(question.row), str(question.place))
    return deployment.keyring.tag("question", held.case, *where).hex()
