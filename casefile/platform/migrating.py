"""Migrations: the numbered files of migrations/, run by our own command and nothing else.

The models and the migrations must describe the same tables; a test compares them on both engines.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from casefile.platform.engines import writing_options
from casefile.settings import ROOT

HEAD = "head"


def migrate(engine: Engine, target: str = HEAD) -> None:
    """Bring the tables up to `target`, each file in one transaction with the others."""
    _run(engine, lambda script, here: script._upgrade_revs(target, here))


def migrate_down(engine: Engine, target: str) -> None:
    """Take the tables back to `target` ("base" removes them all)."""
    _run(engine, lambda script, here: script._downgrade_revs(target, here))


def revision_of(connection: Connection) -> str | None:
    """The number of the last migration this database has had; None for one without tables."""
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def newest_revision() -> str:
    """The number of the newest migration of this version."""
    newest: str = _script().get_current_head()
    return newest


def knows_revision(revision: str) -> bool:
    """Whether this version has that migration: it can bring such tables up to date."""
    return revision in {one.revision for one in _script().walk_revisions()}


def _script() -> Any:
    from alembic.script import ScriptDirectory

    folder = str(ROOT / "migrations")
    return ScriptDirectory(folder, version_locations=[folder])


def _run(engine: Engine, steps: Any) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    script = _script()
    environment = EnvironmentContext(
        Config(), script, fn=lambda here, _context: steps(script, here)
    )
    with environment, engine.connect() as plain:
        connection = plain.execution_options(**writing_options(engine.dialect.name))
        environment.configure(connection=connection, transaction_per_migration=False)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
