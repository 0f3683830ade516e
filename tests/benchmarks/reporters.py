"""Reporters at once, over plain sockets, in a process of their own: they cost the server little.

Each sends a report, reads the receipt to its end and begins again: a closed loop. Each report comes
over a connection of its own, as reporters come. Run as a module it sends for as many seconds as
each line says and answers how many receipts came.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from dataclasses import dataclass

from tests.benchmarks.processes import say
from tests.benchmarks.story import ANSWERS, STORY

BOUNDARY = b"----casefile-bench"
ONCE = b"0" * 64
"""Where the page's own token stands in the prepared request; the same length as a real one."""


@dataclass
class Count:
    """What one reporter was told."""

    receipts: int = 0
    refused: int = 0


def prepared(port: int) -> bytes:
    """The whole request, headers and form, with a place for the token."""
    fields = {"once": ONCE.decode(), "what": STORY, **ANSWERS}
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (BOUNDARY, name.encode(), value.encode())
        for name, value in fields.items()
    ]
    body = b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"
    head = (
        f"POST /en/report HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, request: bytes) -> bool:
    """Send one report; whether a receipt came."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request.replace(ONCE, os.urandom(32).hex().encode()))
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    answer = b"".join(pieces)
    return answer.startswith(b"HTTP/1.1 200") and b'class="number"' in answer


def send_until(port: int, request: bytes, until: float, count: Count) -> None:
    """One reporter after the other until the time is over."""
    while time.perf_counter() < until:
        if send(port, request):
            count.receipts += 1
        else:
            count.refused += 1


def main() -> None:
    """Arguments: the port, and how many report at once."""
    port, at_once = int(sys.argv[1]), int(sys.argv[2])
    request = prepared(port)
    say("ready")
    for line in sys.stdin:
        counts = [Count() for _ in range(at_once)]
        until = time.perf_counter() + float(line)
        threads = [
            threading.Thread(target=send_until, args=(port, request, until, count))
            for count in counts
        ]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = time.perf_counter() - begun
        receipts = sum(count.receipts for count in counts)
        say([receipts, sum(count.refused for count in counts), taken])


if __name__ == "__main__":
    main()
