"""The token every members' page carries and every post brings back.

It proves that a post comes from a page shown in this very session, and it names its reader by a
tag, so that text kept from an ended session is given back to the same person alone.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Final

from casefile.people.sessions import Member
from casefile.platform.deployment import Deployment

FIELD: Final = "csrf_token"
_READER_BYTES: Final = 16
_TOKEN_BYTES: Final = _READER_BYTES + 32


def page_token(deployment: Deployment, member: Member) -> str:
    """The token of this member's pages in this session, URL-safe."""
    reader = reader_tag(deployment, member)
    code = deployment.keyring.mac("page", member.session, reader)
    return base64.urlsafe_b64encode(reader + code).decode()


def is_genuine(deployment: Deployment, member: Member, given: str) -> bool:
    """Whether a post that brought this token comes from a page of this session."""
    return hmac.compare_digest(page_token(deployment, member).encode(), given.encode())


def reader_tag(deployment: Deployment, member: Member) -> bytes:
    """What names the reader of a page, in the token and in what is kept from it."""
    return reader_named(deployment, member.person)


def reader_named(deployment: Deployment, person: bytes) -> bytes:
    """The same for somebody whose screen is locked."""
    return deployment.keyring.tag("page", "reader", person)


def reader_of(given: str) -> bytes | None:
    """The reader a token names, whichever session it is from; None when it is no token."""
    try:
        raw = base64.urlsafe_b64decode(given.encode())
    except (binascii.Error, ValueError):
        return None
    return raw[:_READER_BYTES] if len(raw) == _TOKEN_BYTES else None
