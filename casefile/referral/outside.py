"""Passing a complaint to an agency without a desk here: fetched once, with a link and a code.

The packet lies sealed under both; the deployment alone opens nothing of it. After some wrong codes,
after a week, or once it was shown, it is gone. What is answered comes back as dates, and the words
and the name of who signed as a letter at the door. Must never show anything to a mere request.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.changed import refuse_if_written_since, refuse_old_page
from casefile.cases.changing import change_case, leave_record, told_by
from casefile.cases.doors import drop_letter, hang_door, has_door
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Label, Link, read_label, write_label
from casefile.cases.links import ORIGIN
from casefile.cases.models import OutsideRow
from casefile.cases.queue_rows import case_at, change_row
from casefile.cases.statistics_row import row_of, step_happened
from casefile.codes.machines import may_take
from casefile.codes.sops import read_profile
from casefile.people.sessions import Member
from casefile.platform.database import add_rows, change_one_row, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.platform.now import minutes
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.referral.ends import origin_follows, stepped
from casefile.referral.machines import COMPLAINT, End, Kind
from casefile.referral.packet import Packet
from casefile.referral.sending import gone_on_with, made_ready
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import open_committed, seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.padding import pad, unpad
from casefile.sealing.retrievals import SECRET, Drawn, draw, read_code, stretch

LASTS: Final = timedelta(days=7)
TRIES: Final = 5
"""Wrong codes after which nothing is left to be guessed."""
LABEL_BUCKET, PACKET_BUCKET = 1024, 16384
JOB: Final = "end_outside"
ANSWERS: Final = ("confirm", "accept", "decline")


class OpensNothing(Exception):
    """Wrong, used, expired or never there: one answer for all."""


@dataclass(frozen=True)
class HandedOut:
    """The two halves, shown once: the link to write, and the code to read out."""

    link: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class Fetched:
    """What the right code shows: the packet, the first time alone, and what can be answered."""

    packet: Mapping[str, Any] | None = field(repr=False)
    answer: str = field(repr=False)
    may: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True)
class _Waiting:
    """What the deployment knows of a packet outside. Minutes since 1970; ids in hex."""

    case: str
    until: int
    salt: str
    tries: int = 0
    shown: bool = False
    answer: str = ""
    """A tag of the token with which who fetched it answers."""


@dataclass(frozen=True)
class _Held:
    """A row as it was read."""

    referral: bytes
    waiting: _Waiting
    body: bytes = field(repr=False)
    token: bytes


def send_outside(
    session: Session,
    deployment: Deployment,
    member: Member,
    address: str,
    packet: Packet,
    agency: bytes,
    *,
    once: bytes,
    seen: str | None = None,
) -> HandedOut:
    """Lay the packet out to be fetched; the same page sent again gives the same two halves.

    Forbidden where the case cannot be passed on as it stands, ChangedMeanwhile if the page is out
    of date.
    """
    drawn = draw(deployment.keyring, once)
    once += b"outside"
    opened = unlock(session, deployment, member, case_at(address))
    if agency not in opened.directory.agencies:
        raise CaseNotFound
    if seen is not None and not opened.label.remembers(once):
        refuse_old_page(session, deployment, member, opened, seen)
    row = row_of(session, deployment, opened)
    now = minutes(deployment.now())
    link = made_ready(Link(drawn.id, Kind.COMPLAINT, b"", ORIGIN, agency, COMPLAINT.begins), now)
    session.rollback()
    laid_out = _laid_out(deployment, opened.case, drawn, packet)

    def change(writing: Session, label: Label) -> Label:
        if label.remembers(once):
            return label
        if seen is not None:
            refuse_if_written_since(opened, label)
        add_rows(writing, OutsideRow, laid_out)
        enqueue(writing, deployment, JOB, {"referral": drawn.id.hex()}, LASTS)
        label = label.with_link(link)
        if not has_door(writing, deployment, opened.case):
            label = hang_door(writing, deployment, opened.case, label, opened.keys)
        told = told_by(
            member,
            deployment.now(),
            referral=drawn.id.hex(),
            referred=Kind.COMPLAINT.value,
            desk="",
            packet=packet.plain(),
        )
        label = leave_record(writing, deployment, opened, label, "referral", told)
        note(writing, deployment, Event.CASE_REFERRED, by=member.person, case=opened.case)
        step_happened(writing, deployment, row, "referred", label, "refer")
        return gone_on_with(deployment, opened, label, Kind.COMPLAINT).remembering(once)

    change_case(session, deployment, member, opened, change)
    halves = base64.urlsafe_b64encode(drawn.id + drawn.secret).decode().rstrip("=")
    return HandedOut(halves, drawn.code)


def fetch(session: Session, deployment: Deployment, link: str, typed: str) -> Fetched:
    """Show the packet to whoever has both halves, once; OpensNothing else.

    Afterwards the same halves give the answers alone. Busy while others try.
    """
    referral, secret = _halves(link)
    session.rollback()
    code = read_code(typed)
    with deployment.slots.retrievals:
        held = write_now(lambda writing: _begin_try(writing, deployment, referral), session)
        salt = bytes.fromhex(held.waiting.salt) if held else bytes(SECRET)
        key = stretch(deployment.keyring, secret, code, salt)
        content = _opened(held, key) if held and code else None
        if content is None:
            deployment.slots.retrievals.rest()
    if held is None or content is None:
        write_now(lambda writing: _drop_if_tried_out(writing, deployment, referral), session)
        raise OpensNothing
    answer = deployment.random(32).hex()
    waiting = replace(held.waiting, shown=True, answer=_answer_tag(deployment, answer), tries=0)
    emptied = json.dumps({"language": content.get("language", "")}).encode()
    body = seal_committed(
        key, pad(emptied, _length(held.body)), _body_where(referral), deployment.random
    )

    def look(writing: Session) -> Label:
        _write(writing, deployment, held, waiting, body)
        return _stepped(writing, deployment, referral, held.waiting.case, "deliver")

    label = write_now(look, session)
    packet = None if held.waiting.shown else content
    return Fetched(packet, answer, _may(label, referral), str(content.get("language", "")))


def answer_outside(
    session: Session,
    deployment: Deployment,
    link: str,
    answer: str,
    verb: str,
    *,
    name: str,
    reason: str = "",
    code: str = "",
) -> tuple[str, ...]:
    """Confirm, accept or decline as a named person; what can be answered next.

    OpensNothing where the token is not that of who fetched it last, Forbidden where the machine
    has no such step.
    """
    referral, _ = _halves(link)
    given = _answer_tag(deployment, answer)

    def say(writing: Session) -> tuple[str, ...]:
        held = _read(writing, deployment, referral)
        if held is None or not hmac.compare_digest(held.waiting.answer, given):
            raise OpensNothing
        letter = {
            "referral": referral.hex(),
            "when": minutes(deployment.now()),
            "text": reason,
            "language": "",
            "for_reporter": False,
            "reason_code": code,
            "signed": name,
        }
        label = _stepped(
            writing, deployment, referral, held.waiting.case, verb, letter, bool(reason)
        )
        if verb == "decline":
            forget_outside(writing, deployment, referral)
        return _may(label, referral)

    return write_now(say, session)


def forget_outside(session: Session, deployment: Deployment, referral: bytes) -> None:
    """Leave nothing to be fetched of a referral that ended; nothing if nothing is there."""
    session.execute(delete(OutsideRow).where(OutsideRow.tag == _tag(deployment, referral)))


def end_outside(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """The job that takes away what nobody fetched in time."""
    referral = bytes.fromhex(body["referral"])
    write_now(lambda writing: forget_outside(writing, deployment, referral), session)


def _label_where(tag: bytes, token: bytes) -> bytes:
    """What `sealed_places` of the cases goes through too."""
    return context("outside", "label", tag, token)


def _laid_out(
    deployment: Deployment, case: bytes, drawn: Drawn, packet: Packet
) -> dict[str, bytes]:
    salt, token, tag = deployment.random(16), deployment.random(16), _tag(deployment, drawn.id)
    with deployment.slots.retrievals:
        key = stretch(deployment.keyring, drawn.secret, drawn.code, salt)
    plain = json.dumps(packet.plain(), ensure_ascii=False).encode()
    body = seal_committed(key, pad(plain, PACKET_BUCKET), _body_where(drawn.id), deployment.random)
    until = minutes(deployment.now() + LASTS)
    waiting = asdict(_Waiting(case.hex(), until, salt.hex()))
    label = seal_row(deployment, waiting, _label_where(tag, token), bucket=LABEL_BUCKET)
    return {"tag": tag, "label": label, "body": body, "token": token}


def _halves(link: str) -> tuple[bytes, bytes]:
    """Id and secret of a link; of what is none, some that open nothing."""
    try:
        both = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
    except (binascii.Error, ValueError):
        both = b""
    return (both[:SECRET], both[SECRET:]) if len(both) == 2 * SECRET else (b"", bytes(SECRET))


def _read(session: Session, deployment: Deployment, referral: bytes) -> _Held | None:
    tag = _tag(deployment, referral)
    wanted = select(OutsideRow.label, OutsideRow.body, OutsideRow.token)
    row = session.execute(wanted.where(OutsideRow.tag == tag).with_for_update()).first()
    if row is None:
        return None
    waiting = _Waiting(**open_row(deployment, row.label, _label_where(tag, row.token)))
    gone = waiting.until < minutes(deployment.now())
    return None if gone else _Held(referral, waiting, row.body, row.token)


def _opened(held: _Held, key: Any) -> Mapping[str, Any] | None:
    try:
        plain = open_committed(key, held.body, _body_where(held.referral))
    except SealBroken:
        return None
    content: Mapping[str, Any] = json.loads(unpad(plain))
    return content


def _begin_try(session: Session, deployment: Deployment, referral: bytes) -> _Held | None:
    """Count one try more before it is known how it ends: many at once are not more tries."""
    held = _read(session, deployment, referral)
    if held is None or held.waiting.tries >= TRIES:
        return None
    waiting = replace(held.waiting, tries=held.waiting.tries + 1)
    token = _write(session, deployment, held, waiting, held.body)
    return replace(held, waiting=waiting, token=token)


def _drop_if_tried_out(session: Session, deployment: Deployment, referral: bytes) -> None:
    """With the last wrong code what lay there is gone."""
    held = _read(session, deployment, referral)
    if held is not None and held.waiting.tries >= TRIES:
        forget_outside(session, deployment, referral)


def _write(
    session: Session, deployment: Deployment, held: _Held, waiting: _Waiting, body: bytes
) -> bytes:
    """Write a changed row over the one that was read; its new version token."""
    tag, token = _tag(deployment, held.referral), deployment.random(16)
    label = seal_row(deployment, asdict(waiting), _label_where(tag, token), bucket=LABEL_BUCKET)
    change_one_row(
        session,
        update(OutsideRow)
        .where(OutsideRow.tag == tag, OutsideRow.token == held.token)
        .values(label=label, body=body, token=token),
    )
    return token


def _stepped(
    session: Session,
    deployment: Deployment,
    referral: bytes,
    case: str,
    verb: str,
    letter: Mapping[str, Any] | None = None,
    reason: bool = False,
) -> Label:
    """The origin's label with this date, and the letter at its door; nobody's keys are needed."""
    held = read_label(session, deployment, bytes.fromhex(case), for_change=True)
    now, holds = deployment.now(), ("reason_given",) if reason else ()
    link = held.label.link(referral)
    if verb == "deliver" and not may_take(COMPLAINT, link.state, verb, (End.RECIPIENT,)):
        return held.label
    label = stepped(held.label, referral, verb, End.RECIPIENT, now, holds)
    label = origin_follows(label, verb, read_profile(deployment.settings.config), now)
    if letter is not None:
        label = drop_letter(
            session, deployment, held.case, label, {**letter, "from": link.agency.hex()}
        )
    change_row(session, deployment, write_label(session, deployment, held, label))
    ended = Event.REFERRAL_ENDED if verb == "decline" else Event.REFERRAL_STEP
    note(session, deployment, ended, by=None, case=held.case)
    return label


def _may(label: Label, referral: bytes) -> tuple[str, ...]:
    state, reason = label.link(referral).state, ("reason_given",)
    return tuple(
        one for one in ANSWERS if may_take(COMPLAINT, state, one, (End.RECIPIENT,), reason)
    )


def _length(body: bytes) -> int:
    """How long the padded content of a sealed body is."""
    return len(body) - 61


def _tag(deployment: Deployment, referral: bytes) -> bytes:
    return deployment.keyring.tag("outside", referral)


def _answer_tag(deployment: Deployment, answer: str) -> str:
    return deployment.keyring.tag("outside answer", answer).hex()


def _body_where(referral: bytes) -> bytes:
    return context("outside", "body", referral)
