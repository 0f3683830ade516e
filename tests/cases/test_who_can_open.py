"""Whatever happens, in whatever order: who can open what is what the rules say, key by key.

Reports, messages, joining, leaving, being kept out, lifting, losing and recovering happen in a real
world and beside it in a model of sets. After each step everybody's own keys are tried on every row
the database holds, and nobody who is kept from a case may have got a wrap of it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cases.playing import PEOPLE, Playing
from tests.cases.who_may_open import FIRST, NORTH, RIVER, Ask
from tests.world import Template, copied_world

SOAK = bool(os.environ.get("CASEFILE_SOAK"))
STEPS = 30 if SOAK else 20
MOST_CASES, MOST_MESSAGES = 4, 5
BUSY = (RIVER, RIVER, RIVER, FIRST, NORTH)
"""Desks people come to and go from, the first one most."""

few_names = st.sets(st.sampled_from(PEOPLE), max_size=2)
some_names = st.sets(st.sampled_from(PEOPLE), min_size=1, max_size=2)


class WhoCanOpen(RuleBasedStateMachine):
    """What may happen next; what it does is in `playing`."""

    def __init__(self, template: Template, folder: Callable[[], Path]) -> None:
        super().__init__()
        self.open = ExitStack()
        self.play = Playing(self.open.enter_context(copied_world(template, folder())))
        self.model = self.play.model

    def teardown(self) -> None:
        self.open.close()

    @initialize(third=st.sampled_from(["", "Peter", "Lucia", "Ines"]), names=few_names)
    def the_first_report_comes(self, third: str, names: set[str]) -> None:
        if third:
            self.play.joins(third, RIVER, "Sarah")
        self.play.reports(2, names, contact=True)

    @precondition(lambda self: len(self.model.cases) < MOST_CASES)
    @rule(area=st.sampled_from([2, 2, 2, 1, 4]), names=few_names, contact=st.booleans())
    def a_report_comes(self, area: int, names: set[str], contact: bool) -> None:
        self.play.reports(area, names, contact=contact)

    @rule(data=st.data(), names=some_names)
    def the_reporter_adds_a_message(self, data: st.DataObject, names: set[str]) -> None:
        at = data.draw(st.integers(0, len(self.model.cases) - 1), "case")
        if self.model.cases[at].messages < MOST_MESSAGES:
            self.play.adds(at, names)

    @rule(data=st.data())
    def somebody_looks(self, data: st.DataObject) -> None:
        readers = self.readers() or [(who, 0) for who in PEOPLE]
        urgent = [(who, at) for who, at in readers if self.model.waits(self.model.cases[at])]
        self.play.looks(*data.draw(st.sampled_from(urgent or readers), "who"))

    @precondition(lambda self: self.readers())
    @rule(data=st.data())
    def a_reader_declares_a_conflict(self, data: st.DataObject) -> None:
        self.play.declares(*data.draw(st.sampled_from(self.readers()), "who"))

    @precondition(lambda self: self.askings())
    @rule(data=st.data(), answer=st.sampled_from(["lifted", "confirmed"]))
    def a_question_is_answered(self, data: st.DataObject, answer: str) -> None:
        self.play.answers(*data.draw(st.sampled_from(self.askings()), "who"), answer)

    @rule(data=st.data(), desk=st.sampled_from(BUSY))
    def a_fellow_lets_somebody_in(self, data: st.DataObject, desk: str) -> None:
        seats = self.model.desks[desk]
        others = sorted(seats.waiting) or [one for one in PEOPLE if one not in seats.members]
        if seats.members and others:
            giver = data.draw(st.sampled_from(sorted(seats.members)), "giver")
            self.play.joins(data.draw(st.sampled_from(others), "newcomer"), desk, giver)

    @rule(data=st.data(), desk=st.sampled_from(BUSY))
    def somebody_leaves_a_desk(self, data: st.DataObject, desk: str) -> None:
        if members := sorted(self.model.desks[desk].members):
            self.play.leaves(data.draw(st.sampled_from(members), "who"), desk)

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_loses_her_passphrase(self, who: str) -> None:
        self.play.loses(who)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def custodians_give_a_seat_back(self, data: st.DataObject) -> None:
        self.play.recovers(*data.draw(st.sampled_from(self.waiting()), "who"))

    @precondition(lambda self: self.left_to_custodians())
    @rule(data=st.data())
    def custodians_give_cases_to_a_desk(self, data: st.DataObject) -> None:
        self.play.hands_over(*data.draw(st.sampled_from(self.left_to_custodians()), "desks"))

    @rule(data=st.data())
    def somebody_secures_what_lags(self, data: st.DataObject) -> None:
        stay = [who for who, at in self.readers() if self.model.cases[at].gone]
        self.play.secures(data.draw(st.sampled_from(stay or PEOPLE), "who"))

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_searches(self, who: str) -> None:
        self.play.searches(who)

    @precondition(lambda self: self.beside())
    @rule(data=st.data())
    def a_reader_lets_one_more_into_a_circle(self, data: st.DataObject) -> None:
        self.play.lets_in(*data.draw(st.sampled_from(self.beside()), "giver"))

    @precondition(lambda self: any(one.former for one in self.model.cases))
    @rule(data=st.data(), giver=st.sampled_from(PEOPLE))
    def a_reader_gives_circles_back(self, data: st.DataObject, giver: str) -> None:
        former = sorted(set().union(*(one.former for one in self.model.cases)))
        self.play.gives_back(giver, data.draw(st.sampled_from(former), "who"))

    @invariant()
    def keys_and_lists_are_what_the_rules_say(self) -> None:
        self.play.compare()

    def readers(self) -> list[tuple[str, int]]:
        """Who reads which case."""
        cases = enumerate(self.model.cases)
        return [(who, at) for at, case in cases for who in sorted(self.model.reading(case))]

    def askings(self) -> list[tuple[str, int, Ask]]:
        """Who is asked what."""
        return [
            (who, at, ask)
            for at, case in enumerate(self.model.cases)
            for ask in case.open_asks()
            for who in sorted(self.model.desks[ask.desk].members - case.out - {ask.about})
        ]

    def beside(self) -> list[tuple[str, int, str]]:
        """Who could let whom into which circle."""
        return [
            (giver, at, who)
            for giver, at in self.readers()
            for who in sorted(self.model.beside(self.model.cases[at]))
        ]

    def waiting(self) -> list[tuple[str, str]]:
        """Who waits to be let in again, and where."""
        desks = self.model.desks.items()
        return [(who, name) for name, one in desks for who in sorted(one.waiting)]

    def left_to_custodians(self) -> list[tuple[str, str]]:
        """Desks whose cases nobody can open, each with the desks that could get them."""
        sources = sorted({one.desk for one in self.model.cases if one.waiting})
        live = [name for name, one in self.model.desks.items() if one.members]
        return [(source, target) for source in sources for target in live]


@pytest.mark.parametrize(
    ("engine", "examples"),
    [("sqlite", 8), pytest.param("postgresql", 5, marks=pytest.mark.postgresql)],
)
def test_who_can_open_what_is_what_the_rules_say(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, examples: int
) -> None:
    template = request.getfixturevalue(f"{engine}_template")
    numbers = itertools.count()

    def folder() -> Path:
        made = tmp_path / str(next(numbers))
        made.mkdir()
        return made

    run_state_machine_as_test(
        lambda: WhoCanOpen(template, folder),
        settings=settings(
            max_examples=100 if SOAK else examples,
            stateful_step_count=STEPS,
            derandomize=not SOAK,
            suppress_health_check=list(HealthCheck),
        ),
    )
