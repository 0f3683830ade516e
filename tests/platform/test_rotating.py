"""Rotating the seal key beside running servers: at every stage each reads what the other wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from casefile.app import Casefile, create_app
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.cases.sealed_places import sealed_places
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.platform.resealing import left_to_reseal, reseal_some
from casefile.sealing.key_file import (
    read_key_file,
    write_key_file,
)
from casefile.sealing.keyring import (
    Keyring,
    Stage,
)
from tests.invariants.opened import rows
from tests.invariants.planting import tell
from tests.world import World


@contextmanager
def server(world: World, keyring: Keyring | None = None) -> Iterator[World]:
    """A server of the same deployment with keys of its own, or with those in the file now."""
    app: Casefile = create_app(world.settings, keyring=keyring, now=world.clock)
    yield World(app, world.clock, world.seated, world.settings)
    with app.app_context():
        db.engine.dispose()


def rotates(world: World) -> str:
    """The operator runs the command once more, on a machine with the file as it is now."""
    with server(world) as operator:
        said = operator.app.test_cli_runner().invoke(args=["casefile", "keys", "rotate", "--yes"])
    assert said.exit_code == 0, said.output
    return str(said.output)


def both_work(world: World, one: Keyring, other: Keyring) -> None:
    """A server with each keyring takes a report, and each lists what the other took."""
    for taking, listing in ((one, other), (other, one)):
        with server(world, taking) as first:
            first.report("Something happened.", area="2")
            with first.session() as session:
                before = len(session.scalars(select(CaseRow.id)).all())
        with server(world, listing) as second, second.session() as session:
            sarah = second.member("Sarah")
            page = queue_page(session, second.deployment, sarah, view="all", page=1)
            assert page.all_open == before


def test_two_servers_work_through_every_stage_of_a_rotation(both_worlds: World) -> None:
    world = both_worlds
    file = world.settings.key_file
    first = world.deployment.keyring
    write_key_file(file, first)
    steps = [first]
    for stage in (Stage.READING_NEW, Stage.WRITING_NEW, Stage.SETTLED):
        rotates(world)
        steps.append(read_key_file(file))
        assert steps[-1].stage is stage
        both_work(world, steps[-2], steps[-1])
    assert first.writing not in steps[-1].seal_keys


def test_nothing_anywhere_carries_the_old_key_afterwards(both_worlds: World) -> None:
    world = both_worlds
    tell(world)
    old = world.deployment.keyring.writing
    write_key_file(world.settings.key_file, world.deployment.keyring)
    for _ in range(3):
        rotates(world)
    carrying = {
        (table, column)
        for table, row in rows(world)
        for column, value in row.items()
        if isinstance(value, bytes) and value[1:5] == old
    }
    assert carrying == set()


def test_resealing_can_be_stopped_and_the_key_is_not_dropped_before_its_end(
    both_worlds: World,
) -> None:
    world = both_worlds
    for number in range(3):
        world.report(f"Report {number}.", area="2")
    keyring = world.deployment.keyring.with_new_seal_key(world.deployment.random)
    written = keyring.writing_new_seal_key()
    with server(world, written) as half, half.app.app_context():
        places, deployment = sealed_places(), current_deployment()
        before = left_to_reseal(db.session, deployment, places)
        done = reseal_some(db.session, deployment, places[0])
        db.session.rollback()
        assert left_to_reseal(db.session, deployment, places) == before - done > 0
    with server(world, written) as again, again.app.app_context():
        deployment = current_deployment()
        for place in sealed_places():
            while reseal_some(db.session, deployment, place):
                pass
        assert left_to_reseal(db.session, deployment, sealed_places()) == 0
    with server(world, written.without_old_seal_keys()) as last, last.session() as session:
        page = queue_page(session, last.deployment, last.member("Sarah"), view="all", page=1)
        assert page.all_open == 3
