"""Custody of desk keys: who holds a desk's secret, how another is let in, and what a leaver loses.

Only a session that already holds the secret can give it to anybody. No administrator, no command
and no job can. Whoever takes a member off draws the next generation from public keys, for those
who stay and for nobody else, and opens nothing. Cases are not scanned or wrapped here: that is
for `cases.membership` and `cases.securing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.directory import Desk, change_desk, hold_desk
from casefile.network.models import DeskKey
from casefile.people.accounts import person_holder
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of, public_keys_of, publish
from casefile.sealing.contexts import context
from casefile.sealing.desks import (
    DeskSecret,
    new_desk_secret,
    unwrap_desk_secret,
    wrap_desk_secret,
)


class NoSeat(Exception):
    """This person holds no key of this desk."""


class DeskHasKeys(Exception):
    """The desk has keys already: a fellow must let the newcomer in."""


def desk_holder(desk: bytes, generation: int) -> bytes:
    """The name under which a desk's public key of one generation is listed."""
    return context("desk", desk, str(generation))


def start_desk(session: Session, deployment: Deployment, desk: Desk, member: Member) -> None:
    """Draw the first keys of a desk, in the session of its first member."""
    if hold_desk(session, deployment, desk.id).generation:
        raise DeskHasKeys
    secret = new_desk_secret(deployment.random)
    publish(session, deployment, desk_holder(desk.id, 1), secret.private.public)
    _give(session, deployment, desk.id, 1, secret, member.person)
    change_desk(session, deployment, desk.id, members=(member.person,), generation=1)
    note(session, deployment, Event.DESK_STARTED, by=member.person, about=desk.id)


def open_desk(session: Session, deployment: Deployment, member: Member, desk: Desk) -> DeskSecret:
    """The desk's secret, for this member alone; NoSeat if none was ever wrapped to her."""
    row = session.get(DeskKey, _tag(deployment, desk.id, desk.generation, member.person))
    if row is None:
        raise NoSeat
    return unwrap_desk_secret(
        member.private,
        row.body,
        desk=desk.id,
        generation=desk.generation,
        person=member.person,
    )


def give_seat(
    session: Session, deployment: Deployment, giver: Member, desk: Desk, person: bytes
) -> None:
    """Wrap the desk's secret to `person` too, out of the hands of a member who holds it.

    Also the secrets of earlier generations, as long as cases are still held by them; none from
    before `first_held`, for what those held is with the custodians and nobody looked through it.
    """
    desk = hold_desk(session, deployment, desk.id)
    for generation in _held_by(session, deployment, desk, giver.person):
        secret = open_desk(session, deployment, giver, replace(desk, generation=generation))
        _give(session, deployment, desk.id, generation, secret, person)
    members = (*desk.members, person)
    waiting = tuple(other for other in desk.waiting if other != person)
    change_desk(session, deployment, desk.id, members=members, waiting=waiting)
    note(session, deployment, Event.MEMBER_LET_IN, by=giver.person, about=person)


def take_off(
    session: Session, deployment: Deployment, desk: bytes, person: bytes, *, by: bytes | None
) -> Desk:
    """Take a person off a desk: at once a new generation, for those who stay; the desk as it is.

    Only who held the present generation gets the next one: a mere name on the list gets nothing.
    Without anybody left the desk is empty, and only custodians can give it to somebody.
    """
    held = hold_desk(session, deployment, desk)
    if person in held.waiting:
        waiting = tuple(other for other in held.waiting if other != person)
        held = change_desk(session, deployment, desk, waiting=waiting)
    if person not in held.members:
        return held
    stay = [one for one in held.members if one != person and _holds(session, deployment, held, one)]
    _forget(session, deployment, desk, range(1, held.generation + 1), [person])
    note(session, deployment, Event.DESK_LEFT, by=by, about=person)
    alternates = tuple(other for other in held.alternates if other in stay)
    held = change_desk(session, deployment, desk, members=tuple(stay), alternates=alternates)
    return renew_desk(session, deployment, held, stay) if stay else held


def renew_desk(
    session: Session, deployment: Deployment, desk: Desk, members: Iterable[bytes]
) -> Desk:
    """Draw a desk's next generation for these people, from their listed keys; nothing is opened.

    Only `take_off` and a meeting of custodians may ask for it. KeyNotListed if one of the keys
    cannot be trusted.
    """
    seated, generation = tuple(members), desk.generation + 1
    secret = new_desk_secret(deployment.random)
    publish(session, deployment, desk_holder(desk.id, generation), secret.private.public)
    listed = public_keys_of(session, deployment, [person_holder(one) for one in seated])
    for person in seated:
        public = listed[person_holder(person)]
        body = wrap_desk_secret(public, secret, desk=desk.id, generation=generation, person=person)
        session.add(DeskKey(tag=_tag(deployment, desk.id, generation, person), body=body))
    session.flush()
    return change_desk(session, deployment, desk.id, members=seated, generation=generation)


def forget_earlier(session: Session, deployment: Deployment, desk: Desk) -> None:
    """Delete the wraps of every earlier generation, once no case of the desk's is held by one.

    What the custodians were left with is the desk's no longer.
    """
    _forget(session, deployment, desk.id, range(1, desk.generation), desk.members)


def _forget(
    session: Session,
    deployment: Deployment,
    desk: bytes,
    generations: Iterable[int],
    people: Iterable[bytes],
) -> None:
    numbers = list(generations)
    tags = [_tag(deployment, desk, each, person) for person in people for each in numbers]
    session.execute(delete(DeskKey).where(DeskKey.tag.in_(tags)))


def _held_by(session: Session, deployment: Deployment, desk: Desk, person: bytes) -> list[int]:
    """The generations that still hold cases and of which this person holds the secret.

    NoSeat without the present one.
    """
    counting = range(desk.first_held, desk.generation + 1)
    tags = {_tag(deployment, desk.id, each, person): each for each in counting}
    found = session.scalars(select(DeskKey.tag).where(DeskKey.tag.in_(tags)))
    held = sorted(tags[tag] for tag in found)
    if desk.generation not in held:
        raise NoSeat
    return held


def holds_earlier(session: Session, deployment: Deployment, desk: Desk, person: bytes) -> bool:
    """Whether this person still holds a generation before the present one, which may be needed."""
    earlier = range(desk.first_held, desk.generation)
    tags = [_tag(deployment, desk.id, each, person) for each in earlier]
    wanted = select(DeskKey.tag).where(DeskKey.tag.in_(tags)).limit(1)
    return bool(tags) and session.scalar(wanted) is not None


def _holds(session: Session, deployment: Deployment, desk: Desk, person: bytes) -> bool:
    tag = _tag(deployment, desk.id, desk.generation, person)
    return session.scalar(select(DeskKey.tag).where(DeskKey.tag == tag)) is not None


def _give(
    session: Session,
    deployment: Deployment,
    desk: bytes,
    generation: int,
    secret: DeskSecret,
    person: bytes,
) -> None:
    public = public_key_of(session, deployment, person_holder(person))
    body = wrap_desk_secret(public, secret, desk=desk, generation=generation, person=person)
    session.add(DeskKey(tag=_tag(deployment, desk, generation, person), body=body))
    session.flush()


def _tag(deployment: Deployment, desk: bytes, generation: int, person: bytes) -> bytes:
    return deployment.keyring.tag("desk_key", desk, str(generation), person)
