"""What the part *complaint* of a case shows: who is concerned, what left, what came back.

Both ends see their own side: the dates of the other end, never who acts there. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.case_page import CasePage, compose_page
from casefile.cases.conflict import named_agencies
from casefile.cases.doors import BETWEEN, take_in
from casefile.cases.exclusion import names_of_agencies
from casefile.cases.exclusion_settling import settle
from casefile.cases.keys import Opened, unlock, write_quick_keys
from casefile.cases.label import Link
from casefile.cases.links import ORIGIN
from casefile.cases.queue_rows import case_at
from casefile.cases.recipients import agencies_told, investigates
from casefile.cases.records import Record, read_records
from casefile.codes.machines import may_take
from casefile.network.directory import Agency, Directory, Names
from casefile.people.sessions import Member
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment
from casefile.referral.composing import Chosen, offered
from casefile.referral.consent import name_may_leave
from casefile.referral.machines import REFERRALS, End, Kind, is_open
from casefile.referral.sending import may_send

SHOWN_STEPS: Final = frozenset({"check_conflict", "minimise"})
"""Steps that are one press with sending: no dates of their own."""
WITH_REASON: Final = ("reason_given",)
FUND: Final = "fund_asked"


@dataclass(frozen=True)
class Concerned:
    """One agency that is told: its designated recipient, and who investigates its people.

    `sent` where a referral to it is open. `outside` are words about somebody outside this system.
    """

    id: str
    names: Names
    desk: str
    desk_names: Names | None
    outside: str
    receives: str
    """To whom the form sends: the desk, else the agency that named somebody outside, else ""."""
    investigated_by: Names | None
    no_investigators: bool
    fund_asked: bool
    sent: bool


@dataclass(frozen=True)
class Letter:
    """A letter between the ends: `ours` went from here, `number` is that of its record."""

    number: int
    when: datetime
    ours: bool
    text: str = field(repr=False)
    language: str
    for_reporter: bool
    delivered: bool


@dataclass(frozen=True)
class Card:
    """One referral as this end knows it. `may` are the steps it can take now."""

    id: str
    origin: bool
    agency: Names | None
    outside: bool
    state: str
    waits: str
    """`us`, `them`, or nobody: empty."""
    open: bool
    steps: tuple[tuple[str, datetime], ...]
    may: frozenset[str]
    letters: tuple[Letter, ...]
    packet: Mapping[str, Any] | None = field(repr=False)
    signed: str = field(default="", repr=False)
    """Who confirmed it, by name, where that is known here."""
    reason: str = field(default="", repr=False)
    reason_code: str = ""


@dataclass(frozen=True)
class ComplaintPart:
    """Everything the page shows beside the head of the case."""

    concerned: tuple[Concerned, ...]
    cards: tuple[Card, ...]
    may_send: bool
    may_name: bool
    offered: Chosen
    packet: bool
    """Whether this case was itself passed on to us."""


def open_complaint(
    session: Session, deployment: Deployment, member: Member, address: str
) -> tuple[CasePage, ComplaintPart]:
    """Open the part and note the look; CaseNotFound for what is not hers."""
    opened = settle(session, deployment, member, case_at(address))
    if take_in(session, deployment, member, opened):
        opened = unlock(session, deployment, member, opened.case)
    records = read_records(session, deployment, opened.case, opened.label, opened.keys)
    page = compose_page(session, deployment, member, opened, records)

    def leave_look(writing: Session) -> None:
        note(writing, deployment, Event.CASE_LOOKED, by=member.person, case=opened.case)
        write_quick_keys(writing, deployment, opened)

    write_now(leave_look, session)
    return page, complaint_part(opened, records)


def complaint_part(opened: Opened, records: list[Record]) -> ComplaintPart:
    """The part of an opened case."""
    links = [one for one in opened.label.links if one.kind == Kind.COMPLAINT]
    return ComplaintPart(
        concerned=_concerned(opened, records, links),
        cards=tuple(_card(opened.directory, one, records) for one in links),
        may_send=may_send(opened, Kind.COMPLAINT),
        may_name=name_may_leave(opened.label, records),
        offered=offered(opened, records),
        packet=any(one.end != ORIGIN for one in opened.label.links),
    )


def agencies_concerned(opened: Opened, records: list[Record]) -> frozenset[bytes]:
    """Whose people it is about: as it was sorted, else as far as the answer names them."""
    sorted_ = [one.content.get("agencies", ()) for one in records if one.kind == "sorting"]
    if sorted_ and sorted_[-1]:
        return frozenset(bytes.fromhex(one) for one in sorted_[-1])
    told = next((one.content for one in records if one.kind == "summary"), {})
    return named_agencies(names_of_agencies(opened.directory), told.get("employer", ""))


def _concerned(opened: Opened, records: list[Record], links: list[Link]) -> tuple[Concerned, ...]:
    told = agencies_told(opened.directory, agencies_concerned(opened, records))
    going = {one.agency for one in links if one.end == ORIGIN and _lasts(one)}
    asked = {
        one.content["agency"]
        for one in records
        if one.kind == "event" and one.content["what"] == FUND
    }
    return tuple(_line(opened.directory, one, going, asked) for one in told)


def _lasts(link: Link) -> bool:
    return is_open(link.kind, link.state) or bool(link.at("confirm") and not link.at("decline"))


def _line(directory: Directory, agency: Agency, going: set[bytes], asked: set[str]) -> Concerned:
    desk = directory.desks.get(agency.recipient_desk or b"")
    able = investigates(directory, agency)
    return Concerned(
        id=agency.id.hex(),
        names=agency.names,
        desk=desk.id.hex() if desk else "",
        desk_names=desk.names if desk else None,
        outside=agency.recipient,
        receives=desk.id.hex() if desk else agency.id.hex() if agency.recipient else "",
        investigated_by=able.names if able and able.id != agency.id else None,
        no_investigators=able is None,
        fund_asked=agency.id.hex() in asked,
        sent=agency.id in going,
    )


def _card(directory: Directory, link: Link, records: list[Record]) -> Card:
    machine, origin = REFERRALS[Kind(link.kind)], link.end == ORIGIN
    end = End.SENDER if origin else End.RECIPIENT
    waits = machine.state(link.state).waits
    agency = directory.agencies.get(link.agency)
    mine = [one for one in records if one.content.get("referral") == link.id.hex()]
    said = {one.content["what"]: one.content for one in mine if one.kind == "event"}
    between = [one.content for one in mine if one.kind == BETWEEN]
    ended = said.get("referral_recall") or said.get("referral_decline") or {}
    refused = next((one for one in between if one.get("reason_code")), {})
    signed = [one["signed"] for one in (*said.values(), *between) if one.get("signed")]
    verbs = {step.verb for step in machine.steps}
    return Card(
        id=link.id.hex(),
        origin=origin,
        agency=agency.names if agency else None,
        outside=not link.other,
        state=link.state,
        waits=("us" if waits == end else "them") if waits else "",
        open=is_open(link.kind, link.state),
        steps=tuple((step, moment(at)) for step, at in link.steps if step not in SHOWN_STEPS),
        may=frozenset(
            one for one in verbs if may_take(machine, link.state, one, (end,), WITH_REASON)
        ),
        letters=_letters(mine),
        packet=next((one.content["packet"] for one in mine if one.kind == "referral"), None),
        signed=signed[-1] if signed else "",
        reason=ended.get("reason", "") or refused.get("text", ""),
        reason_code=ended.get("code", "") or refused.get("reason_code", ""),
    )


def _letters(records: list[Record]) -> tuple[Letter, ...]:
    delivered = {
        one.content["letter"]
        for one in records
        if one.kind == "event" and one.content["what"] == "letter_delivered"
    }
    found = [
        Letter(
            number=one.index,
            when=moment(one.content["when"]),
            ours=one.kind == "event",
            text=one.content.get("letter") or one.content.get("text") or "",
            language=one.content.get("language", ""),
            for_reporter=bool(one.content.get("for_reporter")),
            delivered=one.index in delivered,
        )
        for one in records
        if (one.kind == BETWEEN and not one.content.get("reason_code"))
        or (one.kind == "event" and _wrote(one.content))
    ]
    return tuple(one for one in found if one.text)


def _wrote(content: Mapping[str, Any]) -> bool:
    """A letter of its own: why something was declined stands with the referral."""
    said = content["what"]
    return said.startswith("referral_") and said != "referral_decline" and "letter" in content
