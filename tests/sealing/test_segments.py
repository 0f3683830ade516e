"""Segments of a register open in their place alone, with the layout they were written in."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring, new_keyring
from casefile.sealing.segments import (
    ROWS,
    Rows,
    free_slots,
    open_columns,
    open_segment,
    seal_segment,
)

ROW: Any = np.dtype(
    [("used", "u1"), ("desk", "S16"), ("state", "u1"), ("due", "<u4"), ("flags", "u1", (3,))]
)
PLACE: dict[str, Any] = {
    "register": "queue",
    "part": "main",
    "segment": b"segment",
    "token": b"token",
}


def _rows(draw: RandomBytes, dtype: Any = ROW) -> Rows:
    rows: Rows = np.frombuffer(draw(ROWS * dtype.itemsize), dtype).copy()
    rows["used"] &= 1
    return rows


@pytest.fixture
def rows(draw: RandomBytes) -> Rows:
    return _rows(draw)


def test_rows_come_back_and_can_be_changed(keyring: Keyring, rows: Rows) -> None:
    opened = open_segment(keyring, seal_segment(keyring, rows, **PLACE), ROW, **PLACE)
    assert np.array_equal(opened, rows)
    opened["state"][5] = 7
    again = open_segment(keyring, seal_segment(keyring, opened, **PLACE), ROW, **PLACE)
    assert again["state"][5] == 7


def test_columns_are_contiguous_views_that_cannot_be_written(keyring: Keyring, rows: Rows) -> None:
    columns = open_columns(keyring, seal_segment(keyring, rows, **PLACE), ROW, **PLACE)
    assert tuple(columns) == ROW.names
    for name, column in columns.items():
        assert np.array_equal(column, rows[name])
        assert column.dtype == rows[name].dtype
        assert column.flags.c_contiguous
        assert not column.flags.owndata
        assert not column.flags.writeable


def test_a_segment_has_one_size_however_many_rows_are_used(keyring: Keyring) -> None:
    empty, full = np.zeros(ROWS, ROW), np.ones(ROWS, ROW)
    sizes = {len(seal_segment(keyring, rows, **PLACE)) for rows in (empty, full)}
    assert sizes == {ROWS * ROW.itemsize + 33}


@pytest.mark.parametrize("count", [0, 1, ROWS - 1, ROWS + 1])
def test_a_segment_of_another_size_is_refused(keyring: Keyring, count: int) -> None:
    with pytest.raises(ValueError, match="rows"):
        seal_segment(keyring, np.zeros(count, ROW), **PLACE)


def test_a_segment_moved_or_replayed_does_not_open(keyring: Keyring, rows: Rows) -> None:
    blob = seal_segment(keyring, rows, **PLACE)
    for name, value in PLACE.items():
        with pytest.raises(SealBroken):
            open_columns(keyring, blob, ROW, **{**PLACE, name: value + value[:1]})


def test_a_segment_does_not_open_with_other_columns(keyring: Keyring, rows: Rows) -> None:
    blob = seal_segment(keyring, rows, **PLACE)
    fields = [(name, ROW[name].base.str, ROW[name].shape) for name in ROW.names]
    swapped = [fields[0], fields[1], *fields[3:], fields[2]]
    renamed = [("taken", *fields[0][1:]), *fields[1:]]
    retyped = [*fields[:3], ("due", "<i4", ()), fields[4]]
    reshaped = [*fields[:4], ("flags", "S3", ())]
    fewer, more = fields[:-1], [*fields, ("more", "u1", ())]
    for other in (swapped, renamed, retyped, reshaped, fewer, more):
        with pytest.raises(SealBroken):
            open_columns(keyring, blob, np.dtype(other), **PLACE)


def test_no_part_of_a_segment_can_be_changed_or_cut(keyring: Keyring, rows: Rows) -> None:
    blob = seal_segment(keyring, rows, **PLACE)
    for at in [*range(20), 1000, len(blob) - 17, len(blob) - 1]:
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        for broken in (changed, blob[:at]):
            with pytest.raises(SealBroken):
                open_columns(keyring, broken, ROW, **PLACE)


def test_another_deployment_opens_no_segment(
    keyring: Keyring, rows: Rows, draw: RandomBytes
) -> None:
    with pytest.raises(SealBroken):
        open_columns(new_keyring(draw), seal_segment(keyring, rows, **PLACE), ROW, **PLACE)


def test_segments_follow_the_rotation_of_the_seal_key(
    keyring: Keyring, rows: Rows, draw: RandomBytes
) -> None:
    old = seal_segment(keyring, rows, **PLACE)
    rotated = keyring.with_new_seal_key(draw).writing_new_seal_key()
    assert rotated.needs_reseal(old)
    new = seal_segment(rotated, open_segment(rotated, old, ROW, **PLACE), **PLACE)
    assert not rotated.needs_reseal(new)
    dropped = rotated.without_old_seal_keys()
    assert np.array_equal(open_segment(dropped, new, ROW, **PLACE), rows)
    with pytest.raises(SealBroken):
        open_columns(dropped, old, ROW, **PLACE)


def test_a_label_is_never_read_as_a_segment(keyring: Keyring) -> None:
    with pytest.raises(SealBroken):
        open_columns(keyring, keyring.seal(bytes(ROWS * ROW.itemsize), b""), ROW, **PLACE)


@given(st.sets(st.integers(0, ROWS - 1)))
@settings(max_examples=50)
def test_free_slots_are_the_rows_not_in_use(used: set[int]) -> None:
    rows: Rows = np.zeros(ROWS, ROW)
    rows["used"][list(used)] = 1
    free = free_slots(rows)
    assert set(free.tolist()) == set(range(ROWS)) - used
    assert free.tolist() == sorted(free.tolist())


@given(st.lists(st.sampled_from(["u1", "<u2", "<i4", "<u8", "S5", "<f8"]), min_size=1, max_size=6))
@settings(max_examples=30)
def test_rows_of_any_fixed_width_come_back(columns: list[str]) -> None:
    keyring = new_keyring(lambda length: b"k" * length)
    dtype: Any = np.dtype([(f"c{at}", kind) for at, kind in enumerate(columns)])
    rows: Rows = np.frombuffer(bytes(range(256)) * (4 * dtype.itemsize), dtype)
    blob = seal_segment(keyring, rows, **PLACE)
    assert open_segment(keyring, blob, dtype, **PLACE).tobytes() == rows.tobytes()


@pytest.mark.parametrize("dtype", [np.dtype([("used", "u1"), ("text", "O")]), np.dtype("u1")])
def test_rows_without_fixed_named_columns_are_refused(keyring: Keyring, dtype: Any) -> None:
    with pytest.raises(ValueError, match="columns"):
        seal_segment(keyring, np.zeros(ROWS, dtype), **PLACE)
