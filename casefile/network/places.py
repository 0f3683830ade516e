"""The places of the form and of the help page. It tells nothing about who works there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from casefile.network.directory import Area, read_directory
from casefile.platform.deployment import Deployment


def areas(session: Session, deployment: Deployment) -> list[Area]:
    """The areas a reporter may choose from, in the order of their codes."""
    return list(read_directory(session, deployment).areas.values())
