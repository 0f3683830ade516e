"""People or machines that try numbers, over plain sockets, in a process of their own.

Each call comes from another network, so that no limit of a sender holds it back, and is a number
with the right check digit that nobody has. Run as a module it tries as many numbers a second as
its second argument says until the line's seconds are over, and answers how many were tried and
how many of them the server looked up.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from casefile.sealing.receipts import check_digit
from tests.benchmarks.processes import say

AT_ONCE = 4


@dataclass
class Count:
    """What one guesser met."""

    tried: int = 0
    looked_up: int = 0


def guess(port: int, count: Count) -> None:
    """Try one number out of a network drawn by chance."""
    drawn = os.urandom(2)
    digits = f"{int.from_bytes(os.urandom(16), 'big') % 10**20:020d}"
    body = urlencode({"number": digits + str(check_digit(digits))}).encode()
    head = (
        f"POST /en/answer HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    source = (f"127.{1 + drawn[0] % 250}.{drawn[1]}.1", 0)
    with socket.create_connection(("127.0.0.1", port), source_address=source) as line:
        line.sendall(head.encode() + body)
        answer = line.recv(65536)
        while line.recv(65536):
            pass
    count.tried += 1
    count.looked_up += answer.startswith(b"HTTP/1.1 422")


def guess_until(port: int, a_second: float, until: float, count: Count) -> None:
    """One number after the other, no faster than so many a second."""
    while (begun := time.perf_counter()) < until:
        guess(port, count)
        time.sleep(max(0.0, 1 / a_second - (time.perf_counter() - begun)))


def main() -> None:
    """Arguments: the port, and how many numbers a second are tried in all."""
    port, a_second = int(sys.argv[1]), float(sys.argv[2])
    say("ready")
    for line in sys.stdin:
        counts = [Count() for _ in range(AT_ONCE)]
        until = time.perf_counter() + float(line)
        threads = [
            threading.Thread(target=guess_until, args=(port, a_second / AT_ONCE, until, count))
            for count in counts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        say([sum(one.tried for one in counts), sum(one.looked_up for one in counts)])


if __name__ == "__main__":
    main()
