"""Questions at a desk's new generation: who holds both keys wraps the question's key anew.

So a question can still be answered after somebody left the desk or joined it, and the earlier key
can go. Its words are not read here. Must never wrap one to a desk on which anybody sits from whom
the case is kept: such a question is asked of another desk (`exclusion_moving`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from casefile.cases.exclusion_asking import asked_holder
from casefile.cases.exclusion_questions import questioned
from casefile.cases.exclusion_rekeying import put_wraps
from casefile.cases.keys import read_wraps
from casefile.cases.label import Held, Holder, Label, Question, read_label, write_label
from casefile.cases.rewrapping import Secrets
from casefile.cases.wraps import Seal
from casefile.network.custody import holds_earlier
from casefile.network.directory import (
    Desk,
    Directory,
    directory_of_page,
    hold_desk,
    read_directory,
)
from casefile.people.sessions import Member
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.sealing.questions import unwrap_question_key, wrap_question_key


def questions_lag(session: Session, deployment: Deployment, member: Member) -> bool:
    """Whether a question to one of the member's desks is held by an earlier key of the desk."""
    directory = directory_of_page(session, deployment)
    desks = directory.desks_of(member.person)
    if not any(holds_earlier(session, deployment, desk, member.person) for desk in desks):
        return False
    return any(
        True
        for held in questioned(session, deployment)
        for _ in _lagging(held.label, directory, member)
    )


def renew_questions(session: Session, deployment: Deployment, member: Member) -> int:
    """Wrap the keys of her desks' questions to the present generations, committed; how many.

    What only somebody else holds the earlier key of is left to her.
    """

    def verb(writing: Session) -> int:
        before = read_directory(writing, deployment)
        for desk in sorted(one.id for one in before.desks_of(member.person)):
            hold_desk(writing, deployment, desk, shared=True)
        directory = read_directory(writing, deployment)
        secrets = Secrets(writing, deployment, member)
        cases = [one.case for one in questioned(writing, deployment)]
        return sum(_renew(secrets, directory, case) for case in sorted(cases))

    return write_now(verb, session) if questions_lag(session, deployment, member) else 0


def _renew(secrets: Secrets, directory: Directory, case: bytes) -> int:
    session, deployment = secrets.session, secrets.deployment
    held = read_label(session, deployment, case, for_change=True)
    label, wanted = held.label, dict[int, tuple[Holder, Seal]]()
    for desk, question in _lagging(held.label, directory, secrets.member):
        seal = _seal(secrets, held, desk, question)
        if seal is not None:
            wanted[question.slot] = (asked_holder(desk), seal)
            label = _under(label, question, desk.generation)
    if wanted:
        label = put_wraps(session, deployment, case, label, wanted)
        write_label(session, deployment, held, label)
    return len(wanted)


def _seal(secrets: Secrets, held: Held, desk: Desk, question: Question) -> Seal | None:
    """A wrap of the question's key to the present generation; None if she cannot make it."""
    earlier = secrets.of(desk, question.generation)
    present = secrets.of(desk, desk.generation)
    if earlier is None or present is None:
        return None
    read = read_wraps(secrets.session, secrets.deployment, held, [question.slot])
    body, token = read[question.slot]
    key = unwrap_question_key(
        earlier.private, body, case=held.case, asked=desk.id, slot=question.slot, token=token
    )
    public = present.private.public

    def seal(slot: int, token: bytes) -> bytes:
        return wrap_question_key(public, key, case=held.case, asked=desk.id, slot=slot, token=token)

    return seal


def _lagging(label: Label, directory: Directory, member: Member) -> Iterator[tuple[Desk, Question]]:
    """Open questions to her desks that an earlier generation of the present line holds."""
    for one in label.open_questions():
        desk = directory.desks.get(one.desk)
        if desk is None or member.person not in desk.members:
            continue
        if set(desk.members) & set(label.excluded):
            continue
        if desk.first_held <= one.generation < desk.generation:
            yield desk, one


def _under(label: Label, question: Question, generation: int) -> Label:
    """The label that names the generation; two questions of one round share a wrap."""
    return replace(
        label,
        questions=tuple(
            replace(one, generation=generation)
            if (one.desk, one.slot, one.answer) == (question.desk, question.slot, "")
            else one
            for one in label.questions
        ),
    )
