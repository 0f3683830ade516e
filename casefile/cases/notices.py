"""Notices: a desk is told that there is something new, and nothing else.

Where no way of telling is set up the queue itself is the notice. A notice never names a case, a
number of cases, a kind or a place.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from casefile.network.directory import read_directory
from casefile.platform import logs
from casefile.platform.deployment import Deployment


def tell_desk(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Tell a desk's members that there is something new; a desk without anybody is reported."""
    desk = read_directory(session, deployment).desks.get(bytes.fromhex(body["desk"]))
    if desk is None or not desk.members:
        logs.note("desk_without_members", state="nobody_to_tell")
