"""Searching: every case that holds the words, for whoever may open it, and no trace of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.cases.acting import write_note
from casefile.cases.changing import change_case, leave_record
from casefile.cases.keys import unlock
from casefile.cases.label import Label
from casefile.cases.mailbox import write_with_number
from casefile.cases.models import EntryRow, SearchRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_rows import case_at
from casefile.cases.records import Record
from casefile.cases.search import MOST_OPENED, Found, find_reference, search
from casefile.cases.search_segments import SIZE, Words, forget_generation, keep_words, read_segments
from casefile.cases.search_words import bag_of, how_well, sought
from casefile.network.custody import open_desk
from casefile.platform.database import StaleRow, write_now
from casefile.sealing.compartments import Compartment
from tests.cases.excluding import declares, joins
from tests.cases.test_junk import sends_junk
from tests.cases.test_leaving import goes
from tests.cases.working import events
from tests.world import World

RIVER = "Intake desk, River"


def found(world: World, who: str, typed: str, most: int = MOST_OPENED) -> Found:
    with world.session() as session:
        return search(session, world.deployment, world.member(who), typed, most=most)


def references(world: World, who: str, typed: str) -> set[str]:
    return {line.reference for line in found(world, who, typed).lines}


def all_of(world: World, who: str) -> set[str]:
    with world.session() as session:
        lines = queue_page(session, world.deployment, world.member(who), view="all").lines
        return {line.reference for line in lines}


def address(world: World, who: str, reference: str) -> str:
    with world.session() as session:
        (line,) = find_reference(session, world.deployment, world.member(who), reference)
        return line.case


def rows_kept(world: World) -> list[bytes]:
    with world.session() as session:
        return list(session.scalars(select(SearchRow.body)))


def test_a_word_finds_its_case_and_no_other_from_the_first_search_on(both_worlds: World) -> None:
    world = both_worlds
    world.report("He waits near the well.", area="2")
    (well,) = all_of(world, "Sarah")
    world.report("He waits near the market.", area="2")
    for _ in range(2):
        assert references(world, "Sarah", "well") == {well}
        assert references(world, "Sarah", "waits near") == all_of(world, "Sarah")
        assert references(world, "Sarah", "well market") == set()
    assert {len(body) for body in rows_kept(world)} == {SIZE + 29}


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("Il s'appelle Moïse Éboué.", "EBOUE moise"),
        ("والمستشفى قريب من أحمد", "مستشفي احمد"),
        ("المُعَلِّم", "معلم"),
        ("Two trucks came.", "truck"),
        ("Call 0700٣٤٥", "070034"),
        ("at St 7", "7 st"),
        ("Søren Łukasiewicz aus der Großen Straße", "soren lukasiewicz strasse"),
        ("Musa Ɗanladi na Ƙano", "danladi kano"),
        ("Алёна Йовович", "алена ЙОВОВИЧ"),
        ("Ґалаґан", "галаган"),
        ("مستشفی کابل", "مستشفى كابل"),
        ("استاد نے کہا", "ني كہا"),
        ("יְרוּשָׁלַיִם", "ירושלימ"),
        ("他的名字叫王小明。", "王小明"),
        ("他的名字叫王小明。", "明"),
        ("タロウさん", "たろう"),
        ("김민수가 왔다", "김민수"),
        ("วันนี้เขามาที่บ้าน", "เขามา"),
        ("ကျွန်တော့်နာမည် အောင်မင်း", "အောင်မင်း"),
        ("हिन्दी बोलने वाले रमेश", "रमेश"),
        ("বাংলাদেশে থাকি", "বাংলাদেশ"),
        ("ሰላም አበበ", "አበበ"),
    ],
)
def test_words_are_found_however_they_are_written(world: World, told: str, typed: str) -> None:
    world.report(told, area="2")
    for _ in range(2):
        assert found(world, "Sarah", typed).count == 1


def test_a_word_inside_a_word_and_a_short_word_that_goes_on_are_not_found(world: World) -> None:
    world.report("Afterwards nothing.", area="2")
    world.report("王明小, हिन्द", area="2")
    for typed in ("wards", "af", "...", "", "\x00", "王小", "न्द", "小王"):
        assert found(world, "Sarah", typed).count == 0


NAMES = ("Søren Łukasz", "Алёна Йовович", "أحمد عبد الله", "王小明", "रमेश कुमार")
"""One name in each of five scripts."""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_finds_its_case_alone_in_every_script(world: World, name: str) -> None:
    references_of = {}
    for told in NAMES:
        before = all_of(world, "Sarah")
        world.report(f"({told}): 1, 2", area="2")
        (references_of[told],) = all_of(world, "Sarah") - before
    for _ in range(2):
        assert references(world, "Sarah", name) == {references_of[name]}


def test_what_somebody_is_also_called_is_found_and_who_the_reporter_is_never(
    both_worlds: World,
) -> None:
    world = both_worlds
    world.report("near the well", area="2")
    (reference,) = all_of(world, "Sarah")
    case = case_at(address(world, "Sarah", reference))
    subjects = [{"name": "Aung Min", "aliases": ["Ko Thein", "王小明"], "job": "cook"}]
    with world.session() as session:
        member = world.member("Sarah")
        opened = unlock(session, world.deployment, member, case)

        def change(writing: Session, label: Label) -> Label:
            said = {"subjects": subjects}
            return leave_record(writing, world.deployment, opened, label, "subject", said)

        change_case(session, world.deployment, member, opened, change)
    for typed in ("aung", "thein ko", "王小明"):
        assert references(world, "Amal", typed) == {reference}
    identity = Record(0, Compartment.IDENTITY, "contact", {"name": "Zubaida", "text": "noon"})
    assert not how_well(bag_of((), [identity]), sought("zubaida"))


def test_what_fits_best_stands_first_then_the_newest_and_junk_last(both_worlds: World) -> None:
    world, told = both_worlds, {}
    for name, text in (
        ("begins", "near the wellspring"),
        ("old", "near the well"),
        ("new", "at the well"),
        ("junk", ""),
    ):
        before = all_of(world, "Sarah")
        if text:
            world.report(text, area="2")
        else:
            sends_junk(world, "Win at the well.")
        (told[name],) = all_of(world, "Sarah") - before
        world.clock.pass_by(minutes=5)
    for _ in range(2):
        lines = found(world, "Sarah", "well").lines
        wanted = [told[name] for name in ("new", "old", "begins", "junk")]
        assert [line.reference for line in lines] == wanted
    assert references(world, "Sarah", told["begins"].lower()) == {told["begins"]}
    assert references(world, "Peter", told["begins"]) == set()


def test_what_is_added_later_is_found_by_the_next_search(world: World) -> None:
    receipt = world.report("A word.", area="2", employer="Blue Tent", age="child")
    (reference,) = all_of(world, "Sarah")
    assert references(world, "Sarah", "tent") == {reference}
    assert found(world, "Sarah", "child bicycle").count == 0
    with world.session() as session:
        number, once = receipt.code.digits(), b"1" * 32
        write_with_number(session, world.deployment, typed=number, text="A bicycle.", once=once)
    assert references(world, "Sarah", "bicycle tent") == {reference}
    with world.session() as session:
        where = address(world, "Sarah", reference)
        member = world.member("Amal")
        write_note(session, world.deployment, member, where, text="Lorry", once=b"2" * 32)
    assert references(world, "Sarah", "lorry bicycle") == {reference}
    assert len(rows_kept(world)) == 1


def test_an_excluded_member_learns_nothing_by_searching(both_worlds: World) -> None:
    world = both_worlds
    world.report("It was Sarah Okello at the well.", area="2")
    for _ in range(2):
        assert found(world, "Amal", "well").count == 1
        hers = found(world, "Sarah", "well")
        assert (hers.count, hers.unread, hers.lines) == (0, 0, ())
    assert rows_kept(world) == []


def test_the_words_of_a_case_that_is_given_up_are_kept_nowhere_also_after_a_leaver(
    both_worlds: World,
) -> None:
    """The case is held by the key of before she left; its words by the key of after."""
    world = both_worlds
    joins(world, "Lucia", let_in_by="Sarah")
    world.report("near the well", area="2")
    goes(world, "Lucia")
    assert found(world, "Sarah", "well").count == 1
    assert rows_kept(world)
    declares(world, "Sarah")
    assert rows_kept(world) == []
    assert found(world, "Amal", "well").count == 1


def test_nobody_finds_a_case_of_another_desk(world: World) -> None:
    world.report("near the well", area="2")
    for who in ("Sarah", "Peter", "Ines", "Joseph", "Hana", "Omar"):
        assert found(world, who, "well").count == (1 if who == "Sarah" else 0)


def test_a_search_leaves_one_line_on_the_log_and_never_the_words(world: World) -> None:
    world.report("near the well", area="2")
    found(world, "Sarah", "well")
    looks = events(world, Event.CASE_LOOKED), events(world, Event.REPORT_LOOKED)
    found(world, "Sarah", "nothing")
    assert events(world, Event.SEARCHED) == 2
    assert looks == (0, 0)


def test_a_search_changes_no_row_of_a_case_and_the_second_none_at_all(world: World) -> None:
    world.report("near the well", area="2")
    before = rows_of_cases(world)
    found(world, "Sarah", "well")
    kept = rows_kept(world)
    found(world, "Sarah", "market")
    assert (rows_of_cases(world), rows_kept(world)) == (before, kept)


def rows_of_cases(world: World) -> list[object]:
    tables = ("case", "entry", "quick", "wrap", "segment")
    with world.session() as session:
        named = session.get_bind().dialect.identifier_preparer
        return [
            session.connection().exec_driver_sql(f"SELECT * FROM {named.quote(one)}").all()
            for one in tables
        ]


def test_segments_of_another_generation_open_nothing_and_can_be_thrown_away(world: World) -> None:
    world.report("near the well", area="2")
    found(world, "Sarah", "well")
    desk = world.desk(RIVER)
    with world.session() as session:
        forget_generation(session, world.deployment, desk.id, 2)
        assert len(session.scalars(select(SearchRow.tag)).all()) == 1
        write_now(lambda writing: forget_generation(writing, world.deployment, desk.id, 1), session)
    assert rows_kept(world) == []
    assert found(world, "Sarah", "well").count == 1


def test_damaged_segments_are_made_again(world: World) -> None:
    world.report("near the well", area="2")
    found(world, "Sarah", "well")
    with world.session() as session:
        session.execute(update(SearchRow).values(token=b"\0" * 16))
    assert found(world, "Sarah", "well").count == 1
    assert found(world, "Sarah", "well").count == 1


def test_a_case_that_cannot_be_opened_is_said_to_be_left_out(world: World) -> None:
    world.report("near the well", area="2")
    with world.session() as session:
        session.execute(delete(EntryRow))
    looked = found(world, "Sarah", "well")
    assert (looked.count, looked.unread) == (0, 1)


def test_a_desk_with_many_new_cases_is_looked_through_in_steps(world: World) -> None:
    for number in range(5):
        world.report(f"near the well {number}", area="2")
    steps = [found(world, "Sarah", "well", most=2) for _ in range(3)]
    assert [(step.count, step.unread) for step in steps] == [(2, 3), (4, 1), (5, 0)]


def test_a_reference_finds_the_members_own_cases_alone(world: World) -> None:
    world.report("near the well", area="2")
    (reference,) = all_of(world, "Sarah")
    for typed, who, count in ((reference.lower(), "Sarah", 1), (reference, "Peter", 0)):
        with world.session() as session:
            lines = find_reference(session, world.deployment, world.member(who), typed)
        assert [line.reference for line in lines] == [reference] * count


texts = st.lists(
    st.text(alphabet="abç7 واا\n,", max_size=12) | st.sampled_from(["well", "Wells", "no"]),
    min_size=1,
    max_size=6,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=texts, typed=st.text(alphabet="abç7 وا", max_size=6))
def test_segments_find_what_the_bags_hold_whatever_is_put_in_and_taken_out(
    world: World, told: list[str], typed: str
) -> None:
    desk, needles = world.desk(RIVER), sought(typed)
    bags = {
        number.to_bytes(16, "big"): bag_of(
            (), [Record(0, Compartment.MAILBOX, "note", {"text": text})]
        )
        for number, text in enumerate(told)
    }
    with world.session() as session:
        secret = open_desk(session, world.deployment, world.member("Sarah"), desk)

        def kept(new: list[Words], gone: list[bytes]) -> set[bytes]:
            before = read_segments(session, world.deployment, desk, secret)
            write_now(
                lambda writing: keep_words(
                    writing, world.deployment, desk, secret, before, new=new, gone=gone
                ),
                session,
            )
            return {
                words.case
                for segment in read_segments(session, world.deployment, desk, secret)
                for words, held in zip(segment.words(), segment.how_well(needles), strict=True)
                if held
            }

        first = kept([Words(case, 1, bag) for case, bag in bags.items()], [])
        assert first == {case for case, bag in bags.items() if how_well(bag, needles)}
        out = list(bags)[::2]
        assert kept([], out) == first - set(out)
        assert kept([], list(bags)) == set()


def test_words_go_to_a_further_segment_when_one_is_full_and_monsters_are_left_out(
    world: World,
) -> None:
    desk = world.desk(RIVER)
    large = b"\n" + b"a" * (SIZE // 2) + b"\n"
    new = [Words(bytes([number]) * 16, 1, large) for number in range(3)]
    monster = Words(b"m" * 16, 1, b"\n" + b"a" * SIZE + b"\n")
    with world.session() as session:
        secret = open_desk(session, world.deployment, world.member("Sarah"), desk)

        def verb(writing: object) -> None:
            keep_words(session, world.deployment, desk, secret, [], new=[*new, monster], gone=[])

        write_now(verb, session)
        segments = read_segments(session, world.deployment, desk, secret)
        assert [len(segment.entries) for segment in segments] == [1, 1, 1]
        with pytest.raises((StaleRow, IntegrityError)):
            write_now(verb, session)
        session.rollback()
