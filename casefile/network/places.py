"""The places of the form and of the help page. It tells nothing about who works there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.network.directory import Area, HelpPlace, read_directory
from casefile.platform.deployment import Deployment


def areas(session: Session, deployment: Deployment) -> list[Area]:
    """The areas a reporter may choose from, in the order of their codes."""
    return list(read_directory(session, deployment).areas.values())


def help_places(session: Session, deployment: Deployment, area: int | None) -> list[HelpPlace]:
    """Where help is found: in one area, or in all of them."""
    known = read_directory(session, deployment).areas
    chosen = [known[area]] if area is not None and area in known else list(known.values())
    return [place for one in chosen for place in one.help]
