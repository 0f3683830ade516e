"""The directory: sealed entry by entry, changed one by one, and never believed when exchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from casefile.network.desks import inter_agency_desk, service_open
from casefile.network.directory import (
    Agency,
    Area,
    Country,
    Desk,
    HelpPlace,
    NotListed,
    Post,
    change_desk,
    identity_of,
    list_entry,
    read_directory,
)
from casefile.network.models import DirectoryEntry
from casefile.network.places import areas
from casefile.platform.database import write
from casefile.sealing.errors import SealBroken
from tests.world import World

NAMES = {"en": "Rareword", "ar": "كلمة نادرة"}
PLACE = HelpPlace(
    "health", NAMES, {"en": "beside the gate"}, {"en": "mornings"}, b"a" * 16, "Ministry of Health"
)
ENTRIES = (
    Agency(b"a" * 16, NAMES, "ngo", ("Rare", "نادر"), 77),
    Agency(
        b"b" * 16,
        NAMES,
        "ngo",
        code=78,
        key="rare",
        recipient_desk=b"d" * 16,
        recipient="The head of investigations, by telephone",
        investigates="dates_only",
        contracted_by=b"a" * 16,
    ),
    Country(b"c" * 16, NAMES, "XYZ"),
    Area(b"p" * 16, NAMES, 77, (PLACE,), "well", "XYZ"),
    Desk(
        b"d" * 16,
        NAMES,
        b"a" * 16,
        77,
        "intake",
        77,
        (b"m" * 16, b"n" * 16),
        (b"w" * 16,),
        3,
        "front",
        (b"n" * 16,),
    ),
)


def listed(world: World, entry: Agency | Country | Area | Desk) -> None:
    with world.session() as session:
        write(lambda writing: list_entry(writing, world.deployment, entry), session)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.kind)
def test_an_entry_comes_back_as_it_was_listed(
    both_worlds: World, entry: Agency | Country | Area | Desk
) -> None:
    listed(both_worlds, entry)
    directory = both_worlds.directory()
    found = [
        *directory.agencies.values(),
        *directory.countries.values(),
        *directory.areas.values(),
        *directory.desks.values(),
    ]
    assert entry in found


def test_no_name_stands_in_a_row(world: World) -> None:
    for entry in ENTRIES:
        listed(world, entry)
    with world.session() as session:
        rows = session.execute(select(DirectoryEntry.label, DirectoryEntry.token)).all()
    for row in rows:
        for word in ("Rareword", "نادرة", "intake", "River"):
            assert word.encode() not in row.label + row.token


def test_entries_of_every_kind_have_the_same_length(world: World) -> None:
    for entry in ENTRIES:
        listed(world, replace(entry, names={"en": "x"}))
    post = Post(b"o" * 16, b"a" * 16, 77, "Field officer")
    with world.session() as session:
        list_entry(session, world.deployment, post)
    with world.session() as session:
        ids = [*(entry.id for entry in ENTRIES), identity_of(world.deployment, post)]
        lengths = {len(session.get_one(DirectoryEntry, one).label) for one in ids}
    assert len(lengths) == 1


def test_a_desk_changes_alone_and_only_where_it_is_told(both_worlds: World) -> None:
    before = both_worlds.directory().desks
    river = both_worlds.desk("Intake desk, River")
    with both_worlds.session() as session:
        changed = write(
            lambda writing: change_desk(writing, both_worlds.deployment, river.id, waiting=(b"w",)),
            session,
        )
    after = both_worlds.directory().desks
    assert changed == replace(river, waiting=(b"w",)) == after[river.id]
    assert {one: desk for one, desk in after.items() if one != river.id} == {
        one: desk for one, desk in before.items() if one != river.id
    }


def test_every_change_gives_the_row_a_new_token_and_a_new_seal(world: World) -> None:
    river = world.desk("Intake desk, River")
    seen = set()
    for _ in range(3):
        with world.session() as session:
            change_desk(session, world.deployment, river.id)
        with world.session() as session:
            row = session.get_one(DirectoryEntry, river.id)
            seen |= {row.label, row.token}
    assert len(seen) == 6


@pytest.mark.parametrize("identity", [b"n" * 16, b"p" * 16, b"a" * 16])
def test_what_is_no_desk_cannot_be_changed_as_one(world: World, identity: bytes) -> None:
    for entry in ENTRIES[:2]:
        listed(world, entry)
    with world.session() as session, pytest.raises(NotListed):
        change_desk(session, world.deployment, identity, members=())


def test_an_older_entry_put_back_is_refused(world: World) -> None:
    river = world.desk("Intake desk, River")
    with world.session() as session:
        older = session.get_one(DirectoryEntry, river.id).label
    with world.session() as session:
        change_desk(session, world.deployment, river.id, members=())
    with world.session() as session:
        session.execute(
            update(DirectoryEntry).where(DirectoryEntry.id == river.id).values(label=older)
        )
    with world.session() as session, pytest.raises(SealBroken):
        read_directory(session, world.deployment)


def test_two_desks_exchanged_are_refused(world: World) -> None:
    river, north = world.desk("Intake desk, River"), world.desk("Intake desk, North")
    with world.session() as session:
        one = session.get_one(DirectoryEntry, river.id)
        two = session.get_one(DirectoryEntry, north.id)
        one.label, two.label = two.label, one.label
        one.token, two.token = two.token, one.token
    with world.session() as session, pytest.raises(SealBroken):
        read_directory(session, world.deployment)


def test_the_service_is_open_once_the_inter_agency_desk_has_keys(world: World) -> None:
    first = inter_agency_desk(world.directory())
    assert first is not None
    assert first.names["en"] == "Inter-agency intake desk"
    with world.session() as session:
        change_desk(session, world.deployment, first.id, generation=0)
        assert not service_open(session, world.deployment)
    with world.session() as session:
        change_desk(session, world.deployment, first.id, generation=1)
        assert service_open(session, world.deployment)


def test_the_service_stays_open_when_everybody_of_the_first_desk_has_left(world: World) -> None:
    first = world.desk("Inter-agency intake desk")
    with world.session() as session:
        change_desk(session, world.deployment, first.id, members=())
        assert service_open(session, world.deployment)


def test_areas_stand_in_the_order_of_their_codes(world: World) -> None:
    listed(world, Area(b"z" * 16, {"en": "Zero"}, 0))
    with world.session() as session:
        assert [area.code for area in areas(session, world.deployment)] == [0, 1, 2, 3, 4]


def test_the_desks_of_a_person_are_those_she_sits_on(world: World) -> None:
    directory, sarah = world.directory(), world.member("Sarah").person
    assert [desk.names["en"] for desk in directory.desks_of(sarah)] == ["Intake desk, River"]
    assert directory.desks_of(b"nobody") == ()
    assert directory.desk_coded(1) == inter_agency_desk(directory)
