"""What the doctor asks of the network: desks, those who answer for the law and for children, help.

It counts, and prints no name of a place, a desk or a person.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from casefile.cases.files_notice import legal_focal_points
from casefile.cli.finding import Finding, broken, look, well
from casefile.network.desks import inter_agency_desk
from casefile.network.directory import Directory, read_directory
from casefile.platform.deployment import Deployment

CHILDREN: Final = "child_protection"
"""Function of a desk whose members are trained to speak with children."""
NO_CASES: Final = frozenset({"legal", "coordination"})


def desks_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Desks nobody can receive a report on, by the directory's own rule."""
    directory = read_directory(session, deployment)
    if inter_agency_desk(directory) is None:
        yield broken("desks", "The inter-agency desk has nobody: no report can be received.")
    empty = sum(not desk.live for desk in directory.desks.values())
    if empty:
        yield look("desks", f"{empty} of {len(directory.desks)} have nobody to work there now.")
    else:
        yield well("desks", "Every desk has somebody.")


def specialists_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Whether there is somebody for what only a specialist may do."""
    directory = read_directory(session, deployment)
    yield _children(directory)
    yield _legal(directory)


def help_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Whether the help page can say of every place where to go."""
    places = read_directory(session, deployment).areas.values()
    bare = sum(not place.help for place in places)
    if not places:
        yield look(
            "help",
            "No place is listed: the form asks for none, and the help page names no service. "
            "Add places and their services under Network, or load a network file.",
        )
    elif bare:
        yield look(
            "help",
            f"{bare} of {len(places)} places have no service: whoever needs help there is told "
            "only of the nearest health centre. Add services under Network, or load a network "
            "file.",
        )
    else:
        yield well("help", "Every place has a service.")


def _children(directory: Directory) -> Finding:
    if any(desk.function == CHILDREN and desk.live for desk in directory.desks.values()):
        return well("children", "A child protection desk has somebody.")
    return look(
        "children",
        "No child protection desk has anybody: what a young person tells goes to an intake desk, "
        "where nobody may be trained for it. Add a desk for child protection under Network and "
        "invite a specialist.",
    )


def _legal(directory: Directory) -> Finding:
    desks = [desk for desk in directory.desks.values() if desk.function not in NO_CASES]
    without = sum(not legal_focal_points(directory, desk, ()) for desk in desks)
    if not without:
        return well("legal", "Every desk has a legal focal point.")
    return look(
        "legal",
        f"{without} of {len(desks)} desks have no legal focal point: nobody is told when a file is "
        "locked as possible child sexual abuse material. Add a desk for legal questions in their "
        "agency, or in the inter-agency network for all, and invite somebody to it.",
    )
