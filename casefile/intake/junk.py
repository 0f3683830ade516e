"""What looks like junk, before anybody has read it: signs are weighed, and nothing is refused.

Pure decisions. A report that looks like junk lies apart from the others and is read by the same
deadline; one sign alone never puts it there, but for a flood out of one network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LINK: Final = re.compile(r"https?://|www\.", re.IGNORECASE)
NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
HASTY: Final = timedelta(seconds=3)
"""Sooner than this after the page was first seen nobody has written a report."""
SHORTEST, LONGEST = 24, 4000
"""Letters that are compared between texts; below the first, people say the same ("please help")."""
CROWD = 400
"""Reports an hour in one process, from all senders together, above which a flood is running."""
ENOUGH = 3


@dataclass(frozen=True)
class Signs:
    """What was noticed around a report. Never an address: only whether its sender sent many.

    `trap`: a field nobody sees was filled in. `unseen`: it brought no page of ours. `hasty`: it was
    sent within seconds. `copies`: how often the same text came on other pages. `sent_many`: its
    network is over its limit. `crowd`: very many reports came in the last hour.
    """

    trap: bool = False
    unseen: bool = False
    hasty: bool = False
    copies: int = 0
    sent_many: bool = False
    crowd: bool = False


def possibly_junk(signs: Signs, text: str) -> bool:
    """Whether a report goes to the pile that is read apart from the others."""
    weight = 2 * signs.trap + signs.unseen + signs.hasty + _links(text) + _copies(signs.copies)
    weight += 2 * (signs.crowd and (signs.unseen or signs.hasty))
    return signs.sent_many or weight >= ENOUGH


def hasty(first_viewed: datetime | None, now: datetime) -> bool:
    """Whether a page was sent sooner than it can be filled in."""
    return first_viewed is not None and now - first_viewed < HASTY


def same_words(text: str) -> bytes | None:
    """What two copies of a text have in common: its letters; None for a text too short to tell."""
    letters = NOT_LETTERS.sub("", text[:LONGEST]).casefold()
    return letters.encode("utf-8", "replace") if len(letters) >= SHORTEST else None


def _links(text: str) -> int:
    found = len(LINK.findall(text[:LONGEST]))
    return 0 if found < 2 else 1 if found < 5 else 2


def _copies(copies: int) -> int:
    """A second copy may be a person who was not sure; a fourth is not."""
    return 0 if not copies else 1 if copies < 3 else 3
