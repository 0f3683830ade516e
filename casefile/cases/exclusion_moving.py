"""Putting questions into a case that is there already: to the desks that may be asked now.

Every round of questions writes a row of places, whether it asks anything or not.
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
from casefile.cases.exclusion_rekeying import free_slots, put_wraps
from casefile.cases.keys import Opened
from casefile.cases.label import Holder, Label
from casefile.cases.models import QuestionRow
from casefile.cases.wraps import NOBODY, Seal, asked_seals, nobodys_seal
from casefile.network.custody import desk_holder
from casefile.network.directory import Directory
from casefile.people.accounts import names_of
from casefile.platform.database import add_rows
from casefile.platform.deployment import Deployment
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
    return replace(
        label,
        questions=(*label.questions, *on_the_label(deployment, put, by_desk)),
        question_rows=label.question_rows + put.rows,
    )


def move_questions(
    session: Session, deployment: Deployment, opened: Opened, label: Label, told: Told
) -> Label:
    """Ask another desk what an open question asks one on which somebody excluded sits."""
    moved = [one for one in label.open_questions() if _barred(opened.directory, one.desk, label)]
    if not moved:
        return label
    directory, barred = opened.directory, frozenset(label.excluded)
    people = {one.person for one in moved if who_is_asked(directory, one.person, barred)}
    kept = tuple(one for one in label.questions if one not in moved or one.person not in people)
    names = names_of(session, deployment, people)
    asked = questions_about(directory, names, told, people & set(names), barred)
    return put_questions(session, deployment, opened.case, replace(label, questions=kept), asked)


def _barred(directory: Directory, desk: bytes, label: Label) -> bool:
    listed = directory.desks.get(desk)
    return listed is None or bool(set(listed.members) & set(label.excluded))
