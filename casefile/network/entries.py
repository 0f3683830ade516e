"""What stands in the directory: agencies, places, desks and posts as frozen objects.

Pure: no table and no key. No case, report or person's secret is ever one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

Names = Mapping[str, str]
Away = tuple[tuple[date, date], ...]
"""Spans of days a person is not there, first and last day included."""
INTER_AGENCY = "inter_agency"


@dataclass(frozen=True)
class Agency:
    """An agency or partner: its names by language, its class, and what people call it.

    Complaints about its people go to its designated recipient: `recipient_desk`, a desk of its
    own, or `recipient`, somebody outside this system in words. `investigates` is a code of
    config/lists/investigates.toml; `contracted_by` the agency a partner works for.
    """

    id: bytes
    names: Names
    entity_class: str
    also_called: tuple[str, ...] = ()
    code: int = 0
    key: str = ""
    """What the network file calls it; empty if it was never in one."""
    recipient_desk: bytes | None = None
    recipient: str = ""
    investigates: str = "unknown"
    contracted_by: bytes | None = None
    kind: Literal["agency"] = "agency"


@dataclass(frozen=True)
class HelpPlace:
    """Where help is found: what it is, its name, how to find it and when, by language.

    `provider` is the agency that runs it, or `provided_by` its name where it is not listed:
    help must not lead back to the employer of the person reported.
    """

    what: str
    names: Names
    how_to_find: Names
    hours: Names
    provider: bytes | None = None
    provided_by: str = ""


@dataclass(frozen=True)
class Country:
    """A country with places in it; `iso` is its code of three letters (ISO 3166-1)."""

    id: bytes
    names: Names
    iso: str
    kind: Literal["country"] = "country"


@dataclass(frozen=True)
class Area:
    """A place people report from; `code` stands in the form and in registers, from 1.

    A code is given once and never again to another place. `country` is a country's `iso`.
    """

    id: bytes
    names: Names
    code: int
    help: tuple[HelpPlace, ...] = ()
    key: str = ""
    country: str = ""
    kind: Literal["place"] = "place"


@dataclass(frozen=True)
class Desk:
    """A team that receives cases: agency × place × function, its members, its key generation.

    `code` stands in the queue register, from 1. `generation` 0 means that the desk has no keys
    yet. `waiting` are people with an account whom a fellow has still to let in; `alternates`
    are the members who stand in for the others. `first_held` is the first generation of the
    present line of members: what older ones held only custodians open.
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
    key: str = ""
    alternates: tuple[bytes, ...] = ()
    first_held: int = 1
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


Entry = Agency | Country | Area | Desk | Post


@dataclass(frozen=True)
class Directory:
    """The whole directory as it stood when it was read, on that `day` at the duty station.

    `posts` by the person's id, `countries` by their `iso`.
    """

    agencies: Mapping[bytes, Agency]
    areas: Mapping[int, Area]
    desks: Mapping[bytes, Desk]
    posts: Mapping[bytes, Post] = field(default_factory=dict)
    countries: Mapping[str, Country] = field(default_factory=dict)
    day: date = date.min

    def holding(self, entry: Entry) -> Directory:
        """The directory as it would be with this entry added, or in the place of its older self."""
        match entry:
            case Agency():
                return replace(self, agencies={**self.agencies, entry.id: entry})
            case Country():
                return replace(self, countries={**self.countries, entry.iso: entry})
            case Area():
                return replace(self, areas={**self.areas, entry.code: entry})
            case Desk():
                return replace(self, desks={**self.desks, entry.id: entry})
            case Post():
                return replace(self, posts={**self.posts, entry.person: entry})

    def desks_of(self, person: bytes) -> tuple[Desk, ...]:
        """The desks on which a person is a member."""
        return tuple(desk for desk in self.desks.values() if person in desk.members)

    def here(self, people: Iterable[bytes], day: date | None = None) -> tuple[bytes, ...]:
        """Those of `people` who are not away on `day`, else on the day of reading."""
        asked = day or self.day
        return tuple(one for one in people if not self._is_away(one, asked))

    def attended(self, desk: Desk, day: date | None = None) -> bool:
        """Whether a desk counts as a desk: somebody holds its keys and is not away."""
        return desk.live and bool(self.here(desk.members, day))

    def _is_away(self, person: bytes, day: date) -> bool:
        post = self.posts.get(person)
        return post is not None and post.is_away(day)

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
    called = {"also_called": tuple(plain["also_called"])}
    ids = {key: _bytes(plain.get(key)) for key in ("recipient_desk", "contracted_by")}
    return Agency(**(plain | called | ids | {"id": identity}))


def _country(identity: bytes, plain: dict[str, Any]) -> Country:
    return Country(**(plain | {"id": identity}))


def _area(identity: bytes, plain: dict[str, Any]) -> Area:
    found = tuple(
        HelpPlace(**(one | {"provider": _bytes(one.get("provider"))})) for one in plain["help"]
    )
    return Area(**(plain | {"id": identity, "help": found}))


def _desk(identity: bytes, plain: dict[str, Any]) -> Desk:
    people = {
        key: tuple(map(bytes.fromhex, plain.get(key, ())))
        for key in ("members", "waiting", "alternates")
    }
    agency = bytes.fromhex(plain["agency"])
    return Desk(**(plain | people | {"id": identity, "agency": agency}))


def _post(_identity: bytes, plain: dict[str, Any]) -> Post:
    away = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in plain["away"])
    ids = {key: _bytes(plain[key]) for key in ("person", "agency", "supervisor")}
    return Post(**(plain | ids | {"away": away}))


def _bytes(text: str | None) -> bytes | None:
    return bytes.fromhex(text) if text else None


_MADE: Mapping[str, Callable[[bytes, dict[str, Any]], Entry]] = {
    "agency": _agency,
    "country": _country,
    "place": _area,
    "desk": _desk,
    "post": _post,
}
