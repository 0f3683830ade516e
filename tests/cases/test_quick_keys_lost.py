"""Quick keys that were destroyed hide no part of a case: the wraps open it, and they come back."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select, update

from casefile.cases.acting import acknowledge
from casefile.cases.keys import unlock
from casefile.cases.models import CaseRow, QuickRow
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.sealing.compartments import Compartment
from tests.world import World


@pytest.mark.parametrize("how", ["gone", "changed", "another's"])
def test_quick_keys_destroyed_hide_nothing(world: World, how: str) -> None:
    world.report("He came.", area="2", help="talk", contact="way", contact_how="By the neighbour")
    sarah, deployment = world.member("Sarah"), world.deployment
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    address = address_of(case)
    with world.session() as session:
        open_case(session, deployment, sarah, address)
        whole = set(unlock(session, deployment, sarah, case).keys)
    with world.session() as session:
        if how == "gone":
            session.execute(delete(QuickRow))
        elif how == "changed":
            session.execute(update(QuickRow).values(token=b"t" * 16))
        else:
            session.execute(update(QuickRow).values(body=b"\x11" + bytes(189)))
    with world.session() as session:
        found = unlock(session, deployment, sarah, case)
        assert set(found.keys) == whole > {Compartment.WORK}
        assert found.quick is not None
    with world.session() as session:
        assert show_report(session, deployment, sarah, address).text == "He came."
        assert open_case(session, deployment, sarah, address).contact_how == "By the neighbour"
    with world.session() as session:
        acknowledge(session, deployment, sarah, address)
    with world.session() as session:
        assert unlock(session, deployment, sarah, case).quick is None
        assert session.scalar(select(func.count(QuickRow.tag))) == 1
