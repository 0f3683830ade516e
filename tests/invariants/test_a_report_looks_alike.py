"""Sixty reports to five desks: whoever watches the database learns that a report came, and no more.

P1 of the threat model, on both engines. For every desk the same rows of the same lengths are
added and changed, and which segments change has nothing to do with the desk. What may differ: a
longer text makes a longer blob, by doublings from 4 KB; a circle of more than five members has
eight more wraps. Here every text is under 4 KB.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from sqlalchemy.orm import Session

from casefile.app import create_app
from casefile.cases.queue_rows import QUEUE
from casefile.codes.questions import Kind, load_questions
from casefile.network.desks import INTAKE
from casefile.network.directory import Area, Desk, list_entry
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.platform.database import db, write
from casefile.registers.storage import scan
from casefile.settings import ROOT
from tests.invariants.browsing import Browser
from tests.invariants.leaving import Left, Watcher, p_of_order, p_of_sharing
from tests.world import World, accept, copied_world, offered

REPORTS = 60
AREAS = (1, 2, 3, 4, 5)
"""The areas of five intake desks: three of the demonstration, and two listed here."""
ROUTES = {"area", "keep_area", "keep_from"}
"""Answers that decide the desk."""
LEAST = 0.001
LEAST_OF_MANY = 0.0002
"""The same where fourteen questions are asked at once: one in three hundred would be chance."""
FORM = load_questions(ROOT / "config" / "questions" / "form.toml")


@dataclass(frozen=True)
class Sixty:
    """What each of the sixty reports left, and for which area it was."""

    areas: list[int]
    left: list[Left]
    cases: dict[int, int]
    """How many cases the desk of each area has in the end."""


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def sixty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sixty]:
    template = request.getfixturevalue(f"{request.param}_template")
    with copied_world(template, tmp_path_factory.mktemp("sixty")) as world, drawn_from(world, 60):
        yield _send_sixty(world)


def test_every_report_leaves_the_same_rows_of_the_same_lengths(sixty: Sixty) -> None:
    assert sixty.cases == dict.fromkeys(AREAS, REPORTS // len(AREAS))
    shapes = {area: set() for area in AREAS}
    for area, left in zip(sixty.areas, sixty.left, strict=True):
        shapes[area].add(left.shape())
    assert all(len(of_area) == 1 for of_area in shapes.values())
    assert len(set.union(*shapes.values())) == 1


def test_a_report_changes_one_segment_of_each_register_and_nothing_else(sixty: Sixty) -> None:
    for left in sixty.left:
        assert {table for table, _ in left.changed} == {"segment"}
        by_part = {part: segment for segment, part in left.changed_keys("segment")}
        assert set(by_part) == {"coded", "people", "queue"}
        assert len(set(by_part.values())) == 2
        assert not left.removed


@pytest.mark.parametrize("part", ["queue", "coded"])
def test_which_segment_changes_has_nothing_to_do_with_the_desk(sixty: Sixty, part: str) -> None:
    changed = [_changed(left, part) for left in sixty.left]
    assert len(set(changed)) > 10
    assert p_of_sharing(sixty.areas, changed, seed=1) > LEAST


def test_the_two_registers_do_not_choose_together(sixty: Sixty) -> None:
    """A fact must not be found through the queue segment that changed with it."""
    queue = [_changed(left, "queue") for left in sixty.left]
    number = {segment: at for at, segment in enumerate(dict.fromkeys(queue))}
    facts = [_changed(left, "coded") for left in sixty.left]
    assert p_of_sharing([number[segment] for segment in queue], facts, seed=2) > LEAST


def test_no_key_of_a_new_row_tells_when_it_came_or_for_whom(sixty: Sixty) -> None:
    firsts: dict[str, list[bytes]] = {}
    for left in sixty.left:
        came: dict[str, bytes] = {}
        for table, key in sorted(left.added, key=repr):
            came.setdefault(table, key[0])
        for table, key in came.items():
            firsts.setdefault(table, []).append(key)
    tables = {"audit_row", "case", "entry", "job", "question", "quick", "receipt", "wrap"}
    assert set(firsts) == tables
    for table, keys in firsts.items():
        assert len(keys) == REPORTS
        assert p_of_order(keys, seed=3) > LEAST_OF_MANY, table
        eighths = [key[0] >> 5 for key in keys]
        assert p_of_sharing(sixty.areas, eighths, seed=4) > LEAST_OF_MANY, table


def test_a_report_that_keeps_somebody_away_looks_like_any_other(both_worlds: World) -> None:
    """A circle takes the desk's place, or the report goes elsewhere: nothing shows that it did."""
    browser = Browser(both_worlds.client())
    kept = (
        {},
        {"keep_from": "Sarah"},
        {"keep_from": "Sarah and Amal"},
        {"keep_from": "Sarah, Amal, Ines, Peter and Lucia"},
        {"keep_area": "1"},
        {"keep_from": "Meridian"},
        {"employer": "Meridian Relief"},
    )
    with both_worlds.app.app_context(), db.engine.connect() as connection:
        watcher = Watcher(connection)
        shapes = {}
        for number, answers in enumerate(kept):
            browser.posts("/en/report", what="Something happened.", area="2", **answers)
            connection.rollback()
            shapes[number] = watcher.look(connection).shape()
    assert {number for number, shape in shapes.items() if shape != shapes[0]} == set()


def test_a_register_for_each_desk_would_be_noticed() -> None:
    """The test of chance has the strength to see it: a lane of one's own, a habit, a half habit."""
    rng = np.random.default_rng(5)
    areas = [AREAS[at % 5] for at in range(REPORTS)]
    own_lane = areas
    three_lanes = [area * 3 + int(rng.integers(3)) for area in areas]
    by_half = [area if rng.random() < 0.5 else int(rng.integers(16)) for area in areas]
    for places in (own_lane, three_lanes, by_half):
        assert p_of_sharing(areas, places, seed=6) < LEAST
    assert p_of_sharing(areas, rng.integers(16, size=REPORTS).tolist(), seed=6) > LEAST


def test_keys_that_grow_with_time_would_be_noticed() -> None:
    draw = random.Random(7).randbytes
    growing = [at.to_bytes(2, "big") + draw(14) for at in range(0, 6000, 100)]
    assert p_of_order(growing, seed=8) < LEAST
    assert p_of_order([draw(16) for _ in range(REPORTS)], seed=8) > LEAST


def _changed(left: Left, part: str) -> object:
    return next(segment for segment, each in left.changed_keys("segment") if each == part)


@contextmanager
def drawn_from(world: World, seed: int) -> Iterator[None]:
    """The world's randomness comes from a seed from here on: the same draw in every run."""
    draw, keyring = random.Random(seed).randbytes, world.deployment.keyring
    world.app = create_app(world.settings, keyring=keyring, now=world.clock, random=draw)
    yield
    with world.app.app_context():
        db.engine.dispose()


def _send_sixty(world: World) -> Sixty:
    for code in (4, 5):
        _open_desk(world, code)
    chance, browser = random.Random(61), Browser(world.client())
    areas = [area for area in AREAS for _ in range(REPORTS // len(AREAS))]
    chance.shuffle(areas)
    left = []
    with world.app.app_context(), db.engine.connect() as connection:
        watcher = Watcher(connection)
        for area in areas:
            browser.sends("/en/report", _answers(chance) | {"area": str(area)})
            connection.rollback()
            left.append(watcher.look(connection))
    return Sixty(areas, left, _cases_by_area(world))


def _open_desk(world: World, area: int) -> None:
    """List an intake desk in an area that has none, and let its first member join."""
    deployment, directory = world.deployment, world.directory()
    agency = next(one for one in directory.agencies.values() if one.names["en"] == "Health Bridge")
    desk = Desk(deployment.random(16), {"en": f"Desk {area}"}, agency.id, area, INTAKE, 40 + area)

    def list_both(writing: Session) -> None:
        list_entry(writing, deployment, desk)
        if area not in directory.areas:
            list_entry(writing, deployment, Area(deployment.random(16), {"en": "Hill"}, area))

    with world.session() as session:
        write(list_both, session)
    with world.session() as session:
        token = invite(
            session,
            deployment,
            email=f"member{area}@example.org",
            name=f"Member Number{area}",
            role=Role.FOCAL_POINT,
            language="en",
            desks=(desk.id,),
            by=None,
        )
    with world.session():
        accept(token, offered(token))


def _answers(chance: random.Random) -> dict[str, str | list[str]]:
    """A form filled in by chance: any text to 2,400 letters, any answers but where."""
    given: dict[str, str | list[str]] = {"what": "word " * chance.randrange(1, 480)}
    for field in FORM.optional:
        codes = [option.code for option in field.options]
        if field.name in ROUTES or chance.random() < 0.3:
            continue
        if field.kind is Kind.ONE:
            given[field.name] = chance.choice(codes)
        elif field.kind is Kind.SOME:
            given[field.name] = chance.sample(codes, chance.randrange(1, len(codes)))
        elif field.kind is Kind.TICK:
            given[field.name] = "1"
        elif field.kind is Kind.LINE:
            given[field.name] = "letters " * chance.randrange(1, 12)
    return given


def _cases_by_area(world: World) -> dict[int, int]:
    """How many cases the desk of each area has, read with the deployment's keys."""
    with world.session() as session:
        columns = [each for _, each in scan(session, world.deployment, QUEUE, "queue")]
    codes = np.concatenate([each["desk_1"] for each in columns])
    desks = world.directory().desks.values()
    intake = [desk for desk in desks if desk.place and desk.function == INTAKE]
    return {desk.place: int((codes == desk.code).sum()) for desk in intake}
