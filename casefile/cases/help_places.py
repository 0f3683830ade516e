"""Where help is for a case: the services of its place, and which of them must not be used for it.

Pure decisions. Help must not lead back to the person reported: what is run by an organisation the
report names, or is to be kept from, comes last and is marked. Why stands nowhere: whoever looks
over a shoulder must not learn whom a report is about. (Design of the pages, rule 9.)
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from casefile.cases.conflict import named_agencies
from casefile.cases.exclusion import Told, names_of_agencies
from casefile.network.directory import Directory, HelpPlace, Names


@dataclass(frozen=True)
class Service:
    """One service in the reader's language; `what` is a code of config/lists/service.toml."""

    what: str
    name: str
    how_to_find: str
    hours: str
    barred: bool


def services_for(
    directory: Directory, told: Told, wishes: Collection[str], language: str
) -> tuple[Service, ...]:
    """The services of the report's place: what was asked for first, what is barred last."""
    area = directory.areas.get(told.area)
    said = "\n".join((told.employer, told.keep_from, told.text))
    named = named_agencies(names_of_agencies(directory), said)
    found = [_service(one, named, said, language) for one in (area.help if area else ())]
    return tuple(sorted(found, key=lambda one: (one.barred, one.what not in wishes)))


def _service(one: HelpPlace, named: Collection[bytes], said: str, language: str) -> Service:
    unlisted = bool(named_agencies({b"": (one.provided_by,)}, said))
    return Service(
        one.what,
        _in(one.names, language),
        _in(one.how_to_find, language),
        _in(one.hours, language),
        barred=one.provider in named or unlisted,
    )


def _in(names: Names, language: str) -> str:
    return names.get(language) or names.get("en", "")
