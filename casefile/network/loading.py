"""Changing the directory: a whole file at once, or one entry from an administrator's page.

Everything is decided before the write and decided again inside it: what changed meanwhile is
refused, never written over. An agency gets its recovery key with its first desk; no desk key is
ever drawn or given here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from casefile.network.directory import (
    change_entry,
    identity_of,
    list_entry,
    lock_directory,
    open_entry,
    read_directory,
)
from casefile.network.entries import Agency, Area, Desk, Directory, Entry
from casefile.network.file import Wanted
from casefile.network.filling import Account
from casefile.network.proposal import Change, Proposal, propose
from casefile.network.recovery import PaperShare, found_recovery, recovery_holder
from casefile.network.rules import Problem, english, problems, read_codes
from casefile.people.accounts import State, names_of, normal_email, person_by_email
from casefile.people.roles import Permission, may
from casefile.platform.database import StaleRow, write
from casefile.platform.deployment import Deployment
from casefile.registers.directory import KeyNotListed, public_key_of


class NotPossible(Exception):
    """The directory would break its rules; `problems` says which."""

    def __init__(self, found: tuple[Problem, ...]) -> None:
        super().__init__(*(problem.fault for problem in found))
        self.problems = found


@dataclass(frozen=True)
class Shares:
    """The custodians' paper shares of an agency's new recovery key, to be shown once."""

    agency: str
    papers: tuple[PaperShare, ...]


def proposal_of(session: Session, deployment: Deployment, wanted: tuple[Wanted, ...]) -> Proposal:
    """What the file would add and change to the directory as it stands."""
    directory = read_directory(session, deployment)
    accounts = _accounts(session, deployment, wanted)
    return propose(directory, wanted, accounts, deployment.random)


def carry_out(
    session: Session, deployment: Deployment, proposal: Proposal, *, by: bytes | None = None
) -> tuple[Shares, ...]:
    """Write a proposal, all of it or nothing; StaleRow if the directory changed since it was made.

    Raises NotPossible when the directory would break its rules.
    """

    def verb(writing: Session) -> tuple[Shares, ...]:
        lock_directory(writing)
        now = read_directory(writing, deployment)
        if replace(now, day=proposal.before.day) != proposal.before:
            raise StaleRow("directory_entry")
        _refuse_broken(writing, deployment, now, proposal.after)
        for change in proposal.changes:
            _write(writing, deployment, change, by)
        return _found_custody(writing, deployment, proposal.after, proposal.changes)

    return write(verb, session)


def add_entry(
    session: Session, deployment: Deployment, entry: Entry, *, by: bytes
) -> tuple[Entry, tuple[Shares, ...]]:
    """Add one entry; an agency, a place or a desk is given the next code. Raises NotPossible."""

    def verb(writing: Session) -> tuple[Entry, tuple[Shares, ...]]:
        lock_directory(writing)
        now = read_directory(writing, deployment)
        numbered = _numbered(now, entry)
        after = now.holding(numbered)
        _refuse_broken(writing, deployment, now, after)
        change = Change(None, numbered)
        _write(writing, deployment, change, by)
        return numbered, _found_custody(writing, deployment, after, (change,))

    return write(verb, session)


def edit_entry(
    session: Session,
    deployment: Deployment,
    entry: Entry,
    *,
    since: bytes,
    by: bytes,
    **changes: Any,
) -> None:
    """Change one entry that was opened in version `since`; StaleRow if somebody changed it.

    Raises NotPossible when the directory would break its rules.
    """

    def verb(writing: Session) -> None:
        lock_directory(writing)
        now, identity = read_directory(writing, deployment), identity_of(deployment, entry)
        found, version = open_entry(writing, deployment, type(entry), identity)
        if version != since:
            raise StaleRow("directory_entry")
        _refuse_broken(writing, deployment, now, now.holding(replace(found, **changes)))
        change_entry(writing, deployment, type(entry), identity, by=by, since=since, **changes)

    write(verb, session)


def _numbered(directory: Directory, entry: Entry) -> Entry:
    """The entry under the next code of its kind, if its kind has codes."""
    match entry:
        case Agency():
            used = [one.code for one in directory.agencies.values()]
            return replace(entry, code=max(used, default=0) + 1)
        case Area():
            return replace(entry, code=max(directory.areas, default=0) + 1)
        case Desk():
            used = [one.code for one in directory.desks.values()]
            return replace(entry, code=max(used, default=0) + 1)
        case _:
            return entry


def _refuse_broken(
    session: Session, deployment: Deployment, before: Directory, after: Directory
) -> None:
    """Refuse what would be wrong and is not so already."""
    codes, called = read_codes(deployment.settings.config), names_of(session, deployment)
    known = set(problems(before, codes, called))
    found = tuple(one for one in problems(after, codes, called) if one not in known)
    if found:
        raise NotPossible(found)


def _write(session: Session, deployment: Deployment, change: Change, by: bytes | None) -> None:
    after = change.after
    if change.before is None:
        list_entry(session, deployment, after, by=by)
        return
    fields = {name: getattr(after, name) for name in after.__dataclass_fields__ if name != "kind"}
    identity = identity_of(deployment, after)
    change_entry(session, deployment, type(after), identity, by=by, **fields)


def _found_custody(
    session: Session, deployment: Deployment, after: Directory, changes: Iterable[Change]
) -> tuple[Shares, ...]:
    """Draw the recovery key of every agency that just got its first desk."""
    desks = [one.after for one in changes if isinstance(one.after, Desk)]
    agencies = dict.fromkeys(desk.agency for desk in desks)
    return tuple(
        Shares(english(after.agencies[agency].names), found_recovery(session, deployment, agency))
        for agency in agencies
        if not _has_recovery(session, deployment, agency)
    )


def _has_recovery(session: Session, deployment: Deployment, agency: bytes) -> bool:
    try:
        public_key_of(session, deployment, recovery_holder(agency))
    except KeyNotListed:
        return False
    return True


def _accounts(
    session: Session, deployment: Deployment, wanted: tuple[Wanted, ...]
) -> dict[str, Account]:
    """The people a file names by e-mail, as far as they have an account."""
    emails = {one.key for one in wanted if one.kind == "post"}
    for one in wanted:
        emails |= {*one.given.get("members", ()), *one.given.get("alternates", ())}
        emails |= {one.given["supervisor"]} if one.given.get("supervisor") else set()
    found: dict[str, Account] = {}
    for email in sorted(emails):
        person = person_by_email(session, deployment, normal_email(email))
        if person is not None and person.account.state is State.ACTIVE:
            opens = may(person.account.role, Permission.OPEN_CASE)
            found[email] = Account(person.id, person.account.name, opens)
    return found
