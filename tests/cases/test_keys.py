"""Who can open which part of a case: equal to a model small enough to be read aloud."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound, Held
from casefile.cases.models import CaseRow, QuickRow
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import open_case, show_report
from casefile.intake.receive import Receipt
from casefile.sealing.compartments import Compartment
from casefile.sealing.receipts import unlock as keys_of_number
from tests.cases.excluding import by_wraps, forced, held, opened_by, opens, quickly
from tests.world import World

INTAKE = {Compartment.MAILBOX, Compartment.WORK, Compartment.ASSISTANCE}
REPORTER = {Compartment.MAILBOX, Compartment.IDENTITY}
RIVER = {"Sarah", "Amal"}
EVERYBODY = (
    "Ines",
    "Sarah",
    "Amal",
    "Peter",
    "Lucia",
    "Marta",
    "Joseph",
    "Hana",
    "Anders",
    "Claire",
    "Tomas",
    "Grace",
    "Omar",
)


@dataclass(frozen=True)
class Told:
    """What of a report matters here: is its writer to be contacted, and whom does it name."""

    contact: bool = False
    names: str = ""

    def sent(self, world: World) -> Receipt:
        agreed = {"contact": "way", "contact_how": "By the neighbour"} if self.contact else {}
        return world.report(f"It was {self.names}.", area="2", **agreed)


KINDS = [
    Told(),
    Told(contact=True),
    Told(names="Sarah Okello"),
    Told(contact=True, names="Amal Haddad"),
    Told(names="Marta Duarte"),
]


def allowed(who: str, told: Told) -> set[Compartment]:
    """The model: the desk of the place, unless it is about her; her contact if she agreed."""
    if who not in RIVER or told.names.startswith(who):
        return set()
    return INTAKE | ({Compartment.IDENTITY} if told.contact else set())


@pytest.mark.parametrize("told", KINDS, ids=repr)
def test_everybody_opens_exactly_what_the_model_says(world: World, told: Told) -> None:
    told.sent(world)
    label = held(world)
    for who in EVERYBODY:
        assert opens(world, who) == allowed(who, told), who
        assert set(forced(world, who, label)) == allowed(who, told), who


@pytest.mark.parametrize("told", KINDS, ids=repr)
def test_the_number_opens_the_mailbox_and_her_own_name_and_nothing_else(
    world: World, told: Told
) -> None:
    receipt = told.sent(world)
    private = keys_of_number(receipt.code, world.deployment.keyring).private
    assert set(opened_by(world, held(world), private)) == REPORTER


def test_the_number_of_another_report_opens_nothing(world: World) -> None:
    other = world.report("Another.", area="2", once=b"x" * 32)
    with world.session() as session:
        session.execute(delete(CaseRow))
    Told().sent(world)
    private = keys_of_number(other.code, world.deployment.keyring).private
    assert set(opened_by(world, held(world), private)) == set()


def test_who_opens_what_is_the_same_on_both_engines(both_worlds: World) -> None:
    told = Told(contact=True, names="Amal Haddad")
    told.sent(both_worlds)
    for who in ("Sarah", "Amal", "Lucia", "Omar"):
        assert opens(both_worlds, who) == allowed(who, told), who


def quick_rows(world: World) -> dict[bytes, bytes]:
    with world.session() as session:
        return {row.tag: row.body for row in session.execute(select(QuickRow.tag, QuickRow.body))}


def quickly_opened(world: World, who: str, label: Held) -> set[Compartment]:
    """What the desk's symmetric key opens, and truly with the key that the wraps hold."""
    real = by_wraps(world, who, label)
    return {part for part, key in quickly(world, who, label).items() if key == real.get(part)}


def test_a_placeholder_never_opens(world: World) -> None:
    Told(contact=True).sent(world)
    assert quickly_opened(world, "Sarah", held(world)) == set()


@pytest.mark.parametrize("told", [Told(), Told(contact=True)], ids=repr)
def test_the_first_look_leaves_quick_keys_for_the_whole_desk(world: World, told: Told) -> None:
    told.sent(world)
    label = held(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Sarah"), address_of(label.case))
    assert quickly_opened(world, "Amal", label) == allowed("Amal", told)
    with world.session() as session:
        assert unlock(session, world.deployment, world.member("Amal"), label.case).quick is None
    assert opens(world, "Amal") == allowed("Amal", told)


def test_later_looks_write_no_quick_key_again(world: World) -> None:
    Told().sent(world)
    address = address_of(held(world).case)
    placeholders = quick_rows(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Sarah"), address)
    written = quick_rows(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Amal"), address)
    assert quick_rows(world) == written
    assert written.keys() == placeholders.keys()
    assert written != placeholders
    assert {len(body) for body in written.values()} == {len(body) for body in placeholders.values()}


def test_a_circle_leaves_no_quick_key(world: World) -> None:
    Told(names="Sarah Okello").sent(world)
    label, before = held(world), quick_rows(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Amal"), address_of(label.case))
        show_report(session, world.deployment, world.member("Amal"), address_of(label.case))
    assert quick_rows(world) == before


@pytest.mark.parametrize("how", ["taken away", "overwritten"])
def test_with_all_quick_keys_destroyed_the_wraps_still_open_the_case(
    world: World, how: str
) -> None:
    world.report("He came.", area="2")
    sarah, address = world.member("Sarah"), address_of(held(world).case)
    with world.session() as session:
        open_case(session, world.deployment, sarah, address)
    with world.session() as session:
        if how == "taken away":
            session.execute(delete(QuickRow))
        else:
            session.execute(update(QuickRow).values(token=b"t" * 16))
    with world.session() as session:
        assert show_report(session, world.deployment, sarah, address).text == "He came."


def test_a_case_that_is_not_there_and_one_that_is_anothers_get_one_answer(world: World) -> None:
    Told().sent(world)
    answers = set()
    for case in (held(world).case, b"n" * 16, b""):
        with world.session() as session, pytest.raises(CaseNotFound) as told:
            unlock(session, world.deployment, world.member("Lucia"), case)
        answers.add((type(told.value), told.value.args))
    assert len(answers) == 1


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    named=st.sets(st.sampled_from(EVERYBODY), max_size=4),
    area=st.sampled_from(["1", "2", "3", "4"]),
    keep_area=st.booleans(),
)
def test_nobody_a_report_names_can_ever_open_it(
    world: World, named: set[str], area: str, keep_area: bool
) -> None:
    full = [world.seated[who].person.name for who in sorted(named)]
    with world.session() as session:
        session.execute(delete(CaseRow))
    world.report(f"About {', and '.join(full)}.", area=area, keep_area="1" if keep_area else "0")
    label = held(world)
    for who in named:
        assert opens(world, who) == set()
        assert set(forced(world, who, label)) == set()
