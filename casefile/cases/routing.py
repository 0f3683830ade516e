"""Routing: to which one desk a report goes first, and who of that desk must not have it.

A complaint never goes first to an office of the organisation it is about, nor to anybody it names
or the reporter keeps it from. If nobody of a desk is left the next one is asked; the inter-agency
desk is the last. (IASC inter-agency referral procedures, 2023; design of the reporting form.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from casefile.network.desks import INTAKE, inter_agency_desk
from casefile.network.directory import Desk, Directory


class ServiceNotOpen(Exception):
    """No desk holds keys yet: the service cannot receive a report."""


@dataclass(frozen=True)
class Facts:
    """What routing looks at. `concerned` and `kept_from` are agencies; `area` 0 is unknown."""

    area: int
    concerned: frozenset[bytes]
    kept_from: frozenset[bytes]
    keep_area: bool
    excluded: frozenset[bytes]


@dataclass(frozen=True)
class Route:
    """The desk, and its members who remain; a circle if that is not all of them."""

    desk: Desk
    members: tuple[bytes, ...]

    @property
    def circle(self) -> bool:
        """Whether the case needs a key pair of its own in place of the desk's."""
        return len(self.members) < len(self.desk.members)


def route(directory: Directory, facts: Facts) -> Route:
    """The first desk, in the order of `candidates`, that has anybody left.

    When nobody is left anywhere the case lies at the last desk in a circle of nobody: only the
    custodians together can open it, and none of the excluded ever.
    """
    chosen: Route | None = None
    for desk in candidates(directory, facts):
        members = tuple(one for one in desk.members if one not in facts.excluded)
        if members:
            return Route(desk, members)
        chosen = chosen or Route(desk, ())
    if chosen is None:
        raise ServiceNotOpen
    return chosen


def candidates(directory: Directory, facts: Facts) -> Iterator[Desk]:
    """The place's desks of other agencies, then the inter-agency desk, then other offices."""
    barred = facts.concerned | facts.kept_from
    live = [
        desk
        for desk in sorted(directory.desks.values(), key=lambda desk: desk.code)
        if desk.function == INTAKE and desk.live
    ]
    last = inter_agency_desk(directory)
    local = [desk for desk in live if desk.place and desk.place == facts.area and desk != last]
    if not facts.keep_area:
        yield from (desk for desk in local if desk.agency not in barred)
    if last is not None:
        yield last
    yield from (
        desk for desk in live if desk != last and desk not in local and desk.agency not in barred
    )
