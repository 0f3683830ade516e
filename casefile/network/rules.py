"""What a directory may not be: the rules an administrator's page and a network file both keep.

Pure decisions over a directory as it would be. A problem names what it is about in words a person
typed; it never judges who works where, and knows no case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casefile.codes.lists import UNKNOWN, read_list
from casefile.network.desks import INTAKE
from casefile.network.entries import Agency, Desk, Directory, Names


class Fault(StrEnum):
    """What is wrong; pages and commands have a sentence for each."""

    NO_NAME = "no_name"
    SAME_AGENCY = "same_agency"
    SAME_COUNTRY = "same_country"
    SAME_PLACE = "same_place"
    SAME_DESK = "same_desk"
    SAME_CODE = "same_code"
    NO_AGENCY = "no_agency"
    NO_PLACE = "no_place"
    NO_COUNTRY = "no_country"
    WRONG_CLASS = "wrong_class"
    WRONG_FUNCTION = "wrong_function"
    WRONG_SERVICE = "wrong_service"
    WRONG_INVESTIGATES = "wrong_investigates"
    RECIPIENT_ELSEWHERE = "recipient_elsewhere"
    TWO_RECIPIENTS = "two_recipients"
    CONTRACT_LOOP = "contract_loop"
    SUPERVISOR_LOOP = "supervisor_loop"
    ALTERNATE_NOT_MEMBER = "alternate_not_member"
    NO_MEMBER_LEFT = "no_member_left"
    AWAY_BACKWARDS = "away_backwards"


class Warned(StrEnum):
    """What works and is worth knowing."""

    PLACE_WITHOUT_DESK = "place_without_desk"
    NO_RECIPIENT = "no_recipient"
    NOBODY_INVESTIGATES = "nobody_investigates"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth knowing, and what it is about in words."""

    fault: Fault | Warned
    about: tuple[str, ...]


@dataclass(frozen=True)
class Codes:
    """The codes entries may carry, out of config/lists."""

    classes: frozenset[str]
    functions: frozenset[str]
    services: frozenset[str]
    investigates: frozenset[str]


def read_codes(config: Path) -> Codes:
    """The codes of this deployment; *unknown* is one only for who investigates."""

    def known(name: str) -> frozenset[str]:
        return frozenset(read_list(config, name)) - {UNKNOWN}

    return Codes(
        known("agency_class"),
        known("desk_function"),
        known("service"),
        known("investigates") | {UNKNOWN},
    )


def english(names: Names) -> str:
    """What an entry is called in lists of problems."""
    return names.get("en") or next(iter(names.values()), "")


def problems(
    directory: Directory, codes: Codes, called: Mapping[bytes, str]
) -> tuple[Problem, ...]:
    """Everything that is wrong with a directory; `called` are people's names by their id."""
    found: list[Problem] = []
    for check in (_names, _same, _agencies, _places, _desks):
        found += check(directory, codes)
    found += _posts(directory, called)
    return tuple(dict.fromkeys(found))


def warnings(directory: Directory, name: Callable[[Names], str] = english) -> tuple[Problem, ...]:
    """What works and is worth knowing: places without desks, agencies nobody answers for.

    `name` says what an entry is called, in English unless told otherwise.
    """
    staffed = {desk.place for desk in directory.desks.values() if desk.function == INTAKE}
    bare = [
        Problem(Warned.PLACE_WITHOUT_DESK, (name(area.names),))
        for area in directory.areas.values()
        if area.code not in staffed
    ]
    return (*bare, *_unanswered(directory, name))


def _unanswered(directory: Directory, name: Callable[[Names], str]) -> Iterator[Problem]:
    for agency in directory.agencies.values():
        if not (agency.recipient or agency.recipient_desk or agency.contracted_by):
            yield Problem(Warned.NO_RECIPIENT, (name(agency.names),))
        if agency.investigates == "no" and agency.contracted_by is None:
            yield Problem(Warned.NOBODY_INVESTIGATES, (name(agency.names),))


def _names(directory: Directory, _codes: Codes) -> Iterator[Problem]:
    named = (directory.agencies, directory.countries, directory.areas, directory.desks)
    for entries in named:
        for entry in entries.values():
            if not entry.names.get("en"):
                yield Problem(Fault.NO_NAME, (english(entry.names),))


def _same(directory: Directory, _codes: Codes) -> Iterator[Problem]:
    agencies, desks = directory.agencies.values(), directory.desks.values()
    areas, countries = directory.areas.values(), directory.countries.values()
    yield from _twice(Fault.SAME_AGENCY, (one.names for one in agencies))
    yield from _twice(Fault.SAME_COUNTRY, (one.names for one in countries))
    yield from _twice(Fault.SAME_PLACE, (one.names for one in areas))
    yield from _twice(Fault.SAME_DESK, (one.names for one in desks))
    for entries in (agencies, desks):
        counted = Counter(one.code for one in entries)
        for one in entries:
            if one.code < 1 or counted[one.code] > 1:
                yield Problem(Fault.SAME_CODE, (english(one.names), str(one.code)))


def _twice(fault: Fault, named: Iterable[Names]) -> Iterator[Problem]:
    """Names that two entries share in one language, however they are written."""
    met: Counter[tuple[str, str]] = Counter()
    for names in named:
        for language, name in names.items():
            spelt = (language, " ".join(name.casefold().split()))
            met[spelt] += 1
            if met[spelt] == 2 and name:
                yield Problem(fault, (name,))


def _agencies(directory: Directory, codes: Codes) -> Iterator[Problem]:
    for agency in directory.agencies.values():
        name = english(agency.names)
        if agency.entity_class not in codes.classes:
            yield Problem(Fault.WRONG_CLASS, (name, agency.entity_class))
        if agency.investigates not in codes.investigates:
            yield Problem(Fault.WRONG_INVESTIGATES, (name, agency.investigates))
        if agency.recipient and agency.recipient_desk:
            yield Problem(Fault.TWO_RECIPIENTS, (name,))
        if agency.recipient_desk is not None and not _is_own(directory, agency):
            yield Problem(Fault.RECIPIENT_ELSEWHERE, (name,))
        if agency.contracted_by is not None and agency.contracted_by not in directory.agencies:
            yield Problem(Fault.NO_AGENCY, (name,))
        elif _comes_back(agency.id, lambda one: _contractor(directory, one)):
            yield Problem(Fault.CONTRACT_LOOP, (name,))


def _is_own(directory: Directory, agency: Agency) -> bool:
    desk = directory.desks.get(agency.recipient_desk or b"")
    return desk is not None and desk.agency == agency.id


def _contractor(directory: Directory, agency: bytes) -> bytes | None:
    found = directory.agencies.get(agency)
    return found.contracted_by if found else None


def _places(directory: Directory, codes: Codes) -> Iterator[Problem]:
    for area in directory.areas.values():
        name = english(area.names)
        if area.country and area.country not in directory.countries:
            yield Problem(Fault.NO_COUNTRY, (name, area.country))
        for service in area.help:
            if service.what not in codes.services:
                yield Problem(Fault.WRONG_SERVICE, (name, service.what))
            if not service.names.get("en"):
                yield Problem(Fault.NO_NAME, (name,))
            if service.provider is not None and service.provider not in directory.agencies:
                yield Problem(Fault.NO_AGENCY, (english(service.names),))


def _desks(directory: Directory, codes: Codes) -> Iterator[Problem]:
    for desk in directory.desks.values():
        name = english(desk.names)
        if desk.agency not in directory.agencies:
            yield Problem(Fault.NO_AGENCY, (name,))
        if desk.place and desk.place not in directory.areas:
            yield Problem(Fault.NO_PLACE, (name,))
        if desk.function not in codes.functions:
            yield Problem(Fault.WRONG_FUNCTION, (name, desk.function))
        yield from _alternates(desk)


def _alternates(desk: Desk) -> Iterator[Problem]:
    name, members = english(desk.names), set(desk.members) | set(desk.waiting)
    if set(desk.alternates) - members:
        yield Problem(Fault.ALTERNATE_NOT_MEMBER, (name,))
    if desk.members and set(desk.members) <= set(desk.alternates):
        yield Problem(Fault.NO_MEMBER_LEFT, (name,))


def _posts(directory: Directory, called: Mapping[bytes, str]) -> Iterator[Problem]:
    for post in directory.posts.values():
        name = called.get(post.person) or post.job
        if post.agency not in directory.agencies:
            yield Problem(Fault.NO_AGENCY, (name,))
        if post.area and post.area not in directory.areas:
            yield Problem(Fault.NO_PLACE, (name,))
        if _comes_back(post.person, lambda one: _supervisor(directory, one)):
            yield Problem(Fault.SUPERVISOR_LOOP, (name,))
        if any(last < first for first, last in post.away):
            yield Problem(Fault.AWAY_BACKWARDS, (name,))


def _supervisor(directory: Directory, person: bytes) -> bytes | None:
    post = directory.posts.get(person)
    return post.supervisor if post else None


def _comes_back(start: bytes, above: Callable[[bytes], bytes | None]) -> bool:
    """Whether going up from `start` leads to `start` again."""
    met: set[bytes] = set()
    step = above(start)
    while step is not None and step not in met:
        if step == start:
            return True
        met.add(step)
        step = above(step)
    return False
