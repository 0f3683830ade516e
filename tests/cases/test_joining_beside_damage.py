"""Somebody joins a desk of which one case is damaged: she gets the others, and that one never."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.cases.exclusion_settling import settle
from casefile.cases.label import CaseNotFound
from casefile.cases.membership import ExcludedFromACase
from casefile.cases.models import CaseRow, EntryRow, SearchRow, WrapRow
from casefile.cases.records import entry_tag
from casefile.cases.search import search
from casefile.cases.wraps import wrap_tag
from tests.cases.excluding import held, joins, opened_by
from tests.cases.test_leaving import cases_of, opens, secret_of
from tests.world import World


def damaged(world: World, table: type[EntryRow | WrapRow], tag: bytes) -> bytes:
    """Something else stands in a row; what stood there."""
    with world.session() as session:
        body = session.scalars(select(table.body).where(table.tag == tag)).one()
    mended(world, table, tag, bytes(len(body)))
    return body


def mended(world: World, table: type[EntryRow | WrapRow], tag: bytes, body: bytes) -> None:
    with world.session() as session:
        session.execute(update(table).where(table.tag == tag).values(body=body))


def settled(world: World, who: str, case: bytes) -> bool:
    """Whether the case opens for her, after keys were taken from who is kept out."""
    with world.session() as session:
        try:
            return bool(settle(session, world.deployment, world.member(who), case).keys)
        except CaseNotFound:
            return False


def words_kept(session: Session) -> int:
    return len(session.scalars(select(SearchRow.tag)).all())


def test_a_newcomer_gets_all_but_the_case_with_a_damaged_record(both_worlds: World) -> None:
    world = both_worlds
    for text in ("One.", "Two."):
        world.report(text, area="2")
    broken, whole = cases_of(world)
    with world.session() as session:
        search(session, world.deployment, world.member("Sarah"), "one")
        assert words_kept(session)
    tag = entry_tag(world.deployment, broken, 0)
    before = damaged(world, EntryRow, tag)
    joins(world, "Lucia", let_in_by="Sarah")
    with world.session() as session:
        assert not words_kept(session)
    mended(world, EntryRow, tag, before)
    assert opens(world, "Lucia", whole)
    assert not opens(world, "Lucia", broken)
    assert not opened_by(world, held(world, broken), secret_of(world, "Lucia").private)
    assert settled(world, "Sarah", broken)
    assert settled(world, "Amal", broken)


def test_a_newcomer_gets_all_but_the_case_with_a_damaged_wrap(both_worlds: World) -> None:
    """Nobody reaches its keys; once it is mended, the first who opens it takes hers from her."""
    world = both_worlds
    for text in ("One.", "Two."):
        world.report(text, area="2")
    broken, whole = cases_of(world)
    tag = wrap_tag(world.deployment, broken, 0)
    before = damaged(world, WrapRow, tag)
    joins(world, "Lucia", let_in_by="Sarah")
    assert world.signed_in("Sarah").get("/queue", base_url="https://localhost").status_code == 200
    mended(world, WrapRow, tag, before)
    assert opens(world, "Lucia", whole)
    assert not opens(world, "Lucia", broken)
    assert settled(world, "Sarah", broken)
    assert not opened_by(world, held(world, broken), secret_of(world, "Lucia").private)
    assert not opens(world, "Lucia", broken)


def test_nobody_joins_while_a_label_is_damaged(world: World) -> None:
    world.report("One.", area="2")
    with world.session() as session:
        session.execute(update(CaseRow).values(label=bytes(1000)))
    with pytest.raises(ExcludedFromACase):
        joins(world, "Lucia", let_in_by="Sarah")
