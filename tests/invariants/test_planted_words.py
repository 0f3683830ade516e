"""A stolen disk shows no word and no name: every word of a whole story is looked for in all of it.

P1 of the threat model, on both engines. A word written in the clear shows that each place is
really read.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from casefile.codes.lists import read_list
from tests.invariants.conftest import Told
from tests.invariants.disks import Beginning, beginning, on_disk
from tests.invariants.planting import latin
from tests.invariants.traces import traces
from tests.world import Template, World, copied_world

PLACES = {
    "sqlite": {"casefile.sqlite3", "casefile.sqlite3-wal", "casefile.sqlite3-shm"},
    "postgresql": {
        "the dump",
        "the bytes in the dump",
        "the files of the tables",
        "the write-ahead log",
        "the server's log",
    },
}
SHORTEST_CODE = 8
"""Shorter codes (`sea`, `web`) are common words of schemas and system tables."""


def test_no_word_and_no_name_of_the_story_lies_on_the_disk(told: Told) -> None:
    assert set(told.disk) in PLACES.values()
    assert not [str(trace) for place, lies in told.disk.items() for trace in traces(lies, place)]


def test_no_code_of_any_list_lies_on_the_disk(told: Told) -> None:
    """Category, state, channel, class: a code in the clear would be a column of counts."""
    config = told.story.world.settings.config
    codes = {
        code.encode()
        for file in (config / "lists").glob("*.toml")
        for code in read_list(config, file.stem)
        if len(code) >= SHORTEST_CODE
    }
    assert len(codes) > 30
    ours = [lies for place, lies in told.disk.items() if place != "the files of the tables"]
    assert not {code for code in codes for lies in ours if code in lies}


def test_the_number_of_the_receipt_lies_nowhere(told: Told) -> None:
    number = told.story.number
    grouped = " ".join(number[at : at + 3] for at in range(0, len(number), 3))
    for lies in told.disk.values():
        for form in (number.encode(), grouped.encode(), number.encode().hex().encode()):
            assert form not in lies


def test_a_word_in_the_clear_would_be_found_in_every_place(both_worlds: World) -> None:
    world, began = both_worlds, beginning(both_worlds)
    with world.session() as session:
        session.execute(text("CREATE TABLE said (words TEXT, bytes BYTEA)"))
        row = {"words": latin("said"), "bytes": latin("said").encode()}
        session.execute(text("INSERT INTO said VALUES (:words, :bytes)"), row)
    found = _found_in(world, began)
    if began is not None:
        assert found == PLACES["postgresql"] - {"the server's log"}
        return
    with world.session() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert (found, _found_in(world, began)) == ({"casefile.sqlite3-wal"}, {"casefile.sqlite3"})


@pytest.mark.postgresql
def test_a_word_in_a_statement_that_fails_would_be_found_in_the_servers_log(
    postgresql_template: Template, tmp_path: Path
) -> None:
    with copied_world(postgresql_template, tmp_path) as world:
        began = beginning(world)
        with pytest.raises(ProgrammingError), world.session() as session:
            session.execute(text(f"SELECT '{latin('said')}' FROM nowhere"))
        assert "the server's log" in _found_in(world, began)


def _found_in(world: World, began: Beginning | None) -> set[str]:
    return {place for place, lies in on_disk(world, began).items() if traces(lies, place)}
