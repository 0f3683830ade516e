"""Padding hides a length in an exact bucket and gives the data back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing.errors import SealBroken
from casefile.sealing.padding import (
    RECORD_BUCKET,
    REPORTER_BUCKET,
    pad,
    padded_file_size,
    unpad,
)


@given(st.binary(max_size=20_000), st.sampled_from([1, 64, RECORD_BUCKET, REPORTER_BUCKET]))
def test_padded_data_fills_a_bucket_exactly_and_comes_back(data: bytes, smallest: int) -> None:
    padded = pad(data, smallest)
    times, left = divmod(len(padded), smallest)
    assert left == 0
    assert times & (times - 1) == 0
    assert len(data) + 4 <= len(padded) < max(smallest + 1, 2 * (len(data) + 4))
    assert unpad(padded) == data


@pytest.mark.parametrize(
    ("length", "size"),
    [(0, 4096), (1, 4096), (4092, 4096), (4093, 8192), (8188, 8192), (8189, 16384)],
)
def test_a_report_shows_only_its_bucket(length: int, size: int) -> None:
    assert len(pad(bytes(length), REPORTER_BUCKET)) == size


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        b"\0\0\0",
        b"\0\0\0\x05abcd",
        b"\xff\xff\xff\xffabcd",
        b"\0\0\0\x01a\0\0\x01",
        b"\0\0\0\x01ab\0\0",
    ],
)
def test_what_padding_could_not_have_made_is_refused(padded: bytes) -> None:
    with pytest.raises(SealBroken):
        unpad(padded)


@given(st.integers(0, 200_000_000))
def test_a_file_grows_by_five_per_cent_at_most(length: int) -> None:
    size = padded_file_size(length)
    assert length <= size
    assert size == 4096 or 100 * size <= 105 * length


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_a_longer_file_never_gets_a_shorter_bucket(one: int, other: int) -> None:
    assert (padded_file_size(one) <= padded_file_size(other)) or one > other


def test_files_up_to_a_hundred_megabytes_share_few_sizes() -> None:
    sizes = {padded_file_size(length) for length in range(0, 100_000_000, 49_999)}
    assert len(sizes) < 220
    assert all(padded_file_size(size) == size for size in sizes)


def test_a_bucket_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="bucket"):
        pad(b"", 0)
