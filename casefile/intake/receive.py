"""Receiving a report: from the inbound shape to an opened case and its number.

All slow work is done before the transaction; a number must never be shown before the commit.
The same page sent again gives the same case and the same number, whatever happened in between.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.cases.exclusion import Sifted, Told, Why, sift
from casefile.cases.exclusion_asking import Asked, questions_about
from casefile.cases.label import Held, Label, read_label
from casefile.cases.left_pages import leaving_by, was_left
from casefile.cases.limits import country_of
from casefile.cases.models import ReceiptRow
from casefile.cases.opening import (
    Beginning,
    FirstReport,
    open_case,
    prepare_case,
    receipt_where,
)
from casefile.cases.routing import Facts, Route, ServiceNotOpen, route
from casefile.cases.wraps import INTAKE_OPENS, read_route_keys
from casefile.codes.lists import read_list
from casefile.codes.routes import read_routing
from casefile.facts.register import FirstFact
from casefile.intake import classify
from casefile.intake.inbound import InboundReport
from casefile.intake.junk import possibly_junk
from casefile.network.desks import inter_agency_desk
from casefile.network.directory import Desk, Directory, hold_desk, read_directory
from casefile.people.accounts import names_ever
from casefile.platform.database import StaleRow, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment
from casefile.sealing.compartments import Compartment
from casefile.sealing.padding import unpad
from casefile.sealing.receipts import ReceiptCode, receipt_code, unlock

RECEIPTS = ReceiptRow.metadata.tables["receipt"]
RECEIPT = select(RECEIPTS.c.body).where(RECEIPTS.c.lookup == bindparam("number"))

__all__ = ["Receipt", "ServiceNotOpen", "receive"]


@dataclass(frozen=True)
class Receipt:
    """What the reporter is shown: the number, and by when somebody will have read the report."""

    code: ReceiptCode = field(repr=False)
    received: datetime
    read_by: datetime
    again: bool
    page: bytes = field(default=b"", repr=False, compare=False)
    """The 32 bytes of the page it was written on."""
    leaving: str = field(default="", repr=False, compare=False)
    """What the leaving button of the receipt carries, sealed."""
    left: bool = False
    """The receipt was left by that button: nothing of it is shown again."""


def receive(session: Session, deployment: Deployment, inbound: InboundReport) -> Receipt:
    """Open a case for a report, or find the one this very page opened before."""
    code = receipt_code(deployment.keyring, inbound.once, content_of(inbound))
    unlocked = deployment.slots.reports.begin(
        lambda: unlock(code, deployment.keyring), sent_many=inbound.signs.sent_many
    )
    directory = read_directory(session, deployment)
    if inter_agency_desk(directory) is None:
        raise ServiceNotOpen
    names = names_ever(session, deployment)
    chosen, first = _sorted(deployment, directory, names, inbound)
    asked = {one.desk.id: one.desk for one in first.asked}
    listed = read_route_keys(session, deployment, chosen, asked.values())
    session.rollback()
    keys = unlocked.result()
    prepared = prepare_case(deployment, chosen, listed, first, keys)

    def verb(writing: Session) -> None:
        for _, desk in sorted({chosen.desk.id: chosen.desk, **asked}.items()):
            _hold_as_it_was(writing, deployment, desk)
        open_case(writing, deployment, directory, prepared)

    before: Held | None = None
    try:
        write_now(verb, session)
    except StaleRow:
        # Somebody joined or left the desk while the wraps were made: look who is excluded again.
        session.rollback()
        return receive(session, deployment, inbound)
    except IntegrityError:
        session.rollback()
        before = _opened_before(session, deployment, keys.lookup)
        if before is None:
            raise
    if before is None:
        return _receipt(deployment, code, inbound.once, prepared.case, prepared.label)
    receipt = _receipt(deployment, code, inbound.once, before.case, before.label)
    return replace(receipt, again=True, left=was_left(before.label, inbound.once))


def _hold_as_it_was(session: Session, deployment: Deployment, desk: Desk) -> None:
    """Keep a desk as it was when the report was routed; StaleRow if it changed since.

    Otherwise whoever joined meanwhile would hold a key of a report that excludes her.
    """
    if hold_desk(session, deployment, desk.id, shared=True) != desk:
        raise StaleRow("desk")


def told_by(inbound: InboundReport) -> Told:
    """What of a report decides who must not have it."""
    return Told(
        text="\n".join((inbound.text, *(file.name for file in inbound.files))),
        answers=tuple(one for given in inbound.answers.values() for one in given),
        keep_from=inbound.typed("keep_from"),
        employer=inbound.typed("employer"),
        keep_area=inbound.chose("keep_area", "1"),
        area=classify.area_code(inbound),
        child_wrote=classify.child_wrote(inbound),
    )


def content_of(inbound: InboundReport) -> bytes:
    """The canonical bytes of what was written: edited text is another report."""
    answers = {name: list(given) for name, given in sorted(inbound.answers.items())}
    written: list[object] = [inbound.text, answers]
    if inbound.files:
        written.append([file.digest.hex() for file in inbound.files])
    return json.dumps(written, ensure_ascii=True, separators=(",", ":")).encode()


def _opened_before(session: Session, deployment: Deployment, lookup: bytes) -> Held | None:
    body = session.connection().execute(RECEIPT, {"number": lookup}).scalar()
    if body is None:
        return None
    case = unpad(deployment.keyring.open(body, receipt_where(lookup)))[:16]
    return read_label(session, deployment, case)


def _receipt(
    deployment: Deployment, code: ReceiptCode, page: bytes, case: bytes, label: Label
) -> Receipt:
    confirm = next(one for one in label.deadlines if one.kind == "acknowledge")
    return Receipt(
        code=code,
        received=moment(label.received),
        read_by=moment(confirm.due),
        again=False,
        page=page,
        leaving=leaving_by(deployment, case, page),
    )


def _sorted(
    deployment: Deployment,
    directory: Directory,
    names: dict[bytes, str],
    inbound: InboundReport,
) -> tuple[Route, FirstReport]:
    """Conflict first, then the one desk, then the four records and the fact."""
    told = told_by(inbound)
    sifted = sift(directory, names, told, most=deployment.settings.small_office)
    chosen = route(directory, sifted.facts, read_routing(deployment.settings.config))
    named = (one.person for one in sifted.exclusions if one.why == Why.NAMED)
    barred = sifted.facts.excluded
    asked = questions_about(directory, names, told, named, barred) if barred else ()
    return chosen, _first(deployment, directory, inbound, chosen, sifted, asked)


def _first(
    deployment: Deployment,
    directory: Directory,
    inbound: InboundReport,
    chosen: Route,
    sifted: Sifted,
    asked: tuple[Asked, ...],
) -> FirstReport:
    return FirstReport(
        report=classify.report_record(inbound),
        identity=classify.contact_record(inbound),
        work=classify.work_record(inbound),
        needs=classify.needs_record(inbound),
        category=classify.POSSIBLE_SEA,
        language=inbound.language,
        channel=inbound.channel,
        area=sifted.facts.area,
        act_today=classify.act_today(inbound),
        child=classify.is_child(inbound),
        junk=possibly_junk(inbound.signs, inbound.text),
        begins=_beginning(inbound),
        exclusions=sifted.exclusions,
        asked=asked,
        fact=_fact(deployment, directory, inbound, chosen, sifted.facts),
        files=inbound.files,
        country=country_of(directory, sifted.facts.area),
    )


def _beginning(inbound: InboundReport) -> Beginning:
    """Reading and offering help have a day from the first minute; who may contact us is known."""
    offer = "offer_help_today" if classify.act_today(inbound) else "offer_help"
    contact = (Compartment.IDENTITY,) if classify.may_contact(inbound) else ()
    return Beginning(("acknowledge", offer), (*INTAKE_OPENS, *contact))


def _fact(
    deployment: Deployment,
    directory: Directory,
    inbound: InboundReport,
    chosen: Route,
    facts: Facts,
) -> FirstFact:
    config = deployment.settings.config
    agency = directory.agencies[chosen.desk.agency]
    return FirstFact(
        category=read_list(config, "category").number(classify.POSSIBLE_SEA),
        receiving_class=read_list(config, "agency_class").number(agency.entity_class),
        receiving=agency.code,
        channel=read_list(config, "channel").number(inbound.channel),
        source=read_list(config, "source").number(classify.source_of(inbound)),
        status=read_list(config, "status").number("received"),
        area=facts.area,
        incident_year=classify.incident_year(
            inbound, deployment.now().astimezone(deployment.settings.time_zone)
        ),
        restricted=bool(facts.excluded),
        victims=classify.victim_column(inbound),
    )
