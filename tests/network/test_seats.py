"""Taking a seat: an invitation opens empty desks, and knocks at those that have keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, NotListed, list_entry
from casefile.people.accepting import (
    Offer,
    WrongCode,
)
from casefile.people.accounts import State, person_by_id
from casefile.people.invitations import (
    InvitationOpensNothing,
    invite,
    read_invitation,
)
from casefile.people.roles import Role
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from tests.world import World, accept, offered

NEW = b"n" * 16


def invited(world: World, *desks: Desk) -> str:
    """An invitation for Noor to these desks."""
    with world.session() as session:
        return invite(
            session,
            world.deployment,
            email="noor@example.org",
            name="Noor Hassan",
            role=Role.FOCAL_POINT,
            language="ar",
            desks=tuple(desk.id for desk in desks),
            by=None,
        )


def new_desk(world: World) -> Desk:
    agency = world.desk("Intake desk, River").agency
    with world.session() as session:
        return list_entry(
            session, world.deployment, Desk(NEW, {"en": "New desk"}, agency, 4, "intake", 50)
        )


def shown(world: World, token: str) -> Offer:
    with world.session():
        return offered(token)


def accepts(world: World, token: str, offer: Offer, code: str | None = None) -> Member:
    with world.session():
        return accept(token, offer, code)


def test_an_invitation_opens_empty_desks_and_waits_at_the_others(both_worlds: World) -> None:
    world = both_worlds
    token = invited(world, new_desk(world), world.desk("Intake desk, River"))
    noor = accepts(world, token, shown(world, token))
    new, river = world.desk("New desk"), world.desk("Intake desk, River")
    assert (new.members, new.waiting, new.live) == ((noor.person,), (), True)
    assert noor.person not in river.members
    assert river.waiting == (noor.person,)
    with world.session() as session:
        open_desk(session, world.deployment, noor, new)
        with pytest.raises(NoSeat):
            open_desk(session, world.deployment, noor, river)


def test_who_waits_sees_no_case(world: World) -> None:
    world.report(area="2")
    token = invited(world, world.desk("Intake desk, River"))
    noor = accepts(world, token, shown(world, token))
    with world.session() as session:
        assert queue_page(session, world.deployment, noor, view="all", page=1).all_open == 0
        case = session.scalars(select(CaseRow.id)).one()
        with pytest.raises(CaseNotFound):
            unlock(session, world.deployment, noor, case)


def test_a_wrong_code_takes_no_seat_and_leaves_the_invitation_open(both_worlds: World) -> None:
    world = both_worlds
    token = invited(world, new_desk(world), world.desk("Intake desk, River"))
    offer, before = shown(world, token), world.directory()
    right = code_at(offer.totp_seed, world.clock())
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    with pytest.raises(WrongCode):
        accepts(world, token, offer, wrong)
    assert world.directory() == before
    accepts(world, token, offer)
    assert world.desk("New desk").live


def test_an_invitation_is_accepted_once(both_worlds: World) -> None:
    world = both_worlds
    token = invited(world, new_desk(world))
    offer = shown(world, token)
    noor = accepts(world, token, offer)
    with pytest.raises(InvitationOpensNothing):
        accepts(world, token, offer)
    with world.session() as session:
        person = person_by_id(session, world.deployment, noor.person)
    assert person is not None
    assert person.account.state is State.ACTIVE
    assert world.desk("New desk").members == (noor.person,)


def test_a_desk_that_cannot_be_opened_takes_back_the_acceptance_too(both_worlds: World) -> None:
    """An invitation to a desk nobody lists leaves the account unopened."""
    world = both_worlds
    lost = replace(world.desk("Intake desk, River"), id=b"l" * 16)
    token = invited(world, new_desk(world), lost)
    offer = shown(world, token)
    with pytest.raises((KeyError, NotListed)):
        accepts(world, token, offer)
    assert not world.desk("New desk").live
    with world.session() as session:
        assert read_invitation(session, world.deployment, token) is not None
