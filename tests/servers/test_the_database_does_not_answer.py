"""The database is locked, full, cut off or away: nothing half written, nothing typed is lost."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.servers.books import open_number, settle
from tests.servers.running import Installation, Server, end
from tests.servers.visiting import Page, Visitor, fresh, own
from tests.world import World

pytestmark = pytest.mark.server

LOCKED_S = 20
"""Seconds another process holds the database: less than a write waits by default (25)."""
TOO_LITTLE = 40_000
"""Bytes a file may have when the disk is full: a part of a report fits, a whole one does not."""
NO_LIMIT = resource.RLIM_INFINITY
LONG = "الكلمات كلها يجب أن تبقى. " * 40

HOLDER = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


@contextmanager
def locked(installation: Installation, seconds: float) -> Iterator[None]:
    """Another process holds the write lock for so long, or until the test lets go."""
    file = str(installation.folder / "casefile.sqlite3")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, file, str(seconds)], stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
    finally:
        end(holder)
        assert holder.stdout is not None
        holder.stdout.close()


def kept_whole(again: Page, given: list[tuple[str, str]]) -> bool:
    """Whether everything that was filled in stands on the page again, ready to be sent."""
    told = dict(given)
    ticked = [(name, value) for name, value in given if name in ("who", "now")]
    typed = ("once", "what", "employer")
    return set(again.ticked) == set(ticked) and all(
        again.fields[name] == told[name] for name in typed
    )


def filled(visitor: Visitor, words: str = LONG) -> list[tuple[str, str]]:
    """A form opened and filled in."""
    answers = [("who", "me"), ("now", "danger"), ("employer", "a blue “vest”")]
    return [*own(visitor.get("/ar/")), ("what", words.strip()), *answers]


def test_a_report_waits_while_another_process_holds_the_database(
    world: World, installation: Installation
) -> None:
    with installation.serving(workers=2) as server:
        visitor = Visitor(server.port)
        given = filled(visitor)
        with locked(installation, LOCKED_S), ThreadPoolExecutor(2) as sending:
            begun = time.monotonic()
            sent = sending.submit(visitor.post, "/ar/report", given)
            assert visitor.get("/ar/").status == 200, "reading must not wait for a writer"
            page = sent.result()
            waited = time.monotonic() - begun

    assert page.status == 200
    assert LOCKED_S - 2 < waited < LOCKED_S + 15
    assert open_number(world, page.number).text == LONG.strip()
    settle(world, 1)


def test_a_report_that_cannot_wait_longer_stands_on_the_page_again(
    world: World, installation: Installation
) -> None:
    installation.settle("[limits]\nlock_wait_s = 2\n")
    with installation.serving() as server:
        visitor = Visitor(server.port)
        given = filled(visitor)
        with locked(installation, 60):
            again = visitor.post("/ar/report", given)
            twice = visitor.post("/ar/report", given)
            number = visitor.post("/ar/answer", [("number", "123")])
        sent = visitor.post("/ar/report", [*own(again), *given[2:]])

    for page in (again, twice):
        assert page.status == 503
        assert page.alert
        assert not page.number
        assert kept_whole(page, given)
    assert number.status == 422
    assert open_number(world, sent.number).text == LONG.strip()
    settle(world, 1)


def test_a_letter_that_cannot_be_kept_stands_on_the_page_again(
    world: World, installation: Installation
) -> None:
    installation.settle("[limits]\nlock_wait_s = 1\n")
    with installation.serving() as server:
        visitor = Visitor(server.port)
        number = visitor.report("A first report.").number
        inside = visitor.mailbox(number)
        given = [(name, inside.fields[name]) for name in ("once", "token")]
        with locked(installation, 60):
            by_token = visitor.post("/en/answer/write", [*given, ("text", LONG)])
            typed = [("number", number), ("text", LONG), *fresh()]
            by_number = visitor.post("/en/answer/write", typed)
            opening = visitor.mailbox(number)
        hidden = [(name, by_token.fields[name]) for name in ("once", "token", "number", "text")]
        sent = visitor.post("/en/answer/write", hidden)

    assert {by_token.status, by_number.status, opening.status} == {503}
    assert by_token.fields["text"] == by_number.fields["text"] == LONG
    assert by_number.fields["number"] == opening.fields["number"] == number
    assert sent.status == 200
    assert [each.strip() for each in open_number(world, number).messages] == [LONG.strip()]


def test_a_full_disk_leaves_nothing_half_written(world: World, installation: Installation) -> None:
    with installation.serving() as server:
        visitor = Visitor(server.port)
        earlier = visitor.report("Before the disk was full.")
        given = filled(visitor)
        with full_disk(server):
            again = visitor.post("/ar/report", given)
            form = visitor.get("/en/")
        sent = visitor.post("/ar/report", given)

    assert again.status == 503
    assert not again.number
    assert kept_whole(again, given)
    assert form.status == 200
    assert {earlier.status, sent.status} == {200}
    assert open_number(world, earlier.number).text == "Before the disk was full."
    settle(world, 2)


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No process of this server can make a file larger than a part of a report."""
    pids = server.workers()
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (TOO_LITTLE, NO_LIMIT))
    yield
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_LIMIT, NO_LIMIT))
