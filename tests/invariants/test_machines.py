"""Every machine holds together: no step beyond its data, no dead end, nothing nobody waits for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.cases.machines import CASE, HELP, PLAYED, REPORT, is_ended, machine_of
from casefile.codes.lists import UNKNOWN, read_list
from casefile.codes.machines import Forbidden, Machine, take
from casefile.codes.sops import read_profile
from casefile.settings import ROOT
from tests.invariants.drawings import DOCUMENT, EVERY_MACHINE, document

CONFIG = ROOT / "config"
each_machine = pytest.mark.parametrize("machine", EVERY_MACHINE, ids=lambda one: one.name)
STEPS = [step for machine in EVERY_MACHINE for step in machine.steps]
ALL_WHO = frozenset(who for step in STEPS for who in step.who)
ALL_GUARDS = frozenset(
    one for machine in EVERY_MACHINE for step in machine.steps for one in step.guards
)
ANY_VERB = st.sampled_from(sorted({step.verb for step in STEPS} | {"x"}))


@each_machine
@given(data=st.data())
def test_a_step_is_taken_if_and_only_if_it_stands_in_the_data(
    machine: Machine, data: st.DataObject
) -> None:
    state = data.draw(st.sampled_from([one.code for one in machine.states]))
    verb = data.draw(ANY_VERB)
    who = data.draw(st.frozensets(st.sampled_from(sorted(ALL_WHO))))
    holds = data.draw(st.frozensets(st.sampled_from(sorted(ALL_GUARDS))))
    allowed = [
        step
        for step in machine.steps
        if step.verb == verb
        and state in step.sources
        and any(one in who for one in step.who)
        and all(one in holds for one in step.guards)
    ]
    if allowed:
        assert [take(machine, state, verb, who, holds)] == allowed
        return
    with pytest.raises(Forbidden) as refused:
        take(machine, state, verb, who, holds)
    reasons = {"no_such_step", "not_from_here", "not_yours"} | ALL_GUARDS - holds
    assert refused.value.code in reasons


@each_machine
def test_every_state_is_reached(machine: Machine) -> None:
    reached, before = {machine.begins}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {step.target for step in machine.steps if set(step.sources) & reached}
    assert {one.code for one in machine.states} == reached


@each_machine
def test_every_state_that_is_no_end_has_a_way_to_one(machine: Machine) -> None:
    ends, before = {one.code for one in machine.states if one.final}, set[str]()
    assert ends
    while ends != before:
        before = set(ends)
        ends |= {source for step in machine.steps if step.target in ends for source in step.sources}
    assert {one.code for one in machine.states} == ends


@each_machine
def test_every_open_state_has_a_deadline_or_names_who_is_waited_for(machine: Machine) -> None:
    idle = [one.code for one in machine.states if not (one.final or one.deadlines or one.waits)]
    assert idle == []


@each_machine
def test_every_way_into_a_state_starts_its_deadline(machine: Machine) -> None:
    for step in machine.steps:
        for source in step.sources:
            new = _deadlines(machine, step.target) - _deadlines(machine, source)
            assert new <= set(step.starts), (step.verb, source)


@each_machine
def test_every_way_out_of_a_state_ends_its_deadline(machine: Machine) -> None:
    for step in machine.steps:
        for source in step.sources:
            old = _deadlines(machine, source) - _deadlines(machine, step.target)
            assert old <= set(step.meets), (step.verb, source)


@each_machine
def test_every_deadline_stands_in_the_procedures(machine: Machine) -> None:
    kinds = {one for step in machine.steps for one in (*step.starts, *step.meets)}
    kinds |= {one for state in machine.states for one in state.deadlines}
    assert kinds <= set(read_profile(CONFIG))


def test_the_list_of_states_is_that_of_the_machines() -> None:
    listed = set(read_list(CONFIG, "case_state")) - {UNKNOWN}
    assert listed == {one.code for machine in (REPORT, CASE, HELP) for one in machine.states}


def test_a_desk_of_every_function_plays_a_part() -> None:
    assert set(PLAYED) == set(read_list(CONFIG, "desk_function")) - {UNKNOWN}


def test_the_case_begins_where_the_report_ends() -> None:
    assert [one.code for one in REPORT.states if one.final] == [CASE.begins]
    assert (machine_of("received"), machine_of(CASE.begins)) == (REPORT, CASE)
    assert [is_ended(state) for state in ("received", "triage", "closed")] == [False, False, True]


def test_nothing_ends_without_a_second_person() -> None:
    """Forwarding has had hers when it left what counts as SEA; what goes back goes on elsewhere."""
    for step in CASE.steps:
        if CASE.state(step.target).final and step.verb != "return_packet":
            assert {"second_person", "not_counted_as_sea"} & set(step.guards), step.verb


def test_the_document_is_what_the_data_draws() -> None:
    assert DOCUMENT.read_text("utf-8") == document(), "run `make machines`"


def _deadlines(machine: Machine, state: str) -> set[str]:
    return set(machine.state(state).deadlines)
