"""What a page showed of a case: carried sealed by the page and brought back by what it sends.

It names how far the case's records went, so that what happened since can be told. It opens for the
same person and the same case alone, and must never hold a word of the case.
"""

from __future__ import annotations

import base64
import binascii

from casefile.cases.label import Label
from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment
from casefile.sealing.contexts import context, number
from casefile.sealing.errors import SealBroken


def seal_seen(deployment: Deployment, member: Member, case: bytes, label: Label) -> str:
    """What this page shows: how many records there are."""
    plain = number(len(label.bodies))
    sealed = deployment.keyring.seal(plain, _where(member, case), deployment.random)
    return base64.urlsafe_b64encode(sealed).decode()


def read_seen(deployment: Deployment, member: Member, case: bytes, given: str) -> int | None:
    """How many records the page showed; None for what is no page of this case and person."""
    try:
        sealed = base64.urlsafe_b64decode(given.encode())
        return int.from_bytes(deployment.keyring.open(sealed, _where(member, case)), "big")
    except (SealBroken, binascii.Error, ValueError):
        return None


def _where(member: Member, case: bytes) -> bytes:
    return context("page", "seen", case, member.person)
