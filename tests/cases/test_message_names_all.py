"""Names in a later message: they exclude, but never so that nobody is left to read."""

from __future__ import annotations

from casefile.cases.mailbox import open_by_number, write_to_us
from casefile.cases.queue import queue_page
from casefile.intake.receive import Receipt
from tests.world import World


def _writes(world: World, receipt: Receipt, text: str) -> None:
    with world.session() as session:
        token = open_by_number(session, world.deployment, receipt.code.digits()).token
        write_to_us(session, world.deployment, token=token, text=text, once=text.encode()[:32])


def _who_sees_it(world: World) -> set[str]:
    with world.session() as session:
        return {
            name
            for name, seated in world.seated.items()
            if queue_page(session, world.deployment, seated.member, view="all", page=1).all_open
        }


def test_whoever_a_message_names_sees_the_case_no_longer(world: World) -> None:
    receipt = world.report(area="2")
    before = _who_sees_it(world)
    assert "Sarah" in before
    _writes(world, receipt, "Sarah Okello was there and laughed.")
    assert _who_sees_it(world) == before - {"Sarah"}


def test_a_message_that_names_everybody_leaves_the_case_to_be_read(world: World) -> None:
    receipt = world.report(area="2")
    before = _who_sees_it(world)
    everybody = " and ".join(world.seated[name].person.name for name in before)
    _writes(world, receipt, f"They all know him: {everybody}.")
    assert _who_sees_it(world) == before
