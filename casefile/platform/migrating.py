"""Migrations: the numbered files of migrations/, run by our own command and nothing else.

The models and the migrations must describe the same tables; a test compares them on both engines.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from casefile.platform.database import writing_options
from casefile.settings import ROOT

HEAD = "head"


def migrate(engine: Engine, target: str = HEAD) -> None:
    """Bring the tables up to `target`, each file in one transaction with the others."""
    _run(engine, lambda script, here: script._upgrade_revs(target, here))


def migrate_down(engine: Engine, target: str) -> None:
    """Take the tables back to `target` ("base" removes them all)."""
    _run(engine, lambda script, here: script._downgrade_revs(target, here))


def _run(engine: Engine, steps: Any) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    folder = str(ROOT / "migrations")
    script = ScriptDirectory(folder, version_locations=[folder])
    environment = EnvironmentContext(
        Config(), script, fn=lambda here, _context: steps(script, here)
    )
    with environment, engine.connect() as plain:
        connection = plain.execution_options(**writing_options(engine.dialect.name))
        environment.configure(connection=connection, transaction_per_migration=False)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
