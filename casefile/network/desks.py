"""Questions about desks that pages and intake ask. It decides nothing about a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.codes.routes import INTAKE
from casefile.network.directory import INTER_AGENCY, Desk, Directory, read_directory
from casefile.platform.deployment import Deployment
from casefile.platform.language import current_language

__all__ = ["INTAKE", "inter_agency_desk", "is_inter_agency", "offered_desks", "service_open"]
WATCHING = ("intake", "coordination")
"""What the inter-agency desk may be for: investigations and legal advice are others."""


def service_open(session: Session, deployment: Deployment) -> bool:
    """Whether reports can be received: the inter-agency intake desk has keys.

    It stays open when all its members are away or have left: a report is never refused, and what
    nobody is left for lies with the custodians.
    """
    return inter_agency_desk(read_directory(session, deployment)) is not None


def offered_desks(session: Session, deployment: Deployment) -> list[tuple[bytes, str]]:
    """Every desk's id and its name in the reader's language, in the order of their codes."""
    language = current_language().code
    desks = read_directory(session, deployment).desks.values()
    return [
        (desk.id, desk.names.get(language, desk.names["en"]))
        for desk in sorted(desks, key=lambda desk: desk.code)
    ]


def inter_agency_desk(directory: Directory) -> Desk | None:
    """The intake desk with keys that belongs to no single agency, where everything can end.

    Of several the one somebody sits at today, then one somebody sits on at all.
    """
    found = [
        desk
        for desk in directory.desks.values()
        if desk.function == INTAKE and desk.generation and is_inter_agency(directory, desk)
    ]
    return min(
        found,
        key=lambda desk: (not directory.attended(desk), not desk.live, desk.code),
        default=None,
    )


def watches_all(directory: Directory, desk: Desk) -> bool:
    """Whether the desk is the inter-agency desk: the one told of what is late elsewhere."""
    return desk.function in WATCHING and is_inter_agency(directory, desk)


def is_inter_agency(directory: Directory, desk: Desk) -> bool:
    """Whether the desk belongs to no single agency."""
    return directory.agencies[desk.agency].entity_class == INTER_AGENCY
