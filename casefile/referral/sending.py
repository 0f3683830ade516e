"""Sending a referral: a case of its own opens at the recipient, in the write that leaves ours.

Who must not have it is looked for before anything is sealed, among the words that leave and among
those who are kept from our end. Must never seal to the recipient a key of the case it came from.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.doors import hang_door, has_door
from casefile.cases.exclusion import Sifted, Why, sift
from casefile.cases.exclusion_asking import Asked, questions_about
from casefile.cases.keys import Opened, unlock
from casefile.cases.label import Exclusion, Label, Link
from casefile.cases.limits import country_of, limits_of
from casefile.cases.links import ORIGIN, PACKET
from casefile.cases.machines import CASE, HELP, machine_of, parts_at
from casefile.cases.opening import Beginning, FirstReport, Prepared, open_case, prepare_case
from casefile.cases.queue_rows import case_at
from casefile.cases.routing import Route
from casefile.cases.statistics_row import row_of, step_happened
from casefile.cases.stepping import gone_on
from casefile.cases.wraps import read_route_keys
from casefile.codes.machines import may_take, take
from casefile.network.directory import Desk, Directory, hold_desk
from casefile.people.accounts import names_ever
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes
from casefile.referral.machines import REFERRALS, End, Kind
from casefile.referral.packet import Packet
from casefile.registers.storage import Place
from casefile.sealing.compartments import Compartment
from casefile.sealing.keypairs import new_private_key
from casefile.sealing.receipts import ReceiptKeys

OPENS = {
    Kind.COMPLAINT: (Compartment.MAILBOX, Compartment.WORK, Compartment.INVESTIGATION),
    Kind.ASSISTANCE: (Compartment.MAILBOX, Compartment.WORK, Compartment.ASSISTANCE),
}
"""What the recipient may open of its own case; `identity` only where a name was agreed."""
BEGINS = {
    Kind.COMPLAINT: (CASE.begins, ("confirm_packet", "triage")),
    Kind.ASSISTANCE: (HELP.begins, ("confirm_packet",)),
}
MADE_READY = {
    Kind.COMPLAINT: ("check_conflict", "minimise", "send"),
    Kind.ASSISTANCE: ("send",),
}


class NobodyThere(Exception):
    """Everybody at that desk is kept from the case, or nobody holds its keys: it goes elsewhere."""


@dataclass(frozen=True)
class Checked:
    """A packet whose conflicts are known: where it goes, who stays out, what is asked.

    `left_out` is how many of the desk stay out; who they are is nobody's to know.
    """

    kind: Kind
    packet: Packet = field(repr=False)
    route: Route
    exclusions: tuple[Exclusion, ...]
    asked: tuple[Asked, ...] = field(repr=False)


def check(
    session: Session, deployment: Deployment, opened: Opened, kind: Kind, packet: Packet, desk: Desk
) -> Checked:
    """Look for whoever must not have it at that desk; NobodyThere if nobody is left."""
    directory, told = opened.directory, packet.told()
    names = names_ever(session, deployment)
    sifted = sift(directory, names, told, most=deployment.settings.small_office)
    kept = frozenset(opened.label.excluded)
    exclusions = (
        *(Exclusion(one, Why.ELSEWHERE, opened.case) for one in sorted(kept)),
        *(one for one in sifted.exclusions if one.person not in kept),
    )
    out = {one.person for one in exclusions}
    members = tuple(one for one in desk.members if one not in out)
    if not members or not desk.live:
        raise NobodyThere
    asked = _asked(directory, names, packet, sifted, kept)
    return Checked(kind, packet, Route(desk, members), exclusions, asked)


def send(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    kind: Kind,
    packet: Packet,
    desk: bytes,
    *,
    once: bytes,
    seen: str | None = None,
) -> bytes:
    """Pass the case on to a desk; the referral's id. A page sent twice sends once.

    NobodyThere, Forbidden where the case cannot be passed on as it stands, ChangedMeanwhile if the
    page is out of date.
    """
    once += b"referral"
    opened = unlock(session, deployment, member, case_at(address))
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    to = opened.directory.desks[desk]
    checked = check(session, deployment, opened, kind, packet, to)
    row = row_of(session, deployment, opened)
    referral = deployment.random(16)
    prepared = _prepared(session, deployment, opened, checked, referral, row)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        if set(label.excluded) != set(opened.label.excluded):
            raise StaleRow("case")
        if hold_desk(writing, deployment, to.id, shared=True) != to:
            raise StaleRow("desk")
        open_case(writing, deployment, opened.directory, _with_door(writing, deployment, prepared))
        label = _left(writing, deployment, member, opened, label, checked, prepared)
        note(writing, deployment, Event.CASE_REFERRED, by=member.person, case=opened.case)
        if kind is Kind.COMPLAINT:
            step_happened(writing, deployment, row, "referred", label, "refer")
        return gone_on_with(deployment, opened, label, kind).remembering(once)

    change_case(session, deployment, member, opened, change)
    return referral


def may_send(opened: Opened, kind: Kind) -> bool:
    """Whether the case can be passed on as it stands; help never waits for anything."""
    parts = parts_at(opened.desk.function)
    if kind is Kind.ASSISTANCE:
        return machine_of(opened.label.state) is not HELP
    verbs = ("refer", "refer_another")
    return any(may_take(CASE, opened.label.state, verb, parts) for verb in verbs)


def _asked(
    directory: Directory,
    names: dict[bytes, str],
    packet: Packet,
    sifted: Sifted,
    kept: Collection[bytes],
) -> tuple[Asked, ...]:
    named = [one.person for one in sifted.exclusions if one.why == Why.NAMED]
    barred = frozenset(kept) | sifted.facts.excluded
    return questions_about(directory, names, packet.told(), set(named) - set(kept), barred)


def _prepared(
    session: Session,
    deployment: Deployment,
    opened: Opened,
    checked: Checked,
    referral: bytes,
    row: Place,
) -> Prepared:
    now, kind = minutes(deployment.now()), checked.kind
    asked = {one.desk.id: one.desk for one in checked.asked}
    listed = read_route_keys(session, deployment, checked.route, asked.values())
    begun = made_ready(
        Link(referral, kind, opened.case, PACKET, opened.desk.agency, REFERRALS[kind].begins), now
    )
    first = _first(opened, checked, begun, row)
    nobody = ReceiptKeys(deployment.random(32), new_private_key(deployment.random))
    return prepare_case(deployment, checked.route, listed, first, nobody)


def made_ready(link: Link, now: int) -> Link:
    """A new link once everything up to sending has happened, in one press."""
    for verb in MADE_READY[Kind(link.kind)]:
        step = take(
            REFERRALS[Kind(link.kind)], link.state, verb, (End.SENDER,), ("agreed", "consent")
        )
        link = link.stepped(verb, now, step.target)
    return link


def _first(opened: Opened, checked: Checked, link: Link, row: Place) -> FirstReport:
    label, packet = opened.label, checked.packet
    told = {"who": packet.who, "age": packet.age, "sex": packet.sex, "when": packet.when} | {
        "employer": packet.employer
    }
    state, clocks = BEGINS[checked.kind]
    identity = (Compartment.IDENTITY,) if packet.name_agreed else ()
    named = {"name": packet.name, "how": packet.contact} if packet.name_agreed else {}
    return FirstReport(
        report=packet.plain() | {"name": "", "contact": ""},
        identity=named,
        work={"now": packet.danger} | {name: given for name, given in told.items() if given},
        needs={"help": packet.needs},
        category=label.category,
        language=packet.language,
        channel="other_agency_referral",
        area=packet.area,
        act_today=False,
        child=label.child,
        begins=Beginning(clocks, (*OPENS[checked.kind], *identity), state, "packet", (link,)),
        exclusions=checked.exclusions,
        asked=checked.asked,
        fact=row,
        country=country_of(opened.directory, packet.area),
    )


def _with_door(session: Session, deployment: Deployment, prepared: Prepared) -> Prepared:
    """The packet with a door: its key is the last record it begins with."""
    label = hang_door(session, deployment, prepared.case, prepared.label, prepared.keys)
    return replace(prepared, label=label)


def _left(
    session: Session,
    deployment: Deployment,
    member: Member,
    opened: Opened,
    label: Label,
    checked: Checked,
    prepared: Prepared,
) -> Label:
    """What stays at our end: the link, exactly what left, and a door for what comes back."""
    there = prepared.label.links[0]
    agency = checked.route.desk.agency
    link = replace(there, other=prepared.case, end=ORIGIN, agency=agency)
    label = label.with_link(link)
    if not has_door(session, deployment, opened.case):
        label = hang_door(session, deployment, opened.case, label, opened.keys)
    told = told_by(
        member,
        deployment.now(),
        referral=link.id.hex(),
        referred=checked.kind.value,
        desk=checked.route.desk.id.hex(),
        packet=checked.packet.plain(),
    )
    return leave_record(session, deployment, opened, label, "referral", told)


def gone_on_with(deployment: Deployment, opened: Opened, label: Label, kind: Kind) -> Label:
    """Our own case once something of it was passed on."""
    limits, now = limits_of(deployment, opened.directory, label.area), deployment.now()
    if kind is Kind.ASSISTANCE:
        return label.started(limits["confirm_referral"], now)
    parts = parts_at(opened.desk.function)
    verb = "refer" if may_take(CASE, label.state, "refer", parts) else "refer_another"
    return gone_on(label, take(CASE, label.state, verb, parts), limits, now)
