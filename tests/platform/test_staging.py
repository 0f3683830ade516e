"""Where a restore is prepared: what a killed one leaves behind is counted once, and only once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from casefile.platform.database import db
from casefile.platform.migrating import HEAD
from casefile.platform.staging import Staging
from tests.world import World, administer, running

pytestmark = pytest.mark.postgresql

ARCHIVE = "a1" * 32
LANDS_AFTER_S = 0.5


def test_the_last_commit_of_a_killed_restore_is_waited_for(
    postgresql: str, world: World, tmp_path: Path
) -> None:
    server = postgresql.replace("postgresql://", "postgresql+psycopg://")
    name = f"killed_{tmp_path.name[-8:]}".lower()
    administer(server, f'CREATE DATABASE "{name}"')
    address = make_url(server).set(database=name).render_as_string(hide_password=False)
    settings = replace(world.settings, instance=tmp_path, database=address)
    with running(settings, world.deployment.keyring, world.clock) as app, app.app_context():
        killed, again = Staging(db.engine, settings), Staging(db.engine, settings)
        killed.begin(ARCHIVE, HEAD)
        with killed.engine.connect() as last, ThreadPoolExecutor(1) as taken_up:
            killed.reached(last, 7)
            found = taken_up.submit(again.done, ARCHIVE)
            time.sleep(LANDS_AFTER_S)
            last.commit()
            assert found.result() == 7
        for staging in (killed, again):
            staging.engine.dispose()
    administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')
