"""Custody: a desk's secret is drawn once, passed on by whoever holds it, and by nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from casefile.audit.chain import lines_newest_first
from casefile.audit.events import Event
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.membership import ExcludedFromACase, join_desk
from casefile.cases.models import CaseRow
from casefile.cases.queue_rows import address_of
from casefile.cases.reading import show_report
from casefile.network.custody import (
    DeskHasKeys,
    NoSeat,
    desk_holder,
    give_seat,
    open_desk,
    start_desk,
)
from casefile.network.directory import Desk, change_desk, list_entry
from casefile.network.models import DeskKey
from casefile.people.accounts import person_holder
from casefile.platform.database import write
from casefile.registers.directory import KeyNotListed, public_key_of, publish
from casefile.registers.models import ListedKey
from casefile.sealing.errors import SealBroken
from casefile.sealing.keypairs import new_private_key
from tests.world import World

EMPTY = b"e" * 16


def empty_desk(world: World) -> Desk:
    """A desk that nobody has opened yet."""
    agency = world.desk("Intake desk, River").agency
    entry = Desk(EMPTY, {"en": "New desk"}, agency, 4, "intake", 50)
    with world.session() as session:
        return list_entry(session, world.deployment, entry)


def starts(world: World, desk: Desk, who: str) -> Desk:
    with world.session() as session:
        member = world.member(who)
        write(lambda writing: start_desk(writing, world.deployment, desk, member), session)
    return world.directory().desks[desk.id]


def lets_in(world: World, desk: Desk, giver: str, newcomer: str) -> Desk:
    with world.session() as session:
        fellow, person = world.member(giver), world.member(newcomer).person
        write(lambda w: join_desk(w, world.deployment, fellow, desk, person), session)
    return world.directory().desks[desk.id]


def seeds(world: World, desk: Desk, who: str) -> bytes:
    with world.session() as session:
        secret = open_desk(session, world.deployment, world.member(who), desk)
    return secret.private.seeds().reveal() + secret.quick.reveal()


def test_a_desk_starts_once_in_the_session_of_its_first_member(both_worlds: World) -> None:
    desk = starts(both_worlds, empty_desk(both_worlds), "Lucia")
    assert (desk.generation, desk.live) == (1, True)
    assert desk.members == (both_worlds.member("Lucia").person,)
    with both_worlds.session() as session:
        public = public_key_of(
            session, both_worlds.deployment, desk_holder(desk.id, desk.generation)
        )
        secret = open_desk(session, both_worlds.deployment, both_worlds.member("Lucia"), desk)
    assert secret.private.public.raw == public.raw
    with pytest.raises(DeskHasKeys):
        starts(both_worlds, desk, "Peter")


def test_who_is_let_in_holds_the_same_secret(both_worlds: World) -> None:
    desk = starts(both_worlds, empty_desk(both_worlds), "Lucia")
    desk = lets_in(both_worlds, desk, "Lucia", "Peter")
    assert seeds(both_worlds, desk, "Peter") == seeds(both_worlds, desk, "Lucia")
    desk = lets_in(both_worlds, desk, "Peter", "Marta")
    assert seeds(both_worlds, desk, "Marta") == seeds(both_worlds, desk, "Lucia")
    people = tuple(both_worlds.member(who).person for who in ("Lucia", "Peter", "Marta"))
    assert desk.members == people


def test_who_is_let_in_waits_no_longer(world: World) -> None:
    peter, marta = world.member("Peter").person, world.member("Marta").person
    desk = starts(world, empty_desk(world), "Lucia")
    with world.session() as session:
        desk = change_desk(session, world.deployment, desk.id, waiting=(peter, marta))
    assert lets_in(world, desk, "Lucia", "Peter").waiting == (marta,)


@pytest.mark.parametrize("who", ["Peter", "Omar", "Ines"])
def test_nobody_opens_or_gives_away_a_desk_she_does_not_sit_on(world: World, who: str) -> None:
    river = world.desk("Intake desk, River")
    with world.session() as session, pytest.raises(NoSeat):
        open_desk(session, world.deployment, world.member(who), river)
    with pytest.raises(NoSeat):
        lets_in(world, river, who, "Lucia")
    assert world.desk("Intake desk, River") == river


def test_a_name_on_the_list_without_a_key_opens_nothing(world: World) -> None:
    """An administrator may write a person into the directory: no seat comes of it."""
    world.report(area="2")
    river, omar = world.desk("Intake desk, River"), world.member("Omar")
    with world.session() as session:
        change_desk(session, world.deployment, river.id, members=(*river.members, omar.person))
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    with world.session() as session, pytest.raises((CaseNotFound, NoSeat)):
        unlock(session, world.deployment, omar, case)


def test_a_wrap_of_a_desk_moved_to_another_person_does_not_open(world: World) -> None:
    river = world.desk("Intake desk, River")
    tag = world.deployment.keyring.tag
    with world.session() as session:
        hers = session.get_one(
            DeskKey, tag("desk_key", river.id, "1", world.member("Sarah").person)
        )
        session.add(
            DeskKey(tag=tag("desk_key", river.id, "1", world.member("Omar").person), body=hers.body)
        )
    with world.session() as session, pytest.raises(SealBroken):
        open_desk(session, world.deployment, world.member("Omar"), river)


def exchange_key(world: World, holder: bytes) -> None:
    """Somebody writes a public key of her own over a listed one."""
    mine = new_private_key(world.deployment.random).public
    with world.session() as session:
        tag = world.deployment.keyring.tag("listed_key", holder)
        done = session.execute(update(ListedKey).where(ListedKey.tag == tag).values(body=mine.raw))
        assert done.rowcount == 1  # type: ignore[attr-defined]


def test_no_report_is_sealed_to_an_exchanged_desk_key(world: World) -> None:
    river = world.desk("Intake desk, River")
    exchange_key(world, desk_holder(river.id, river.generation))
    with pytest.raises(KeyNotListed):
        world.report(area="2")
    with world.session() as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 0


def test_no_seat_is_wrapped_to_an_exchanged_personal_key(world: World) -> None:
    river = world.desk("Intake desk, River")
    exchange_key(world, person_holder(world.member("Lucia").person))
    with pytest.raises(KeyNotListed):
        lets_in(world, river, "Sarah", "Lucia")
    assert world.desk("Intake desk, River") == river


def test_a_key_listed_for_one_holder_is_no_key_of_another(world: World) -> None:
    tag = world.deployment.keyring.tag
    sarah, amal = (person_holder(world.member(who).person) for who in ("Sarah", "Amal"))
    with world.session() as session:
        one = session.get_one(ListedKey, tag("listed_key", sarah))
        two = session.get_one(ListedKey, tag("listed_key", amal))
        two.body, two.code = one.body, one.code
    with world.session() as session, pytest.raises(KeyNotListed):
        public_key_of(session, world.deployment, amal)


def test_a_holder_nobody_listed_has_no_key(world: World) -> None:
    with world.session() as session, pytest.raises(KeyNotListed):
        public_key_of(session, world.deployment, person_holder(b"n" * 16))


def test_a_key_listed_anew_takes_the_place_of_the_first(both_worlds: World) -> None:
    holder = person_holder(b"n" * 16)
    first, second = (new_private_key(both_worlds.deployment.random).public for _ in range(2))
    for public in (first, second):
        with both_worlds.session() as session:
            publish(session, both_worlds.deployment, holder, public)
    with both_worlds.session() as session:
        assert public_key_of(session, both_worlds.deployment, holder).raw == second.raw


def test_a_newcomer_reads_the_desks_cases(both_worlds: World) -> None:
    both_worlds.report("He came.", area="2")
    lets_in(both_worlds, both_worlds.desk("Intake desk, River"), "Sarah", "Marta")
    with both_worlds.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    with both_worlds.session() as session:
        marta = both_worlds.member("Marta")
        shown = show_report(session, both_worlds.deployment, marta, address_of(case))
    assert shown.text == "He came."


def test_who_is_kept_from_a_case_of_the_desk_is_not_let_in(both_worlds: World) -> None:
    both_worlds.report("Lucia Fernandez was there.", area="2")
    river = both_worlds.desk("Intake desk, River")
    with pytest.raises(ExcludedFromACase):
        lets_in(both_worlds, river, "Sarah", "Lucia")
    assert both_worlds.desk("Intake desk, River") == river
    assert lets_in(both_worlds, river, "Sarah", "Marta").members[-1] == (
        both_worlds.member("Marta").person
    )


def test_who_is_kept_from_a_case_of_another_desk_may_be_let_in(world: World) -> None:
    world.report("Lucia Fernandez was there.", area="1")
    river = lets_in(world, world.desk("Intake desk, River"), "Sarah", "Lucia")
    assert world.member("Lucia").person in river.members


def test_joining_a_desk_opens_no_circle_of_it(world: World) -> None:
    world.report("It was Sarah Okello.", area="2")
    lets_in(world, world.desk("Intake desk, River"), "Amal", "Marta")
    with world.session() as session:
        case = session.scalars(select(CaseRow.id)).one()
    with world.session() as session, pytest.raises(CaseNotFound):
        unlock(session, world.deployment, world.member("Marta"), case)


def test_starting_and_letting_in_stand_on_the_log(world: World) -> None:
    desk = starts(world, empty_desk(world), "Lucia")
    lets_in(world, desk, "Lucia", "Peter")
    lucia, peter = world.member("Lucia").person, world.member("Peter").person
    with world.session() as session:
        newest = list(lines_newest_first(session, world.deployment))
    told = [(line.event, line.by, line.about) for line in newest if line.by == lucia]
    assert (Event.MEMBER_LET_IN, lucia, peter) in told
    assert (Event.DESK_STARTED, lucia, EMPTY) in told


def test_giving_a_seat_is_all_or_nothing(world: World) -> None:
    river = world.desk("Intake desk, River")
    with world.session() as session:
        before = session.scalar(select(func.count()).select_from(DeskKey))
    sarah = world.member("Sarah")
    with world.session() as session, pytest.raises(KeyNotListed):
        write(lambda w: give_seat(w, world.deployment, sarah, river, b"n" * 16), session)
    with world.session() as session:
        assert session.scalar(select(func.count()).select_from(DeskKey)) == before
    assert world.desk("Intake desk, River") == river
