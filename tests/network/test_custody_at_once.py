"""Two people at one desk at the same moment: nobody loses her seat, and no key is exchanged."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.models import CaseRow
from casefile.network.custody import DeskHasKeys, open_desk, start_desk
from casefile.network.directory import Desk, change_desk, list_entry, read_directory
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.platform.database import write
from tests.world import World, accept, offered

NEW = b"e" * 16


def meet(gate: Barrier) -> None:
    """Wait for the other; on an engine with one writer she does not come."""
    with suppress(BrokenBarrierError):
        gate.wait(1)


def written(world: World, verb: Callable[[Session], None]) -> None:
    with world.session() as session:
        write(verb, session)


def test_two_newcomers_let_in_at_the_same_moment_both_sit(both_worlds: World) -> None:
    world, gate = both_worlds, Barrier(2)
    river = world.desk("Intake desk, River").id

    def let_in(giver: str, newcomer: str) -> None:
        def verb(writing: Session) -> None:
            desk = read_directory(writing, world.deployment).desks[river]
            meet(gate)
            fellow, person = world.member(giver), world.member(newcomer).person
            join_desk(writing, world.deployment, fellow, desk, person)

        written(world, verb)

    with ThreadPoolExecutor(2) as pool:
        pairs = (("Sarah", "Lucia"), ("Amal", "Peter"))
        for one in [pool.submit(let_in, *pair) for pair in pairs]:
            one.result(30)
    names = ("Sarah", "Amal", "Lucia", "Peter")
    assert set(world.desk("Intake desk, River").members) == {
        world.member(who).person for who in names
    }


def test_two_first_members_at_the_same_moment_leave_one_secret(both_worlds: World) -> None:
    world, read, done = both_worlds, Barrier(2), Barrier(2)
    agency = world.desk("Intake desk, River").agency
    with world.session() as session:
        list_entry(session, world.deployment, Desk(NEW, {"en": "New"}, agency, 4, "intake", 50))

    def start(who: str, *, first: bool) -> None:
        def verb(writing: Session) -> None:
            desk = read_directory(writing, world.deployment).desks[NEW]
            meet(read)
            if not first:
                meet(done)
            start_desk(writing, world.deployment, desk, world.member(who))

        written(world, verb)
        if first:
            meet(done)

    with ThreadPoolExecutor(2) as pool:
        lucia = pool.submit(start, "Lucia", first=True)
        peter = pool.submit(start, "Peter", first=False)
        raised = [lucia.exception(30), peter.exception(30)]
    desk = world.desk("New")
    assert [type(one) for one in raised if one is not None] == [DeskHasKeys]
    (person,) = desk.members
    member = next(world.member(w) for w in ("Lucia", "Peter") if world.member(w).person == person)
    with world.session() as session:
        open_desk(session, world.deployment, member, desk)


def test_who_was_named_before_she_had_an_account_is_not_let_in(both_worlds: World) -> None:
    world = both_worlds
    world.report("Yusuf Karim asked my sister to come alone.", area="2")
    river = world.desk("Intake desk, River")
    with world.session() as session:
        token = invite(
            session,
            world.deployment,
            email="y@example.org",
            name="Yusuf Karim",
            role=Role.FOCAL_POINT,
            language="en",
            desks=(river.id,),
            by=None,
        )
    with world.session():
        yusuf = accept(token, offered(token))
    with pytest.raises(ExcludedFromACase):
        written(
            world,
            lambda w: join_desk(w, world.deployment, world.member("Sarah"), river, yusuf.person),
        )


def test_a_name_on_the_list_without_a_key_finds_no_case(world: World) -> None:
    world.report(area="2")
    river, peter = world.desk("Intake desk, River"), world.member("Peter")
    with world.session() as session:
        change_desk(session, world.deployment, river.id, members=(*river.members, peter.person))
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    with world.session() as session, pytest.raises(CaseNotFound):
        unlock(session, world.deployment, peter, case)
