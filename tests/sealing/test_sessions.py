"""A session row opens with its cookie alone, for its person and until its expiry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keypairs import PrivateKey
from casefile.sealing.sessions import (
    SessionKeys,
    new_cookie,
    open_session,
    seal_session,
    session_keys,
)

EXPIRES = 29_000_000


def _keys(random: RandomBytes) -> SessionKeys:
    keys = session_keys(new_cookie(random))
    assert keys is not None
    return keys


def test_a_cookie_is_forty_three_safe_characters(draw: RandomBytes) -> None:
    cookie = new_cookie(draw)
    assert len(cookie) == 43
    assert set(cookie) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_member_comes_back_with_the_cookie(holder: PrivateKey, draw: RandomBytes) -> None:
    cookie = new_cookie(draw)
    first, later = session_keys(cookie), session_keys(cookie)
    assert first is not None
    assert later is not None
    blob = seal_session(first, holder, person=b"person", expires=EXPIRES, random=draw)
    assert later.row == first.row
    assert open_session(later, blob, person=b"person", expires=EXPIRES) == holder


def test_a_session_of_another_person_cookie_or_with_a_later_expiry_does_not_open(
    holder: PrivateKey, draw: RandomBytes
) -> None:
    keys = _keys(draw)
    blob = seal_session(keys, holder, person=b"person", expires=EXPIRES, random=draw)
    for other, person, expires in [
        (keys, b"other", EXPIRES),
        (keys, b"person", EXPIRES + 15),
        (_keys(draw), b"person", EXPIRES),
    ]:
        with pytest.raises(SealBroken):
            open_session(other, blob, person=person, expires=expires)


def test_the_row_tells_nothing_about_the_key(draw: RandomBytes) -> None:
    cookie = new_cookie(draw)
    keys = session_keys(cookie)
    assert keys is not None
    assert len(keys.row) == 32
    assert keys.row != keys.key.reveal()


@given(st.text(max_size=60))
def test_a_made_up_cookie_is_malformed_or_canonical(cookie: str) -> None:
    assert session_keys(cookie) is None or len(cookie) == 43


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "A" * 42,
        "A" * 44,
        "A" * 42 + "B",
        "A" * 42 + "=",
        "A" * 42 + "+",
        " " + "A" * 43,
        "A" * 42 + "\u0391",
        "A" * 42 + "\n",
        "\x00" * 43,
    ],
    ids=ascii,
)
def test_a_malformed_cookie_gives_no_keys(cookie: str) -> None:
    assert session_keys(cookie) is None


def test_no_two_cookies_name_the_same_session(draw: RandomBytes) -> None:
    """The last character carries four spare bits: only one spelling of it is a cookie."""
    cookie = new_cookie(draw)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [cookie[:-1] + last for last in alphabet if session_keys(cookie[:-1] + last)]
    assert len({keys.row for twin in twins if (keys := session_keys(twin))}) == len(twins) == 16
