"""Files of a case, on both engines: sealed with it, opened by its keys, locked for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select

from casefile.audit.events import Event
from casefile.cases import mailbox
from casefile.cases.files import FileLocked, FileNotThere, files_in, open_file, receive_files
from casefile.cases.files_acting import (
    NotShown,
    SamePerson,
    begin_look,
    draw_picture,
    take_copy,
    unlock_file,
)
from casefile.cases.files_notice import LEGAL, legal_focal_points
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.mailbox import open_by_number, take_our_file, write_with_number
from casefile.cases.models import EntryRow, PieceRow
from casefile.cases.queue_rows import address_of
from casefile.cases.records import read_records
from casefile.documents.cleaning import Mark
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import Receipt, receive
from casefile.network.directory import change_desk
from casefile.platform.database import write
from casefile.platform.jobs import claim, waiting
from casefile.platform.throttle import Busy, Turn
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from tests.cases.excluding import declares, reads
from tests.cases.filing import Given, adds, arriving, files_for, locks, opened_for, sealed
from tests.cases.working import case_of, events, label_of
from tests.documents import making
from tests.world import World

SOUND = b"OggS\0\0" + bytes(range(256)) * 1000
PICTURE = (making.picture("JPEG"), "at the well.jpg")


def report_with(world: World, *files: Given, once: bytes | None = None) -> Receipt:
    """Send a report with files, as the page does."""
    told = InboundReport(
        "Something happened.",
        {"area": ("2",)},
        "en",
        "web_anonymous",
        once or world.deployment.random(32),
        files=sealed(world, *files),
    )
    with world.session() as session:
        return receive(session, world.deployment, told)


@pytest.fixture
def told(both_worlds: World) -> World:
    """A world with one report of a picture and a sound."""
    report_with(both_worlds, PICTURE, (SOUND, "voice.ogg"))
    return both_worlds


def address(world: World) -> str:
    return address_of(case_of(world))


def test_a_file_of_a_report_is_what_was_sent_and_a_picture_is_clean(told: World) -> None:
    picture, sound = opened_for(told, "Sarah")
    assert sound == SOUND
    assert making.WORD.encode() not in picture
    marks = [(one.name, one.mark, one.ours) for one in files_for(told, "Sarah")]
    assert marks == [
        ("at the well.jpg", Mark.CLEANED, False),
        ("voice.ogg", Mark.REMAIN, False),
    ]


def test_the_label_counts_files_and_pieces(told: World) -> None:
    label = label_of(told)
    with told.session() as session:
        rows = session.execute(select(func.count()).select_from(PieceRow)).scalar_one()
    assert (label.files, label.pieces) == (2, rows)


def test_the_same_page_sent_again_keeps_its_files_once(both_worlds: World) -> None:
    once = both_worlds.deployment.random(32)
    first = report_with(both_worlds, PICTURE, once=once)
    again = report_with(both_worlds, PICTURE, once=once)
    other = report_with(both_worlds, (SOUND, "b.ogg"), once=once)
    assert (first.code, again.again) == (again.code, True)
    assert other.code != first.code


def test_whoever_cannot_open_the_mailbox_cannot_open_its_files(told: World) -> None:
    with told.session() as session:
        opened = unlock(session, told.deployment, told.member("Sarah"), case_of(told))
        keys = {part: key for part, key in opened.keys.items() if part != Compartment.MAILBOX}
        records = read_records(session, told.deployment, opened.case, opened.label, keys)
        assert not files_in(records)
        with pytest.raises(CaseNotFound):
            take_copy(session, told.deployment, told.member("Marta"), address(told), 1)


def test_a_file_with_a_piece_missing_or_exchanged_is_not_opened(told: World) -> None:
    picture, sound = files_for(told, "Sarah")
    case = case_of(told)
    with told.session() as session:
        tags = session.execute(select(PieceRow.tag)).scalars().all()
        found = session.execute(select(PieceRow.tag, PieceRow.body))
        rows = {row.tag: row.body for row in found}
        longest = sorted(tags, key=lambda tag: len(rows[tag]))[-2:]
        for tag, other in zip(longest, reversed(longest), strict=True):
            row = session.get(PieceRow, tag)
            assert row is not None
            row.body = rows[other]
        session.flush()
        with pytest.raises(SealBroken):
            open_file(session, told.deployment, case, sound)
        session.execute(delete(PieceRow))
        with pytest.raises(SealBroken):
            open_file(session, told.deployment, case, picture)


def test_a_write_that_fails_leaves_no_piece_behind(both_worlds: World) -> None:
    before = both_worlds.deployment.random(32)
    report_with(both_worlds, PICTURE, once=before)
    with both_worlds.session() as session:
        pieces = session.execute(select(func.count()).select_from(PieceRow)).scalar_one()
    report_with(both_worlds, PICTURE, once=before)  # its number is taken: the write fails
    with both_worlds.session() as session:
        assert session.execute(select(func.count()).select_from(PieceRow)).scalar_one() == pieces


def test_a_reporter_takes_what_we_sent_and_nothing_else(both_worlds: World) -> None:
    receipt = report_with(both_worlds, PICTURE)
    adds(both_worlds, "Sarah", (b"where to go", "map.txt"), to_reporter=True)
    adds(both_worlds, "Sarah", (b"what we think", "notes.txt"))
    with both_worlds.session() as session:
        page = open_by_number(session, both_worlds.deployment, receipt.code.digits())
        assert [file.number for file in page.files] == [2]
        _, data = take_our_file(session, both_worlds.deployment, token=page.token, number=2)
        assert data == b"where to go"
        for hidden in (1, 3, 4):
            with pytest.raises(FileNotThere):
                take_our_file(session, both_worlds.deployment, token=page.token, number=hidden)


def test_a_reporter_adds_a_file_later(both_worlds: World) -> None:
    receipt = report_with(both_worlds)
    new = sealed(both_worlds, PICTURE)
    with both_worlds.session() as session:
        write_with_number(
            session,
            both_worlds.deployment,
            typed=receipt.code.digits(),
            text="One more thing.",
            once=bytes(32),
            files=new,
        )
    (file,) = files_for(both_worlds, "Sarah")
    assert (file.number, file.compartment, file.ours) == (1, Compartment.MAILBOX, False)


def test_a_members_file_lies_in_work_unless_it_is_for_the_reporter(told: World) -> None:
    adds(told, "Sarah", (b"minutes", "minutes.txt"))
    adds(told, "Sarah", (b"answer", "answer.txt"), to_reporter=True)
    ours = [file.compartment for file in files_for(told, "Sarah") if file.ours]
    assert ours == [Compartment.WORK, Compartment.MAILBOX]
    assert events(told, Event.FILE_ADDED) == 2


def test_every_look_and_every_copy_is_noted_before_anything_is_handed_over(told: World) -> None:
    with told.session() as session:
        begin_look(session, told.deployment, told.member("Sarah"), address(told), 1)
        png = draw_picture(session, told.deployment, told.member("Sarah"), address(told), 1)
        _, data = take_copy(session, told.deployment, told.member("Amal"), address(told), 2)
    assert png.startswith(b"\x89PNG")
    assert data == SOUND
    assert (events(told, Event.FILE_SHOWN), events(told, Event.FILE_DOWNLOADED)) == (1, 1)


def test_only_a_picture_that_was_decoded_when_it_came_is_shown(told: World) -> None:
    broken = making.picture("JPEG", (300, 200))[:3000]
    adds(told, "Sarah", (broken, "broken.jpg"), (making.pdf(), "a.pdf"))
    with told.session() as session:
        for number in (2, 3, 4):
            with pytest.raises(NotShown):
                begin_look(session, told.deployment, told.member("Sarah"), address(told), number)


def test_a_locked_file_opens_for_nobody_and_the_legal_focal_point_is_told(told: World) -> None:
    locks(told, "Sarah")
    with told.session() as session:
        for member in ("Sarah", "Amal"):
            for act in (begin_look, draw_picture, take_copy):
                with pytest.raises(FileLocked):
                    act(session, told.deployment, told.member(member), address(told), 1)
    with told.app.app_context():
        jobs = {claim(told.deployment).name for _ in range(2)}  # type: ignore[union-attr]
    assert jobs == {"tell_desk", "tell_legal"}
    assert events(told, Event.FILE_LOCKED) == 1


def test_a_lock_takes_a_second_person_and_a_reason_to_lift(told: World) -> None:
    locks(told, "Sarah")
    with told.session() as session:
        with pytest.raises(SamePerson):
            unlock_file(
                session, told.deployment, told.member("Sarah"), address(told), 1, reason="Oops."
            )
        unlock_file(
            session, told.deployment, told.member("Amal"), address(told), 1, reason="A grown-up."
        )
    (file, _) = files_for(told, "Sarah")
    assert (file.locked, file.reason) == (False, "A grown-up.")
    assert events(told, Event.FILE_UNLOCKED) == 1


def test_a_file_for_the_reporter_that_is_locked_is_not_handed_out(both_worlds: World) -> None:
    receipt = report_with(both_worlds)
    adds(both_worlds, "Sarah", (making.picture("PNG"), "a.png"), to_reporter=True)
    locks(both_worlds, "Amal")
    with both_worlds.session() as session:
        page = open_by_number(session, both_worlds.deployment, receipt.code.digits())
        assert not page.files
        with pytest.raises(FileNotThere):
            take_our_file(session, both_worlds.deployment, token=page.token, number=1)


def test_the_legal_focal_point_sits_on_the_legal_desk_of_the_agency(world: World) -> None:
    intake, legal = (
        world.desk("Intake desk, River"),
        next(desk for desk in world.directory().desks.values() if desk.function == "investigation"),
    )
    deployment = world.deployment
    shared = world.desk("Legal questions")
    assert legal_focal_points(world.directory(), intake, ()) == shared.members
    with world.session() as session:
        write(
            lambda writing: change_desk(
                writing, deployment, legal.id, function=LEGAL, agency=intake.agency
            ),
            session,
        )
    assert legal_focal_points(world.directory(), intake, ()) == legal.members
    assert legal_focal_points(world.directory(), intake, legal.members) == shared.members


def test_the_legal_focal_point_a_case_is_kept_from_is_told_of_no_file_in_it(world: World) -> None:
    named = world.member("Lucia").person
    desk = next(one for one in world.directory().desks.values() if named in one.members)
    intake, deployment = world.desk("Intake desk, River"), world.deployment
    with world.session() as session:
        write(
            lambda it: change_desk(it, deployment, desk.id, function=LEGAL, agency=intake.agency),
            session,
        )
    world.report("It was Lucia Fernandez.", area="2")
    adds(world, "Sarah", (b"plain words", "a.txt"))
    locks(world, "Sarah")
    with world.session() as session:
        (told,) = (body for _, body in waiting(session, deployment, "tell_legal"))
    assert bytes.fromhex(told["case"]) == case_of(world)
    asked = legal_focal_points(world.directory(), intake, label_of(world).excluded)
    assert asked == world.desk("Legal questions").members
    assert named not in asked


def test_a_file_sent_while_keys_are_drawn_anew_hides_nothing(both_worlds: World) -> None:
    world = both_worlds
    receipt = world.report("Something.", area="2")
    files = sealed(world, (b"plain words\n", "a.txt"))
    with world.session() as session:
        inside = mailbox._by_number(session, world.deployment, receipt.code.digits())
    declares(world, "Sarah")
    with world.session() as session:
        mailbox._write(session, world.deployment, inside, "Look at it.", b"o" * 32, files)
    assert "Look at it." in reads(world, "Amal")
    assert [one.number for one in files_for(world, "Amal")] == [1]


def test_a_member_named_in_a_files_name_is_kept_away(both_worlds: World) -> None:
    report_with(both_worlds, (making.picture("PNG"), "photo of Sarah Okello.png"))
    sarah = both_worlds.member("Sarah").person
    assert sarah in label_of(both_worlds).excluded


def test_where_others_are_being_cleaned_a_file_is_kept_as_it_came(both_worlds: World) -> None:
    slots = replace(both_worlds.deployment.slots, cleaning=Turn(1, patience_s=0))
    beside = replace(both_worlds.deployment, slots=slots)
    with slots.cleaning:
        received = receive_files(beside, [arriving(both_worlds, *PICTURE)])
    after = receive_files(beside, [arriving(both_worlds, *PICTURE)])
    assert [one.mark for one in (*received.taken, *after.taken)] == [Mark.FAILED, Mark.CLEANED]


def test_where_others_are_being_cleaned_a_picture_is_not_waited_for(told: World) -> None:
    slots = replace(told.deployment.slots, cleaning=Turn(1, patience_s=0))
    beside = replace(told.deployment, slots=slots)
    with told.session() as session, slots.cleaning, pytest.raises(Busy):
        draw_picture(session, beside, told.member("Sarah"), address(told), 1)


def test_a_report_without_files_leaves_as_many_records_as_ever(both_worlds: World) -> None:
    report_with(both_worlds)
    with both_worlds.session() as session:
        assert session.execute(select(func.count()).select_from(EntryRow)).scalar_one() == 5
        assert session.execute(select(func.count()).select_from(PieceRow)).scalar_one() == 0
