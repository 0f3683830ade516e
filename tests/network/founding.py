"""A deployment founded for one test, with the custodians' paper shares it printed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from casefile.app import create_app
from casefile.cases.founding import Founded, found_deployment
from casefile.network.models import CustodianPart
from casefile.network.seats import join
from casefile.people.invitations import prepare_acceptance, read_invitation
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from casefile.platform.database import commit, current_session, db
from casefile.platform.deployment import current_deployment
from casefile.platform.migrating import migrate
from casefile.sealing.contexts import context
from casefile.sealing.custodians import Part, open_part, private_key_from_paper
from casefile.sealing.custodians import join as join_parts
from casefile.sealing.keypairs import PrivateKey, private_key_from_seeds
from casefile.sealing.keyring import new_keyring
from casefile.settings import read_settings
from tests.world import Clock, World


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
    app = create_app(settings, keyring=new_keyring(random.Random(str(folder)).randbytes), now=clock)
    with app.app_context():
        migrate(db.engine)
        session, deployment = current_session(), current_deployment()
        made = found_deployment(
            session, deployment, name="Ines Moreau", email="ines@example.org", language="en"
        )
        commit()
        first = accept(made.invitation)
    yield Beginning(World(app, clock, {}, settings), made, first)
    with app.app_context():
        db.engine.dispose()


def accept(token: str) -> Member:
    """Accept an invitation the way the joining pages do."""
    session, deployment = current_session(), current_deployment()
    invited = read_invitation(session, deployment, token)
    assert invited is not None
    offer = prepare_acceptance(deployment, invited)
    member = join(
        session,
        deployment,
        token,
        passphrase=offer.passphrase,
        totp_seed=offer.totp_seed,
        totp_code=code_at(offer.totp_seed, deployment.now()),
        recovery_codes=offer.recovery_codes,
    )
    commit()
    return member


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


PAIRS = tuple(combinations((1, 2, 3), 2))
