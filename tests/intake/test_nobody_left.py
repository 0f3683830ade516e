"""A report about everybody: it is received all the same, and only custodians together open it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from casefile.cases.keys import bundle_at, unlock
from casefile.cases.label import CaseNotFound, Held, read_label
from casefile.cases.mailbox import (
    open_by_number,
    write_to_us,
)
from casefile.cases.mailbox_page import (
    Stage,
)
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.cases.records import read_records
from casefile.cases.wraps import WRAPS
from casefile.intake.receive import Receipt
from casefile.platform import jobs
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from tests.network.founding import PAIRS, Beginning, beginning, recovered

RECOVERY_SLOT = 2
SAID = "Ines Moreau asked my cousin to come alone."


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Beginning]:
    with beginning(tmp_path) as one:
        yield one


@pytest.fixture
def receipt(begun: Beginning) -> Receipt:
    return begun.world.report(SAID, contact="way", contact_how="By the neighbour.")


def held(begun: Beginning) -> Held:
    with begun.world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
        return read_label(session, begun.world.deployment, case)


def test_nobody_can_open_it(begun: Beginning, receipt: Receipt) -> None:
    with begun.world.session() as session, pytest.raises(CaseNotFound):
        unlock(session, begun.world.deployment, begun.first, held(begun).case)


def test_nobody_sees_it_in_a_list_or_a_count(begun: Beginning, receipt: Receipt) -> None:
    with begun.world.session() as session:
        page = queue_page(session, begun.world.deployment, begun.first, view="all", page=1)
    assert (page.lines, set(page.counts.values())) == ((), {0})


def test_it_has_as_many_wraps_as_any_case_and_none_is_a_members(
    begun: Beginning, receipt: Receipt
) -> None:
    label = held(begun).label
    assert len(label.wraps) == len(label.holders) == WRAPS
    assert {holder.kind for holder in label.holders} == {"circle", "reporter", "recovery", ""}
    assert label.circle


def test_no_key_of_the_person_it_is_about_opens_any_of_its_wraps(
    begun: Beginning, receipt: Receipt
) -> None:
    case = held(begun)
    with begun.world.session() as session:
        for slot in range(WRAPS):
            with pytest.raises(SealBroken):
                bundle_at(session, begun.world.deployment, case, slot, begun.first.private)


def test_the_reporters_number_opens_her_mailbox_and_takes_what_she_adds(
    begun: Beginning, receipt: Receipt
) -> None:
    world = begun.world
    with world.session() as session:
        mailbox = open_by_number(session, world.deployment, receipt.code.digits())
        assert mailbox.stage is Stage.RECEIVED
        write_to_us(
            session, world.deployment, token=mailbox.token, text="She came again.", once=b"o" * 32
        )
    assert held(begun).label.new_messages == 1


@pytest.mark.parametrize("pair", PAIRS)
def test_two_custodians_together_read_everything(
    begun: Beginning, receipt: Receipt, pair: tuple[int, int]
) -> None:
    case, key = held(begun), recovered(begun, pair)
    with begun.world.session() as session:
        keys = bundle_at(session, begun.world.deployment, case, RECOVERY_SLOT, key)
        records = read_records(session, begun.world.deployment, case.case, case.label, keys)
    assert set(keys) == set(Compartment)
    told = {record.kind: record.content for record in records}
    assert told["report"]["text"] == SAID
    assert told["contact"]["how"] == "By the neighbour."


def test_the_notice_of_it_goes_to_nobody_and_is_done(begun: Beginning, receipt: Receipt) -> None:
    with begun.world.app.app_context():
        assert jobs.perform_due(begun.world.deployment) == 1
        assert jobs.perform_due(begun.world.deployment) == 0
