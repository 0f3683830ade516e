"""Putting questions into a case that is there already: to the desks that may be asked now.

Every round of questions writes a row of places, whether it asks anything or not. A question that
nobody can read, or that lies with a desk on which somebody sits from whom the case is kept, is put
to another desk in a reader's session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.cases.exclusion import Told, who_is_asked
from casefile.cases.exclusion_asking import (
    Asked,
    begin_round,
    on_the_label,
    questions_about,
    sealed_round,
)
from casefile.cases.exclusion_questions import forget_words
from casefile.cases.exclusion_rekeying import free_slots, put_wraps
from casefile.cases.keys import Opened
from casefile.cases.label import NOBODY, Holder, Label, Question
from casefile.cases.limits import limits_of
from casefile.cases.models import QuestionRow
from casefile.cases.wraps import Seal, asked_seals, nobodys_seal
from casefile.network.custody import desk_holder
from casefile.network.directory import Directory, read_directory
from casefile.people.accounts import names_ever
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.registers.directory import public_keys_of


def put_questions(
    session: Session, deployment: Deployment, case: bytes, label: Label, asked: Iterable[Asked]
) -> Label:
    """Write one round: a row of places, and a wrap for each desk; one wrap of nothing if none."""
    put = begin_round(deployment, tuple(asked), label.question_rows)
    holders = {desk.id: desk_holder(desk.id, desk.generation) for desk in put.desks}
    listed = public_keys_of(session, deployment, holders.values()) if holders else {}
    publics = {desk: listed[holder] for desk, holder in holders.items()}
    seals: list[tuple[Holder, Seal]] = [*asked_seals(case, put, publics)] or [
        (NOBODY, nobodys_seal(deployment, case))
    ]
    wanted = dict(zip(free_slots(label), seals, strict=False))
    label = put_wraps(session, deployment, case, label, wanted)
    add_rows(session, QuestionRow, *sealed_round(deployment, case, put))
    by_desk = {holder.id: slot for slot, (holder, _) in wanted.items()}
    limits = limits_of(deployment, read_directory(session, deployment), label.area)
    asking = on_the_label(deployment, put, by_desk, limits["same_person"])
    return replace(
        label,
        questions=(*label.questions, *asking),
        question_rows=label.question_rows + put.rows,
    )


def move_questions(
    session: Session, deployment: Deployment, opened: Opened, label: Label, told: Told
) -> Label:
    """Ask another desk what an open question asks one on which somebody excluded sits."""
    moved = stranded(opened.directory, label)
    if not moved:
        return label
    directory, barred = opened.directory, frozenset(label.excluded)
    kept = tuple(one for one in label.questions if one not in moved)
    people = {one.person for one in moved}
    names = names_ever(session, deployment, people)
    asked = questions_about(directory, names, told, people & set(names), barred)
    label = _taken_back(session, deployment, opened.case, replace(label, questions=kept), moved)
    enqueue(session, deployment, "tell_asked", {"case": opened.case.hex()})
    return put_questions(session, deployment, opened.case, label, asked)


def stranded(directory: Directory, label: Label) -> list[Question]:
    """Open questions that must not stay where they are and that another desk can be asked."""
    barred = frozenset(label.excluded)
    return [
        one
        for one in label.open_questions()
        if _must_move(directory, one, barred) and who_is_asked(directory, one.person, barred)
    ]


def _must_move(directory: Directory, question: Question, barred: frozenset[bytes]) -> bool:
    desk = directory.desks.get(question.desk)
    if desk is None or not desk.live or question.generation < desk.first_held:
        return True
    return bool(set(desk.members) & barred)


def _taken_back(
    session: Session, deployment: Deployment, case: bytes, label: Label, moved: list[Question]
) -> Label:
    """Put noise over the words, and a wrap to nobody over the key that nothing else needs."""
    for one in moved:
        forget_words(session, deployment, case, one)
    needed = {one.slot for one in label.open_questions()}
    nobody = (NOBODY, nobodys_seal(deployment, case))
    wanted = dict.fromkeys({one.slot for one in moved} - needed, nobody)
    return put_wraps(session, deployment, case, label, wanted) if wanted else label
