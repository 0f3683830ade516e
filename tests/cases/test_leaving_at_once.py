"""Leaving while something else happens: two at once, a newcomer, a report that is being sealed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from sqlalchemy.orm import Session

from casefile.cases.giving_back import give_back_circles, wait_for_circles
from casefile.cases.leaving import leave, leave_desk, lose_key
from casefile.cases.membership import join_desk
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import receive
from casefile.network.custody import open_desk
from casefile.network.directory import read_directory
from casefile.platform.database import begin_writing, db, write
from tests.cases.test_joining_meanwhile import Meanwhile
from tests.cases.test_leaving import (
    RIVER,
    cases_of,
    goes,
    opened_by_hand,
    opens,
    secret_of,
    secures,
)
from tests.network.test_custody_at_once import meet
from tests.world import World, accept, offered


def written(world: World, verb: Callable[[Session], object]) -> None:
    with world.session() as session:
        write(verb, session)


def at_once(world: World, *verbs: Callable[[Session], object]) -> None:
    """Each in a thread and a transaction of its own, begun at the same moment."""
    gate = Barrier(len(verbs))

    def run(verb: Callable[[Session], object]) -> None:
        def after_all(writing: Session) -> None:
            read_directory(writing, world.deployment)
            meet(gate)
            verb(writing)

        written(world, after_all)

    with ThreadPoolExecutor(len(verbs)) as pool:
        for one in [pool.submit(run, verb) for verb in verbs]:
            one.result(60)


def let_in(world: World, giver: str, newcomer: str) -> None:
    river, person = world.desk(RIVER), world.member(newcomer).person
    written(world, lambda it: join_desk(it, world.deployment, world.member(giver), river, person))


def test_two_who_leave_at_the_same_moment_are_both_gone(both_worlds: World) -> None:
    world = both_worlds
    let_in(world, "Sarah", "Lucia")
    world.report(area="2")
    old = secret_of(world, "Lucia")
    people = [world.member(who).person for who in ("Amal", "Lucia")]
    at_once(
        world,
        *[lambda it, one=one: leave(it, world.deployment, one, by=None) for one in people],
    )
    river = world.desk(RIVER)
    assert (river.members, river.generation) == ((world.member("Sarah").person,), 3)
    assert secures(world, "Sarah") == 1
    (case,) = cases_of(world)
    assert opens(world, "Sarah", case)
    assert not opened_by_hand(world, case, old)


def test_who_is_let_in_while_a_colleague_leaves_gets_the_new_key(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    river, lucia = world.desk(RIVER), world.member("Lucia")
    amal, sarah = world.member("Amal").person, world.member("Sarah")
    at_once(
        world,
        lambda it: leave_desk(it, world.deployment, river.id, amal, by=amal),
        lambda it: join_desk(it, world.deployment, sarah, river, lucia.person),
    )
    after = world.desk(RIVER)
    assert set(after.members) == {sarah.person, lucia.person}
    with world.session() as session:
        open_desk(session, world.deployment, lucia, after)
    (case,) = cases_of(world)
    assert opens(world, "Lucia", case)
    assert secures(world, "Lucia") == 1
    assert opens(world, "Sarah", case)


def test_a_report_that_is_sealed_while_somebody_leaves_is_not_for_her(both_worlds: World) -> None:
    """It was routed to the desk as it was, and is routed again before anything is written."""
    world, amal = both_worlds, both_worlds.member("Amal")
    old, river = secret_of(world, "Amal"), world.desk(RIVER)

    def gone() -> None:
        with Session(db.engine) as other:
            begin_writing(other)
            leave_desk(other, world.deployment, river.id, amal.person, by=None)
            other.commit()

    told = InboundReport("Something.", {"area": ("2",)}, "en", "web_anonymous", b"o" * 32)
    with world.session() as session:
        receive(session, replace(world.deployment, random=Meanwhile(gone)), told)
    (case,) = cases_of(world)
    assert opens(world, "Sarah", case)
    assert not opened_by_hand(world, case, old)
    assert secures(world, "Sarah") == 0


def test_a_circle_is_drawn_anew_without_who_left(both_worlds: World) -> None:
    world = both_worlds
    let_in(world, "Sarah", "Peter")
    world.report("It was Amal Haddad.", area="2")
    (case,) = cases_of(world)
    assert opens(world, "Peter", case)
    assert not opens(world, "Amal", case)
    goes(world, "Peter")
    assert not opens(world, "Peter", case)
    assert secures(world, "Amal") == 0
    assert secures(world, "Sarah") == 1
    assert opens(world, "Sarah", case)
    assert not opens(world, "Amal", case)


def test_a_new_key_gets_desk_and_circle_back_from_colleagues(both_worlds: World) -> None:
    world = both_worlds
    let_in(world, "Sarah", "Peter")
    world.report("It was Amal Haddad.", area="2")
    world.report("Nothing about anybody.", area="2")
    peter, sarah, river = world.member("Peter").person, world.member("Sarah"), world.desk(RIVER)
    with world.session() as session:
        token, _ = write(lambda it: lose_key(it, world.deployment, peter, by=None), session)
    with world.session():
        again = accept(token, offered(token))
    world.seated = {**world.seated, "Peter": replace(world.seated["Peter"], member=again)}
    assert [opens(world, "Peter", case) for case in cases_of(world)] == [False, False]
    assert secures(world, "Sarah") == 2
    written(world, lambda it: join_desk(it, world.deployment, sarah, river, peter))
    assert sum(opens(world, "Peter", case) for case in cases_of(world)) == 1
    with world.session() as session:
        assert wait_for_circles(session, world.deployment, sarah) == {peter: 1}
        assert wait_for_circles(session, world.deployment, world.member("Amal")) == {}
        assert give_back_circles(session, world.deployment, sarah, peter) == 1
    assert all(opens(world, "Peter", case) for case in cases_of(world))
    assert all(opens(world, "Sarah", case) for case in cases_of(world))


def test_a_session_ends_at_once_with_the_account(both_worlds: World) -> None:
    world = both_worlds
    amal, sarah = world.signed_in("Amal"), world.signed_in("Sarah")
    assert amal.get("/queue", base_url="https://localhost").status_code == 200
    goes(world, "Amal")
    assert amal.get("/queue", base_url="https://localhost").status_code == 303
    assert sarah.get("/queue", base_url="https://localhost").status_code == 200
