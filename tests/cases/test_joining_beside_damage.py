"""Somebody joins a desk of which one case is damaged: she gets the others, and that one never."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casefile.cases.exclusion_settling import settle
from casefile.cases.label import CaseNotFound, read_label, write_label
from casefile.cases.membership import ExcludedFromACase
from casefile.cases.models import CaseRow, EntryRow, SearchRow, WrapRow
from casefile.cases.records import entry_tag
from casefile.cases.search import search
from casefile.cases.wraps import wrap_tag
from casefile.platform.database import write
from tests.cases.excluding import asked, held, joins, opened_by, says
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
    """Nobody reaches its keys; once it is mended, who opens it first looks it through for her."""
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
    assert opens(world, "Lucia", broken)
    assert held(world, broken).label.excluded == ()


def test_a_mended_case_that_names_the_newcomer_is_kept_from_her_and_somebody_is_asked(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report(f"It was {world.seated['Lucia'].person.name}.", area="2")
    forget_whom_it_names(world)
    (broken,) = cases_of(world)
    tag = wrap_tag(world.deployment, broken, 0)
    before = damaged(world, WrapRow, tag)
    joins(world, "Lucia", let_in_by="Sarah")
    mended(world, WrapRow, tag, before)
    assert settled(world, "Sarah", broken)
    assert not opens(world, "Lucia", broken)
    assert not opened_by(world, held(world, broken), secret_of(world, "Lucia").private)
    (one,) = asked(world, "Ines")
    assert one.known.name == world.seated["Lucia"].person.name
    says(world, "Ines", "lifted")
    assert settled(world, "Amal", broken)
    assert opens(world, "Lucia", broken)


def forget_whom_it_names(world: World) -> None:
    """As if she had no account yet when the report came."""

    def verb(writing: Session) -> None:
        label = read_label(writing, world.deployment, cases_of(world)[0])
        bare = replace(label.label, exclusions=(), excluded=(), questions=())
        write_label(writing, world.deployment, label, bare)

    with world.session() as session:
        write(verb, session)


def test_nobody_joins_while_a_label_is_damaged(world: World) -> None:
    world.report("One.", area="2")
    with world.session() as session:
        session.execute(update(CaseRow).values(label=bytes(1000)))
    with pytest.raises(ExcludedFromACase):
        joins(world, "Lucia", let_in_by="Sarah")
