"""What lies open: bytes, and four columns that are named here with the reason why.

P1 of the threat model. It walks the tables that are really there, on both engines: no column for
an address, an agent, an agency, a country, a category, a state or a time; nothing that counts,
groups or orders; and only blobs of the few lengths that are listed.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Inspector, Integer, LargeBinary, String, inspect, text
from sqlalchemy.types import TypeEngine

from casefile.platform.now import QUARTER_HOUR
from casefile.platform.uploads import CHUNKS, LARGEST_FILE
from casefile.registers.lanes import LANES
from casefile.sealing.padding import SMALLEST_FILE, padded_file_size
from casefile.sealing.streams import CHUNK
from tests.invariants.conftest import Told
from tests.invariants.disks import on_postgresql
from tests.invariants.opened import Row, rows
from tests.world import World

OPEN = {
    ("job", "due"): Integer,
    ("job", "lease"): Integer,
    ("session", "expires"): Integer,
    ("segment", "part"): String,
}
"""A worker must find what is due, and the server what has expired, while nobody is signed in; a
page reads only the parts of a register it needs. Times are minutes, rounded to a quarter of an
hour. (Design, 5.)"""

NOT_OURS = "alembic_version"
"""Which migration ran last: one word, the same in every deployment of a version."""

SEAL, BODY, TOKEN, TAG, LOOKUP = 33, 29, 16, 16, 32
"""Bytes that sealing to the deployment and to a compartment costs; random and keyed ids."""
WRAP = 1329


def _doubling(smallest: int, more: int) -> set[int]:
    return {smallest * 2**times + more for times in range(12)}


def _pieces() -> set[int]:
    """Whole pieces of a stream, and the last ones of files that are filled up to 5 per cent."""
    whole, header = CHUNKS * (CHUNK + 16), 8
    rungs = [SMALLEST_FILE]
    while rungs[-1] < 2 * LARGEST_FILE:
        rungs.append(padded_file_size(rungs[-1] + 1))
    sealed = [rung + 16 * -(-rung // CHUNK) for rung in rungs]
    last = {length % whole for length in sealed if length > whole} - {0}
    return last | {whole, whole + header} | {length + header for length in sealed if length < whole}


LENGTHS: dict[str, dict[str, set[int]]] = {
    "audit_batch": {"tag": {TAG}, "body": {65536 + SEAL}},
    "audit_head": {"tag": {TAG}, "body": {159}, "token": {TOKEN}},
    "audit_row": {"id": {TAG}, "body": {256 + SEAL}, "code": {32}},
    "case": {"id": {TAG}, "label": _doubling(4096, SEAL), "token": {TOKEN}},
    "custody": {"tag": {TAG}, "body": {1024 + SEAL}, "token": {TOKEN}},
    "custodian_part": {"tag": {TAG}, "body": {1250}},
    "deletion": {"tag": {TAG}, "body": _doubling(1024, SEAL)},
    "desk_key": {"tag": {TAG}, "body": {1266}},
    "directory_entry": {"id": {TAG}, "label": _doubling(1024, SEAL), "token": {TOKEN}},
    "door": {"tag": {TAG}, "body": {2048 + SEAL}, "token": {TOKEN}},
    "door_letter": {"tag": {TAG}, "body": _doubling(4096, 1169 + BODY), "token": {TOKEN}},
    "entry": {"tag": {TAG}, "body": _doubling(1024, BODY), "token": {TOKEN}},
    "invitation": {"tag": {TAG}, "label": {1024 + SEAL}, "token": {TOKEN}},
    "job": {"id": {TAG}, "body": {256 + SEAL}},
    "lane": {"tag": {TAG}, "body": {TAG + SEAL}, "token": {TOKEN}},
    "listed_key": {"tag": {TAG}, "body": {1217}, "code": {32}},
    "outside": {
        "tag": {TAG},
        "label": {1024 + SEAL},
        "body": _doubling(16384, 61),
        "token": {TOKEN},
    },
    "person": {
        "id": {TAG},
        "email_tag": {TAG},
        "label": _doubling(2048, SEAL),
        "token": {TOKEN},
        "salt": {TAG},
        "verifier": {32},
        "private": {97 + 61},
    },
    "piece": {"tag": {TAG}, "body": _pieces()},
    "question": {"tag": {TAG}, "body": {8 * 541}, "token": {TOKEN}},
    "quick": {"tag": {TAG}, "body": {190}, "token": {TOKEN}},
    "receipt": {"lookup": {LOOKUP}, "body": {2048 + SEAL}},
    "saved_view": {"tag": {TAG}, "body": {16384 + BODY}, "token": {TOKEN}},
    "search_segment": {"tag": {TAG}, "body": {262144 + BODY}, "token": {TOKEN}},
    "segment": {"id": {TAG}, "token": {TOKEN}},
    "session": {"id": {LOOKUP}, "body": {97 + 61}, "label": {1024 + SEAL}},
    "wrap": {"tag": {TAG}, "body": {WRAP}, "token": {TOKEN}},
}
"""Table → column → the lengths its blobs may have, in bytes. One length where the rows must not
be told apart; buckets that double where somebody's text sets the length."""

PART_WIDTHS = {"queue": 67, "coded": 24, "people": 11, "steps": 24, "dates": 4}
"""Bytes of a row in each part of the registers; a segment holds 1,024 of them."""


@pytest.fixture
def schema(told: Told) -> Inspector:
    """The tables of the story's world, as the engine describes them."""
    with told.story.world.session() as session:
        return inspect(session.connection().engine)


@pytest.fixture
def everything(told: Told) -> list[tuple[str, Row]]:
    """Every row the story left behind."""
    return list(rows(told.story.world))


def test_every_column_is_bytes_but_the_four_that_are_named(schema: Inspector) -> None:
    found = {
        (table, column["name"]): _plain_kind(column["type"])
        for table in _tables(schema)
        for column in schema.get_columns(table)
        if not isinstance(column["type"], LargeBinary)
    }
    assert found == OPEN


def test_nothing_points_from_one_table_to_another(schema: Inspector) -> None:
    assert not [table for table in _tables(schema) if schema.get_foreign_keys(table)]


def test_nothing_counts_orders_or_fills_itself_in(schema: Inspector, told: Told) -> None:
    """No sequence, identity, default, computed column or trigger; no index beyond the keys."""
    for table in _tables(schema):
        assert schema.get_pk_constraint(table)["constrained_columns"], table
        assert [one["column_names"] for one in schema.get_indexes(table)] == _unique_of(table, told)
        for column in schema.get_columns(table):
            assert column["default"] is None, (table, column)
            assert not column["nullable"], (table, column)
            assert not column.get("identity"), (table, column)
            assert not column.get("computed"), (table, column)
            assert column.get("autoincrement", "auto") in {False, "auto"}, (table, column)
    assert not schema.get_view_names()
    assert not _hidden_helpers(told.story.world)


def test_rows_lie_in_the_order_of_their_random_keys(schema: Inspector, told: Told) -> None:
    """On SQLite no table has the hidden row number that tells which row came first."""
    world = told.story.world
    if on_postgresql(world):
        assert not schema.get_sequence_names()
        return
    with world.session() as session:
        listed = session.execute(text("PRAGMA table_list")).mappings().all()
    ordered = {row["name"] for row in listed if row["type"] == "table" and not row["wr"]}
    assert ordered <= {NOT_OURS, "sqlite_schema", "sqlite_temp_schema"}


def test_times_that_lie_open_are_rounded_to_a_quarter_of_an_hour(
    everything: list[tuple[str, Row]],
) -> None:
    """The story leaves sessions behind, and jobs that wait, that are taken, and that failed."""
    times = [
        (table, column, row[column])
        for table, row in everything
        for (named, column), kind in OPEN.items()
        if named == table and kind is Integer
    ]
    assert not [one for one in times if one[2] % QUARTER_HOUR]
    later = {(table, column) for table, column, when in times if when}
    assert later == {("job", "due"), ("job", "lease"), ("session", "expires")}


def test_every_blob_has_one_of_the_lengths_of_its_column(
    everything: list[tuple[str, Row]],
) -> None:
    assert {table for table, _ in everything} - {NOT_OURS} == set(LENGTHS)
    odd = {
        (table, column, len(value))
        for table, row in everything
        if table != NOT_OURS
        for column, value in row.items()
        if isinstance(value, bytes) and len(value) not in _lengths(table, column, row)
    }
    assert not odd


def test_a_register_has_whole_segments_alone(everything: list[tuple[str, Row]]) -> None:
    parts = [row["part"] for table, row in everything if table == "segment"]
    assert {part: parts.count(part) for part in parts} == dict.fromkeys(PART_WIDTHS, LANES)


def _lengths(table: str, column: str, row: Row) -> set[int]:
    if (table, column) == ("segment", "body"):
        return {PART_WIDTHS[row["part"]] * 1024 + SEAL}
    return LENGTHS[table][column]


def _tables(schema: Inspector) -> list[str]:
    return [table for table in schema.get_table_names() if table != NOT_OURS]


def _plain_kind(kind: TypeEngine[object]) -> type[TypeEngine[object]]:
    return next(one for one in (Integer, String, type(kind)) if isinstance(kind, one))


def _unique_of(table: str, told: Told) -> list[list[str]]:
    """PostgreSQL lists the index behind the one unique column; SQLite keeps it to itself."""
    listed = table == "person" and on_postgresql(told.story.world)
    return [["email_tag"]] if listed else []


def _hidden_helpers(world: World) -> list[object]:
    """Triggers, counters and rules, which no inspector shows."""
    asked = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT relname FROM pg_class WHERE relkind IN ('S', 'm')"
        if on_postgresql(world)
        else "SELECT name FROM sqlite_master WHERE type = 'trigger' OR name = 'sqlite_sequence'"
    )
    with world.session() as session:
        return list(session.execute(text(asked)))
