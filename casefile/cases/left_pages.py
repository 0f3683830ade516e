"""Pages a reporter left by the button: whoever then goes back in the browser finds nothing there.

A browser keeps what was sent and sends it again when somebody goes back and reloads. So the page
of a report and each page that opened a mailbox has 32 bytes of its own, and the case remembers
which of them were left. What was sent is never refused for it; only nothing is shown again.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from casefile.cases.label import CaseNotFound, Label, read_label, write_label
from casefile.platform.carried import open_from_page, seal_into_page
from casefile.platform.deployment import Deployment
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken

CASE_BYTES = 16
LEAVING = context("case", "left page")


def leaving_by(deployment: Deployment, case: bytes, page: bytes) -> str:
    """What the leaving button of a page carries, sealed: it can hide that page and do no more."""
    return seal_into_page(deployment.keyring, case + page, LEAVING, deployment.random)


def was_left(label: Label, page: bytes) -> bool:
    """Whether this page was left by the button."""
    return label.remembers(_left(page))


def leave_page(session: Session, deployment: Deployment, carried: str) -> None:
    """Remember, inside a write, that a page was left; what is not ours changes nothing."""
    try:
        plain = open_from_page(deployment.keyring, carried, LEAVING)
        held = read_label(session, deployment, plain[:CASE_BYTES], for_change=True)
    except (SealBroken, CaseNotFound):
        return
    page = plain[CASE_BYTES:]
    if not was_left(held.label, page):
        write_label(session, deployment, held, held.label.remembering(_left(page)))


def _left(page: bytes) -> bytes:
    """Another mark than that of the same page being sent."""
    return hashlib.sha256(b"left" + page).digest()
