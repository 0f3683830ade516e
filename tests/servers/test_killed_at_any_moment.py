"""`kill -9` at any moment, under load: what has a number is there and whole, the rest is not."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException

import pytest
from sqlalchemy import func, select

from casefile.audit.models import AuditRow
from tests.servers.books import open_number, settle
from tests.servers.running import FLASK, SOAK, Installation, Server, end, start, strike
from tests.servers.visiting import Visitor, fresh
from tests.world import World

pytestmark = [pytest.mark.server, pytest.mark.soak]

MESSAGES = 3000 if SOAK else 150
AT_ONCE = 6
ROUND = 100
"""Jobs one round of the outbox does at most."""
KILLS = 160 if SOAK else 8
PAUSES_S = (0.3, 1.5)
"""Shortest and longest time between two kills: shorter than a start, longer than a report."""
LOSSES = (OSError, HTTPException)
"""What a killed server looks like from outside."""


def insist(server: Server, text: str) -> str:
    """Send a page again and again, as a person would, until a number is shown."""
    visitor, given = Visitor(server.port), [*fresh(), ("what", text)]
    for _ in range(60):
        assert server.process.poll() is None, server.said()
        try:
            page = visitor.post("/en/report", given)
        except LOSSES:
            time.sleep(0.1)
            continue
        if page.number:
            return page.number
        assert page.status in (500, 503), page.text[:1000]
        assert page.fields["what"] == text, "the page that comes again must hold the text"
    raise AssertionError("no number came, however often it was sent")


@contextmanager
def killing(installation: Installation, server: Server) -> Iterator[list[int]]:
    """Kill a random process of this deployment, again and again; yields those it struck."""
    struck: list[int] = []
    over, chance = threading.Event(), random.Random(20261124)
    outbox = [start([*FLASK, "casefile", "worker"], installation.environ())]

    def go_on() -> None:
        while len(struck) < KILLS and not over.wait(chance.uniform(*PAUSES_S)):
            alive = server.workers()
            if chance.random() < 0.3 or not alive:
                strike(outbox[-1].pid)
                outbox[-1].wait()
                struck.append(outbox[-1].pid)
                outbox.append(start([*FLASK, "casefile", "worker"], installation.environ()))
            else:
                struck.append(chance.choice(alive))
                strike(struck[-1])

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield struck
    finally:
        over.set()
        thread.join()
        end(outbox[-1])


def test_every_number_that_was_shown_opens_a_whole_case(
    both_worlds: World, both_installations: Installation
) -> None:
    texts = [f"Message {at}: she came back at dusk." for at in range(MESSAGES)]
    with both_installations.serving(workers=2) as server:
        visitor = Visitor(server.port)
        assert visitor.get("/en/").status == 200
        with killing(both_installations, server) as struck, ThreadPoolExecutor(AT_ONCE) as sending:
            numbers = list(sending.map(lambda told: insist(server, told), texts))
        opened = [visitor.mailbox(number).status for number in numbers[::25]]

    print(
        f"{len(struck)} processes killed, {len(set(numbers))} numbers shown for {MESSAGES} reports."
    )
    assert len(struck) >= 3, "nothing was killed: the load was over too soon to mean anything"
    assert len(set(numbers)) == MESSAGES
    assert set(opened) == {200}
    assert [open_number(both_worlds, number).text for number in numbers] == texts

    for _ in range(1 + MESSAGES // ROUND):
        assert both_installations.command("worker", "--once").returncode == 0
    with both_worlds.session() as session:
        assert session.scalar(select(func.count(AuditRow.id))) == 0
    settle(both_worlds, MESSAGES)
