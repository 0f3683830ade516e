"""A deployment founded for one test, with the custodians' paper shares it printed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from casefile.cases.founding import Founded
from casefile.network.models import CustodianPart
from casefile.people.sessions import Member
from casefile.sealing.contexts import context
from casefile.sealing.custodians import Part, open_part, private_key_from_paper
from casefile.sealing.custodians import join as join_parts
from casefile.sealing.keypairs import PrivateKey, private_key_from_seeds
from casefile.sealing.keyring import new_keyring
from casefile.settings import read_settings
from tests.world import Clock, World, accept, found, offered, running


@dataclass(frozen=True)
class Beginning:
    """A world in which one person sits on the one desk, and what founding printed."""

    world: World
    made: Founded
    first: Member


@contextmanager
def beginning(folder: Path) -> Iterator[Beginning]:
    """Found a deployment on SQLite and seat Ines Moreau, its first member."""
    clock = Clock()
    settings = read_settings({"CASEFILE_INSTANCE": str(folder), "CASEFILE_BASE": "https://x"})
    keyring = new_keyring(random.Random(str(folder)).randbytes)
    with running(settings, keyring, clock) as app:
        with app.app_context():
            made = found()
            first = accept(made.invitation, offered(made.invitation))
        yield Beginning(World(app, clock, {}, settings), made, first)


def recovered(begun: Beginning, numbers: tuple[int, ...]) -> PrivateKey:
    """The recovery key the custodians with these shares join from paper and stored parts."""
    papers = {share.number - 1: share.text for share in begun.made.shares}
    agency, keyring = begun.made.desk.agency, begun.world.deployment.keyring
    purpose, subset = context("recovery", agency), tuple(number - 1 for number in numbers)
    opened = {}
    with begun.world.session() as session:
        for each in subset:
            name = ",".join(map(str, subset))
            row = session.get_one(
                CustodianPart, keyring.tag("custodian_part", agency, name, str(each))
            )
            part = Part(subset, each, row.body)
            opened[each] = open_part(private_key_from_paper(papers[each]), part, purpose=purpose)
    return private_key_from_seeds(join_parts(opened, purpose=purpose))


def shares_in(printed: str) -> list[str]:
    """The words of every share on the pages a command printed, as its custodian types them."""
    pages = printed.split("\f")[:-1]
    rows = [re.findall(r"^ {4}(\S.*)$", page, re.MULTILINE) for page in pages]
    return [" ".join(" ".join(each).split()) for each in rows]


PAIRS = tuple(combinations((1, 2, 3), 2))
