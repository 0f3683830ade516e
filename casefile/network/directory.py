"""The directory: agencies, places and desks as frozen objects, read whole and written one by one.

Names lie sealed to the deployment. No case, report or person's secret is ever written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.network.models import DirectoryEntry
from casefile.platform.database import BYTES, change_one_row
from casefile.platform.deployment import Deployment
from casefile.platform.sealed_rows import open_row, seal_row
from casefile.sealing.contexts import context

Names = Mapping[str, str]
INTER_AGENCY = "inter_agency"


@dataclass(frozen=True)
class Agency:
    """An agency or partner: its names by language, its class, and what people call it."""

    id: bytes
    names: Names
    entity_class: str
    also_called: tuple[str, ...] = ()
    code: int = 0
    kind: Literal["agency"] = "agency"


@dataclass(frozen=True)
class HelpPlace:
    """Where help is found: what it is, its name, how to find it and when, by language."""

    what: str
    names: Names
    how_to_find: Names
    hours: Names


@dataclass(frozen=True)
class Area:
    """A place people report from; `code` stands in the form and in registers, from 1."""

    id: bytes
    names: Names
    code: int
    help: tuple[HelpPlace, ...] = ()
    kind: Literal["place"] = "place"


@dataclass(frozen=True)
class Desk:
    """A team that receives cases: agency × place × function, its members, its key generation.

    `code` stands in the queue register, from 1. `generation` 0 means that the desk has no keys
    yet. `waiting` are people with an account whom a fellow has still to let in.
    """

    id: bytes
    names: Names
    agency: bytes
    place: int
    function: str
    code: int
    members: tuple[bytes, ...] = ()
    waiting: tuple[bytes, ...] = ()
    generation: int = 0
    kind: Literal["desk"] = "desk"

    @property
    def live(self) -> bool:
        """Whether somebody holds its keys."""
        return bool(self.generation and self.members)


@dataclass(frozen=True)
class Directory:
    """The whole directory as it stood when it was read."""

    agencies: Mapping[bytes, Agency]
    areas: Mapping[int, Area]
    desks: Mapping[bytes, Desk]

    def desks_of(self, person: bytes) -> tuple[Desk, ...]:
        """The desks on which a person is a member."""
        return tuple(desk for desk in self.desks.values() if person in desk.members)

    def desk_coded(self, code: int) -> Desk:
        """The desk with that code; KeyError if there is none."""
        return next(desk for desk in self.desks.values() if desk.code == code)


ENTRIES = DirectoryEntry.metadata.tables["directory_entry"]
READ_ALL = select(ENTRIES.c.id, ENTRIES.c.label, ENTRIES.c.token).execution_options(**{BYTES: True})

Listed = TypeVar("Listed", Agency, Area, Desk)

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
    for row in session.connection().execute(READ_ALL):
        entry = _remembered(deployment, row.id, row.label, row.token)
        if isinstance(entry, Agency):
            agencies[entry.id] = entry
        elif isinstance(entry, Area):
            areas[entry.code] = entry
        else:
            desks[entry.id] = entry
    return Directory(agencies, dict(sorted(areas.items())), desks)


def list_entry(session: Session, deployment: Deployment, entry: Listed) -> Listed:
    """Write a new entry."""
    token = deployment.random(16)
    label = _sealed(deployment, entry, token)
    session.add(DirectoryEntry(id=entry.id, label=label, token=token))
    note(session, deployment, Event.DIRECTORY_CHANGED, by=None, about=entry.id)
    session.flush()
    return entry


def hold_desk(
    session: Session, deployment: Deployment, desk: bytes, *, shared: bool = False
) -> Desk:
    """The desk as it stands now, locked for the rest of the write: nobody changes it meanwhile.

    `shared` lets others hold it too, as long as nobody changes it.
    """
    return _held(session, deployment, desk, shared=shared)[0]


def change_desk(session: Session, deployment: Deployment, desk: bytes, **changes: Any) -> Desk:
    """Read the desk again inside the write, change it, and write it back under a new token."""
    entry, read_under = _held(session, deployment, desk)
    changed, token = replace(entry, **changes), deployment.random(16)
    change_one_row(
        session,
        update(DirectoryEntry)
        .where(DirectoryEntry.id == desk, DirectoryEntry.token == read_under)
        .values(label=_sealed(deployment, changed, token), token=token),
    )
    note(session, deployment, Event.DIRECTORY_CHANGED, by=None, about=desk)
    return changed


def _held(
    session: Session, deployment: Deployment, desk: bytes, *, shared: bool = False
) -> tuple[Desk, bytes]:
    wanted = HOLD_SHARED if shared else HOLD
    row = session.connection().execute(wanted, {"entry": desk}).first()
    if row is None:
        raise NotListed
    entry = _remembered(deployment, desk, row.label, row.token)
    if not isinstance(entry, Desk):
        raise NotListed
    return entry, row.token


def _sealed(deployment: Deployment, entry: Agency | Area | Desk, token: bytes) -> bytes:
    where = context("directory_entry", entry.id, token)
    return seal_row(deployment, asdict(entry), where, spelled=_as_hex)


def _remembered(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Any:
    return deployment.memory.recall(
        "directory_entry", identity, token, lambda: _opened(deployment, identity, label, token)
    )


def _opened(deployment: Deployment, identity: bytes, label: bytes, token: bytes) -> Any:
    plain = open_row(deployment, label, context("directory_entry", identity, token))
    plain["id"] = identity
    return _MADE[plain["kind"]](plain)


def _desk(plain: dict[str, Any]) -> Desk:
    people = {key: tuple(map(bytes.fromhex, plain[key])) for key in ("members", "waiting")}
    return Desk(**(plain | people | {"agency": bytes.fromhex(plain["agency"])}))


def _area(plain: dict[str, Any]) -> Area:
    return Area(**(plain | {"help": tuple(HelpPlace(**one) for one in plain["help"])}))


def _agency(plain: dict[str, Any]) -> Agency:
    return Agency(**(plain | {"also_called": tuple(plain["also_called"])}))


def _as_hex(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


_MADE = {"agency": _agency, "place": _area, "desk": _desk}
