"""A sealed file opens whole or not at all: nothing cut, reordered, repeated or added passes."""

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.padding import padded_file_size
from casefile.sealing.streams import CHUNK, SealingStream, open_stream

KEY, PREFIX, HERE = Key(b"k" * 32), b"prefix7", b"files row 1"
SEALED = CHUNK + 16
LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5]


def _sealed(plain: bytes, *, step: int = 0, where: bytes = HERE, prefix: bytes = PREFIX) -> bytes:
    out: list[bytes] = []
    stream = SealingStream(out.append, KEY, prefix, where)
    for at in range(0, len(plain), step or len(plain) or 1):
        stream.write(plain[at : at + (step or len(plain))])
    stream.close()
    return b"".join(out)


def _sealed_size(length: int) -> int:
    """Header, data, one tag a chunk; nothing at all is one chunk too."""
    return 8 + length + 16 * max(1, -(-length // CHUNK))


def _plain(length: int) -> bytes:
    return b"".join(at.to_bytes(4, "big") for at in range(length // 4 + 1))[:length]


def _chunks(blob: bytes) -> tuple[bytes, list[bytes]]:
    return blob[:8], [blob[at : at + SEALED] for at in range(8, len(blob), SEALED)]


def _refused(blob: bytes, *, key: Key = KEY, where: bytes = HERE) -> None:
    with pytest.raises(SealBroken):
        b"".join(open_stream(key, [blob], where))


@pytest.mark.parametrize("length", LENGTHS)
def test_a_file_comes_back_whole(length: int) -> None:
    plain = _plain(length)
    blob = _sealed(plain)
    assert len(blob) == _sealed_size(length)
    assert b"".join(open_stream(KEY, [blob], HERE)) == plain
    assert b"".join(open_stream(KEY, io.BytesIO(blob), HERE)) == plain


@given(st.integers(0, 200_000), st.integers(1000, 150_000), st.integers(1000, 150_000))
@settings(max_examples=25, deadline=None)
def test_the_pieces_it_arrives_in_make_no_difference(length: int, step: int, cut: int) -> None:
    plain = _plain(length)
    blob = _sealed(plain, step=step)
    assert blob == _sealed(plain)
    pieces = [blob[at : at + cut] for at in range(0, len(blob), cut)]
    assert b"".join(open_stream(KEY, pieces, HERE)) == plain


def test_single_bytes_may_arrive() -> None:
    blob = _sealed(b"abc", step=1)
    assert b"".join(open_stream(KEY, (bytes([each]) for each in blob), HERE)) == b"abc"


def test_a_file_cut_anywhere_does_not_open() -> None:
    blob = _sealed(_plain(2 * CHUNK + 5))
    for end in [0, 1, 7, 8, 9, 24, 8 + SEALED - 1, 8 + SEALED, 8 + SEALED + 1, 8 + 2 * SEALED]:
        _refused(blob[:end])
    _refused(blob[:-1])


def test_a_file_with_something_added_does_not_open() -> None:
    blob = _sealed(_plain(CHUNK + 5))
    _, chunks = _chunks(blob)
    for added in (b"\0", bytes(16), chunks[-1], blob):
        _refused(blob + added)
    full = _sealed(_plain(CHUNK))
    _refused(full + _chunks(full)[1][0])


def test_chunks_reordered_repeated_or_left_out_do_not_open() -> None:
    head, (one, two, three, last) = _chunks(_sealed(_plain(3 * CHUNK + 5)))
    for order in [
        (two, one, three, last),
        (one, one, two, three, last),
        (one, three, last),
        (two, three, last),
        (one, two, last, three),
        (last,),
        (one, two, three),
    ]:
        _refused(head + b"".join(order))


def test_chunks_of_two_files_under_one_key_do_not_mix() -> None:
    head, ours = _chunks(_sealed(_plain(2 * CHUNK + 5)))
    _, theirs = _chunks(_sealed(_plain(2 * CHUNK + 5), prefix=b"another"))
    _refused(head + ours[0] + theirs[1] + ours[2])
    _refused(head + b"".join(theirs))


def test_no_byte_of_a_file_can_be_changed() -> None:
    blob = _sealed(_plain(CHUNK + 5))
    for at in [*range(12), 5000, 8 + CHUNK, 8 + SEALED, len(blob) - 1]:
        _refused(blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :])


def test_a_file_opens_for_its_key_and_place_alone() -> None:
    blob = _sealed(b"picture")
    _refused(blob, key=Key(b"o" * 32))
    _refused(blob, where=b"files row 2")


def test_nothing_of_a_bad_chunk_is_handed_out() -> None:
    blob = bytearray(_sealed(_plain(2 * CHUNK + 5)))
    blob[8 + SEALED + 100] ^= 1
    opened: Iterator[bytes] = open_stream(KEY, [bytes(blob)], HERE)
    assert next(opened) == _plain(CHUNK)
    with pytest.raises(SealBroken):
        next(opened)


def test_a_file_never_closed_is_not_a_sealed_file() -> None:
    out: list[bytes] = []
    stream = SealingStream(out.append, KEY, PREFIX, HERE)
    stream.write(_plain(3 * CHUNK))
    _refused(b"".join(out))


def test_a_closed_file_takes_no_more() -> None:
    out: list[bytes] = []
    stream = SealingStream(out.append, KEY, PREFIX, HERE)
    stream.write(b"all")
    stream.close()
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        stream.write(b"more")
    assert b"".join(open_stream(KEY, out, HERE)) == b"all"


def test_no_nonce_is_used_twice_in_a_file() -> None:
    """The same chunk over and over never gives the same ciphertext."""
    _, chunks = _chunks(_sealed(bytes(4 * CHUNK)))
    assert len(set(chunks)) == len(chunks)
    assert len({chunk[:16] for chunk in chunks}) == len(chunks)


@pytest.mark.parametrize("length", [0, 5, 4096, 4097, 70_000, 300_001])
def test_a_filled_up_file_shows_its_bucket_and_keeps_its_length(length: int) -> None:
    out: list[bytes] = []
    stream = SealingStream(out.append, KEY, PREFIX, HERE)
    stream.write(_plain(length))
    assert stream.fill_up() == length
    stream.close()
    whole = b"".join(open_stream(KEY, out, HERE))
    assert len(whole) == padded_file_size(length)
    assert whole[:length] == _plain(length)
    assert len(b"".join(out)) == _sealed_size(padded_file_size(length))


@pytest.mark.parametrize("prefix", [b"", b"six by", b"eight by"])
def test_a_prefix_of_another_length_is_refused(prefix: bytes) -> None:
    with pytest.raises(ValueError, match="prefix"):
        SealingStream(lambda piece: None, KEY, prefix, HERE)
