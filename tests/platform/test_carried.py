"""What a page carries comes back whole, for its own purpose alone, whatever a browser sends."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.platform.carried import open_from_page, seal_into_page
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.keyring import Keyring, new_keyring

HERE, ELSEWHERE = context("tests", "here"), context("tests", "elsewhere")


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return new_keyring(os.urandom)


@given(plain=st.binary(max_size=200))
def test_what_a_page_carries_comes_back_and_needs_no_escaping(
    keyring: Keyring, plain: bytes
) -> None:
    carried = seal_into_page(keyring, plain, HERE, os.urandom)
    assert open_from_page(keyring, carried, HERE) == plain
    assert carried.replace("-", "").replace("_", "").isalnum()


def test_it_opens_for_no_other_purpose(keyring: Keyring) -> None:
    carried = seal_into_page(keyring, b"who signs in", HERE, os.urandom)
    with pytest.raises(SealBroken):
        open_from_page(keyring, carried, ELSEWHERE)


@given(sent=st.text(st.characters(), max_size=120))
def test_whatever_else_a_browser_sends_gets_one_answer(keyring: Keyring, sent: str) -> None:
    with pytest.raises(SealBroken):
        open_from_page(keyring, sent, HERE)
