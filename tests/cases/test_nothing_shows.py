"""Two worlds with the same draws, one with a case and one without: the person it is about sees
the same, byte for byte.

Every address that needs a session and no case is opened, and every case address there is. What a
page draws anew each time (its tokens) is masked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from casefile.cases.exclusion_declared import declare_conflict
from casefile.cases.exclusion_questions import answer_question
from casefile.cases.keys import readers
from casefile.cases.label import read_label
from casefile.cases.models import CaseRow
from casefile.cases.notices import asked_people
from casefile.cases.queue_rows import address_of, case_at
from casefile.intake.receive import Receipt
from casefile.people.gate import Open, access_of
from casefile.people.sessions import COOKIE, begin_session
from casefile.platform.database import write
from casefile.platform.deployment import EXTENSION
from tests.cases.excluding import adds, asked, joins, looks, works
from tests.world import Template, World, copied_world

BASE = "https://localhost"
TOKENS = re.compile(r'(name="(?:csrf_token|once|ticket|seen)" value=")[^"]*"')
PEOPLE = ("Sarah", "Ines", "Grace", "Omar", "Anders", "Marta")
NAMED = " and ".join(
    ("Sarah Okello", "Grace Mensah", "Omar Farouk", "Anders Holm", "Marta Duarte", "Ines Moreau")
)


@dataclass
class Pair:
    """The same deployment twice; only in the first does the case come in."""

    with_it: World
    without: World

    @property
    def both(self) -> tuple[World, World]:
        return self.with_it, self.without


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """Two copies of one template, on each engine."""
    template: Template = request.getfixturevalue(f"{request.param}_template")
    with ExitStack() as open_worlds:
        worlds = []
        for name in ("with", "without"):
            (tmp_path / name).mkdir()
            worlds.append(open_worlds.enter_context(copied_world(template, tmp_path / name)))
        for world in worlds:
            _others(world)
        yield Pair(*worlds)


@contextmanager
def drawn(world: World, seed: str) -> Iterator[None]:
    """Everything drawn inside comes from a stream of its own."""
    before = world.deployment
    stream = random.Random(seed).randbytes
    world.app.extensions[EXTENSION] = replace(before, random=stream)
    yield
    world.app.extensions[EXTENSION] = before


def _others(world: World) -> None:
    """Cases that are in both worlds: of her desk, of others, one with a question to Ines."""
    works(world, "Peter", "Intake desk, North", area=1)
    for number, (text, answers) in enumerate(
        (
            ("The well is closed.", {"area": "2"}),
            ("A boy was hurt.", {"area": "2", "age": "child", "now": "danger"}),
            ("Nobody came.", {"area": "1"}),
            ("Peter Nyambura came.", {"area": "2", "keep_area": "1"}),
        )
    ):
        with drawn(world, f"case {number}"):
            world.report(text, once=bytes([number]) * 32, **answers)


def _the_case(pair: Pair, text: str, **answers: str) -> Receipt:
    with drawn(pair.with_it, "the case"):
        return pair.with_it.report(text, once=b"c" * 32, **answers)


def _signed_in(world: World, who: str) -> FlaskClient:
    with drawn(world, f"session of {who} at {world.clock()}"), world.session() as session:
        deployment = world.deployment
        member = world.member(who)
        begun = write(lambda writing: begin_session(writing, deployment, member), session)
    client = world.client()
    client.set_cookie(COOKIE, begun.cookie, domain="localhost", secure=True)
    return client


def _seen(world: World, who: str, cases: list[str]) -> dict[str, tuple[int, str, str]]:
    """Every answer she gets at every address, status and place to go to included."""
    client, found = _signed_in(world, who), {}
    for address in _addresses(world, cases):
        answer = client.get(address, base_url=BASE)
        shown = TOKENS.sub(r'\1masked"', answer.get_data(as_text=True))
        found[address] = (answer.status_code, answer.headers.get("Location", ""), shown)
    return found


def _addresses(world: World, cases: list[str]) -> Iterator[str]:
    for rule in world.app.url_map.iter_rules():
        access = access_of(world.app.view_functions[rule.endpoint])
        if isinstance(access, Open) or "GET" not in (rule.methods or set()):
            continue
        if not rule.arguments:
            yield rule.rule
        elif rule.arguments == {"case"}:
            yield from (rule.rule.replace("<case>", case) for case in cases)
    yield from ("/queue?view=reporter", "/queue?view=all", "/queue?view=all&page=2")


def _cases(world: World) -> list[str]:
    with world.session() as session:
        return sorted(map(address_of, session.scalars(select(CaseRow.id))))


def _the_only_new(pair: Pair) -> str:
    (new,) = set(_cases(pair.with_it)) - set(_cases(pair.without))
    return new


def _looks_the_same_to(pair: Pair, *people: str) -> None:
    cases = _cases(pair.with_it)
    assert len(cases) == len(_cases(pair.without)) + 1
    for who in people:
        seen = [_seen(world, who, cases) for world in pair.both]
        assert seen[0] == seen[1], who
        assert any(status == 200 for status, _, _ in seen[0].values())


def test_whom_a_report_names_sees_what_she_would_see_without_it(pair: Pair) -> None:
    _the_case(pair, f"It was {NAMED}.", area="2")
    _looks_the_same_to(pair, *PEOPLE)


def test_the_comparison_sees_a_case_where_there_is_one(pair: Pair) -> None:
    _the_case(pair, "It was a man in a blue vest.", area="2")
    with pytest.raises(AssertionError):
        _looks_the_same_to(pair, "Sarah")


def test_whom_a_message_names_sees_no_trace_before_and_after_her_keys_are_taken(
    pair: Pair,
) -> None:
    receipt = _the_case(pair, "He came.", area="2")
    adds(pair.with_it, receipt, "It was Sarah Okello.")
    _looks_the_same_to(pair, "Sarah")
    case = _bytes_of(pair)
    assert looks(pair.with_it, "Amal", case)
    for world in pair.both:
        world.clock.pass_by(minutes=1)
    _looks_the_same_to(pair, "Sarah")


def test_who_declared_a_conflict_sees_no_trace_of_the_case(pair: Pair) -> None:
    _the_case(pair, "He came.", area="2")
    world = pair.with_it
    with world.session() as session:
        address = _the_only_new(pair)
        declare_conflict(session, world.deployment, world.member("Sarah"), address)
    _looks_the_same_to(pair, "Sarah")


@pytest.mark.parametrize("answer", ["", "confirmed"])
def test_a_question_about_her_leaves_no_trace_to_her(pair: Pair, answer: str) -> None:
    _the_case(pair, "It was Sarah Okello.", area="2")
    if answer:
        before = {one.id for one in asked(pair.without, "Ines")}
        world = pair.with_it
        new = next(one for one in asked(world, "Ines") if one.known.name == "Sarah Okello")
        assert before
        with world.session() as session:
            answer_question(session, world.deployment, world.member("Ines"), new.id, answer)
    _looks_the_same_to(pair, "Sarah")


def test_the_supervisor_and_the_small_office_see_no_trace_either(pair: Pair) -> None:
    for world in pair.both:
        works(world, "Sarah", "Intake desk, River", under="Amal")
        works(world, "Amal", "Intake desk, River")
    _the_case(pair, "Sarah Okello came.", area="2", employer="Meridian")
    _looks_the_same_to(pair, "Sarah", "Amal")


def test_who_joins_the_desk_later_and_is_meant_sees_no_trace(pair: Pair) -> None:
    _the_case(pair, "It was Sarah Okello.", area="2")
    for world in pair.both:
        with drawn(world, "joining"):
            joins(world, "Lucia", let_in_by="Amal")
    _looks_the_same_to(pair, "Lucia")


def test_notices_go_to_nobody_it_is_kept_from(pair: Pair) -> None:
    _the_case(pair, f"It was {NAMED}.", area="2")
    world, case = pair.with_it, _bytes_of(pair)
    with world.session() as session:
        label = read_label(session, world.deployment, case).label
    told = readers(label, world.directory()) | asked_people(label, world.directory())
    assert told
    assert not told & {world.member(who).person for who in PEOPLE}


def _bytes_of(pair: Pair) -> bytes:
    return case_at(_the_only_new(pair))
