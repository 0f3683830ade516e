"""Who can open which part of a case: equal to a model small enough to be read aloud."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from casefile.cases.keys import bundle_at, read_wraps, unlock
from casefile.cases.label import CaseNotFound, Held, read_label
from casefile.cases.models import CaseRow, QuickRow
from casefile.cases.queue_rows import address_of
from casefile.cases.quick_keys import read_quick
from casefile.cases.reading import open_case, show_report
from casefile.intake.receive import Receipt
from casefile.network.custody import open_desk
from casefile.sealing.circles import unwrap_circle_seed
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.receipts import unlock as keys_of_number
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


def case_of(world: World) -> Held:
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
        return read_label(session, world.deployment, case)


def unlocked(world: World, who: str, case: bytes) -> set[Compartment]:
    with world.session() as session:
        try:
            return set(unlock(session, world.deployment, world.member(who), case).keys)
        except CaseNotFound:
            return set()


def forced(world: World, who: str, held: Held) -> set[Compartment]:
    """All that opens when somebody tries every key she can reach on every wrap of the case."""
    member, found = world.member(who), set()
    with world.session() as session:
        desks = world.directory().desks_of(member.person)
        reach = [open_desk(session, world.deployment, member, desk).private for desk in desks]
        for slot, (body, token) in read_wraps(
            session, world.deployment, held, range(len(held.label.wraps))
        ).items():
            try:
                reach.append(
                    unwrap_circle_seed(
                        member.private,
                        body,
                        case=held.case,
                        person=member.person,
                        slot=slot,
                        token=token,
                    )
                )
            except SealBroken:
                continue
        for private in (member.private, *reach):
            found |= opened_by(world, held, private)
    return found


def opened_by(world: World, held: Held, private: PrivateKey) -> set[Compartment]:
    found: set[Compartment] = set()
    with world.session() as session:
        for slot in range(len(held.label.wraps)):
            try:
                found |= set(bundle_at(session, world.deployment, held, slot, private))
            except SealBroken:
                continue
    return found


@pytest.mark.parametrize("told", KINDS, ids=repr)
def test_everybody_opens_exactly_what_the_model_says(world: World, told: Told) -> None:
    told.sent(world)
    held = case_of(world)
    for who in EVERYBODY:
        assert unlocked(world, who, held.case) == allowed(who, told), who
        assert forced(world, who, held) == allowed(who, told), who


@pytest.mark.parametrize("told", KINDS, ids=repr)
def test_the_number_opens_the_mailbox_and_her_own_name_and_nothing_else(
    world: World, told: Told
) -> None:
    receipt = told.sent(world)
    private = keys_of_number(receipt.code, world.deployment.keyring).private
    assert opened_by(world, case_of(world), private) == REPORTER


def test_the_number_of_another_report_opens_nothing(world: World) -> None:
    other = world.report("Another.", area="2", once=b"x" * 32)
    with world.session() as session:
        session.execute(delete(CaseRow))
    Told().sent(world)
    private = keys_of_number(other.code, world.deployment.keyring).private
    assert opened_by(world, case_of(world), private) == set()


def test_who_opens_what_is_the_same_on_both_engines(both_worlds: World) -> None:
    told = Told(contact=True, names="Amal Haddad")
    told.sent(both_worlds)
    case = case_of(both_worlds).case
    for who in ("Sarah", "Amal", "Lucia", "Omar"):
        assert unlocked(both_worlds, who, case) == allowed(who, told), who


def quick_rows(world: World) -> dict[bytes, bytes]:
    with world.session() as session:
        return {row.tag: row.body for row in session.execute(select(QuickRow.tag, QuickRow.body))}


def quickly_opened(world: World, who: str, held: Held) -> set[Compartment]:
    """What the desk's symmetric key opens, without any public-key work."""
    with world.session() as session:
        desk = world.desk("Intake desk, River")
        secret = open_desk(session, world.deployment, world.member(who), desk)
        keys = bundle_at(session, world.deployment, held, 0, secret.private)
        found = read_quick(session, world.deployment, held.case, desk, secret)
    return {each for each, key in found.items() if keys.get(each) == key}


def test_a_placeholder_never_opens(world: World) -> None:
    Told(contact=True).sent(world)
    assert quickly_opened(world, "Sarah", case_of(world)) == set()


@pytest.mark.parametrize("told", [Told(), Told(contact=True)], ids=repr)
def test_the_first_look_leaves_quick_keys_for_the_whole_desk(world: World, told: Told) -> None:
    told.sent(world)
    held = case_of(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Sarah"), address_of(held.case))
    assert quickly_opened(world, "Amal", held) == allowed("Amal", told)
    with world.session() as session:
        assert unlock(session, world.deployment, world.member("Amal"), held.case).quick is None
    assert unlocked(world, "Amal", held.case) == allowed("Amal", told)


def test_later_looks_write_no_quick_key_again(world: World) -> None:
    Told().sent(world)
    address = address_of(case_of(world).case)
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
    held, before = case_of(world), quick_rows(world)
    with world.session() as session:
        open_case(session, world.deployment, world.member("Amal"), address_of(held.case))
        show_report(session, world.deployment, world.member("Amal"), address_of(held.case))
    assert quick_rows(world) == before


@pytest.mark.parametrize("how", ["taken away", "overwritten"])
def test_with_all_quick_keys_destroyed_the_wraps_still_open_the_case(
    world: World, how: str
) -> None:
    world.report("He came.", area="2")
    sarah, address = world.member("Sarah"), address_of(case_of(world).case)
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
    for case in (case_of(world).case, b"n" * 16, b""):
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
    held = case_of(world)
    for who in named:
        assert unlocked(world, who, held.case) == set()
        assert forced(world, who, held) == set()
