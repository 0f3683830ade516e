"""Opening a case: everything a new report leaves behind, in one transaction or not at all.

The slow part (wraps, seals) is prepared before the transaction begins. Every new case writes the
same rows of the same lengths, whoever it is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.exclusion_asking import (
    Asked,
    Round,
    asked_holder,
    begin_round,
    on_the_label,
    sealed_round,
)
from casefile.cases.files import FILE, NewFile, counting, record_of
from casefile.cases.files_store import keep_pieces
from casefile.cases.label import Exclusion, Holder, Label, Link, add_label, digest
from casefile.cases.limits import Limits, limits_in
from casefile.cases.machines import REPORT
from casefile.cases.models import EntryRow, QuestionRow, QuickRow, ReceiptRow, WrapRow
from casefile.cases.queue_rows import QUEUE, ROW, fill_row
from casefile.cases.quick_keys import placeholder
from casefile.cases.records import Keys, Sealed, seal_record
from casefile.cases.routing import Route
from casefile.cases.wraps import INTAKE_OPENS, RouteKeys, first_wraps, key_digest
from casefile.facts.register import FACTS, FirstFact, first_row
from casefile.network.directory import Directory
from casefile.platform.database import add_rows, in_one_go
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.platform.now import minutes
from casefile.registers.lanes import Room, keep_rooms, make_room
from casefile.registers.storage import Place, Register
from casefile.sealing.circles import new_circle
from casefile.sealing.compartments import (
    Compartment,
    new_compartment_keys,
)
from casefile.sealing.contexts import context
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.padding import REPORTER_BUCKET, pad
from casefile.sealing.receipts import ReceiptKeys

RECEIPT_BUCKET = 2048


@dataclass(frozen=True)
class Beginning:
    """How a new case begins: its state, the clocks that run, and what its desk may open.

    `written` is the kind of the first record of the mailbox; `links` the referral it came by.
    """

    clocks: tuple[str, ...]
    opens: tuple[Compartment, ...] = INTAKE_OPENS
    state: str = REPORT.begins
    written: str = "report"
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FirstReport:
    """A classified report, ready to become a case. The four contents are JSON objects.

    `fact` is what is known of a new allegation, or where the row of one lies that is counted
    already.
    """

    report: Mapping[str, Any] = field(repr=False)
    identity: Mapping[str, Any] = field(repr=False)
    work: Mapping[str, Any] = field(repr=False)
    needs: Mapping[str, Any] = field(repr=False)
    category: str
    language: str
    channel: str
    area: int
    act_today: bool
    child: bool
    begins: Beginning
    exclusions: tuple[Exclusion, ...]
    asked: tuple[Asked, ...] = field(repr=False)
    fact: FirstFact | Place
    files: tuple[NewFile, ...] = field(default=(), repr=False)
    junk: bool = False
    country: str = ""
    """Of the place, by its code of three letters: whose procedures the case follows."""


@dataclass(frozen=True)
class Prepared:
    """A case sealed and waiting for its transaction."""

    case: bytes
    keys: Keys = field(repr=False)
    label: Label
    wraps: list[dict[str, bytes]] = field(repr=False)
    quick: dict[str, bytes] = field(repr=False)
    entries: list[Sealed] = field(repr=False)
    questions: list[dict[str, bytes]] = field(repr=False)
    receipt: dict[str, bytes] = field(repr=False)
    first: FirstReport


def prepare_case(
    deployment: Deployment,
    route: Route,
    listed: RouteKeys,
    first: FirstReport,
    receipt: ReceiptKeys,
) -> Prepared:
    """Do all of a new case's cryptography; nothing is read and nothing is written."""
    case = deployment.random(16)
    keys = new_compartment_keys(Compartment, deployment.random)
    circle = new_circle(deployment.random) if route.circle else None
    put = begin_round(deployment, first.asked, 0)
    wraps, holders = first_wraps(
        deployment,
        case,
        keys,
        route,
        listed,
        receipt,
        circle,
        put,
        opens=first.begins.opens,
    )
    entries = _entries(deployment, case, keys, first)
    limits = limits_in(deployment, first.country)
    label = _label(deployment, route, first, receipt, circle, limits)
    label = _asking(deployment, label, put, holders, limits)
    if circle is not None:
        seated = ((one, key_digest(public)) for one, public in listed.members.items())
        label = replace(label, seated=tuple(seated))
    for sealed in entries:
        label = label.with_body(sealed.compartment, sealed.body)
    for file in first.files:
        content = record_of(file, label, label.received, by=b"")
        sealed = seal_record(
            deployment, case, len(entries), Compartment.MAILBOX, keys, FILE, content
        )
        entries.append(sealed)
        label = counting(label.with_body(sealed.compartment, sealed.body), file)
    return Prepared(
        case=case,
        keys=keys,
        label=replace(label, holders=holders, wraps=tuple(digest(wrap["body"]) for wrap in wraps)),
        wraps=wraps,
        quick=placeholder(deployment, case),
        entries=entries,
        questions=sealed_round(deployment, case, put),
        receipt=_receipt(deployment, case, receipt),
        first=first,
    )


def open_case(
    session: Session, deployment: Deployment, directory: Directory, prepared: Prepared
) -> None:
    """Write a prepared case: receipt, fact, queue row, case, entries, wraps, job and audit line.

    The receipt's lookup id is unique: the same page again is an IntegrityError, and nothing of it
    stays.
    """
    case, first = prepared.case, prepared.first
    rooms = make_room(session, deployment, *_registers(first))
    queued = rooms[-1]
    pointer = _pointer(deployment, prepared, _counted(deployment, first, rooms[0]))
    label = prepared.label.with_body(pointer.compartment, pointer.body)
    row = np.zeros(1, ROW)
    fill_row(row[0], deployment, directory, case, label)
    queued.fill({"queue": row})
    keep_rooms(session, deployment, *rooms)
    entries = [sealed.row() for sealed in (*prepared.entries, pointer)]
    with in_one_go(session):
        add_rows(session, ReceiptRow, prepared.receipt)
        add_label(session, deployment, case, replace(label, queue=queued.place))
        add_rows(session, EntryRow, *entries)
        _keep_files(session, deployment, prepared)
        add_rows(session, WrapRow, *prepared.wraps)
        add_rows(session, QuickRow, prepared.quick)
        add_rows(session, QuestionRow, *prepared.questions)
        enqueue(session, deployment, "tell_desk", {"case": case.hex()})
        note(session, deployment, Event.REPORT_OPENED, by=None, case=case)


def receipt_where(lookup: bytes) -> bytes:
    """The context a receipt row is sealed in."""
    return context("receipt", lookup)


def _entries(deployment: Deployment, case: bytes, keys: Keys, first: FirstReport) -> list[Sealed]:
    """The records every case begins with, all in the reporter's bucket but the fact's pointer."""
    told = (
        (Compartment.MAILBOX, first.begins.written, first.report),
        (Compartment.IDENTITY, "contact", first.identity),
        (Compartment.WORK, "summary", first.work),
        (Compartment.ASSISTANCE, "needs", first.needs),
    )
    return [
        seal_record(deployment, case, at, compartment, keys, kind, content, REPORTER_BUCKET)
        for at, (compartment, kind, content) in enumerate(told)
    ]


def _registers(first: FirstReport) -> tuple[Register, ...]:
    return (QUEUE,) if isinstance(first.fact, Place) else (FACTS, QUEUE)


def _counted(deployment: Deployment, first: FirstReport, room: Room) -> Place:
    """Where the allegation is counted: in a new row, or where it is already."""
    if isinstance(first.fact, Place):
        return first.fact
    room.fill(first_row(deployment, first.fact))
    return room.place


def _pointer(deployment: Deployment, prepared: Prepared, fact: Place) -> Sealed:
    content = {"segment": fact.segment.hex(), "slot": fact.slot}
    index = len(prepared.label.bodies)
    return seal_record(
        deployment, prepared.case, index, Compartment.WORK, prepared.keys, "fact", content
    )


def _keep_files(session: Session, deployment: Deployment, prepared: Prepared) -> None:
    first = 0
    for file in prepared.first.files:
        keep_pieces(session, deployment, prepared.case, first, file.stream.pieces)
        first += len(file.stream.pieces)


def _label(
    deployment: Deployment,
    route: Route,
    first: FirstReport,
    receipt: ReceiptKeys,
    circle: PrivateKey | None,
    limits: Limits,
) -> Label:
    now = deployment.now()
    begun = Label(
        category=first.category,
        state=first.begins.state,
        language=first.language,
        channel=first.channel,
        area=first.area,
        received=minutes(now),
        desks=(route.desk.id,),
        holders=(),
        wraps=(),
        bodies=(),
        deadlines=(),
        queue=Place(b"", 0),
        receipt=receipt.lookup,
        circle=digest(circle.public.raw) if circle else b"",
        act_today=first.act_today,
        junk=first.junk,
        child=first.child,
        links=first.begins.links,
    ).excluding(first.exclusions)
    for kind in first.begins.clocks:
        begun = begun.started(limits[kind], now)
    return begun


def _asking(
    deployment: Deployment, label: Label, put: Round, holders: tuple[Holder, ...], limits: Limits
) -> Label:
    slots = {desk.id: holders.index(asked_holder(desk)) for desk in put.desks}
    asked = on_the_label(deployment, put, slots, limits["same_person"])
    return replace(label, questions=asked, question_rows=put.rows)


def _receipt(deployment: Deployment, case: bytes, receipt: ReceiptKeys) -> dict[str, bytes]:
    plain = pad(case + receipt.private.public.raw, RECEIPT_BUCKET)
    body = deployment.keyring.seal(plain, receipt_where(receipt.lookup), deployment.random)
    return {"lookup": receipt.lookup, "body": body}
