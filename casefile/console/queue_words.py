"""The words of the lists of work: their names, their filters, and what stands on each line.

It must never offer a filter by which the viewer's own cases do not differ, nor name a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import request
from flask_babel import gettext as _

from casefile.cases.queue import QueuePage
from casefile.cases.queue_views import FILTERED, Filters, Sort
from casefile.codes.lists import UNKNOWN, read_list
from casefile.console.frame import named
from casefile.console.spoken import (
    Spoken,
    ages,
    answered,
    categories,
    channels,
    languages,
    once_a_language,
    stamps,
    states,
    steps,
    told_next,
)
from casefile.network.directory import Directory

LARGEST_CODE = 65_535
LISTS = {
    "category": "category",
    "state": "case_state",
    "language": "language",
    "channel": "channel",
    "step": "step",
}
"""The code list behind each filter that has one."""


@dataclass(frozen=True)
class QueueWords:
    """The words of the lists of work."""

    stamp: Mapping[str, str]
    step: Mapping[str, str]
    told_next: Mapping[str, str]
    language: Mapping[str, str]
    view: Mapping[str, str]
    about: Mapping[str, str]


@dataclass(frozen=True)
class Filter:
    """One filter of a list: its name in the address, what it is called, what may be chosen."""

    name: str
    words: str
    chosen: int | None
    choices: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class ListAsked:
    """What was asked of a list, in words and as it stands in the address."""

    filters: tuple[Filter, ...]
    sorts: Mapping[str, str]
    address: Mapping[str, str | int]
    """Filters and order, for the addresses of the other lists and pages."""
    sort: Mapping[str, str]
    """The order alone: what is left when the filters are cleared."""


def code_asked(name: str) -> int | None:
    """The number the address asks for in a filter; None for none, or for what cannot be one."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number <= LARGEST_CODE else None


def queue_words() -> QueueWords:
    """Look up every word of the list once, however many lines it has."""
    return QueueWords(stamps(), steps(), told_next(), languages(), view_words(), _about_views())


def list_asked(config: Path, page: QueuePage) -> ListAsked:
    """The filters worth offering: those by which the viewer's cases differ, or that are set."""
    called, chosen = _filters(), page.filters.chosen
    filters = tuple(
        Filter(name, called[name], chosen.get(name), _choices(config, page, name))
        for name in FILTERED
        if len(page.offered.get(name, ())) > 1 or name in chosen
    )
    sort = {} if page.sort is Sort.FIRST else {"sort": page.sort.value}
    return ListAsked(filters, _sorts(), {**chosen, **sort}, sort)


def said_filters(config: Path, directory: Directory, filters: Filters) -> tuple[str, ...]:
    """What a list is narrowed to, in words; a name that is gone is not known."""
    places = {
        "area": {code: named(one.names) for code, one in directory.areas.items()},
        "desk": {one.code: named(one.names) for one in directory.desks.values()},
        "agency": {one.code: named(one.names) for one in directory.agencies.values()},
        "age": ages(),
        "answered": answered(),
    }
    return tuple(
        (places.get(name) or _by_number(config, name)).get(number, _("not known"))
        for name, number in filters.chosen.items()
    )


def _by_number(config: Path, name: str) -> dict[int, str]:
    said = _coded(name)
    numbers = read_list(config, LISTS[name]).numbers
    return {number: said[code] for code, number in numbers.items()}


def _choices(config: Path, page: QueuePage, name: str) -> tuple[tuple[int, str], ...]:
    """What one filter finds among the viewer's cases, in words."""
    numbers = page.offered.get(name, ())
    called = {"area": page.areas, "desk": page.desks, "agency": page.agencies}.get(name)
    if called is not None:
        return tuple((each, called.get(each) or _("not known")) for each in numbers)
    if name in ("age", "answered"):
        classes = ages() if name == "age" else answered()
        return tuple((each, classes.get(each) or _("not known")) for each in numbers)
    listed = {number: code for code, number in read_list(config, LISTS[name]).numbers.items()}
    said = _coded(name)
    return tuple((each, said[listed.get(each, UNKNOWN)]) for each in numbers)


def _coded(name: str) -> Spoken:
    """The words of the code list a filter chooses from."""
    spoken = {
        "category": categories,
        "state": states,
        "language": languages,
        "channel": channels,
        "step": steps,
    }
    return spoken[name]()


@once_a_language
def view_words() -> Spoken:
    """The lists of work by name."""
    return Spoken(
        todo=_("To do now"),
        mine=_("Mine"),
        unassigned=_("Nobody’s yet"),
        act_today=_("Act today"),
        late=_("Late"),
        new=_("New"),
        others=_("Waiting for others"),
        reporter=_("Waiting for the reporter"),
        leaving=_("Soon deleted"),
        junk=_("Possibly junk"),
        all=_("All open"),
        ended=_("Ended"),
    )


@once_a_language
def _about_views() -> Spoken:
    """What stands on each list, in a sentence."""
    return Spoken(
        todo=_(
            "What must be moved now: danger, child and recent first, then late, then nearest due."
        ),
        mine=_("The cases you answer for."),
        unassigned=_("Nobody answers for these yet: whoever confirms first, or takes one over."),
        act_today=_("Danger, a child, somebody hurt, or something recent: help is offered today."),
        late=_("Their day has passed. Who must hear of it stands beside each."),
        new=_("Nobody has read these yet."),
        leaving=_(
            "Closed, and their time is over: deleted on the day, unless two people keep them."
        ),
        others=_("Somebody else has to move: a colleague who took the case, or another office."),
        reporter=_("We wrote to them. Nobody is called: people come back with their number."),
        junk=_(
            "Nothing is deleted here before a person has read it, by the same day as any other."
        ),
        all=_("Everything open that your desk can read; what may be junk stands last."),
        ended=_("Two people have ended these. Each can be looked at again and keeps its number."),
    )


@once_a_language
def _sorts() -> Spoken:
    return Spoken(
        first=_("what must be done first"), newest=_("newest first"), oldest=_("oldest first")
    )


@once_a_language
def _filters() -> Spoken:
    return Spoken(
        area=_("Place"),
        category=_("Category"),
        state=_("How far it is"),
        language=_("Written in"),
        channel=_("How it came"),
        step=_("Next step"),
        age=_("Age of the case"),
        answered=_("Last answer"),
        desk=_("Desk"),
        agency=_("Organisation"),
    )
