"""Contexts are injective: no two places share their bytes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.sealing.contexts import context, number

PARTS = st.lists(st.one_of(st.text(max_size=6), st.binary(max_size=6)), max_size=5)


@given(PARTS, PARTS)
@settings(max_examples=400)
def test_two_lists_of_parts_share_a_context_only_if_they_are_the_same(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    assert (context(*one) == context(*other)) == (one == other)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=4), st.data())
def test_the_same_bytes_cut_at_another_place_are_another_context(
    parts: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(parts)
    cut = data.draw(st.integers(0, len(whole)))
    recut = [whole[:cut], whole[cut:]]
    assert (context(*parts) == context(*recut)) == (parts == recut)


@given(PARTS, PARTS)
def test_no_context_is_the_beginning_of_another_of_as_many_parts(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    if len(one) == len(other) and one != other:
        assert not context(*one).startswith(context(*other))


def test_text_and_bytes_that_look_alike_differ() -> None:
    assert context("case") != context(b"case")
    assert context() != context("") != context(b"")


def test_text_is_not_normalised() -> None:
    assert context("\u00e9") != context("e\u0301")


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_numbers_of_a_context_are_distinct(one: int, other: int) -> None:
    assert (number(one) == number(other)) == (one == other)
