"""What somebody's own keys open of a stored case, whatever a page would let her.

Her keys are every private key she ever had; with them every desk secret and every circle the
database holds for her is opened, and what those open is tried on the bodies of the case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.exclusion_asking import question_tag
from casefile.cases.label import Held, Question
from casefile.cases.models import EntryRow, QuestionRow, WrapRow
from casefile.cases.quick_keys import read_quick
from casefile.cases.records import entry_tag
from casefile.cases.wraps import wrap_tag
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, Directory
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.sealing.circles import unwrap_circle_seed
from casefile.sealing.compartments import Compartment, open_body, unwrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.desks import DeskSecret
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.questions import open_question, unwrap_question_key

Found = dict[Compartment, list[Key]]


@dataclass(frozen=True)
class Ring:
    """The keys one person has in hand: each key of her own, and the desk secrets they open."""

    person: bytes
    own: tuple[PrivateKey, ...] = field(repr=False)
    desks: tuple[tuple[Desk, DeskSecret], ...] = field(repr=False)


@dataclass(frozen=True)
class Reach:
    """What a ring opens of one case: parts of which a body opens, and the wraps that did it."""

    parts: frozenset[Compartment]
    wraps: frozenset[bytes]
    """The version tokens of the wraps, so that a new one shows."""


@dataclass(frozen=True)
class Stored:
    """The rows of a case as the database holds them."""

    held: Held
    wraps: tuple[tuple[int, bytes, bytes], ...] = field(repr=False)
    bodies: tuple[tuple[Compartment, bytes, bytes, bytes], ...] = field(repr=False)


def ring_of(
    session: Session, deployment: Deployment, directory: Directory, members: Sequence[Member]
) -> Ring:
    """Everything that is wrapped to somebody, on whatever desk and in whatever generation.

    `members` are the same person with each private key she ever had.
    """
    return Ring(
        members[0].person,
        tuple(one.private for one in members),
        tuple(_secrets(session, deployment, directory, members)),
    )


def stored(session: Session, deployment: Deployment, held: Held) -> Stored:
    """Read a case's wraps and bodies, without asking whether its label binds them."""
    return Stored(held, _wraps(session, deployment, held), _bodies(session, deployment, held))


def reach(session: Session, deployment: Deployment, ring: Ring, case: Stored) -> Reach:
    """What these keys open of it; a part of which only some bodies open is an error."""
    found: Found = {}
    used = set(_through_wraps(ring, case, found))
    for desk, secret in ring.desks:
        quick = read_quick(session, deployment, case.held.case, desk, secret)
        for part, key in quick.items():
            found.setdefault(part, []).append(key)
    return Reach(frozenset(_opened_parts(case, found)), frozenset(used))


def reads_question(
    session: Session, deployment: Deployment, ring: Ring, case: Stored, question: Question
) -> bool:
    """Whether these keys open the words of a question."""
    row = question_tag(deployment, case.held.case, question.row)
    body = session.execute(select(QuestionRow.body).where(QuestionRow.tag == row)).scalar_one()
    return any(_opens_words(secret, case, question, body) for _, secret in ring.desks)


def _secrets(
    session: Session, deployment: Deployment, directory: Directory, members: Sequence[Member]
) -> Iterator[tuple[Desk, DeskSecret]]:
    for desk in directory.desks.values():
        for generation in range(1, desk.generation + 1):
            asked = _in_generation(desk, generation)
            for member in members:
                try:
                    yield asked, open_desk(session, deployment, member, asked)
                except (NoSeat, SealBroken):
                    continue


def _in_generation(desk: Desk, generation: int) -> Desk:
    return Desk(**(vars(desk) | {"generation": generation}))


def _wraps(
    session: Session, deployment: Deployment, held: Held
) -> tuple[tuple[int, bytes, bytes], ...]:
    slots = {wrap_tag(deployment, held.case, at): at for at in range(len(held.label.wraps))}
    rows = session.execute(
        select(WrapRow.tag, WrapRow.body, WrapRow.token).where(WrapRow.tag.in_(slots))
    )
    return tuple(sorted((slots[row.tag], row.body, row.token) for row in rows))


def _bodies(
    session: Session, deployment: Deployment, held: Held
) -> tuple[tuple[Compartment, bytes, bytes, bytes], ...]:
    parts = {
        entry_tag(deployment, held.case, index): body.compartment
        for index, body in enumerate(held.label.bodies)
    }
    rows = session.execute(
        select(EntryRow.tag, EntryRow.body, EntryRow.token).where(EntryRow.tag.in_(parts))
    )
    return tuple((parts[row.tag], row.tag, row.body, row.token) for row in rows)


def _through_wraps(ring: Ring, case: Stored, found: Found) -> Iterator[bytes]:
    """Try every key on every row; the tokens of those that opened, and the keys into `found`."""
    holders = {desk.id for desk, _ in ring.desks}
    keys = [(secret.private, desk.id) for desk, secret in ring.desks]
    for circle, token in _circles(ring, case):
        yield token
        keys.append((circle, context("circle", case.held.case)))
    holders.add(context("circle", case.held.case))
    for private, holder in keys:
        for slot, body, token in case.wraps:
            try:
                bundle = unwrap_bundle(
                    private, body, case=case.held.case, holder=holder, slot=slot, token=token
                )
            except SealBroken:
                continue
            for part, key in bundle.items():
                found.setdefault(part, []).append(key)
            if bundle:
                yield token


def _circles(ring: Ring, case: Stored) -> Iterator[tuple[PrivateKey, bytes]]:
    for private in ring.own:
        for slot, body, token in case.wraps:
            where = {"case": case.held.case, "person": ring.person, "slot": slot, "token": token}
            try:
                yield unwrap_circle_seed(private, body, **where), token  # type: ignore[arg-type]
            except SealBroken:
                continue


def _opened_parts(case: Stored, found: Found) -> Iterator[Compartment]:
    for part, keys in found.items():
        of_part = [body for body in case.bodies if body[0] is part]
        opened = [any(_opens(case, key, body) for key in keys) for body in of_part]
        if any(opened):
            assert all(opened), f"{sum(opened)} of {len(opened)} bodies of {part} open"
            yield part


def _opens(case: Stored, key: Key, body: tuple[Compartment, bytes, bytes, bytes]) -> bool:
    part, tag, sealed, token = body
    try:
        open_body(key, sealed, case=case.held.case, compartment=part, place=tag, token=token)
    except SealBroken:
        return False
    return True


def _opens_words(secret: DeskSecret, case: Stored, question: Question, body: bytes) -> bool:
    sealed = {slot: (wrap, token) for slot, wrap, token in case.wraps}[question.slot]
    try:
        key = unwrap_question_key(
            secret.private,
            sealed[0],
            case=case.held.case,
            asked=question.desk,
            slot=question.slot,
            token=sealed[1],
        )
        open_question(key, body, case=case.held.case, row=question.row, place=question.place)
    except SealBroken:
        return False
    return True
