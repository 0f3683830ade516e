"""The rules of routing, read from `config/routing.toml`: an ordered list, checked at start.

Pure: a file in, frozen rules out. It must never decide who is kept from a report; that no rule can
change, and `cases.routing` holds it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from casefile.codes.lists import UNKNOWN, CodeList, read_list
from casefile.codes.problem import ConfigProblem

FILE = "routing.toml"
INTAKE = "intake"


class RoutingProblem(ConfigProblem):
    """The rules cannot be used; the text says which rule, why and what to do."""


class Where(StrEnum):
    """Where a desk stands, seen from the place of the report."""

    HERE = "here"
    COUNTRY = "country"
    ELSEWHERE = "elsewhere"
    ANY = "any"


class Whose(StrEnum):
    """Whose desk it is."""

    MEMBER = "member"
    INTER_AGENCY = "inter_agency"
    ANY = "any"


class Given(StrEnum):
    """What a rule may ask of a report."""

    CHILD = "child"
    PLACE_KNOWN = "place_known"
    AGENCY_KNOWN = "agency_known"


@dataclass(frozen=True)
class Rule:
    """One line of the list: which desks it offers, and for which reports."""

    name: str
    function: str
    place: Where
    agency: Whose
    categories: frozenset[str] = frozenset()
    only: frozenset[Given] = frozenset()
    unless: frozenset[Given] = frozenset()

    @property
    def always(self) -> bool:
        """Whether it holds for every report."""
        return not (self.categories or self.only or self.unless)


@dataclass(frozen=True)
class Routing:
    """The whole list; `external`: at its end stands the recipient outside."""

    rules: tuple[Rule, ...]
    external: bool


@cache
def read_routing(config: Path) -> Routing:
    """Read and check config/routing.toml; RoutingProblem says what is wrong in which rule."""
    try:
        table = tomllib.loads((config / FILE).read_text("utf-8"))
    except FileNotFoundError as missing:
        raise RoutingProblem(f"{FILE} is missing: no report could go anywhere.") from missing
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise RoutingProblem(f"{FILE} cannot be read: {damaged}") from damaged
    functions, categories = read_list(config, "desk_function"), read_list(config, "category")
    return routing_of(table, functions, categories)


def routing_of(table: Mapping[str, Any], functions: CodeList, categories: CodeList) -> Routing:
    """Check a parsed file and freeze it; raises RoutingProblem."""
    entries = table.get("rule")
    if set(table) != {"rule"} or not isinstance(entries, list) or not entries:
        raise RoutingProblem(f"{FILE}: it holds [[rule]] entries and nothing else.")
    external = _is_external(entries[-1])
    listed = entries[:-1] if external else entries
    rules = tuple(_rule(one, at, functions, categories) for at, one in enumerate(listed, 1))
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise RoutingProblem(f"{FILE}: two rules are called {name!r}.")
    if not any(_takes_everything(rule) for rule in rules):
        raise RoutingProblem(
            f"{FILE}: one rule must always offer the inter-agency intake desk (function intake, "
            "place any, agency inter_agency, no conditions): otherwise a report may go nowhere."
        )
    return Routing(rules, external)


def _takes_everything(rule: Rule) -> bool:
    asks = (rule.function, rule.place, rule.agency)
    return asks == (INTAKE, Where.ANY, Whose.INTER_AGENCY) and rule.always


def _is_external(entry: object) -> bool:
    return (
        isinstance(entry, dict) and set(entry) == {"name", "external"} and entry["external"] is True
    )


def _rule(entry: object, at: int, functions: CodeList, categories: CodeList) -> Rule:
    where = f"{FILE}, rule {at}"
    if not isinstance(entry, dict):
        raise RoutingProblem(f"{where}: it must be a table.")
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise RoutingProblem(f"{where}: name is missing.")
    where = f"{where} ({name})"
    if "external" in entry:
        raise RoutingProblem(f"{where}: external = true stands alone with a name, and last.")
    unknown = sorted(set(entry) - KNOWN)
    if unknown:
        known = ", ".join(sorted(KNOWN))
        raise RoutingProblem(f"{where}: {unknown[0]!r} is not known here. Known: {known}.")
    return Rule(
        name=name,
        function=_one(entry, "function", [each for each in functions if each != UNKNOWN], where),
        place=Where(_one(entry, "place", list(Where), where)),
        agency=Whose(_one(entry, "agency", list(Whose), where)),
        categories=frozenset(_some(entry, "categories", list(categories), where)),
        only=frozenset(map(Given, _some(entry, "only", list(Given), where))),
        unless=frozenset(map(Given, _some(entry, "unless", list(Given), where))),
    )


KNOWN = frozenset(Rule.__dataclass_fields__)


def _one(entry: Mapping[str, Any], key: str, allowed: list[str], where: str) -> str:
    given = entry.get(key)
    if not isinstance(given, str) or given not in allowed:
        raise RoutingProblem(f"{where}: {key} is {given!r}, not one of {', '.join(allowed)}.")
    return given


def _some(entry: Mapping[str, Any], key: str, allowed: list[str], where: str) -> list[str]:
    given = entry.get(key, [])
    if not isinstance(given, list):
        raise RoutingProblem(f"{where}: {key} must be a list.")
    for one in given:
        if not isinstance(one, str) or one not in allowed:
            raise RoutingProblem(f"{where}: {key} has {one!r}, not one of {', '.join(allowed)}.")
    return given
