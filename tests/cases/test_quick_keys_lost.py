"""A quick key that was destroyed hides no part of a case: the wraps open it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from casefile.cases.acting import acknowledge
from casefile.cases.keys import unlock
from casefile.cases.models import CaseRow, QuickRow
from casefile.cases.opening import quick_tag
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.sealing.compartments import Compartment
from tests.world import World


@pytest.mark.parametrize("lost", [each for each in Compartment if each != "investigation"])
@pytest.mark.parametrize("how", ["gone", "changed"])
def test_one_quick_key_destroyed_hides_nothing(world: World, lost: Compartment, how: str) -> None:
    world.report("He came.", area="2", help="talk", contact="way", contact_how="By the neighbour")
    sarah, deployment = world.member("Sarah"), world.deployment
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    address = address_of(case)
    with world.session() as session:
        open_case(session, deployment, sarah, address)
    here = QuickRow.tag == quick_tag(deployment, case, lost)
    with world.session() as session:
        if how == "gone":
            session.execute(delete(QuickRow).where(here))
        else:
            session.execute(update(QuickRow).where(here).values(token=b"t" * 16))
    with world.session() as session:
        assert lost in unlock(session, deployment, sarah, case).keys
    with world.session() as session:
        assert show_report(session, deployment, sarah, address).text == "He came."
        assert open_case(session, deployment, sarah, address).contact_how == "By the neighbour"
    with world.session() as session:
        acknowledge(session, deployment, sarah, address)
