"""Several servers, writers and workers on one database: nothing lost, nothing done twice."""

from __future__ import annotations

import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.audit.chain import lines_newest_first, verify_chain
from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.audit.models import AuditRow
from casefile.facts.register import FACTS
from casefile.platform.database import write
from casefile.platform.jobs import Job, enqueue
from casefile.registers.storage import scan
from casefile.settings import ROOT
from tests.servers.books import open_number, settle
from tests.servers.running import PYTHON, Installation
from tests.servers.visiting import Visitor, fresh
from tests.world import World

pytestmark = pytest.mark.server

REPORTS = 32
PRESSES = 12
WRITERS = 8
ROWS_EACH = 50
WORKERS = 3
JOBS = 60
LINES = 700
"""More than one batch of the chain, and less than three."""


def side_by_side(at: Installation, *each: list[str]) -> list[list[str]]:
    """Run several processes that begin at the same moment; the words each printed."""
    started = [
        subprocess.Popen(
            [PYTHON, "-m", "tests.servers.beside", *words],
            cwd=ROOT,
            env=at.environ(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for words in each
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(len(started)) as waiting:
            said = list(waiting.map(lambda process: process.communicate("go\n", 120)[0], started))
        assert [process.returncode for process in started] == [0] * len(started)
        return [printed.split() for printed in said]
    finally:
        for process in started:
            process.kill()
            process.communicate()


def test_two_servers_on_one_database_take_reports_together(
    both_worlds: World, both_installations: Installation
) -> None:
    pages = [[*fresh(), ("what", f"Told to whoever answers first, {at}.")] for at in range(REPORTS)]
    with both_installations.serving() as one, both_installations.serving() as other:
        visitors = [Visitor(server.port) for server in (one, other)]
        with ThreadPoolExecutor(6) as sending:
            sent = list(
                sending.map(
                    lambda told: told[0].post("/en/report", told[1]), product(visitors, pages)
                )
            )
            pressed = [*fresh(), ("what", "Pressed on both at once.")]
            doubled = list(
                sending.map(lambda at: visitors[at % 2].post("/en/report", pressed), range(PRESSES))
            )
        at_the_other = visitors[1].mailbox(sent[0].number)

    assert {page.status for page in (*sent, *doubled)} == {200}
    numbers = [page.number for page in sent]
    assert numbers[:REPORTS] == numbers[REPORTS:]
    assert len(set(numbers)) == REPORTS
    assert len({page.number for page in doubled}) == 1
    told = Counter(page.unmarked for page in doubled)
    assert sorted(told.values()) == [1, PRESSES - 1]
    assert at_the_other.status == 200
    assert open_number(both_worlds, numbers[-1]).text == dict(pages[-1])["what"]
    settle(both_worlds, REPORTS + 1)


def test_eight_processes_write_one_register_and_no_row_is_lost(
    both_worlds: World, both_installations: Installation
) -> None:
    writers = range(1, WRITERS + 1)
    side_by_side(both_installations, *(["write_rows", str(who), str(ROWS_EACH)] for who in writers))

    wanted = list(product(writers, range(ROWS_EACH)))
    with both_worlds.session() as session:
        coded = dict(scan(session, both_worlds.deployment, FACTS, "coded"))
        people = dict(scan(session, both_worlds.deployment, FACTS, "people"))
    found = []
    for segment, columns in coded.items():
        for slot in np.flatnonzero(columns["used"]):
            found.append((int(columns["area"][slot]), int(columns["country"][slot])))
            assert people[segment]["victims_women"][slot] == columns["country"][slot] % 256
    assert sorted(found) == wanted


def test_many_workers_never_take_the_same_job(
    both_worlds: World, both_installations: Installation
) -> None:
    deployment, nowhere = both_worlds.deployment, {"case": bytes(16).hex()}
    with both_worlds.session() as session:
        for _ in range(JOBS):
            write(lambda at: enqueue(at, deployment, "tell_desk", nowhere), session)

    taken = side_by_side(both_installations, *([["take_jobs"]] * WORKERS))

    rows = [row for each in taken for row in each]
    assert len(rows) == len(set(rows)) == JOBS
    with both_worlds.session() as session:
        assert session.scalar(select(func.count(Job.id))) == 0


def test_several_workers_put_every_line_into_the_chain_once(
    both_worlds: World, both_installations: Installation
) -> None:
    about = [at.to_bytes(16, "big") for at in range(LINES)]
    with both_worlds.session() as session:

        def verb(at: Session) -> None:
            for one in about:
                note(at, both_worlds.deployment, Event.DIRECTORY_CHANGED, by=None, about=one)

        write(verb, session)
        before = session.scalar(select(func.count(AuditRow.id))) or 0

    side_by_side(both_installations, *([["chain_lines"]] * WORKERS))

    with both_worlds.session() as session:
        assert session.scalar(select(func.count(AuditRow.id))) == 0
        verify_chain(session, both_worlds.deployment)
        lines = list(lines_newest_first(session, both_worlds.deployment))
    assert len(lines) == before
    told = [line.about for line in lines if line.about in set(about)]
    assert sorted(told) == about
