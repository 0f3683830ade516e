"""Counting without knowing: keyed digests in memory, forgotten with their salt."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from casefile.platform.tally import HOUR, Lately, Tally, sender

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DRAW = random.Random("tally").randbytes


def test_what_came_before_is_counted_and_forgotten_after_its_window() -> None:
    tally = Tally(HOUR, random=DRAW)
    assert [tally.count(b"one", NOW) for _ in range(3)] == [0, 1, 2]
    assert tally.count(b"other", NOW) == 0
    assert tally.total(NOW) == 4
    later = NOW + HOUR
    assert (tally.so_far(b"one", later), tally.total(later)) == (0, 0)


def test_a_clock_that_was_set_back_forgets_too() -> None:
    tally = Tally(HOUR, random=DRAW)
    tally.count(b"one", NOW)
    assert tally.so_far(b"one", NOW - timedelta(days=1)) == 0


def test_who_is_new_gets_through_when_there_is_no_room_to_count() -> None:
    tally = Tally(HOUR, room=2, random=DRAW)
    for name in (b"one", b"two"):
        tally.count(name, NOW)
    assert [tally.count(b"three", NOW) for _ in range(5)] == [0] * 5
    assert tally.count(b"one", NOW) == 1


def test_the_unknown_is_always_new() -> None:
    tally = Tally(HOUR, random=DRAW)
    assert [tally.count(None, NOW) for _ in range(3)] == [0, 0, 0]
    assert tally.so_far(None, NOW) == 0


def test_nothing_that_was_counted_is_kept_as_it_was_and_every_window_has_its_own_salt() -> None:
    tally = Tally(HOUR, random=DRAW)
    tally.count(b"203.0.113.9", NOW)
    first = dict(tally._counts)
    assert b"203.0.113.9" not in b"".join(first)
    assert "203" not in repr(tally) + repr(Lately(reports=tally))
    tally.count(b"203.0.113.9", NOW + HOUR)
    assert not set(first) & set(tally._counts)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.200", True),
        ("203.0.113.9", "203.0.114.9", False),
        ("2001:db8:1:2::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:203.0.113.9", "203.0.113.77", True),
    ],
)
def test_a_sender_is_a_network(one: str, other: str, same: bool) -> None:
    found = [sender(each, "", 0) for each in (one, other)]
    assert None not in found
    assert (found[0] == found[1]) is same


def test_a_proxy_is_believed_only_if_the_deployment_says_that_there_is_one() -> None:
    invented = "198.51.100.1, 203.0.113.9"
    assert sender("192.0.2.1", invented, 0) == sender("192.0.2.1", "", 0)
    assert sender("127.0.0.1", invented, 1) == sender("203.0.113.9", "", 0)
    assert sender("127.0.0.1", "203.0.113.9, 192.0.2.7", 2) == sender("203.0.113.9", "", 0)
    assert sender("127.0.0.1", "203.0.113.9", 2) is None


@pytest.mark.parametrize("remote", ["203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9"])
def test_who_comes_past_the_proxy_cannot_invent_another_address(remote: str) -> None:
    for invented in ("198.51.100.1", "10.0.0.1, 198.51.100.2", ""):
        assert sender(remote, invented, 1) == sender(remote, "", 0) is not None


@pytest.mark.parametrize("ours", ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.7", "fd00::1", ""])
def test_a_proxy_on_this_machine_or_a_private_network_is_believed(ours: str) -> None:
    assert sender(ours, "203.0.113.9", 1) == sender("203.0.113.9", "", 0) is not None


@pytest.mark.parametrize("remote", ["127.0.0.1", "::1", "", None, "unix:", "nonsense"])
def test_where_nothing_is_known_of_a_sender_nobody_is_held_to_a_limit(remote: str | None) -> None:
    assert sender(remote, "", 0) is None


@pytest.mark.parametrize("written", ["203.0.113.9:4711", " 203.0.113.9 "])
def test_an_address_is_read_as_proxies_write_it(written: str) -> None:
    assert sender("127.0.0.1", written, 1) == sender("203.0.113.9", "", 0)
    assert sender("127.0.0.1", "[2001:db8::1]:4711", 1) == sender("2001:db8::1", "", 0)
