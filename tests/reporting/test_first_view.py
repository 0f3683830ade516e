"""When a page was first shown is known only from what the page itself brings back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from casefile.reporting.first_view import open_first_view, seal_first_view
from casefile.sealing.keyring import Keyring, new_keyring

DRAW = random.Random("first view").randbytes
OPENED = datetime(2026, 11, 24, 10, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def keyring() -> Keyring:
    return new_keyring(DRAW)


def test_a_page_opened_two_days_ago_still_says_when(keyring: Keyring) -> None:
    seen = seal_first_view(keyring, OPENED, DRAW)

    assert open_first_view(keyring, seen, OPENED + timedelta(days=2)) == OPENED


@pytest.mark.parametrize("broken", ["", "x", "é", "\ud800", "A" * 80, "====", "a b"])
def test_a_broken_time_is_simply_not_known(keyring: Keyring, broken: str) -> None:
    assert open_first_view(keyring, broken, OPENED) is None


def test_a_time_of_another_deployment_or_from_the_future_is_not_believed(
    keyring: Keyring,
) -> None:
    seen = seal_first_view(keyring, OPENED, DRAW)

    assert open_first_view(new_keyring(DRAW), seen, OPENED) is None
    assert open_first_view(keyring, seen, OPENED - timedelta(seconds=1)) is None


def test_the_page_does_not_say_when_it_was_opened_to_anybody_else(keyring: Keyring) -> None:
    assert seal_first_view(keyring, OPENED, DRAW) != seal_first_view(keyring, OPENED, DRAW)
