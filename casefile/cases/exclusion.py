"""Who is kept from a case and because of what: pure decisions over words, names, posts and places.

A name that matches excludes its bearer, provisionally, and with her those in her line; an office
too small to hide in is excluded whole. Nothing here is ever shown to anybody it concerns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from casefile.cases.conflict import excluded_people, named_agencies
from casefile.cases.label import Exclusion, Label
from casefile.cases.routing import Facts
from casefile.network.desks import INTAKE, inter_agency_desk
from casefile.network.directory import Desk, Directory

INVESTIGATION = "investigation"


class Why(StrEnum):
    """Why somebody is kept from a case. Only what a name began can be lifted."""

    NAMED = "named"
    LINE = "line"
    OFFICE = "office"
    DECLARED = "declared"
    ELSEWHERE = "elsewhere"
    """She is kept from the case at the other end of a referral; `because` is that case."""
    DAMAGED = "damaged"
    """She joined while nobody could look whether the case names her."""


@dataclass(frozen=True)
class Told:
    """What a report says that decides who must not have it. `area` 0 is unknown."""

    text: str = field(repr=False)
    answers: tuple[str, ...] = field(repr=False)
    keep_from: str = field(repr=False)
    employer: str = field(repr=False)
    keep_area: bool
    area: int
    child_wrote: bool = False

    @property
    def everything(self) -> str:
        """All that was typed or chosen, as one text."""
        return "\n".join((self.text, *self.answers))


@dataclass(frozen=True)
class Sifted:
    """What routing looks at, and who is excluded because of what."""

    facts: Facts
    exclusions: tuple[Exclusion, ...]


def sift(directory: Directory, names: Mapping[bytes, str], told: Told, *, most: int) -> Sifted:
    """Who and what a report names. `most`: people up to whom an office is excluded whole."""
    called = names_of_agencies(directory)
    area = told.area if told.area in directory.areas else 0
    kept_agencies = named_agencies(called, told.keep_from)
    employers = named_agencies(called, told.employer)
    concerned = employers | named_agencies(called, told.text)
    named = excluded_people(names, told=told.everything, keep_from=told.keep_from)
    known = kept_agencies or excluded_people(names, told="", keep_from=told.keep_from)
    exclusions = (
        *because_named(directory, named),
        *small_offices(directory, employers or concerned, area, most),
    )
    facts = Facts(
        area=area,
        concerned=concerned,
        kept_from=kept_agencies,
        keep_area=told.keep_area or bool(told.keep_from and not known),
        excluded=frozenset(one.person for one in exclusions),
        child=told.child_wrote,
    )
    return Sifted(facts, exclusions)


def names_of_agencies(directory: Directory) -> Mapping[bytes, tuple[str, ...]]:
    """What each agency is called, officially and by people."""
    return {
        each.id: (*each.names.values(), *each.also_called) for each in directory.agencies.values()
    }


def because_named(directory: Directory, named: Iterable[bytes]) -> Iterator[Exclusion]:
    """Those named; with each, whom she supervises, and her supervisor if they share an office.

    One step of the line and no further, or one name would empty a whole agency.
    """
    for person in sorted(named):
        yield Exclusion(person, Why.NAMED, person)
        for one in sorted(_line_of(directory, person)):
            yield Exclusion(one, Why.LINE, person)


def small_offices(
    directory: Directory, agencies: Collection[bytes], area: int, most: int
) -> Iterator[Exclusion]:
    """Everybody with a post in an office of at most `most` people: agency and area together."""
    for agency in sorted(agencies) if area else ():
        office = [
            post.person
            for post in directory.posts.values()
            if post.agency == agency and post.area == area
        ]
        if len(office) <= most:
            yield from (Exclusion(person, Why.OFFICE) for person in sorted(office))


def who_is_asked(directory: Directory, person: bytes, barred: Collection[bytes]) -> Desk | None:
    """The desk that says whether a name is this person's: nobody barred may sit on it.

    The designated recipient of the person's agency, else the inter-agency desk, else another
    desk that opens cases; None if none is left. (Design of the pages, rule 7.)
    """
    others = sorted(directory.desks.values(), key=lambda desk: desk.code)
    wanted = (
        _designated(directory, person),
        inter_agency_desk(directory),
        *(desk for desk in others if desk.function in {INTAKE, INVESTIGATION}),
    )
    return next(
        (desk for desk in wanted if desk and desk.live and not set(desk.members) & set(barred)),
        None,
    )


def newly_named(label: Label, named: Iterable[bytes]) -> frozenset[bytes]:
    """Those of `named` who are not excluded by their name already."""
    known = {one.person for one in label.exclusions if one.why == Why.NAMED}
    return frozenset(named) - known


def lifted(label: Label) -> frozenset[bytes]:
    """Of whom it was said that the name is somebody else's, and not asked again since."""
    answers: dict[bytes, list[str]] = {}
    for one in label.questions:
        answers.setdefault(one.person, []).append(one.answer)
    return frozenset(
        person for person, given in answers.items() if given[-1] == "lifted" and "" not in given
    )


def without_lifted(label: Label) -> Label:
    """The label without the exclusions that hung on a name which is somebody else's.

    A name that was asked about again, and is not answered yet, still excludes.
    """
    others, by_name = lifted(label), {Why.NAMED, Why.LINE}
    return label.excluding(
        one for one in label.exclusions if not (one.why in by_name and one.because in others)
    )


def _line_of(directory: Directory, person: bytes) -> frozenset[bytes]:
    post = directory.posts.get(person)
    below = {one.person for one in directory.posts.values() if one.supervisor == person}
    above = directory.posts.get(post.supervisor) if post and post.supervisor else None
    if post and above and (above.agency, above.area) == (post.agency, post.area):
        return frozenset({*below, above.person} - {person})
    return frozenset(below - {person})


def _designated(directory: Directory, person: bytes) -> Desk | None:
    """The designated recipient of the agency a person works for, if the directory names one."""
    post, seats = directory.posts.get(person), directory.desks_of(person)
    agency = post.agency if post else seats[0].agency if seats else b""
    listed = directory.agencies.get(agency)
    return directory.desks.get(listed.recipient_desk or b"") if listed else None
