"""The directory: read whole, written entry by entry, each sealed to the deployment.

The only code that reads and writes its rows. No case, report or person's secret is ever written
here, and a row never shows which kind of entry it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select, text, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.entries import (
    INTER_AGENCY,
    Agency,
    Area,
    Country,
    Desk,
    Directory,
    Entry,
    HelpPlace,
    Names,
    Post,
    from_plain,
    to_plain,
)
from casefile.network.models import DirectoryEntry
from casefile.platform.database import StaleRow, change_one_row
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context

__all__ = [
    "INTER_AGENCY",
    "Agency",
    "Area",
    "Country",
    "Desk",
    "Directory",
    "HelpPlace",
    "Names",
    "NotListed",
    "Post",
    "change_desk",
    "change_entry",
    "change_post",
    "directory_of_page",
    "hold_desk",
    "hold_every_desk",
    "identity_of",
    "list_entry",
    "lock_directory",
    "open_entry",
    "post_entry",
    "read_directory",
]

ENTRY_BUCKET = 4096
"""Bytes: a place with its services in four languages is as long as a desk."""
ENTRIES = DirectoryEntry.metadata.tables["directory_entry"]
READ_VERSIONS = (
    select(ENTRIES.c.id, ENTRIES.c.token).order_by(ENTRIES.c.id).execution_options(**{BYTES: True})
)
READ_ALL = select(ENTRIES.c.id, ENTRIES.c.label, ENTRIES.c.token).execution_options(**{BYTES: True})

Listed = TypeVar("Listed", bound=Entry)

READ_ONE = (
    select(ENTRIES.c.label, ENTRIES.c.token)
    .where(ENTRIES.c.id == bindparam("entry"))
    .execution_options(**{BYTES: True})
)
HOLD = READ_ONE.with_for_update()
HOLD_SHARED = HOLD.with_for_update(read=True)
HOLD_DESKS = select(ENTRIES.c.id).order_by(ENTRIES.c.id).with_for_update(read=True)
LAST_READ = "directory"
"""Where a request's session keeps the directory it read last."""


class NotListed(Exception):
    """The directory has no such entry."""


def read_directory(session: Session, deployment: Deployment) -> Directory:
    """The whole directory as it stands; what this process opened before is not opened again."""
    rows = session.connection().execute(READ_VERSIONS).all()
    today = deployment.now().astimezone(deployment.settings.time_zone).date()
    version = b"".join([part for row in rows for part in row] + [today.isoformat().encode()])
    read = deployment.memory.latest(
        "directory", version, lambda: _whole(session, deployment, today)
    )
    session.info[LAST_READ] = read
    return read


def _whole(session: Session, deployment: Deployment, today: date) -> Directory:
    agencies: dict[bytes, Agency] = {}
    countries: dict[str, Country] = {}
    areas: dict[int, Area] = {}
    desks: dict[bytes, Desk] = {}
    posts: dict[bytes, Post] = {}
    for row in session.connection().execute(READ_ALL):
        match _remembered(deployment, row.id, row.label, row.token):
            case Agency() as agency:
                agencies[agency.id] = agency
            case Country() as country:
                countries[country.iso] = country
            case Area() as area:
                areas[area.code] = area
            case Desk() as desk:
                desks[desk.id] = desk
            case Post() as post:
                posts[post.person] = post
    return Directory(agencies, dict(sorted(areas.items())), desks, posts, countries, today)


def directory_of_page(session: Session, deployment: Deployment) -> Directory:
    """The directory as this request read it last, read only if it was not: for showing a page.

    No write may decide by it: between two reads of one request somebody else may have changed it.
    """
    read: Directory | None = session.info.get(LAST_READ)
    return read or read_directory(session, deployment)


def list_entry(
    session: Session, deployment: Deployment, entry: Listed, *, by: bytes | None = None
) -> Listed:
    """Write a new entry; IntegrityError if it stands there already."""
    token, identity = deployment.random(16), identity_of(deployment, entry)
    label = _sealed(deployment, identity, entry, token)
    session.add(DirectoryEntry(id=identity, label=label, token=token))
    session.info.pop(LAST_READ, None)
    note(session, deployment, Event.DIRECTORY_CHANGED, by=by, about=identity)
    session.flush()
    return entry


def hold_desk(
    session: Session, deployment: Deployment, desk: bytes, *, shared: bool = False
) -> Desk:
    """The desk as it stands now, locked for the rest of the write: nobody changes it meanwhile.

    `shared` lets others hold it too, as long as nobody changes it.
    """
    return _held(session, deployment, Desk, desk, shared=shared)[0]


def hold_every_desk(session: Session, deployment: Deployment) -> None:
    """Keep every desk as it is for the rest of the write: nobody joins or leaves one meanwhile.

    Before any label is locked, for those who join or leave hold a desk first and labels after it.
    Every desk, as it is not known before a case was read which one gets it, or is asked.
    """
    desks = read_directory(session, deployment).desks
    held = HOLD_DESKS.where(ENTRIES.c.id.in_(list(desks)))
    session.connection().execute(held).all()


def change_entry(
    session: Session,
    deployment: Deployment,
    kind: type[Listed],
    identity: bytes,
    /,
    *,
    by: bytes | None = None,
    since: bytes | None = None,
    **changes: Any,
) -> Listed:
    """Change any entry inside the write; StaleRow if it is not the version `since` any more."""
    entry, read_under = _held(session, deployment, kind, identity)
    if since is not None and since != read_under:
        raise StaleRow("directory_entry")
    changed, token = replace(entry, **changes), deployment.random(16)
    change_one_row(
        session,
        update(DirectoryEntry)
        .where(DirectoryEntry.id == identity, DirectoryEntry.token == read_under)
        .values(label=_sealed(deployment, identity, changed, token), token=token),
    )
    session.info.pop(LAST_READ, None)
    note(session, deployment, Event.DIRECTORY_CHANGED, by=by, about=identity)
    return changed


def change_desk(
    session: Session,
    deployment: Deployment,
    desk: bytes,
    *,
    by: bytes | None = None,
    **changes: Any,
) -> Desk:
    """Read the desk again inside the write, change it, and write it back under a new token."""
    return change_entry(session, deployment, Desk, desk, by=by, **changes)


def change_post(
    session: Session,
    deployment: Deployment,
    person: bytes,
    *,
    by: bytes | None = None,
    **changes: Any,
) -> Post:
    """The same for where a person works; NotListed if the person has no post."""
    identity = post_entry(deployment, person)
    return change_entry(session, deployment, Post, identity, by=by, **changes)


def open_entry(
    session: Session, deployment: Deployment, kind: type[Listed], identity: bytes
) -> tuple[Listed, bytes]:
    """An entry and its version, for a page to be filled in; NotListed if there is none."""
    return _read(session, deployment, kind, identity, READ_ONE)


def lock_directory(session: Session) -> None:
    """Keep others from adding to the directory until this write ends; reading goes on.

    Two who add at once would otherwise give the same code twice.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE directory_entry IN SHARE ROW EXCLUSIVE MODE"))


def identity_of(deployment: Deployment, entry: Entry) -> bytes:
    """The id of the entry's row: its own, or for a post one that points at nobody's account."""
    return post_entry(deployment, entry.person) if isinstance(entry, Post) else entry.id


def post_entry(deployment: Deployment, person: bytes) -> bytes:
    """The id of the row of a person's post."""
    return deployment.keyring.tag("post", person)


def _held(
    session: Session,
    deployment: Deployment,
    kind: type[Listed],
    identity: bytes,
    *,
    shared: bool = False,
) -> tuple[Listed, bytes]:
    return _read(session, deployment, kind, identity, HOLD_SHARED if shared else HOLD)


def _read(
    session: Session,
    deployment: Deployment,
    kind: type[Listed],
    identity: bytes,
    wanted: Select[Any],
) -> tuple[Listed, bytes]:
    row = session.connection().execute(wanted, {"entry": identity}).first()
    if row is None:
        raise NotListed
    entry = _remembered(deployment, identity, row.label, row.token)
    if not isinstance(entry, kind):
        raise NotListed
    return entry, row.token


def _sealed(deployment: Deployment, identity: bytes, entry: Entry, token: bytes) -> bytes:
    where = context("directory_entry", identity, token)
    return seal_row(deployment, to_plain(entry), where, bucket=ENTRY_BUCKET)


def _remembered(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Entry:
    return deployment.memory.recall(
        "directory_entry", identity, token, lambda: _opened(deployment, identity, label, token)
    )


def _opened(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Entry:
    where = context("directory_entry", identity, token)
    return from_plain(identity, open_row(deployment, label, where))
