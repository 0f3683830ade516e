"""A flood of junk from everywhere, and one person who has something to tell."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from casefile.cases.queue import QueuePage, queue_page
from casefile.cases.queue_rows import case_at
from casefile.cases.queue_views import View
from tests.servers.books import count_cases, open_number
from tests.servers.running import SOAK, Installation
from tests.servers.visiting import Page, Visitor, fresh
from tests.world import World

pytestmark = pytest.mark.server

JUNK = 5_000 if SOAK else 300
AT_ONCE = 8
WORKERS = 2
STORY = "The guard at the store asks for more than the list says."
OFFER = "Prizes for everybody, offer {}: http://a.invalid http://b.invalid www.c.invalid"


def junk_from_anywhere(port: int, number: int) -> Page:
    """A machine that never opened the page, each time in another network."""
    source = f"127.{1 + number // 250}.{number % 250}.1"
    sent = [*fresh(), ("what", OFFER.format(number)), ("area", "2"), ("url", "http://a.invalid")]
    return Visitor(port, source=source).post_plainly("/en/report", sent)


def listed(world: World, view: str) -> QueuePage:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member("Sarah"), view=view, page=1)


def test_a_new_report_arrives_and_stands_in_the_list_while_junk_lies_apart(
    world: World, installation: Installation
) -> None:
    with installation.serving(workers=WORKERS) as server, ThreadPoolExecutor(AT_ONCE) as flood:
        coming = [flood.submit(junk_from_anywhere, server.port, at) for at in range(JUNK)]
        receipt = Visitor(server.port, source="127.250.250.1").report(STORY, ("area", "2"))
        still_coming = sum(not one.done() for one in coming)
        refused = [one.result().status for one in coming if not one.result().number]

    assert receipt.number
    assert still_coming > JUNK / 2
    assert refused == []
    assert count_cases(world) == JUNK + 1
    told = open_number(world, receipt.number)
    assert told.text == STORY
    assert [case_at(line.case) for line in listed(world, "todo").lines] == [told.case]
    assert listed(world, "junk").counts[View.JUNK] == JUNK


def test_one_noisy_network_is_set_apart_and_a_new_sender_is_not(
    world: World, installation: Installation
) -> None:
    """Each worker counts by itself, so that the limit is soft: at most so many times higher."""
    most = world.settings.reports_per_sender * WORKERS

    def noise(at: int) -> Page:
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(at))
        story = f"They took it from {letters * 6} again."
        return Visitor(server.port, source="127.9.9.9").report(story, ("area", "2"))

    with installation.serving(workers=WORKERS) as server, ThreadPoolExecutor(AT_ONCE) as flood:
        told = list(flood.map(noise, range(most + 20)))
        receipt = Visitor(server.port, source="127.250.250.1").report(STORY, ("area", "2"))

    assert all(page.number for page in told)
    assert listed(world, "junk").counts[View.JUNK] >= 20
    case = open_number(world, receipt.number).case
    with world.session() as session:
        pages = [
            queue_page(session, world.deployment, world.member("Sarah"), view="todo", page=at)
            for at in (1, 2)
        ]
    assert case in {case_at(line.case) for page in pages for line in page.lines}
