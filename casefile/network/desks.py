"""Questions about desks that pages and intake ask. It decides nothing about a case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.network.directory import INTER_AGENCY, Desk, Directory, read_directory
from casefile.platform.deployment import Deployment
from casefile.platform.language import current_language

INTAKE = "intake"


def service_open(session: Session, deployment: Deployment) -> bool:
    """Whether reports can be received: the inter-agency intake desk holds keys."""
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
    """The live intake desk that belongs to no single agency, where everything can end."""
    for desk in directory.desks.values():
        agency = directory.agencies[desk.agency]
        if desk.function == INTAKE and desk.live and agency.entity_class == INTER_AGENCY:
            return desk
    return None
