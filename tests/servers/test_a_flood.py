"""A flood of junk or of guessed numbers from everywhere, and one person with something to tell."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from casefile.cases.queue import QueuePage, queue_page
from casefile.cases.queue_rows import case_at
from casefile.cases.queue_views import View
from casefile.sealing.receipts import check_digit
from tests.servers.books import count_cases, open_number
from tests.servers.running import SOAK, Installation
from tests.servers.visiting import Page, Visitor, fresh
from tests.world import World

pytestmark = [pytest.mark.server, pytest.mark.soak]

JUNK = 5_000 if SOAK else 300
GUESSES = 10_000 if SOAK else 300
AT_ONCE = 8
WORKERS = 2
NETWORKS = 60_000
"""As many as there are on this machine, but for those the reporters call from."""
UNKNOWN, COME_BACK = 422, 429
"""What a wrong number is answered, and one for which there is no slot now."""
STORY = "The guard at the store asks for more than the list says."
OFFER = "Prizes for everybody, offer {}: http://a.invalid http://b.invalid www.c.invalid"


def junk_from_anywhere(port: int, number: int) -> Page:
    """A machine that never opened the page, each time in another network."""
    source = f"127.{1 + number // 250}.{number % 250}.1"
    sent = [*fresh(), ("what", OFFER.format(number)), ("area", "2"), ("url", "http://a.invalid")]
    return Visitor(port, source=source).post_plainly("/en/report", sent)


def guess_from_anywhere(port: int, number: int) -> Page:
    """A machine that tries one well-formed number, each time from another network."""
    source = f"127.{1 + number // 250}.{number % 250}.1"
    digits = f"{secrets.randbelow(10**20):020d}"
    typed = [("number", digits + str(check_digit(digits)))]
    return Visitor(port, source=source).post_plainly("/en/answer", typed)


def guess_on(port: int, who: int, over: Event) -> Counter[int]:
    """One guesser's share of the numbers, and on until the reporter is done; what was answered."""
    met: Counter[int] = Counter()
    while met.total() < GUESSES / AT_ONCE or not over.is_set():
        number = who + AT_ONCE * met.total()
        met[guess_from_anywhere(port, number % NETWORKS).status] += 1
    return met


def timed_report(port: int) -> tuple[Page, float]:
    """Somebody new opens the form, writes and sends: the answer, and the seconds it all took."""
    begun = time.monotonic()
    page = Visitor(port, source="127.250.250.1").report(STORY, ("area", "2"))
    return page, time.monotonic() - begun


def listed(world: World, view: str) -> QueuePage:
    with world.session() as session:
        return queue_page(session, world.deployment, world.member("Sarah"), view=view, page=1)


def test_a_new_report_arrives_and_stands_in_the_list_while_junk_lies_apart(
    world: World, installation: Installation
) -> None:
    with installation.serving(workers=WORKERS) as server, ThreadPoolExecutor(AT_ONCE) as flood:
        begun = time.monotonic()
        coming = [flood.submit(junk_from_anywhere, server.port, at) for at in range(JUNK)]
        receipt, took = timed_report(server.port)
        still_coming = sum(not one.done() for one in coming)
        refused = [one.result().status for one in coming if not one.result().number]

    lasted = time.monotonic() - begun
    print(
        f"{JUNK} junk reports in {lasted:.0f} s; the new one took {took:.1f} s while "
        f"{still_coming} were still to come; {len(refused)} refused."
    )
    assert receipt.number
    assert still_coming > JUNK / 2
    assert refused == []
    assert count_cases(world) == JUNK + 1
    told = open_number(world, receipt.number)
    assert told.text == STORY
    assert [case_at(line.case) for line in listed(world, "todo").lines] == [told.case]
    assert listed(world, "junk").counts[View.JUNK] == JUNK


def test_a_new_report_arrives_while_numbers_are_guessed_and_none_of_them_opens(
    world: World, installation: Installation
) -> None:
    """From so many networks that no limit of a sender holds them back."""
    with installation.serving(workers=WORKERS) as server, ThreadPoolExecutor(AT_ONCE) as guessing:
        earlier = Visitor(server.port, source="127.250.250.2").report("An earlier one.")
        begun, over = time.monotonic(), Event()
        each = [guessing.submit(guess_on, server.port, who, over) for who in range(AT_ONCE)]
        try:
            receipt, took = timed_report(server.port)
        finally:
            over.set()
        met = sum((one.result() for one in each), Counter())
        lasted = time.monotonic() - begun
        opened = Visitor(server.port, source="127.250.250.2").mailbox(earlier.number)

    print(
        f"{met.total()} numbers guessed in {lasted:.0f} s, {met[UNKNOWN]} of them looked up; "
        f"a report meanwhile took {took:.1f} s."
    )
    assert met.total() >= GUESSES
    assert set(met) <= {UNKNOWN, COME_BACK}
    assert met[UNKNOWN] > 0
    assert opened.status == 200
    assert open_number(world, receipt.number).text == STORY


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
