"""The list of work comes back from the labels, whatever happened to the register."""

from __future__ import annotations

import pytest
from click.testing import Result
from sqlalchemy import delete, select, update

from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import QUEUE
from casefile.platform.database import write
from casefile.registers.models import Lane, Segment
from casefile.sealing.errors import SealBroken
from tests.servers.books import settle, used_rows
from tests.world import World

PART = Segment.part == "queue"


def rebuild(world: World) -> Result:
    done = world.app.test_cli_runner().invoke(args=["casefile", "registers", "rebuild"])
    assert done.exit_code == 0, done.output
    return done


def lines(world: World) -> list[object]:
    """The whole list of work of two desks, all that is shown of it."""
    with world.session() as session:
        return [
            queue_page(session, world.deployment, world.member(name), view=view, page=1)
            for name in ("Sarah", "Ines")
            for view in ("todo", "reporter", "all")
        ]


@pytest.fixture
def working(both_worlds: World) -> World:
    """Cases of two desks, a child's and one kept from a member among them, one looked into."""
    both_worlds.report("At the well.", area="2")
    both_worlds.report("At the school.", area="2", age="child")
    both_worlds.report("Sarah Okello asked for money.", area="2")
    both_worlds.report("In the north.")
    return both_worlds


@pytest.mark.parametrize("harm", ["some gone", "all gone", "changed"])
def test_the_list_is_the_same_after_damage(working: World, harm: str) -> None:
    before = lines(working)
    with working.session() as session:

        def verb(writing: object) -> None:
            if harm == "some gone":
                kept = session.scalars(select(Segment.id).where(PART).limit(4)).all()
                session.execute(delete(Segment).where(PART, Segment.id.not_in(kept)))
            elif harm == "changed":
                session.execute(update(Segment).where(PART).values(token=bytes(16)))
            else:
                session.execute(delete(Segment).where(PART))

        write(verb, session)
    if harm == "changed":
        with pytest.raises(SealBroken):
            lines(working)
    rebuild(working)
    assert lines(working) == before
    settle(working, 4)
    working.report("And one more.")
    settle(working, 5)


def test_lost_lanes_are_laid_out_anew(working: World) -> None:
    before = lines(working)
    with working.session() as session:
        tags = [working.deployment.keyring.tag("lane", "queue", str(at)) for at in range(16)]
        write(lambda writing: writing.execute(delete(Lane).where(Lane.tag.in_(tags))), session)
    rebuild(working)
    assert lines(working) == before
    for at in range(20):
        working.report(f"Report {at}")
    settle(working, 24)


def test_a_label_that_does_not_open_is_told_and_hides_no_other(working: World) -> None:
    with working.session() as session:
        one = session.scalars(select(CaseRow.id)).first()
        write(
            lambda writing: writing.execute(
                update(CaseRow).where(CaseRow.id == one).values(token=bytes(16))
            ),
            session,
        )
    assert "1 cases" in rebuild(working).output
    with working.session() as session:
        assert used_rows(session, working.deployment, QUEUE) == 3
