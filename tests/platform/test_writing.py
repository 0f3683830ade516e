"""Writing: begun on purpose, joined from within, never lost, never half."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from casefile.network.models import DirectoryEntry
from casefile.people.gate import public
from casefile.platform.database import (
    StaleRow,
    commit,
    current_session,
    db,
    is_writing,
    own_transaction,
    write,
)
from casefile.platform.engines import engine_options
from casefile.platform.errors import Unavailable
from tests.world import World

ROW = b"counter-counter-"


class Undecided(Exception):
    """A verb that changed its mind."""


def put(value: int) -> Callable[[Session], None]:
    def verb(writing: Session) -> None:
        writing.execute(delete(DirectoryEntry).where(DirectoryEntry.id == ROW))
        writing.add(DirectoryEntry(id=ROW, label=str(value).encode(), token=b"t" * 16))

    return verb


def read(session: Session, *, lock: bool = False) -> int:
    wanted = select(DirectoryEntry.label).where(DirectoryEntry.id == ROW)
    label = session.scalar(wanted.with_for_update() if lock else wanted)
    return int(label or 0)


def value(world: World) -> int:
    with world.session() as session:
        return read(session)


def test_what_a_verb_wrote_is_there_after_the_commit_and_not_before(both_worlds: World) -> None:
    with both_worlds.app.app_context():
        write(put(1))
        with Session(db.engine) as other:
            assert read(other) == 0
        commit()
    assert value(both_worlds) == 1


def test_a_verb_within_a_write_joins_it(both_worlds: World) -> None:
    with both_worlds.app.app_context():
        session = current_session()

        def outer(writing: Session) -> bool:
            put(1)(writing)
            inner = write(lambda within: within is writing and read(within) == 1, writing)
            return inner and is_writing(writing)

        assert write(outer, session)
        session.rollback()
    assert value(both_worlds) == 0, "the inner verb did not commit on its own"


def test_two_verbs_of_one_request_are_written_together_or_not_at_all(both_worlds: World) -> None:
    with both_worlds.app.app_context():
        write(put(1))
        with pytest.raises(Undecided):
            write(_changing_its_mind)
        current_session().rollback()
    assert value(both_worlds) == 0


def _changing_its_mind(writing: Session) -> None:
    put(2)(writing)
    raise Undecided


def test_reading_is_not_writing(both_worlds: World) -> None:
    with both_worlds.session() as session:
        assert not is_writing(session)
        read(session)
        assert not is_writing(session)
        write(put(1), session)
        assert is_writing(session)
        session.commit()
        assert not is_writing(session)


def test_what_was_read_before_a_write_is_read_anew_inside(both_worlds: World) -> None:
    """A request reads, another writes meanwhile, and then it writes: it sees the newest."""
    world = both_worlds
    with world.app.app_context():
        write(put(1))
        commit()
        session = current_session()
        assert read(session) == 1
        with own_transaction() as other:
            put(7)(other)
        assert write(lambda writing: read(writing, lock=True), session) == 7
        session.rollback()


def test_counting_up_from_many_sides_loses_nothing(both_worlds: World) -> None:
    world, gate = both_worlds, Barrier(4)
    with world.session() as session:
        write(put(0), session)

    def count_up() -> None:
        gate.wait(10)
        for _ in range(12):
            with world.session() as session:
                read(session)

                def verb(writing: Session) -> None:
                    now = read(writing, lock=True)
                    here = update(DirectoryEntry).where(DirectoryEntry.id == ROW)
                    writing.execute(here.values(label=str(now + 1).encode()))

                write(verb, session)

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(count_up) for _ in range(4)]:
            one.result(60)
    assert value(world) == 48


def test_a_stale_row_is_never_retried_over(both_worlds: World) -> None:
    tries: list[int] = []

    def stale(writing: Session) -> None:
        tries.append(1)
        put(9)(writing)
        raise StaleRow("case")

    with both_worlds.app.app_context():
        with pytest.raises(StaleRow):
            write(stale)
        current_session().rollback()
    assert (tries, value(both_worlds)) == ([1], 0)


@pytest.mark.parametrize(("status", "kept"), [(200, 5), (303, 5), (404, 0), (422, 0), (503, 0)])
def test_a_page_below_four_hundred_is_committed_and_no_other(
    both_worlds: World, status: int, kept: int
) -> None:
    def page() -> tuple[str, int]:
        write(put(5))
        return "", status

    both_worlds.app.add_url_rule("/page", "page", public(page))
    assert both_worlds.client().get("/page").status_code == status
    assert value(both_worlds) == kept


def test_a_page_that_breaks_after_writing_leaves_nothing(both_worlds: World) -> None:
    def page() -> str:
        write(put(5))
        raise Undecided

    both_worlds.app.add_url_rule("/page", "page", public(page))
    assert both_worlds.client().get("/page").status_code == 500
    assert value(both_worlds) == 0


def test_what_must_count_is_written_although_the_answer_is_an_error(both_worlds: World) -> None:
    def page() -> tuple[str, int]:
        with own_transaction() as session:
            put(3)(session)
        return "", 422

    both_worlds.app.add_url_rule("/page", "page", public(page))
    both_worlds.client().get("/page")
    assert value(both_worlds) == 3


@pytest.mark.postgresql
def test_a_defect_in_a_statement_is_a_defect_and_a_missing_table_is_told_as_it_is(
    postgresql_world: World,
) -> None:
    with postgresql_world.app.app_context():
        with pytest.raises(Exception, match="nowhere") as told:
            write(lambda writing: writing.execute(text("SELECT 1 FROM nowhere")))
        assert not isinstance(told.value, Unavailable)
        current_session().rollback()


@pytest.mark.postgresql
def test_a_deadlock_runs_the_verb_again(postgresql_world: World) -> None:
    """Two verbs lock two rows crosswise: PostgreSQL ends one of them, and it runs again."""
    world, gate = postgresql_world, Barrier(2)
    rows = (b"one-one-one-one-", b"two-two-two-two-")
    with world.session() as session:
        for row in rows:
            session.add(DirectoryEntry(id=row, label=b"0", token=b"t" * 16))
    runs: list[int] = []

    def lock(first: bytes, second: bytes) -> None:
        met: list[int] = []

        def verb(writing: Session) -> None:
            runs.append(1)
            for row in (first, second):
                here = select(DirectoryEntry.label).where(DirectoryEntry.id == row)
                now = int(writing.scalar(here.with_for_update()) or 0)
                turn = update(DirectoryEntry).where(DirectoryEntry.id == row)
                writing.execute(turn.values(label=str(now + 1).encode()))
                if not met:
                    met.append(gate.wait(10))

        with world.session() as session:
            write(verb, session)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(lock, *rows), pool.submit(lock, *rows[::-1])]:
            one.result(30)
    with world.session() as session:
        here = select(DirectoryEntry.label).where(DirectoryEntry.id.in_(rows))
        assert session.scalars(here).all() == [b"2", b"2"]
        session.execute(delete(DirectoryEntry).where(DirectoryEntry.id.in_(rows)))
    assert len(runs) >= 3


def test_no_parameter_reaches_the_text_of_an_error(both_worlds: World) -> None:
    assert engine_options(both_worlds.settings)["hide_parameters"] is True
    wrong = text("SELECT * FROM nowhere WHERE x = :x")
    with both_worlds.app.app_context():
        with pytest.raises(Exception, match="nowhere") as told:
            current_session().execute(wrong, {"x": "Rareword"})
        assert "Rareword" not in str(told.value)
        current_session().rollback()


def test_a_commit_is_on_the_disk_and_a_deletion_overwrites(world: World) -> None:
    with world.session() as session:
        asked = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "secure_delete", "temp_store")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "temp_store": 2}
