"""How often the same thing came lately, without knowing what it was: for floods and repeated texts.

What is counted (a sender's network, a text, a page) is kept as a keyed digest under a salt that is
drawn in memory and thrown away with the counts. Nothing of it is ever written, logged or shared
between processes, so every count is soft; and whoever is new gets through when there is no room.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Lock

from casefile.sealing.hidden import RandomBytes

ROOM = 20_000
"""Different things counted at once, about 2 MB; what comes beyond them is not counted."""
HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)
IPV4_BITS, IPV6_BITS = 24, 48
"""How much of an address is a sender: what one household or one provider's customer is given."""

PRIVATE = tuple(
    ip_network(written)
    for written in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"),
    )
)
"""This machine and private networks, from where a proxy of ours calls (RFC 1918, 4193, 6598)."""


class Tally:
    """Counts of keyed digests. Every `window` they are forgotten together with their salt."""

    __slots__ = ("_counts", "_from", "_lock", "_random", "_room", "_salt", "_total", "_window")

    def __init__(
        self, window: timedelta, room: int = ROOM, random: RandomBytes = os.urandom
    ) -> None:
        self._window, self._room, self._random = window, room, random
        self._lock = Lock()
        self._forget(datetime.fromtimestamp(0, UTC))

    def count(self, what: bytes | None, now: datetime) -> int:
        """Count one more; how often it came before. None, and what finds no room, is new."""
        with self._lock:
            self._turn(now)
            self._total += 1
            if what is None:
                return 0
            key = self._key(what)
            before = self._counts.get(key, 0)
            if before or len(self._counts) < self._room:
                self._counts[key] = before + 1
            return before

    def so_far(self, what: bytes | None, now: datetime) -> int:
        """How often it came, without counting."""
        with self._lock:
            self._turn(now)
            return self._counts.get(self._key(what), 0) if what is not None else 0

    def total(self, now: datetime) -> int:
        """How many were counted in this window, whatever they were."""
        with self._lock:
            self._turn(now)
            return self._total

    def _turn(self, now: datetime) -> None:
        if not self._from <= now < self._from + self._window:
            self._forget(now)

    def _forget(self, now: datetime) -> None:
        self._from = now
        self._salt = self._random(32)
        self._counts: dict[bytes, int] = {}
        self._total = 0

    def _key(self, what: bytes) -> bytes:
        return blake2b(what, key=self._salt, digest_size=16).digest()

    def __repr__(self) -> str:
        return "Tally(‹sealed›)"


@dataclass(frozen=True)
class Lately:
    """What one process counts: reports and wrong numbers by sender, pages and texts of reports."""

    reports: Tally = field(default_factory=lambda: Tally(HOUR))
    numbers: Tally = field(default_factory=lambda: Tally(TEN_MINUTES))
    pages: Tally = field(default_factory=lambda: Tally(HOUR))
    texts: Tally = field(default_factory=lambda: Tally(HOUR))


def sender(remote: str | None, forwarded: str, proxies: int) -> bytes | None:
    """The network a request comes from, to be counted and nothing else; None if that is unknown.

    `proxies` is how many of our own stand in front: so many entries at the end of `forwarded`
    (X-Forwarded-For) are theirs to write, and what stands before them anybody can invent. They call
    from this machine or a private network; whoever calls from elsewhere came past them, and only
    the address of the call itself is believed. Without any, a call from this very machine is a
    proxy nobody declared: all reporters would be one.
    """
    if proxies and _may_be_ours(remote):
        entries = [entry.strip() for entry in forwarded.split(",")]
        return _network(entries[-proxies]) if len(entries) >= proxies else None
    network = _network(remote or "")
    return None if remote in ("127.0.0.1", "::1") else network


def _may_be_ours(remote: str | None) -> bool:
    """Whether a proxy of ours can call from here; a socket of this machine has no address."""
    try:
        address = _address(remote or "")
    except ValueError:
        return True
    return any(address.version == one.version and address in one for one in PRIVATE)


def _network(written: str) -> bytes | None:
    try:
        address = _address(written)
    except ValueError:
        return None
    bits = IPV4_BITS if isinstance(address, IPv4Address) else IPV6_BITS
    return ip_network((address.packed, bits), strict=False).network_address.packed


def _address(written: str) -> IPv4Address | IPv6Address:
    """ValueError if it is none."""
    address = ip_address(_without_port(written))
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _without_port(written: str) -> str:
    """`203.0.113.9:4711` and `[2001:db8::1]:4711` as some proxies write them."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    return written.partition(":")[0] if written.count(":") == 1 else written
