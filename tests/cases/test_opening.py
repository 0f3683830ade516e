"""What a new case leaves on the disk is the same whoever it is for and whoever it is kept from."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select, text

from casefile.cases.models import CaseRow, EntryRow, QuickRow, ReceiptRow, WrapRow
from casefile.platform.database import Base
from tests.world import World

Left = Counter[tuple[str, int]]


def _rows(world: World) -> Left:
    """How many blobs of which length lie in each table of cases."""
    tables: list[type[Base]] = [CaseRow, EntryRow, QuickRow, ReceiptRow, WrapRow]
    found: Left = Counter()
    with world.session() as session:
        for table in tables:
            body = table.__table__.c["label" if table is CaseRow else "body"]
            for (length,) in session.execute(select(func.length(body))):
                found[(table.__tablename__, length)] += 1
    return found


def _left_by(world: World, **told: str) -> Left:
    before = _rows(world)
    world.report(**told)
    return _rows(world) - before


def test_a_case_kept_from_a_member_leaves_the_rows_of_any_other(both_worlds: World) -> None:
    ordinary = _left_by(both_worlds, text="Somebody asked for money.", area="2")
    circle = _left_by(both_worlds, text="Sarah Okello asked for money.", area="2")
    assert ordinary == circle


def test_what_is_answered_does_not_show_in_the_rows(both_worlds: World) -> None:
    bare = _left_by(both_worlds, text="a")
    full = _left_by(
        both_worlds,
        text="a much longer story " * 40,
        area="2",
        who="me",
        age="child",
        help="health",
        contact="way",
        contact_how="through my sister at the shop",
        keep_from="the office at the gate",
        employer="Well and Way",
    )
    assert bare == full


def test_no_row_of_an_ordinary_case_spills_out_of_its_page(world: World) -> None:
    """Spilled rows lie one after another as they came, and would tell which belong together."""
    left = _left_by(world, text="Somebody asked for money.", area="2")
    with world.session() as session:
        page = session.execute(text("PRAGMA page_size")).scalar_one()
    stays = (page - 12) * 64 // 255 - 23
    assert max(length for _, length in left) + 100 < stays
