"""Wrapping many cases from an earlier generation of a desk to its present one, in bulk.

Only whoever holds both generations can. A bundle goes over as it is: nobody gets a compartment the
desk did not have, and no body is opened. The earlier wrap is overwritten, and so are the quick
keys. Must never be given the secret of a generation a leaver still holds as the present one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.holding import desk_slot
from casefile.cases.label import Held, Holder, Label, digest
from casefile.cases.models import WrapRow
from casefile.cases.quick_keys import Row, filled, put
from casefile.cases.records import Keys
from casefile.cases.wraps import wrap_tag
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk
from casefile.people.sessions import Member
from casefile.platform import logs
from casefile.platform.database import StaleRow, rewrite_rows
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.registers.directory import KeyNotListed
from casefile.sealing.compartments import unwrap_bundle, wrap_bundle
from casefile.sealing.desks import DeskSecret
from casefile.sealing.errors import SealBroken

Wraps = Mapping[bytes, tuple[bytes, bytes]]
"""Wraps as they are stored, by tag: body and version token."""


@dataclass(frozen=True)
class Lagging:
    """A case held by an earlier generation of a desk: in which wrap, and both secrets."""

    held: Held
    desk: Desk
    slot: int
    tag: bytes
    """Where the desk's wrap is found."""
    earlier: DeskSecret = field(repr=False)
    present: DeskSecret = field(repr=False)


@dataclass(frozen=True)
class Rewrapped:
    """A case wrapped anew: the label as it was read, the one to come, and the rows to write."""

    held: Held
    label: Label
    wrap: Row
    quick: Row | None


@dataclass
class Secrets:
    """The desk secrets of one member, each unwrapped once, for one transaction."""

    session: Session
    deployment: Deployment
    member: Member
    known: dict[tuple[bytes, int], DeskSecret | None] = field(default_factory=dict, repr=False)

    def of(self, desk: Desk, generation: int) -> DeskSecret | None:
        """The secret of this desk in a generation; None if the member never held it."""
        place = (desk.id, generation)
        if place not in self.known:
            asked = replace(desk, generation=generation)
            try:
                self.known[place] = open_desk(self.session, self.deployment, self.member, asked)
            except NoSeat:
                self.known[place] = None
        return self.known[place]


@contextmanager
def left_alone() -> Iterator[None]:
    """Leave one case as it is if it is damaged: the others are secured, and opening it says so."""
    try:
        yield
    except (SealBroken, KeyNotListed, StaleRow) as broken:
        logs.fault(broken, state="unsecured")


def lagging(secrets: Secrets, desks: Iterable[Desk], held: Held) -> Lagging | None:
    """How this member, who sits on these desks, can take the case over to the present generation;
    None if she cannot."""
    for desk in desks:
        found = desk_slot(held.label, desk)
        if found is None or found[1].generation >= desk.generation:
            continue
        earlier = secrets.of(desk, found[1].generation)
        present = secrets.of(desk, desk.generation)
        if earlier is not None and present is not None:
            tag = wrap_tag(secrets.deployment, held.case, found[0])
            return Lagging(held, desk, found[0], tag, earlier, present)
    return None


def rewrapped(
    session: Session, deployment: Deployment, cases: Sequence[Lagging]
) -> list[Rewrapped]:
    """Every wrap and quick key anew, sealed and not yet written.

    A case whose wrap is not the one its label binds is left out, and stays as it is.
    """
    stored = _read(session, [one.tag for one in cases])
    made = []
    for one in cases:
        with left_alone():
            made.append(_rewrapped(deployment, one, _opened(one, stored)))
    return made


def put_rewrapped(session: Session, made: Sequence[Rewrapped]) -> None:
    """Write them; the labels that bind them are the caller's to write in the same transaction."""
    rewrite_rows(session, WrapRow, "tag", [one.wrap for one in made])
    put(session, *(one.quick for one in made if one.quick is not None))


def _rewrapped(deployment: Deployment, one: Lagging, keys: Keys) -> Rewrapped:
    token = deployment.random(16)
    body = wrap_bundle(
        one.present.private.public,
        keys,
        case=one.held.case,
        holder=one.desk.id,
        slot=one.slot,
        token=token,
    )
    holder = Holder("desk", one.desk.id, one.desk.generation)
    return Rewrapped(
        held=one.held,
        label=one.held.label.binding(one.slot, holder, body),
        wrap={"tag": one.tag, "body": body, "token": token},
        # Slot 0 is of the desk the case was opened for, whose quick keys these are.
        quick=None if one.slot else filled(deployment, one.held.case, one.desk, one.present, keys),
    )


def _read(session: Session, tags: list[bytes]) -> Wraps:
    wanted = (
        select(WrapRow.tag, WrapRow.body, WrapRow.token)
        .where(WrapRow.tag.in_(tags))
        .execution_options(**{BYTES: True})
    )
    rows = session.connection().execute(wanted).all()
    return {tag: (body, token) for tag, body, token in rows}


def _opened(one: Lagging, stored: Wraps) -> Keys:
    body, token = stored.get(one.tag, (b"", b""))
    if digest(body) != one.held.label.wraps[one.slot]:
        raise SealBroken
    return unwrap_bundle(
        one.earlier.private,
        body,
        case=one.held.case,
        holder=one.desk.id,
        slot=one.slot,
        token=token,
    )
