"""Any M of N custodians rebuild a secret, fewer do not, and parts do not mix."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.sealing.contexts import context
from casefile.sealing.custodians import (
    Part,
    join,
    open_part,
    paper_share,
    private_key_from_paper,
    split,
)
from casefile.sealing.errors import PaperShareUnreadable, SealBroken, TooFewParts
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keypairs import (
    CLASSIC,
    PrivateKey,
    new_private_key,
    private_key_from_seeds,
    unwrap,
    wrap,
)

SECRET = b"seed of the recovery key " * 3
PURPOSE = context("recovery", b"agency")


@pytest.fixture(scope="module")
def people(draw: RandomBytes) -> list[PrivateKey]:
    return [new_private_key(draw) for _ in range(5)]


@pytest.fixture(scope="module")
def parts(people: list[PrivateKey], draw: RandomBytes) -> list[Part]:
    keys = [person.public for person in people]
    return split(SECRET, keys, 3, purpose=PURPOSE, random=draw)


def _opened(
    people: list[PrivateKey], parts: list[Part], group: tuple[int, ...]
) -> dict[int, bytes]:
    mine = [part for part in parts if part.subset == group]
    return {
        part.custodian: open_part(people[part.custodian], part, purpose=PURPOSE) for part in mine
    }


def test_any_three_of_five_rebuild_the_secret(people: list[PrivateKey], parts: list[Part]) -> None:
    assert len(parts) == 30
    for group in combinations(range(5), 3):
        assert join(_opened(people, parts, group), purpose=PURPOSE) == SECRET


def test_two_of_a_group_are_too_few_and_are_told_so(
    people: list[PrivateKey], parts: list[Part]
) -> None:
    opened = _opened(people, parts, (0, 2, 4))
    for missing in opened:
        fewer = {who: raw for who, raw in opened.items() if who != missing}
        with pytest.raises(TooFewParts) as caught:
            join(fewer, purpose=PURPOSE)
        assert (caught.value.needed, caught.value.given) == (3, 2)
    with pytest.raises(TooFewParts):
        join({}, purpose=PURPOSE)


def test_a_part_alone_shows_nothing_of_the_secret(
    people: list[PrivateKey], parts: list[Part]
) -> None:
    shares = [open_part(people[part.custodian], part, purpose=PURPOSE) for part in parts]
    assert len(set(shares)) == 30
    assert not any(SECRET[at : at + 4] in share for share in shares for at in range(0, 60, 4))


def test_two_custodians_cannot_rebuild_from_all_their_parts(
    people: list[PrivateKey], parts: list[Part]
) -> None:
    mine = [
        (part, open_part(people[part.custodian], part, purpose=PURPOSE))
        for part in parts
        if part.custodian in (0, 1)
    ]
    for (part, share), (other, theirs) in combinations(mine, 2):
        with pytest.raises((TooFewParts, SealBroken)):
            join({part.custodian: share, other.custodian: theirs}, purpose=PURPOSE)


def test_a_part_opens_for_its_custodian_group_and_purpose_alone(
    people: list[PrivateKey], parts: list[Part]
) -> None:
    part = parts[0]
    others = [
        (people[1], part, PURPOSE),
        (people[0], part, context("recovery", b"other agency")),
        (people[0], Part((0, 1, 4), part.custodian, part.blob), PURPOSE),
        (people[0], Part(part.subset, 1, part.blob), PURPOSE),
    ]
    for private, moved, purpose in others:
        with pytest.raises(SealBroken):
            open_part(private, moved, purpose=purpose)


def test_parts_of_two_splits_or_groups_do_not_mix(
    people: list[PrivateKey], parts: list[Part], draw: RandomBytes
) -> None:
    keys = [person.public for person in people]
    again = split(SECRET, keys, 3, purpose=PURPOSE, random=draw)
    mixed = _opened(people, parts, (0, 1, 2))
    mixed[2] = _opened(people, again, (0, 1, 2))[2]
    other_group = _opened(people, parts, (0, 1, 2))
    other_group[2] = _opened(people, parts, (1, 2, 3))[2]
    extra = _opened(people, parts, (0, 1, 2)) | {4: _opened(people, parts, (0, 1, 2))[0]}
    for wrong in (mixed, other_group, extra):
        with pytest.raises(SealBroken):
            join(wrong, purpose=PURPOSE)


def test_a_changed_share_is_found(people: list[PrivateKey], parts: list[Part]) -> None:
    opened = _opened(people, parts, (0, 1, 2))
    for at in (4, 30, len(opened[1]) - 1):
        changed = bytearray(opened[1])
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            join({**opened, 1: bytes(changed)}, purpose=PURPOSE)
    for broken in (opened[1][:-1], opened[1] + b"\0"):
        with pytest.raises(SealBroken):
            join({**opened, 1: broken}, purpose=PURPOSE)
    with pytest.raises(SealBroken):
        join(opened, purpose=context("another purpose"))


@given(st.integers(1, 4), st.integers(1, 4), st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_number_of_custodians_and_needed_works(count: int, needed: int, secret: bytes) -> None:
    needed = min(needed, count)
    people = [private_key_from_seeds(bytes([CLASSIC]) + bytes([at]) * 32) for at in range(count)]
    parts = split(
        secret,
        [person.public for person in people],
        needed,
        purpose=PURPOSE,
        random=lambda length: b"r" * length,
    )
    for group in combinations(range(count), needed):
        assert join(_opened(people, parts, group), purpose=PURPOSE) == secret


def test_impossible_splits_are_refused(people: list[PrivateKey], draw: RandomBytes) -> None:
    keys = [person.public for person in people]
    crowd = [new_private_key(draw, CLASSIC).public for _ in range(16)]
    for custodians, needed in [(keys, 0), (keys, 6), ([keys[0], keys[0]], 2), ([], 0), (crowd, 8)]:
        with pytest.raises(ValueError):  # noqa: PT011
            split(SECRET, custodians, needed, purpose=PURPOSE, random=draw)


def test_a_paper_share_grows_the_same_key_from_its_words(draw: RandomBytes) -> None:
    text, private = paper_share(draw)
    assert len(text.split()) == 12
    for typed in (text, text.upper(), text.replace(" ", "-"), text.replace(" ", "\n")):
        again = private_key_from_paper(typed)
        assert again == private
    assert (
        unwrap(private_key_from_paper(text), wrap(private.public, b"share", b""), b"") == b"share"
    )


def test_every_wrong_letter_of_a_paper_share_is_found(draw: RandomBytes) -> None:
    text, _ = paper_share(draw)
    letters = text.replace(" ", "")
    for at in range(len(letters)):
        for wrong in set("bda") - {letters[at]}:
            with pytest.raises(PaperShareUnreadable):
                private_key_from_paper(letters[:at] + wrong + letters[at + 1 :])


def test_words_left_out_swapped_or_foreign_are_found(draw: RandomBytes) -> None:
    words = paper_share(draw)[0].split()
    swapped = [words[1], words[0], *words[2:]]
    wrong = ["", " ".join(words[:-1]), " ".join([*words, words[0]]), " ".join(swapped), "hello"]
    for text in wrong:
        with pytest.raises(PaperShareUnreadable):
            private_key_from_paper(text)
