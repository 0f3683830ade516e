"""Whoever is named on a line of its own is found there, whatever ended the line before."""

from __future__ import annotations

import pytest

from casefile.cases.label import CaseNotFound
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import show_report
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.people.sessions import Member
from casefile.platform.database import write
from tests.cases.test_handing_over import drawn, emptied, recovers
from tests.cases.working import case_of
from tests.world import World, accept, offered

NAME = "Zebedee Newcomer"


def newcomer(world: World, desk: str) -> Member:
    """Somebody of that name with an account, who waits to be let in."""
    with world.session() as session:
        token = invite(
            session,
            world.deployment,
            email="zebedee@example.org",
            name=NAME,
            role=Role.FOCAL_POINT,
            language="en",
            desks=[world.desk(desk).id],
            by=None,
        )
    with world.session():
        return accept(token, offered(token))


def lets_in(world: World, who: str, desk: str, person: bytes) -> None:
    with world.session() as session:
        write(
            lambda it: join_desk(it, world.deployment, world.member(who), world.desk(desk), person),
            session,
        )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\t", "\\", '"'], ids=ascii)
def test_a_newcomer_named_at_the_beginning_of_a_line_is_not_let_in(world: World, end: str) -> None:
    world.report(f"This is who hurt me:{end}{NAME}{end}of the food office.", area="2")
    named = newcomer(world, "Intake desk, River")
    with pytest.raises(ExcludedFromACase):
        lets_in(world, "Sarah", "Intake desk, River", named.person)


def test_custodians_give_no_case_to_who_is_named_at_the_beginning_of_a_line(world: World) -> None:
    shares = drawn(world)
    emptied(world, f"This is who hurt me:\r\n{NAME} of food.")
    named = newcomer(world, "Intake desk, North")
    lets_in(world, "Peter", "Intake desk, North", named.person)
    recovers(world, "--give-to", "Peter", shares[0], shares[2])
    address, deployment = address_of(case_of(world)), world.deployment
    with world.session() as session:
        assert NAME in show_report(session, deployment, world.member("Peter"), address).text
    with world.session() as session, pytest.raises(CaseNotFound):
        show_report(session, deployment, named, address)
