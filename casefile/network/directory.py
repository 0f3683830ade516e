"""The directory: read whole, written entry by entry, each sealed to the deployment.

The only code that reads and writes its rows. No case, report or person's secret is ever written
here, and a row never shows which kind of entry it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.entries import (
    INTER_AGENCY,
    Agency,
    Area,
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
from casefile.platform.database import BYTES, change_one_row
from casefile.platform.deployment import Deployment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context

__all__ = [
    "INTER_AGENCY",
    "Agency",
    "Area",
    "Desk",
    "Directory",
    "HelpPlace",
    "Names",
    "NotListed",
    "Post",
    "change_desk",
    "change_post",
    "hold_desk",
    "list_entry",
    "read_directory",
]

ENTRIES = DirectoryEntry.metadata.tables["directory_entry"]
READ_ALL = select(ENTRIES.c.id, ENTRIES.c.label, ENTRIES.c.token).execution_options(**{BYTES: True})

Listed = TypeVar("Listed", Agency, Area, Desk, Post)

HOLD = (
    select(ENTRIES.c.label, ENTRIES.c.token)
    .where(ENTRIES.c.id == bindparam("entry"))
    .with_for_update()
    .execution_options(**{BYTES: True})
)
HOLD_SHARED = HOLD.with_for_update(read=True)


class NotListed(Exception):
    """The directory has no such entry."""


def read_directory(session: Session, deployment: Deployment) -> Directory:
    """Read and open the whole directory."""
    agencies: dict[bytes, Agency] = {}
    areas: dict[int, Area] = {}
    desks: dict[bytes, Desk] = {}
    posts: dict[bytes, Post] = {}
    for row in session.connection().execute(READ_ALL):
        match _remembered(deployment, row.id, row.label, row.token):
            case Agency() as agency:
                agencies[agency.id] = agency
            case Area() as area:
                areas[area.code] = area
            case Desk() as desk:
                desks[desk.id] = desk
            case Post() as post:
                posts[post.person] = post
    return Directory(agencies, dict(sorted(areas.items())), desks, posts)


def list_entry(
    session: Session, deployment: Deployment, entry: Listed, *, by: bytes | None = None
) -> Listed:
    """Write a new entry; IntegrityError if it stands there already."""
    token, identity = deployment.random(16), identity_of(deployment, entry)
    label = _sealed(deployment, identity, entry, token)
    session.add(DirectoryEntry(id=identity, label=label, token=token))
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


def change_desk(
    session: Session,
    deployment: Deployment,
    desk: bytes,
    *,
    by: bytes | None = None,
    **changes: Any,
) -> Desk:
    """Read the desk again inside the write, change it, and write it back under a new token."""
    return _changed(session, deployment, Desk, desk, by, changes)


def change_post(
    session: Session,
    deployment: Deployment,
    person: bytes,
    *,
    by: bytes | None = None,
    **changes: Any,
) -> Post:
    """The same for where a person works; NotListed if the person has no post."""
    return _changed(session, deployment, Post, post_entry(deployment, person), by, changes)


def identity_of(deployment: Deployment, entry: Entry) -> bytes:
    """The id of the entry's row: its own, or for a post one that points at nobody's account."""
    return post_entry(deployment, entry.person) if isinstance(entry, Post) else entry.id


def post_entry(deployment: Deployment, person: bytes) -> bytes:
    """The id of the row of a person's post."""
    return deployment.keyring.tag("post", person)


def _changed(
    session: Session,
    deployment: Deployment,
    kind: type[Listed],
    identity: bytes,
    by: bytes | None,
    changes: dict[str, Any],
) -> Listed:
    entry, read_under = _held(session, deployment, kind, identity)
    changed, token = replace(entry, **changes), deployment.random(16)
    change_one_row(
        session,
        update(DirectoryEntry)
        .where(DirectoryEntry.id == identity, DirectoryEntry.token == read_under)
        .values(label=_sealed(deployment, identity, changed, token), token=token),
    )
    note(session, deployment, Event.DIRECTORY_CHANGED, by=by, about=identity)
    return changed


def _held(
    session: Session,
    deployment: Deployment,
    kind: type[Listed],
    identity: bytes,
    *,
    shared: bool = False,
) -> tuple[Listed, bytes]:
    wanted = HOLD_SHARED if shared else HOLD
    row = session.connection().execute(wanted, {"entry": identity}).first()
    if row is None:
        raise NotListed
    entry = _remembered(deployment, identity, row.label, row.token)
    if not isinstance(entry, kind):
        raise NotListed
    return entry, row.token


def _sealed(deployment: Deployment, identity: bytes, entry: Entry, token: bytes) -> bytes:
    where = context("directory_entry", identity, token)
    return seal_row(deployment, to_plain(entry), where)


def _remembered(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Entry:
    return deployment.memory.recall(
        "directory_entry", identity, token, lambda: _opened(deployment, identity, label, token)
    )


def _opened(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Entry:
    where = context("directory_entry", identity, token)
    return from_plain(identity, open_row(deployment, label, where))
