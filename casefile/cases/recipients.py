"""To whom a complaint goes: the recipient each agency has named for complaints about its people.

Pure decisions over the directory. It must never lead to the office of the person reported: only
what an agency designated stands here, and a partner's contracting agency stands before the partner.
(Design of the pages, rules 1, 8 and 12; UN protocol on implementing partners, 2018.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from casefile.network.desks import inter_agency_desk
from casefile.network.directory import Agency, Directory, Names


@dataclass(frozen=True)
class Recipient:
    """Whom one agency named: `desk`, a desk here, or `outside`, somebody in words; or nobody."""

    agency: str
    desk: str = ""
    outside: str = ""


def recipients_of(
    directory: Directory, concerned: Collection[bytes], language: str
) -> tuple[Recipient, ...]:
    """Who receives a complaint about people of these agencies, in the order of telling them.

    A partner that named nobody is left out where its contracting agency is told.
    """
    told = agencies_told(directory, concerned)
    return tuple(_recipient(directory, one, language) for one in told)


def agencies_told(directory: Directory, concerned: Collection[bytes]) -> tuple[Agency, ...]:
    """The agencies that are told of a complaint about people of these, in the order of telling."""
    known = (directory.agencies[one] for one in concerned if one in directory.agencies)
    asked = sorted(known, key=lambda one: one.code)
    return tuple({each.id: each for one in asked for each in _told(directory, one)}.values())


def investigates(directory: Directory, agency: Agency) -> Agency | None:
    """Who investigates what is said about an agency's people: it itself, or who contracts it.

    None where neither does: a request to the inter-agency fund is recorded then.
    """
    contracting = directory.agencies.get(agency.contracted_by or b"")
    able = (one for one in (agency, contracting) if one and one.investigates != "no")
    return next(able, None)


def end_of_the_line(directory: Directory) -> str:
    """Whom the inter-agency agency names outside, for what nobody inside is left for; or ""."""
    last = inter_agency_desk(directory)
    return directory.agencies[last.agency].recipient if last else ""


def _told(directory: Directory, agency: Agency) -> Iterator[Agency]:
    contracting = directory.agencies.get(agency.contracted_by or b"")
    if contracting is not None:
        yield contracting
    if contracting is None or agency.recipient or agency.recipient_desk:
        yield agency


def _recipient(directory: Directory, agency: Agency, language: str) -> Recipient:
    desk = directory.desks.get(agency.recipient_desk or b"")
    name = _said(agency.names, language)
    return Recipient(name, _said(desk.names, language) if desk else "", agency.recipient)


def _said(names: Names, language: str) -> str:
    return names.get(language, names["en"])
