"""What cannot be done stands in nobody's way, however much of it there is."""

from __future__ import annotations

import os

from sqlalchemy import update

from casefile.cases.exclusion_settling import AT_A_TIME, settle_waiting
from casefile.cases.keys import holding
from casefile.cases.label import Label
from casefile.cases.models import WrapRow
from casefile.cases.search import search
from casefile.cases.securing import secure_some, unsecured
from casefile.cases.turns import begun_anywhere
from casefile.cases.wraps import wrap_tag
from tests.cases.excluding import adds, held
from tests.cases.test_leaving import cases_of, goes
from tests.world import World


def damage(world: World, case: bytes) -> None:
    """Something else stands in the wrap of its desk."""
    tag = wrap_tag(world.deployment, case, 0)
    with world.session() as session:
        session.execute(update(WrapRow).where(WrapRow.tag == tag).values(body=bytes(1329)))


def test_everything_that_waits_is_first_some_time_and_nothing_is_lost() -> None:
    waiting = list(range(7))
    turns = [begun_anywhere(waiting, os.urandom) for _ in range(300)]
    assert {one[0] for one in turns} == set(waiting)
    assert all(sorted(one) == waiting for one in turns)
    assert begun_anywhere([], os.urandom) == []


def test_damaged_cases_that_fill_a_batch_do_not_keep_the_others_unsecured(
    both_worlds: World,
) -> None:
    world = both_worlds
    for number in range(4):
        world.report(f"Report {number}.", area="2")
    goes(world, "Amal")
    with world.session() as session:
        waiting = unsecured(session, world.deployment, world.member("Sarah"))
    broken = waiting[:3]
    for case in broken:
        damage(world, case)
    with world.session() as session:
        deployment, sarah = world.deployment, world.member("Sarah")
        assert secure_some(session, deployment, sarah, batches=1, size=1) == 1
        assert set(unsecured(session, deployment, sarah)) == set(broken)


def test_cases_nobody_can_settle_do_not_keep_the_others_from_it(world: World) -> None:
    receipts = [world.report(f"Report {n}.", area="2") for n in range(AT_A_TIME + 2)]
    for receipt in receipts:
        adds(world, receipt, f"It was {world.seated['Amal'].person.name}.")
    whole, *broken = cases_of(world)
    for case in broken:
        damage(world, case)
    with world.session() as session:
        settle_waiting(session, world.deployment, world.member("Sarah"))
    assert has_keys(world, "Amal", whole) is False
    assert has_keys(world, "Amal", broken[0]) is True


def test_a_search_comes_to_every_case_beside_those_that_do_not_open(world: World) -> None:
    for number in range(3):
        world.report(f"Report {number}.", area="2")
    for case in cases_of(world)[:2]:
        damage(world, case)
    found = 0
    for _ in range(60):
        with world.session() as session:
            sarah = world.member("Sarah")
            found = search(session, world.deployment, sarah, "report", most=1).count
        if found:
            break
    assert found == 1


def has_keys(world: World, who: str, case: bytes) -> bool:
    """Whether somebody has a key to the case, whatever the pages say."""
    label: Label = held(world, case).label
    return world.member(who).person in holding(label, world.directory())
