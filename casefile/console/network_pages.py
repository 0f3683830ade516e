"""What the network pages show: rows in words, out of a directory as it was read.

Names of colleagues stand here, for whoever keeps the network or sits on the desk; never a case,
and never how many a desk has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casefile.console import network_words as words
from casefile.console.frame import named
from casefile.network.desks import INTAKE
from casefile.network.entries import Agency, Area, Desk, Directory, HelpPlace
from casefile.network.gaps import DeskAhead, Gap, ahead
from casefile.network.rules import warnings


@dataclass(frozen=True)
class AgencyRow:
    """An agency as the list shows it."""

    id: str
    name: str
    kind: str
    recipient: str
    investigates: str


@dataclass(frozen=True)
class DeskRow:
    """A desk as lists show it; `state` says in words whether somebody is there."""

    id: str
    name: str
    agency: str
    place: str
    function: str
    state: str
    is_there: bool


@dataclass(frozen=True)
class PlaceRow:
    """A place as the list shows it; headquarters have the code 0 and no name."""

    code: int
    name: str
    country: str
    desks: tuple[DeskRow, ...]
    has_intake: bool


@dataclass(frozen=True)
class SeatRow:
    """Somebody beside a desk: the name, the job, what she is there, and whether she is away."""

    id: str
    name: str
    job: str
    seat: str
    away: str


@dataclass(frozen=True)
class ServiceRow:
    """A service of a place as the list shows it."""

    name: str
    what: str
    provider: str


@dataclass(frozen=True)
class GapRow:
    """A desk and a span of days: who is away, or nobody is there (an empty name)."""

    desk: str
    id: str
    who: str
    when: str


@dataclass(frozen=True)
class Overview:
    """The whole network on one page."""

    agencies: tuple[AgencyRow, ...]
    places: tuple[PlaceRow, ...]
    countries: tuple[tuple[str, str], ...]
    gaps: tuple[GapRow, ...]
    notes: tuple[str, ...]


def overview(directory: Directory, people: Mapping[bytes, str]) -> Overview:
    """Agencies, places with their desks, desks without a place, and the gaps to come."""
    desks = sorted(directory.desks.values(), key=lambda desk: desk.code)
    agencies = sorted(directory.agencies.values(), key=lambda agency: agency.code)
    countries = ((one.iso, named(one.names)) for one in directory.countries.values())
    return Overview(
        agencies=tuple(_agency_row(directory, one) for one in agencies),
        places=(
            PlaceRow(0, "", "", _desks_at(directory, 0), has_intake=True),
            *(place_row(directory, one) for one in directory.areas.values()),
        ),
        countries=tuple(sorted(countries, key=lambda one: one[1])),
        gaps=gap_rows(directory, desks, people),
        notes=tuple(words.sentence(one) for one in warnings(directory, named)),
    )


def desk_row(directory: Directory, desk: Desk) -> DeskRow:
    """One desk in words."""
    area = directory.areas.get(desk.place)
    return DeskRow(
        id=desk.id.hex(),
        name=named(desk.names),
        agency=named(directory.agencies[desk.agency].names),
        place=named(area.names) if area else "",
        function=words.functions().get(desk.function, ""),
        state=words.desk_state(directory, desk),
        is_there=directory.attended(desk),
    )


def place_row(directory: Directory, area: Area) -> PlaceRow:
    """One place with its desks."""
    country = directory.countries.get(area.country)
    desks = [desk for desk in directory.desks.values() if desk.place == area.code]
    return PlaceRow(
        code=area.code,
        name=named(area.names),
        country=named(country.names) if country else "",
        desks=_desks_at(directory, area.code),
        has_intake=any(desk.function == INTAKE for desk in desks),
    )


def _desks_at(directory: Directory, code: int) -> tuple[DeskRow, ...]:
    found = [desk for desk in directory.desks.values() if desk.place == code]
    return tuple(desk_row(directory, desk) for desk in sorted(found, key=lambda desk: desk.code))


def seats_at(directory: Directory, desk: Desk, people: Mapping[bytes, str]) -> tuple[SeatRow, ...]:
    """Members, alternates and who waits to be let in."""
    return tuple(
        SeatRow(
            id=person.hex(),
            name=people.get(person, ""),
            job=directory.posts[person].job if person in directory.posts else "",
            seat=words.seat(desk, person),
            away=words.next_away(directory, person),
        )
        for person in (*desk.members, *desk.waiting)
    )


def service_rows(directory: Directory, area: Area) -> tuple[ServiceRow, ...]:
    """The services of a place."""

    def provider(service: HelpPlace) -> str:
        agency = directory.agencies.get(service.provider or b"")
        return named(agency.names) if agency else service.provided_by

    kinds = words.services()
    return tuple(
        ServiceRow(named(one.names), kinds.get(one.what, ""), provider(one)) for one in area.help
    )


def gap_rows(
    directory: Directory, desks: Iterable[Desk], people: Mapping[bytes, str]
) -> tuple[GapRow, ...]:
    """The days to come on which somebody is away, and those on which nobody is there."""
    return tuple(
        _gap_row(directory, coming, gap, people)
        for coming in (ahead(directory, desk) for desk in desks)
        for gap in (*coming.empty, *coming.away)
    )


def _gap_row(
    directory: Directory, coming: DeskAhead, gap: Gap, people: Mapping[bytes, str]
) -> GapRow:
    who = "" if gap.person is None else people.get(gap.person, "")
    when = words.span(gap.first, gap.last, directory.day)
    return GapRow(named(coming.desk.names), coming.desk.id.hex(), who, when)


def _agency_row(directory: Directory, agency: Agency) -> AgencyRow:
    desk = directory.desks.get(agency.recipient_desk or b"")
    return AgencyRow(
        id=agency.id.hex(),
        name=named(agency.names),
        kind=words.classes().get(agency.entity_class, ""),
        recipient=named(desk.names) if desk else agency.recipient,
        investigates=words.investigations().get(agency.investigates, ""),
    )
