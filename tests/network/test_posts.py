"""Posts: where a person works, for whom, and when she is away."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from casefile.network.directory import NotListed, Post, change_post, list_entry
from casefile.network.models import DirectoryEntry
from casefile.platform.database import write
from tests.world import World

HOLIDAY = (date(2026, 12, 12), date(2026, 12, 19))


def posted(world: World) -> Post:
    sarah, ines = world.member("Sarah").person, world.member("Ines").person
    agency = world.desk("Intake desk, River").agency
    return Post(sarah, agency, 2, "Field officer", ines, (HOLIDAY,))


def listed(world: World, post: Post) -> None:
    with world.session() as session:
        write(lambda writing: list_entry(writing, world.deployment, post), session)


def test_where_somebody_works_comes_back_as_it_was_written(both_worlds: World) -> None:
    post = posted(both_worlds)
    listed(both_worlds, post)
    assert both_worlds.directory().posts == {post.person: post}


def test_days_off_are_changed_and_nothing_else(both_worlds: World) -> None:
    post = posted(both_worlds)
    listed(both_worlds, post)
    with both_worlds.session() as session:
        write(
            lambda writing: change_post(writing, both_worlds.deployment, post.person, away=()),
            session,
        )
    now = both_worlds.directory().posts[post.person]
    assert (now.away, now.job, now.supervisor) == ((), post.job, post.supervisor)


def test_nobody_works_in_two_places(world: World) -> None:
    listed(world, posted(world))
    with pytest.raises(IntegrityError):
        listed(world, posted(world))


def test_who_has_no_post_cannot_have_it_changed(world: World) -> None:
    with world.session() as session, pytest.raises(NotListed):
        write(
            lambda writing: change_post(writing, world.deployment, world.member("Ines").person),
            session,
        )


def test_no_row_points_at_the_person_who_works_there(world: World) -> None:
    post = posted(world)
    listed(world, post)
    with world.session() as session:
        rows = session.execute(select(DirectoryEntry.id, DirectoryEntry.label)).all()
    assert post.person not in {row.id for row in rows}
    assert not any(b"Field officer" in row.label or post.person in row.label for row in rows)


@pytest.mark.parametrize(("day", "away"), [(11, False), (12, True), (19, True), (20, False)])
def test_the_first_and_the_last_day_off_count(world: World, day: int, away: bool) -> None:
    assert posted(world).is_away(date(2026, 12, day)) is away
