"""What was written on a page whose post could not be accepted: kept, sealed, and given back.

It travels in a hidden field of the sign-in page, never in a table, and opens for the person whose
page it was and for nobody else who signs in on the same screen. Files are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from casefile.people.page_token import FIELD, reader_named, reader_of, reader_tag
from casefile.people.sessions import Member
from casefile.platform.carried import open_from_page, seal_into_page
from casefile.platform.deployment import Deployment
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken

KEPT_PLACE: Final = context("sign-in", "kept")
NOT_KEPT: Final = frozenset({FIELD, "files"})


@dataclass(frozen=True)
class Kept:
    """One post: where it was going, and its fields in their order."""

    address: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)

    def written(self) -> tuple[tuple[str, str], ...]:
        """The fields somebody wrote words into, to be shown; the others travel hidden."""
        return tuple(one for one in self.fields if is_written(one[1]))

    def carried(self) -> tuple[tuple[str, str], ...]:
        """The fields that travel hidden: choices, references, tokens."""
        return tuple(one for one in self.fields if not is_written(one[1]))


def is_written(value: str) -> bool:
    """Whether a value has words in it: codes and references have no space."""
    return any(sign.isspace() for sign in value)


def posted(address: str, fields: Iterable[tuple[str, str]]) -> Kept:
    """A post as it may be sent again: all its fields but the page's token and names of files."""
    return Kept(address, tuple((name, value) for name, value in fields if name not in NOT_KEPT))


def keep(deployment: Deployment, post: Kept, token: str) -> str:
    """Seal a post for the reader its page's token names; empty when there is nothing to keep."""
    reader = reader_of(token)
    return "" if reader is None or not post.fields else _seal(deployment, post, reader)


def keep_place(deployment: Deployment, address: str, person: bytes) -> str:
    """Seal where somebody was reading, to go back there; nothing was written."""
    return _seal(deployment, Kept(address, ()), reader_named(deployment, person))


def _seal(deployment: Deployment, post: Kept, reader: bytes) -> str:
    plain = json.dumps([reader.hex(), post.address, post.fields]).encode()
    return seal_into_page(deployment.keyring, plain, KEPT_PLACE, deployment.random)


def give_back(deployment: Deployment, sealed: str, member: Member) -> Kept | None:
    """What was kept for this member, or None: nothing, damaged, or somebody else's."""
    try:
        plain = open_from_page(deployment.keyring, sealed, KEPT_PLACE)
    except SealBroken:
        return None
    reader, address, fields = json.loads(plain)
    if bytes.fromhex(reader) != reader_tag(deployment, member):
        return None
    return Kept(address, tuple((name, value) for name, value in fields))
