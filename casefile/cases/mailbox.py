"""The reporter’s side of a case: opening the mailbox of a number, writing to it, choosing.

It never returns the report, an earlier message or a name: whoever holds the number may not be
the one who wrote. An unknown, a mistyped and a deleted number take the same time and get the
same answer.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.choices import Choice, follow, open_choices
from casefile.cases.exclusion_messages import exclude_named
from casefile.cases.files import (
    FileNotThere,
    KeptFile,
    NewFile,
    add_files,
    file_numbered,
    open_file,
)
from casefile.cases.keys import every_bundle, sealed_as
from casefile.cases.label import CaseNotFound, Held, read_label, write_label
from casefile.cases.left_pages import leaving_by, was_left
from casefile.cases.limits import limits_of
from casefile.cases.mailbox_page import Mailbox, compose_mailbox
from casefile.cases.models import ReceiptRow
from casefile.cases.opening import receipt_where
from casefile.cases.queue_rows import change_row
from casefile.cases.records import Keys, add_record, read_records
from casefile.network.directory import hold_every_desk, read_directory
from casefile.people.accounts import names_ever
from casefile.platform.database import write_now
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.platform.now import minutes
from casefile.sealing.compartments import Compartment
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey, private_key_from_seeds
from casefile.sealing.padding import unpad
from casefile.sealing.receipts import ReceiptCode, parse_code, unlock

TOKEN_LASTS = timedelta(minutes=15)
NOBODYS = ReceiptCode("0" * 21)


class NumberOpensNothing(Exception):
    """The number is unknown, mistyped or deleted: one answer for all three."""


class MailboxFull(Exception):
    """Many messages wait that nobody has read yet: nothing more is taken until somebody has."""


class TokenExpired(Exception):
    """The page was open for more than 15 minutes, was left, or its hidden field was changed."""


@dataclass(frozen=True)
class _Inside:
    """A mailbox opened for one request."""

    held: Held
    private: PrivateKey
    keys: Keys = field(repr=False)
    page: bytes = b""
    """The 32 bytes of the page on which the number was typed."""


def open_by_number(
    session: Session, deployment: Deployment, typed: str, page: bytes | None = None
) -> Mailbox:
    """Open the mailbox of a number, in digits of any script; NumberOpensNothing if none.

    `page` are the bytes of the page it was typed on: TokenExpired if that was left by now.
    """
    inside = _typed_on(deployment, _by_number(session, deployment, typed), page)
    shown = _page(session, deployment, inside)
    write_now(lambda writing: _look(writing, deployment, inside), session)
    return shown


def open_by_token(session: Session, deployment: Deployment, token: str) -> Mailbox:
    """Open it again from the page's hidden field; TokenExpired after 15 minutes."""
    inside = _by_token(session, deployment, token)
    return _page(session, deployment, inside)


def write_to_us(
    session: Session,
    deployment: Deployment,
    *,
    token: str,
    text: str,
    once: bytes,
    files: tuple[NewFile, ...] = (),
) -> Mailbox:
    """Add a message from the open page; TokenExpired keeps nothing and loses nothing."""
    return _write(session, deployment, _by_token(session, deployment, token), text, once, files)


def write_with_number(
    session: Session,
    deployment: Deployment,
    *,
    typed: str,
    text: str,
    once: bytes,
    files: tuple[NewFile, ...] = (),
) -> Mailbox:
    """Add a message with the number typed again; TokenExpired if that page was left by now."""
    inside = _typed_on(deployment, _by_number(session, deployment, typed), once)
    return _write(session, deployment, inside, text, once, files)


def take_our_file(
    session: Session, deployment: Deployment, *, token: str, number: int
) -> tuple[KeptFile, bytes]:
    """A file we sent to this number and all of its bytes; FileNotThere for any other file."""
    inside = _by_token(session, deployment, token)
    case = inside.held.case
    records = read_records(session, deployment, case, inside.held.label, inside.keys)
    file = file_numbered(records, number)
    if not file.ours or file.locked:
        raise FileNotThere
    data = open_file(session, deployment, case, file)
    write_now(
        lambda writing: note(
            writing, deployment, Event.FILE_DOWNLOADED, by=None, case=case, about=file.id
        ),
        session,
    )
    return file, data


def choose(session: Session, deployment: Deployment, *, token: str, choice: Choice) -> Mailbox:
    """Make a choice from the open page; what was chosen before, or cannot be yet, stays as it is.

    It lies as a record beside the messages. TokenExpired keeps nothing and loses nothing.
    """
    inside = _by_token(session, deployment, token)
    now, case = deployment.now(), inside.held.case
    content = {"choice": choice.value, "when": minutes(now)}

    def verb(writing: Session) -> Held:
        held = read_label(writing, deployment, case, for_change=True)
        if choice not in open_choices(held.label):
            return held
        label = add_record(
            writing,
            deployment,
            case,
            held.label,
            Compartment.MAILBOX,
            _present_keys(writing, deployment, inside, held),
            "choice",
            content,
        )
        directory = read_directory(writing, deployment)
        label = follow(label, choice, limits_of(deployment, directory, label.area), now)
        changed = write_label(writing, deployment, held, label)
        change_row(writing, deployment, changed)
        note(writing, deployment, Event.REPORTER_CHOSE, by=None, case=case)
        return changed

    held = write_now(verb, session)
    keys = _present_keys(session, deployment, inside, held)
    return _page(session, deployment, replace(inside, held=held, keys=keys))


def _by_number(session: Session, deployment: Deployment, typed: str) -> _Inside:
    """One way for every number: a mistyped one is looked up as one that nobody has."""
    code = parse_code(typed)
    session.rollback()
    with deployment.slots.guesses:
        found = unlock(code or NOBODYS, deployment.keyring)
    row = session.execute(select(ReceiptRow.body).where(ReceiptRow.lookup == found.lookup)).scalar()
    if code is None or row is None:
        deployment.slots.guesses.rest()
        raise NumberOpensNothing
    plain = unpad(deployment.keyring.open(row, receipt_where(found.lookup)))
    return _inside(session, deployment, plain[:16], found.private)


def _by_token(session: Session, deployment: Deployment, token: str) -> _Inside:
    try:
        sealed = base64.urlsafe_b64decode(token)
        plain = json.loads(deployment.keyring.open(sealed, context("mailbox token")))
    except (SealBroken, binascii.Error, ValueError) as broken:
        raise TokenExpired from broken
    if plain["until"] < int(deployment.now().timestamp()):
        raise TokenExpired
    private = private_key_from_seeds(bytes.fromhex(plain["seeds"]))
    try:
        inside = _inside(session, deployment, bytes.fromhex(plain["case"]), private)
    except NumberOpensNothing as gone:
        raise TokenExpired from gone
    return _typed_on(deployment, inside, bytes.fromhex(plain.get("page", "")))


def _typed_on(deployment: Deployment, inside: _Inside, page: bytes | None) -> _Inside:
    """The mailbox as this page opened it; TokenExpired if the page was left by the button."""
    if page and was_left(inside.held.label, page):
        raise TokenExpired
    return replace(inside, page=page or deployment.random(32))


def _inside(session: Session, deployment: Deployment, case: bytes, private: PrivateKey) -> _Inside:
    try:
        held = read_label(session, deployment, case)
    except CaseNotFound as gone:
        raise NumberOpensNothing from gone
    keys = every_bundle(session, deployment, held, "reporter", private)
    return _Inside(held, private, {Compartment.MAILBOX: keys[Compartment.MAILBOX]})


def _look(session: Session, deployment: Deployment, inside: _Inside) -> None:
    note(session, deployment, Event.MAILBOX_OPENED, by=None, case=inside.held.case)


def _write(
    session: Session,
    deployment: Deployment,
    inside: _Inside,
    text: str,
    once: bytes,
    files: tuple[NewFile, ...],
) -> Mailbox:
    now, case = deployment.now(), inside.held.case
    told = "\n".join((text, *(file.name for file in files)))
    content = {"text": text, "when": minutes(now)}

    def verb(writing: Session) -> Held:
        # Whoever is named is looked for among those who sit on the desks until this is written.
        hold_every_desk(writing, deployment)
        held = read_label(writing, deployment, case, for_change=True)
        if held.label.remembers(once):
            return held
        if held.label.new_messages >= deployment.settings.unread_messages:
            raise MailboxFull
        keys = _present_keys(writing, deployment, inside, held)
        label = add_record(
            writing,
            deployment,
            case,
            held.label,
            Compartment.MAILBOX,
            keys,
            "message",
            content,
        )
        label = add_files(writing, deployment, case, label, Compartment.MAILBOX, keys, files)
        directory, names = read_directory(writing, deployment), names_ever(writing, deployment)
        label = exclude_named(writing, deployment, directory, case, label, names, told)
        limits = limits_of(deployment, directory, label.area)
        label = replace(label, new_messages=label.new_messages + 1).remembering(once)
        label = label.answered_by_reporter(now).started(limits["answer_message"], now)
        changed = write_label(writing, deployment, held, label)
        change_row(writing, deployment, changed)
        note(writing, deployment, Event.REPORTER_WROTE, by=None, case=case)
        enqueue(writing, deployment, "tell_asked", {"case": case.hex()})
        return changed

    held = write_now(verb, session)
    keys = _present_keys(session, deployment, inside, held)
    page = _page(session, deployment, replace(inside, held=held, keys=keys))
    return replace(page, wrote=True)


def _present_keys(session: Session, deployment: Deployment, inside: _Inside, held: Held) -> Keys:
    """The mailbox's keys as they are now: a colleague may have had them drawn anew meanwhile."""
    if sealed_as(held.label) == sealed_as(inside.held.label):
        return inside.keys
    keys = every_bundle(session, deployment, held, "reporter", inside.private)
    return {Compartment.MAILBOX: keys[Compartment.MAILBOX]}


def _page(session: Session, deployment: Deployment, inside: _Inside) -> Mailbox:
    label = inside.held.label
    records = read_records(session, deployment, inside.held.case, label, inside.keys)
    page = compose_mailbox(label, records, deployment.now(), _token(deployment, inside))
    return replace(page, leaving=leaving_by(deployment, inside.held.case, inside.page))


def _token(deployment: Deployment, inside: _Inside) -> str:
    until = int((deployment.now() + TOKEN_LASTS).timestamp())
    carried = {
        "until": until,
        "case": inside.held.case.hex(),
        "seeds": inside.private.seeds().reveal().hex(),
        "page": inside.page.hex(),
    }
    plain = json.dumps(carried).encode()
    sealed = deployment.keyring.seal(plain, context("mailbox token"), deployment.random)
    return base64.urlsafe_b64encode(sealed).decode()
