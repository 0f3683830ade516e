"""Custodians at one terminal: each types her share, it is checked alone, a wrong one is named.

What was typed is held in memory until the command ends, and never written anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import click
from sqlalchemy.orm import Session

from casefile.cli.stopping import stop
from casefile.network.custodians import Custodian, NoCustodians, name_custodian, read_custodians
from casefile.network.directory import Agency, Desk
from casefile.network.recovery import (
    Meeting,
    NotTheKey,
    ShareOfOthers,
    ShareTwice,
    join_shares,
    type_share,
)
from casefile.people.accounts import person_by_email
from casefile.platform.database import db, write_now
from casefile.platform.deployment import current_deployment
from casefile.sealing.errors import PaperShareUnreadable, SealBroken
from casefile.sealing.keypairs import PrivateKey

T = TypeVar("T")
NOT_THE_KEY = (
    "Each share is right, but together they do not open the key that is listed. "
    "Nothing was changed: bring back the database from a backup, and call for help."
)


def meet(agency: Agency, *, seen: bool, say_who: bool = False) -> Meeting:
    """Have shares typed until they are enough; `say_who` asks whose an unnamed share is."""
    meeting = custodians_of(agency)
    click.echo(f"{called(agency)}: {meeting.custodians.needed} shares are needed.")
    while meeting.missing:
        number = len(meeting.typed) + 1
        more, fresh, _ = _typed(meeting, f"Share, {number} of {meeting.custodians.needed}", seen)
        meeting = _with_name(more, fresh) if say_who and fresh else more
    return meeting


def one_share(agency: Agency, *, seen: bool) -> tuple[str, int]:
    """One share as its custodian typed it, checked, and its number."""
    while True:
        _, number, text = _typed(custodians_of(agency), "The share", seen)
        if number:
            return " ".join(text.split()), number


def joined(meeting: Meeting) -> PrivateKey:
    """The recovery key; stops the command if the stored parts do not give it."""
    try:
        return join_shares(db.session, current_deployment(), meeting)
    except (NotTheKey, SealBroken):
        stop(NOT_THE_KEY)


def custodians_of(agency: Agency) -> Meeting:
    """A meeting of this agency's custodians at which nobody has typed yet."""
    try:
        return Meeting(read_custodians(db.session, current_deployment(), agency.id))
    except NoCustodians:
        stop(f"{called(agency)} has no custodians. Draw shares with 'custody sheet'.")


def account_of(email: str) -> bytes:
    """The id of the account with this e-mail; stops the command if there is none."""
    found = person_by_email(db.session, current_deployment(), email)
    if found is None:
        stop("There is no account with this e-mail.")
    return found.id


def called(entry: Agency | Desk) -> str:
    """What an agency or a desk is called on the operator's screen."""
    return entry.names.get("en") or next(iter(entry.names.values()), "")


def in_one(verb: Callable[[Session], T]) -> T:
    """Do it in one transaction of its own, committed."""
    db.session.rollback()
    return write_now(verb, db.session)


def _typed(meeting: Meeting, asked: str, seen: bool) -> tuple[Meeting, int, str]:
    """One prompt: the meeting, the number of the share it took in or 0, and what was typed."""
    text = str(click.prompt(asked, hide_input=not seen))
    try:
        more = type_share(db.session, current_deployment(), meeting, text)
    except PaperShareUnreadable:
        wrong = "A word of this share is mistyped or missing. Compare each with the paper."
    except ShareOfOthers:
        wrong = "This is a share, but of another agency or of an earlier drawing."
    except ShareTwice:
        wrong = "This share was typed already. Another custodian's is needed."
    else:
        (fresh,) = set(more.typed) - set(meeting.typed)
        click.echo(f"Share {fresh} is right.")
        return more, fresh, text
    click.echo(wrong)
    return meeting, 0, text


def _account_if_any() -> bytes:
    """The id of the account a custodian has here, or nothing; a wrong e-mail is asked again."""
    while email := str(click.prompt("E-mail of an account here, if there is one", default="")):
        found = person_by_email(db.session, current_deployment(), email)
        if found is not None:
            return found.id
        click.echo("There is no account with this e-mail.")
    return b""


def _with_name(meeting: Meeting, number: int) -> Meeting:
    """Ask whose the share is, if nobody has said: who is kept from a case must not open it."""
    known = next(one for one in meeting.present if one.number == number)
    if known.name:
        click.echo(f"It is kept by {known.name}.")
        return meeting
    name = str(click.prompt("Who keeps this share?")).strip()
    said = Custodian(number, name, _account_if_any())
    agency = meeting.custodians.agency
    in_one(lambda session: name_custodian(session, current_deployment(), agency, said))
    each = tuple(said if one.number == number else one for one in meeting.custodians.each)
    return Meeting(replace(meeting.custodians, each=each), meeting.typed)
