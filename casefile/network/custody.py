"""Custody of desk keys: who holds a desk's secret, and how another is let in.

Only a session that already holds the secret can give it to anybody. No administrator, no command
and no job can. Cases are not scanned here: `cases.membership` does that before it lets in.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.directory import Desk, change_desk, hold_desk
from casefile.network.models import DeskKey
from casefile.people.accounts import person_holder
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.registers.directory import public_key_of, publish
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
    """Wrap the desk's secret to `person` too, out of the hands of a member who holds it."""
    desk = hold_desk(session, deployment, desk.id)
    secret = open_desk(session, deployment, giver, desk)
    _give(session, deployment, desk.id, desk.generation, secret, person)
    members = (*desk.members, person)
    waiting = tuple(other for other in desk.waiting if other != person)
    change_desk(session, deployment, desk.id, members=members, waiting=waiting)
    note(session, deployment, Event.MEMBER_LET_IN, by=giver.person, about=person)


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
