"""The worker tells who is next when something is late: once for each rung, and nobody excluded."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.cases import escalating
from casefile.cases.escalating import cases_to_tell, climb, escalate_late, read_ladder, tell_late
from casefile.cases.label import Exclusion, Label, read_label, write_label
from casefile.cases.late_list import NotWatching, late_page
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import change_row
from casefile.network.directory import Post, list_entry, read_directory
from casefile.platform.database import db, write
from casefile.platform.deployment import EXTENSION, current_deployment
from casefile.platform.jobs import waiting
from casefile.platform.now import minutes
from tests.cases.working import (
    answers,
    case_of,
    confirms,
    goes_to_whom_it_concerns,
    label_of,
    queue_row,
)
from tests.world import World, running


@pytest.fixture
def world(both_worlds: World) -> World:
    """A world on each engine that has a mail server; no mail is sent here."""
    mailing = replace(both_worlds.settings, mail_host="mail.invalid")
    both_worlds.app.extensions[EXTENSION] = replace(both_worlds.deployment, settings=mailing)
    return both_worlds


def works_at(world: World, who: str, desk: str, supervisor: str | None = None) -> None:
    """Somebody has a post in the agency of a desk."""
    agency = world.desk(desk).agency
    above = world.member(supervisor).person if supervisor else None
    post = Post(world.member(who).person, agency, 0, "Officer", above)
    with world.session() as session:
        write(lambda writing: list_entry(writing, world.deployment, post), session)


def passes(world: World) -> int:
    """The worker comes by."""
    with world.app.app_context(), Session(db.engine) as session:
        return escalate_late(session, world.deployment)


def told(world: World) -> set[str]:
    """Who has a notice waiting, by first name."""
    with world.session() as session:
        jobs = waiting(session, world.deployment, escalating.JOB)
    people = [body["person"] for _, body in jobs]
    assert len(people) == len(set(people))
    names = {one.member.person.hex(): name for name, one in world.seated.items()}
    return {names[person] for person in people}


def excludes(world: World, who: str) -> None:
    """Somebody is kept from the one case."""
    barred = Exclusion(world.member(who).person, "declared")
    changes(world, lambda label: label.excluding([barred]))


def changes(world: World, change: Callable[[Label], Label]) -> None:
    """The label of the one case becomes another, and its row with it."""
    with world.session() as session:

        def verb(writing: Session) -> None:
            held = read_label(writing, world.deployment, case_of(world), for_change=True)
            label = change(held.label)
            change_row(
                writing, world.deployment, write_label(writing, world.deployment, held, label)
            )

        write(verb, session)


def test_nothing_is_told_before_its_time(world: World) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=24)
    assert passes(world) == 0
    assert told(world) == set()
    world.clock.pass_by(minutes=1)
    assert passes(world) == 1


def test_without_a_head_everybody_on_the_desk_is_told_first(world: World) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=25)
    passes(world)
    assert told(world) == {"Sarah", "Amal"}


def test_who_supervises_a_colleague_on_the_desk_is_its_head(world: World) -> None:
    works_at(world, "Sarah", "Intake desk, River", supervisor="Amal")
    world.report(area="2")
    world.clock.pass_by(hours=25)
    passes(world)
    assert told(world) == {"Amal"}


def test_each_rung_is_told_once_however_often_the_worker_comes_by(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    seen = []
    for hours in (25, 1, 22, 1, 1, 46, 1, 1):
        world.clock.pass_by(hours=hours)
        seen.append((passes(world), passes(world)))
    assert [again for _, again in seen] == [0] * len(seen)
    running = label_of(world).running("offer_help")
    assert running is not None
    assert running.told == 3
    assert told(world) >= {"Sarah", "Amal", "Anders", "Ines"}


def test_after_three_days_away_each_person_has_one_notice(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    for number in range(30):
        world.report(f"Report {number} from the well.", area="2")
    world.clock.pass_by(days=5)
    assert passes(world) == 30
    assert told(world) == {"Sarah", "Amal", "Anders", "Ines"}
    assert passes(world) == 0


def test_nobody_the_case_is_kept_from_is_told(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    excludes(world, "Anders")
    world.clock.pass_by(days=5)
    passes(world)
    assert "Anders" not in told(world)
    assert "Ines" in told(world)


def test_who_is_kept_from_it_after_she_was_to_be_told_gets_no_mail(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    world.clock.pass_by(days=5)
    passes(world)
    excludes(world, "Anders")
    with world.session() as session:
        body = {"person": world.member("Anders").person.hex(), "cases": case_of(world).hex()}
        tell_late(session, world.deployment, body)  # the mail server does not exist


def test_one_who_is_away_is_passed_over_for_the_next(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    world.clock.pass_by(days=1, hours=1)
    with world.session() as session:
        ladder = read_ladder(session, world.deployment)
        directory = read_directory(session, world.deployment)
        day = directory.day
        away = {
            person: replace(
                directory.posts.get(person, Post(person, b"", 0, "")), away=((day, day),)
            )
            for person in (world.member("Sarah").person, world.member("Amal").person)
        }
        absent = replace(ladder, directory=replace(directory, posts={**directory.posts, **away}))
    _, people = climb(label_of(world), absent, minutes(world.clock()))
    assert people == {world.member("Anders").person}


def test_what_was_done_in_time_is_told_to_nobody(world: World) -> None:
    world.report(area="2")
    confirms(world, "Sarah")
    answers(world, "Sarah", b"1" * 32, reviewed="help")
    goes_to_whom_it_concerns(world)
    world.clock.pass_by(days=9)
    assert passes(world) == 0


def test_junk_goes_no_further_than_its_desk(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    changes(world, lambda label: replace(label, junk=True))
    world.clock.pass_by(days=9)
    passes(world)
    assert told(world) == {"Sarah", "Amal"}
    assert queue_row(world)["tell"] == 0


def test_killed_between_batches_the_next_pass_tells_the_rest(
    world: World,
) -> None:
    for number in range(10):
        world.report(f"Report {number} from the well.", area="2")
    world.clock.pass_by(hours=25)
    turns = iter([True, True, False])
    with world.app.app_context(), Session(db.engine) as session:
        assert escalate_late(session, world.deployment, lambda: next(turns), 4) == 8
        assert len(cases_to_tell(session, world.deployment)) == 2
    assert passes(world) == 2
    assert told(world) == {"Sarah", "Amal"}


@pytest.mark.parametrize("draws", [0, 3, 7, 12, 30])
def test_killed_at_any_moment_nobody_is_forgotten_and_no_rung_told_twice(
    world: World, draws: int
) -> None:
    for number in range(6):
        world.report(f"Report {number} from the well.", area="2")
    world.clock.pass_by(hours=25)
    killed_after(world, draws)
    with world.session() as session:
        left = len(cases_to_tell(session, world.deployment))
    assert passes(world) == left
    assert told(world) == {"Sarah", "Amal"}
    with world.session() as session:
        cases = list(session.scalars(select(CaseRow.id)))
        labels = [read_label(session, world.deployment, case).label for case in cases]
    rungs = [one.told for label in labels for one in label.deadlines if one.kind == "offer_help"]
    assert rungs == [1] * 6
    assert passes(world) == 0


def killed_after(world: World, draws: int) -> None:
    """A worker of its own is killed at the so-manieth random bytes it draws, or comes through."""
    left = iter(range(draws))

    def draw(count: int) -> bytes:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.urandom(count)

    deployment = world.deployment
    child = os.fork()
    if child == 0:
        with (
            running(deployment.settings, deployment.keyring, world.clock, draw) as app,
            app.app_context(),
            Session(db.engine) as session,
        ):
            escalate_late(session, current_deployment(), batch=2)
        os._exit(0)
    os.waitpid(child, 0)


def test_a_batch_that_fails_tells_nobody_and_is_told_by_the_next_pass(world: World) -> None:
    world.report(area="2")
    world.clock.pass_by(hours=25)
    deployment = world.deployment

    def fails(_count: int) -> bytes:
        raise MemoryError

    broken = replace(deployment, random=fails)
    with world.app.app_context(), Session(db.engine) as session, pytest.raises(MemoryError):
        escalate_late(session, broken)
    assert told(world) == set()
    running = label_of(world).running("offer_help")
    assert running is not None
    assert running.told == 0
    assert passes(world) == 1


def test_the_senior_focal_point_sees_organisation_country_and_day_alone(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    world.clock.pass_by(hours=25)
    passes(world)
    with world.session() as session:
        anders = world.member("Anders")
        assert late_page(session, world.deployment, anders).count == 0
    world.clock.pass_by(hours=24)
    passes(world)
    with world.session() as session:
        (line,) = late_page(session, world.deployment, world.member("Anders")).lines
    assert set(vars(line)) == {"entity", "country", "due", "lasting"}
    assert line.lasting == timedelta(hours=25)


def test_who_is_kept_from_a_case_does_not_find_it_among_what_is_late(world: World) -> None:
    works_at(world, "Anders", "Intake desk, River")
    world.report(area="2")
    excludes(world, "Anders")
    world.clock.pass_by(days=5)
    passes(world)
    with world.session() as session:
        assert late_page(session, world.deployment, world.member("Anders")).count == 0
        assert late_page(session, world.deployment, world.member("Ines")).count == 1


def test_another_agencys_senior_focal_point_sees_nothing(world: World) -> None:
    other = next(
        desk.names["en"]
        for desk in world.directory().desks.values()
        if desk.agency != world.desk("Intake desk, River").agency
    )
    works_at(world, "Anders", other)
    world.report(area="2")
    world.clock.pass_by(days=9)
    passes(world)
    assert "Anders" not in told(world)
    with world.session() as session:
        assert late_page(session, world.deployment, world.member("Anders")).count == 0


def test_who_watches_over_nothing_has_no_such_page(world: World) -> None:
    with world.session() as session, pytest.raises(NotWatching):
        late_page(session, world.deployment, world.member("Sarah"))
