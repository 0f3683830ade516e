"""What stands in the directory: agencies, places, desks and posts as frozen objects.

Pure: no table and no key. No case, report or person's secret is ever one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

Names = Mapping[str, str]
Away = tuple[tuple[date, date], ...]
"""Spans of days a person is not there, first and last day included."""
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
class Post:
    """Where a person works: the agency, the place of the office (0: none), the job, to whom.

    `person` is the id of the account, `supervisor` another's. `away` are the days off, set by
    the person; job titles are words and point at people, so nothing of it is ever counted.
    """

    person: bytes
    agency: bytes
    area: int
    job: str
    supervisor: bytes | None = None
    away: Away = ()
    kind: Literal["post"] = "post"

    def is_away(self, day: date) -> bool:
        """Whether that day is one of the days off."""
        return any(first <= day <= last for first, last in self.away)


Entry = Agency | Area | Desk | Post


@dataclass(frozen=True)
class Directory:
    """The whole directory as it stood when it was read; `posts` by the person's id."""

    agencies: Mapping[bytes, Agency]
    areas: Mapping[int, Area]
    desks: Mapping[bytes, Desk]
    posts: Mapping[bytes, Post] = field(default_factory=dict)

    def desks_of(self, person: bytes) -> tuple[Desk, ...]:
        """The desks on which a person is a member."""
        return tuple(desk for desk in self.desks.values() if person in desk.members)

    def desk_coded(self, code: int) -> Desk:
        """The desk with that code; KeyError if there is none."""
        return next(desk for desk in self.desks.values() if desk.code == code)


def to_plain(entry: Entry) -> dict[str, Any]:
    """The entry as JSON can hold it: ids in hex, days as year-month-day."""
    plain: dict[str, Any] = _spelt(asdict(entry))
    return plain


def from_plain(identity: bytes, plain: dict[str, Any]) -> Entry:
    """The inverse of `to_plain`; a post is named by its person and has no id of its own."""
    return _MADE[plain["kind"]](identity, plain)


def _spelt(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spelt(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_spelt(one) for one in value]
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value


def _agency(identity: bytes, plain: dict[str, Any]) -> Agency:
    return Agency(**(plain | {"id": identity, "also_called": tuple(plain["also_called"])}))


def _area(identity: bytes, plain: dict[str, Any]) -> Area:
    help_places = tuple(HelpPlace(**one) for one in plain["help"])
    return Area(**(plain | {"id": identity, "help": help_places}))


def _desk(identity: bytes, plain: dict[str, Any]) -> Desk:
    people = {key: tuple(map(bytes.fromhex, plain[key])) for key in ("members", "waiting")}
    agency = bytes.fromhex(plain["agency"])
    return Desk(**(plain | people | {"id": identity, "agency": agency}))


def _post(_identity: bytes, plain: dict[str, Any]) -> Post:
    away = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in plain["away"])
    supervisor = bytes.fromhex(plain["supervisor"]) if plain["supervisor"] else None
    ids = {key: bytes.fromhex(plain[key]) for key in ("person", "agency")}
    return Post(**(plain | ids | {"supervisor": supervisor, "away": away}))


_MADE: Mapping[str, Callable[[bytes, dict[str, Any]], Entry]] = {
    "agency": _agency,
    "place": _area,
    "desk": _desk,
    "post": _post,
}
