"""The circle of a case: who is in it, and letting one more in.

It grows by a member of it alone, in her session, after everything anybody wrote in the case was
looked through for the newcomer. It never grows because somebody joined the desk.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.exclusion_newcomers import why_not
from casefile.cases.exclusion_settling import seat, settle
from casefile.cases.keys import Opened, circle_key, unlock
from casefile.cases.label import CaseNotFound, Holder, read_label, write_label
from casefile.cases.queue_rows import address_of, case_at, change_row, reference_of
from casefile.cases.records import read_records
from casefile.cases.wraps import key_digest
from casefile.network.directory import Names
from casefile.people.accounts import names_ever, names_of, person_holder
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.registers.directory import KeyNotListed, public_key_of


class NamedInTheCase(Exception):
    """Something in the case names the newcomer, or it is kept from her: she is not let in."""


@dataclass(frozen=True)
class Beside:
    """Somebody of the desk who cannot read the case: a newcomer, or with a new key."""

    id: str
    name: str
    new_key: bool


@dataclass(frozen=True)
class CirclePage:
    """Who reads a case, and who of the desk could be let in."""

    case: str
    reference: str
    desk: Names
    circle: bool
    readers: tuple[str, ...]
    beside: tuple[Beside, ...]


def circle_page(
    session: Session, deployment: Deployment, member: Member, address: str
) -> CirclePage:
    """Who reads this case; CaseNotFound for who does not."""
    opened = settle(session, deployment, member, case_at(address))
    names = names_of(session, deployment, opened.desk.members)
    beside = tuple(
        Beside(one.hex(), names.get(one, ""), _seat(one) in opened.label.holders)
        for one in _beside(session, deployment, opened)
    )
    outside = {bytes.fromhex(one.id) for one in beside} | set(opened.label.excluded)
    return CirclePage(
        case=address_of(opened.case),
        reference=reference_of(opened.case),
        desk=opened.desk.names,
        circle=bool(opened.label.circle),
        readers=tuple(
            names.get(one, "") for one in opened.desk.members if _reads(opened, one, outside)
        ),
        beside=beside,
    )


def let_into_circle(
    session: Session, deployment: Deployment, member: Member, address: str, person: bytes
) -> None:
    """Wrap the circle to one more of the desk; NamedInTheCase if the case is about her.

    CaseNotFound if the case has no circle, is not the member's, or this person does not lack it.
    """
    case = case_at(address)

    def verb(writing: Session) -> None:
        read_label(writing, deployment, case, for_change=True)
        opened = unlock(writing, deployment, member, case)
        if person == member.person or person not in _beside(writing, deployment, opened):
            raise CaseNotFound
        if _is_about(writing, deployment, opened, person):
            raise NamedInTheCase
        circle = circle_key(writing, deployment, member, opened.held)
        label = seat(writing, deployment, case, opened.label, circle, person)
        change_row(writing, deployment, write_label(writing, deployment, opened.held, label))
        note(writing, deployment, Event.CIRCLE_JOINED, by=member.person, case=case, about=person)

    write(verb, session)


def _seat(person: bytes) -> Holder:
    return Holder("member", person)


def _reads(opened: Opened, person: bytes, outside: set[bytes]) -> bool:
    seated = not opened.label.circle or _seat(person) in opened.label.holders
    return seated and person not in outside


def _beside(session: Session, deployment: Deployment, opened: Opened) -> list[bytes]:
    """Members of the desk the circle is not wrapped to, or not to the key they have now."""
    if not opened.label.circle:
        return []
    desk, seated = opened.directory.desks[opened.desk.id], dict(opened.label.seated)
    others = [one for one in desk.members if one not in opened.label.excluded]
    return [
        one for one in others if _digest(session, deployment, one) not in {None, seated.get(one)}
    ]


def _digest(session: Session, deployment: Deployment, person: bytes) -> bytes | None:
    try:
        return key_digest(public_key_of(session, deployment, person_holder(person)))
    except KeyNotListed:
        return None


def _is_about(session: Session, deployment: Deployment, opened: Opened, person: bytes) -> bool:
    """Whether anything in the case is about her; who sat in the circle before is not looked for."""
    if _seat(person) in opened.label.holders:
        return False
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    names, most = names_ever(session, deployment), deployment.settings.small_office
    return bool(why_not(opened.directory, names, opened.label, records, [person], most=most))
