"""A door that counts: between a browser and a server, every byte in both directions.

It forwards what it is given and changes nothing, so that what it counts is what was on the wire
(above TCP, without encryption). It keeps the browser's bytes until it is emptied, to count
requests.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

REQUEST = re.compile(rb"(?:^|\r\n\r\n)(?:GET|POST|HEAD|OPTIONS) \S+ HTTP/1\.1\r\n")


@dataclass
class Counted:
    """What went through since the last `empty`: answers in bytes, and all the browser sent."""

    answered: int = 0
    sent: bytearray = field(default_factory=bytearray)
    connections: int = 0
    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def requests(self) -> list[str]:
        """The first line of each request; none of the pages counted has a body to send."""
        return [found.decode().strip() for found in REQUEST.findall(bytes(self.sent))]

    def empty(self) -> None:
        """Begin again."""
        with self.lock:
            self.answered, self.connections = 0, 0
            self.sent.clear()

    def wait_for_silence(self, seconds: float) -> None:
        """Until nothing has gone through for so long: what comes late counts too."""
        while time.monotonic() - self.last < seconds:
            time.sleep(0.05)


@contextmanager
def counting(port: int) -> Iterator[tuple[int, Counted]]:
    """Stand before the server on `port`; yields the port to call instead, and what is counted."""
    counted = Counted(last=time.monotonic())
    with socket.create_server(("127.0.0.1", 0)) as door:
        opener = threading.Thread(target=_let_in, args=(door, port, counted), daemon=True)
        opener.start()
        yield int(door.getsockname()[1]), counted
        with suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        opener.join(5)


def _let_in(door: socket.socket, port: int, counted: Counted) -> None:
    while True:
        try:
            browser, _ = door.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        with counted.lock:
            counted.connections += 1
        for taken, given, answers in ((browser, server, False), (server, browser, True)):
            carrier = threading.Thread(target=_carry, args=(taken, given, counted, answers))
            carrier.daemon = True
            carrier.start()


def _carry(taken: socket.socket, given: socket.socket, counted: Counted, answers: bool) -> None:
    with suppress(OSError):
        while piece := taken.recv(65536):
            with counted.lock:
                counted.last = time.monotonic()
                if answers:
                    counted.answered += len(piece)
                else:
                    counted.sent += piece
            given.sendall(piece)
    for end in (taken, given):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
