"""A wrap or body opens in the one place it was made for, and shows nothing by its size."""

from collections.abc import Callable
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing.circles import new_circle, unwrap_circle_seed, wrap_circle_seed
from casefile.sealing.compartments import (
    Compartment,
    new_compartment_keys,
    nobodys_key,
    open_body,
    seal_body,
    unwrap_bundle,
    wrap_bundle,
)
from casefile.sealing.contexts import context
from casefile.sealing.desks import (
    QUICK_WRAP_LENGTH,
    new_desk_secret,
    quick_placeholder,
    quick_unwrap,
    quick_wrap,
    unwrap_desk_secret,
    wrap_desk_secret,
)
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key, RandomBytes
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.padding import RECORD_BUCKET, REPORTER_BUCKET

Place = dict[str, Any]
ROW: Place = {"case": b"case", "holder": b"desk", "slot": 3, "token": b"token"}
SEAT: Place = {"case": b"case", "person": b"person", "slot": 3, "token": b"token"}
MEMBERSHIP: Place = {"desk": b"desk", "generation": 4, "person": b"person"}
BODY: Place = {
    "case": b"case",
    "compartment": Compartment.WORK,
    "place": context("entries", b"row", "body"),
    "token": b"token",
}
QUICK: Place = {"case": b"case", "desk": b"desk", "generation": 4, "token": b"token"}
SUBSETS = list(chain.from_iterable(combinations(Compartment, count) for count in range(6)))


def _elsewhere(place: Place) -> list[Place]:
    """The same place with each of its parts changed, one at a time."""
    return [{**place, name: _other(value)} for name, value in place.items()]


def _other(value: object) -> object:
    if isinstance(value, Compartment):
        return Compartment.IDENTITY
    if isinstance(value, int):
        return value - 1
    assert isinstance(value, bytes)
    return value + b"2"


def _refused_elsewhere(reopen: Callable[..., object], place: Place) -> None:
    for moved in _elsewhere(place):
        with pytest.raises(SealBroken):
            reopen(**moved)


# -- Bundles --------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", SUBSETS)
def test_a_holder_gets_exactly_the_keys_in_its_bundle(
    which: tuple[Compartment, ...], holder: PrivateKey, draw: RandomBytes
) -> None:
    keys = new_compartment_keys(which, draw)
    blob = wrap_bundle(holder.public, keys, **ROW)
    assert unwrap_bundle(holder, blob, **ROW) == keys
    assert set(keys) == set(which)


def test_every_wrap_row_of_a_case_has_the_same_length(
    holder: PrivateKey, draw: RandomBytes
) -> None:
    rows = [wrap_bundle(holder.public, new_compartment_keys(w, draw), **ROW) for w in SUBSETS]
    rows.append(wrap_circle_seed(holder.public, new_circle(draw), **SEAT))
    rows.append(wrap_bundle(nobodys_key(draw), {}, **ROW))
    assert {(len(row), row[0]) for row in rows} == {(1329, 2)}


def test_every_compartment_has_a_key_of_its_own(draw: RandomBytes) -> None:
    keys = [key.reveal() for key in new_compartment_keys(Compartment, draw).values()]
    assert len(set(keys)) == 5


def test_a_bundle_moved_replayed_or_given_to_another_holder_does_not_open(
    holder: PrivateKey, draw: RandomBytes
) -> None:
    blob = wrap_bundle(holder.public, new_compartment_keys(Compartment, draw), **ROW)
    _refused_elsewhere(lambda **place: unwrap_bundle(holder, blob, **place), ROW)


def test_a_bundle_does_not_open_for_a_stranger(
    holder: PrivateKey, stranger: PrivateKey, draw: RandomBytes
) -> None:
    blob = wrap_bundle(holder.public, new_compartment_keys(Compartment, draw), **ROW)
    with pytest.raises(SealBroken):
        unwrap_bundle(stranger, blob, **ROW)


def test_nobody_opens_a_throw_away_row(holder: PrivateKey, draw: RandomBytes) -> None:
    with pytest.raises(SealBroken):
        unwrap_bundle(holder, wrap_bundle(nobodys_key(draw), {}, **ROW), **ROW)


def test_two_throw_away_rows_have_nothing_in_common(draw: RandomBytes) -> None:
    nobody = nobodys_key(draw)
    one, other = (wrap_bundle(nobody, {}, **ROW) for _ in range(2))
    assert one[1:33] != other[1:33]
    assert one[-16:] != other[-16:]


# -- Circles --------------------------------------------------------------------------------------


def test_a_circle_member_gets_the_circles_key(holder: PrivateKey, draw: RandomBytes) -> None:
    circle = new_circle(draw)
    blob = wrap_circle_seed(holder.public, circle, **SEAT)
    assert unwrap_circle_seed(holder, blob, **SEAT) == circle


def test_a_circle_seed_moved_replayed_or_given_to_another_does_not_open(
    holder: PrivateKey, stranger: PrivateKey, draw: RandomBytes
) -> None:
    blob = wrap_circle_seed(holder.public, new_circle(draw), **SEAT)
    _refused_elsewhere(lambda **place: unwrap_circle_seed(holder, blob, **place), SEAT)
    with pytest.raises(SealBroken):
        unwrap_circle_seed(stranger, blob, **SEAT)


def test_a_bundle_is_never_read_as_a_circle_seed_nor_the_other_way(
    holder: PrivateKey, draw: RandomBytes
) -> None:
    same = {"case": b"case", "slot": 3, "token": b"token"}
    bundle = wrap_bundle(holder.public, {}, holder=b"who", **same)  # type: ignore[arg-type]
    seat = wrap_circle_seed(holder.public, new_circle(draw), person=b"who", **same)  # type: ignore[arg-type]
    with pytest.raises(SealBroken):
        unwrap_circle_seed(holder, bundle, person=b"who", **same)  # type: ignore[arg-type]
    with pytest.raises(SealBroken):
        unwrap_bundle(holder, seat, holder=b"who", **same)  # type: ignore[arg-type]


# -- Bodies ---------------------------------------------------------------------------------------


@given(plain=st.binary(max_size=9000), smallest=st.sampled_from([RECORD_BUCKET, REPORTER_BUCKET]))
def test_a_body_comes_back_and_shows_only_its_bucket(plain: bytes, smallest: int) -> None:
    key = Key(b"k" * 32)
    blob = seal_body(key, plain, smallest=smallest, random=lambda n: b"n" * n, **BODY)
    buckets, left = divmod(len(blob) - 29, smallest)
    assert left == 0
    assert buckets.bit_count() == 1
    assert open_body(key, blob, **BODY) == plain


def test_a_body_copied_to_another_case_compartment_column_or_version_does_not_open(
    key: Key, other_key: Key, draw: RandomBytes
) -> None:
    blob = seal_body(key, b"what happened", smallest=RECORD_BUCKET, random=draw, **BODY)
    _refused_elsewhere(lambda **place: open_body(key, blob, **place), BODY)
    with pytest.raises(SealBroken):
        open_body(other_key, blob, **BODY)


def test_an_older_version_of_a_body_does_not_pass_for_the_present_one(
    key: Key, draw: RandomBytes
) -> None:
    def version(text: bytes, token: bytes) -> bytes:
        place = {**BODY, "token": token}
        return seal_body(key, text, smallest=RECORD_BUCKET, random=draw, **place)

    older, newer = version(b"first", b"token 1"), version(b"second", b"token 2")
    assert open_body(key, newer, **{**BODY, "token": b"token 2"}) == b"second"
    with pytest.raises(SealBroken):
        open_body(key, older, **{**BODY, "token": b"token 2"})


# -- Desks ----------------------------------------------------------------------------------------


def test_a_member_gets_the_desks_secret(holder: PrivateKey, draw: RandomBytes) -> None:
    secret = new_desk_secret(draw)
    blob = wrap_desk_secret(holder.public, secret, **MEMBERSHIP)
    assert unwrap_desk_secret(holder, blob, **MEMBERSHIP) == secret


def test_a_desks_secret_of_another_desk_generation_or_member_does_not_open(
    holder: PrivateKey, stranger: PrivateKey, draw: RandomBytes
) -> None:
    blob = wrap_desk_secret(holder.public, new_desk_secret(draw), **MEMBERSHIP)
    _refused_elsewhere(lambda **place: unwrap_desk_secret(holder, blob, **place), MEMBERSHIP)
    with pytest.raises(SealBroken):
        unwrap_desk_secret(stranger, blob, **MEMBERSHIP)


def test_a_leaver_opens_nothing_of_the_next_generation(
    holder: PrivateKey, draw: RandomBytes
) -> None:
    left, following = new_desk_secret(draw), new_desk_secret(draw)
    kept = new_compartment_keys([Compartment.WORK], draw)
    rewrapped = wrap_bundle(following.private.public, kept, **ROW)
    quick = quick_wrap(following.quick, kept, random=draw, **QUICK)
    with pytest.raises(SealBroken):
        unwrap_bundle(left.private, rewrapped, **ROW)
    with pytest.raises(SealBroken):
        quick_unwrap(left.quick, quick, **QUICK)


@pytest.mark.parametrize("which", SUBSETS)
def test_quick_wraps_of_any_parts_have_one_length_and_give_the_same_keys_back(
    key: Key, which: tuple[Compartment, ...], draw: RandomBytes
) -> None:
    keys = new_compartment_keys(which, draw)
    blob = quick_wrap(key, keys, random=draw, **QUICK)
    assert len(blob) == QUICK_WRAP_LENGTH
    assert quick_unwrap(key, blob, **QUICK) == keys


def test_a_quick_wrap_moved_or_replayed_does_not_open(
    key: Key, other_key: Key, draw: RandomBytes
) -> None:
    blob = quick_wrap(key, {Compartment.WORK: other_key}, random=draw, **QUICK)
    _refused_elsewhere(lambda **place: quick_unwrap(key, blob, **place), QUICK)
    with pytest.raises(SealBroken):
        quick_unwrap(other_key, blob, **QUICK)


def test_a_placeholder_looks_like_a_quick_wrap_and_opens_for_nobody(
    key: Key, other_key: Key, draw: RandomBytes
) -> None:
    placeholder = quick_placeholder(draw)
    blob = quick_wrap(key, {Compartment.WORK: other_key}, random=draw, **QUICK)
    assert (len(placeholder), placeholder[0]) == (len(blob), blob[0]) == (190, 0x11)
    with pytest.raises(SealBroken):
        quick_unwrap(key, placeholder, **QUICK)
