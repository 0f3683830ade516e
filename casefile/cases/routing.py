"""Routing: to which one desk a report goes first, and who of that desk must not have it.

The order of the desks is data (`config/routing.toml`). What no rule can change stands here: a
report never goes first to an organisation it is about or is kept from, nor to the office of
anybody it names, nor to an office of its place where the reporter says so, and nobody it excludes
ever reads it. A desk whose members are all away counts as empty. (IASC inter-agency referral
procedures, 2023; design of the reporting form.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casefile.cases.recipients import end_of_the_line
from casefile.codes.routes import Given, Routing, Rule, Where, Whose
from casefile.network.desks import inter_agency_desk, is_inter_agency
from casefile.network.directory import Desk, Directory


class ServiceNotOpen(Exception):
    """No desk a report may go to holds keys yet: the service cannot receive it."""


@dataclass(frozen=True)
class Facts:
    """What routing looks at. `concerned` and `kept_from` are agencies; `area` 0 is unknown."""

    area: int
    concerned: frozenset[bytes]
    kept_from: frozenset[bytes]
    keep_area: bool
    excluded: frozenset[bytes]
    category: str = "possible_sea"
    child: bool = False

    @property
    def barred(self) -> frozenset[bytes]:
        """The agencies whose desks never have it first."""
        return self.concerned | self.kept_from

    def given(self) -> frozenset[Given]:
        """What of the conditions a rule may ask for holds."""
        held = {
            Given.CHILD: self.child,
            Given.PLACE_KNOWN: bool(self.area),
            Given.AGENCY_KNOWN: bool(self.concerned),
        }
        return frozenset(one for one, holds in held.items() if holds)


@dataclass(frozen=True)
class Route:
    """The desk, and its members who remain; a circle if that is not all of them.

    `external` is the designated recipient outside, in words, where nobody is left inside.
    """

    desk: Desk
    members: tuple[bytes, ...]
    external: str = ""

    @property
    def circle(self) -> bool:
        """Whether the case needs a key pair of its own in place of the desk's."""
        return not self.members or len(self.members) < len(self.desk.members)


def route(directory: Directory, facts: Facts, routing: Routing) -> Route:
    """The first desk, in the order of the rules, at which anybody is left who is not away.

    Where everybody left is away, the first desk somebody will come back to. Where nobody is left
    anywhere the case lies in a circle of nobody: only the custodians together can open it, and
    none of the excluded ever. ServiceNotOpen if there is not even that.
    """
    offered = [
        Route(desk, tuple(one for one in desk.members if one not in facts.excluded))
        for desk in candidates(directory, facts, routing)
    ]
    for found in offered:
        if directory.here(found.members):
            return found
    for found in offered:
        if found.members:
            return found
    return _nobody(directory, offered, routing)


def candidates(directory: Directory, facts: Facts, routing: Routing) -> Iterator[Desk]:
    """Every desk that holds keys and may have the report, in the order of the rules, once."""
    desks = sorted(directory.desks.values(), key=lambda desk: desk.code)
    allowed = [desk for desk in desks if desk.live and may_have(directory, facts, desk)]
    met: set[bytes] = set()
    for rule in routing.rules:
        for desk in allowed if _applies(rule, facts) else ():
            if desk.id not in met and offers(rule, directory, facts, desk):
                met.add(desk.id)
                yield desk


def may_have(directory: Directory, facts: Facts, desk: Desk) -> bool:
    """What no rule can change: whether this desk may have the report first at all."""
    if desk.agency in facts.barred:
        return False
    if facts.keep_area and desk.place and desk.place == (facts.area or desk.place):
        return False
    return is_inter_agency(directory, desk) or not _is_office_of(directory, desk, facts.excluded)


def _is_office_of(directory: Directory, desk: Desk, people: frozenset[bytes]) -> bool:
    """Whether one of these people works in the office the desk belongs to."""
    posts = (directory.posts.get(person) for person in people)
    return any(post and (post.agency, post.area) == (desk.agency, desk.place) for post in posts)


def offers(rule: Rule, directory: Directory, facts: Facts, desk: Desk) -> bool:
    """Whether this line of the list means this desk."""
    if desk.function != rule.function or not _STANDS[rule.place](directory, facts, desk):
        return False
    if rule.agency is Whose.ANY:
        return True
    return is_inter_agency(directory, desk) == (rule.agency is Whose.INTER_AGENCY)


def _applies(rule: Rule, facts: Facts) -> bool:
    given = facts.given()
    in_category = not rule.categories or facts.category in rule.categories
    return in_category and rule.only <= given and not rule.unless & given


def _stands_here(_directory: Directory, facts: Facts, desk: Desk) -> bool:
    return bool(desk.place) and desk.place == facts.area


def _stands_in_country(directory: Directory, facts: Facts, desk: Desk) -> bool:
    here, there = (directory.areas.get(code) for code in (facts.area, desk.place))
    return bool(here and there and here is not there and here.country) and (
        here.country == there.country  # type: ignore[union-attr]
    )


_STANDS: dict[Where, Callable[[Directory, Facts, Desk], bool]] = {
    Where.HERE: _stands_here,
    Where.COUNTRY: _stands_in_country,
    Where.ELSEWHERE: lambda directory, facts, desk: not _stands_here(directory, facts, desk),
    Where.ANY: lambda _directory, _facts, _desk: True,
}


def _nobody(directory: Directory, offered: list[Route], routing: Routing) -> Route:
    """The custodians' desk: the inter-agency one where it may be, else the first that may.

    If the inter-agency desk itself is barred it still keeps the case, in a circle of nobody.
    """
    last = inter_agency_desk(directory)
    desks = [found.desk for found in offered]
    if last is not None and (last in desks or not desks):
        chosen = last
    elif desks:
        chosen = desks[0]
    else:
        raise ServiceNotOpen
    return Route(chosen, (), end_of_the_line(directory) if routing.external else "")
