"""The migrations and the models describe the same tables, on both engines, and go both ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from casefile.platform.database import Base, db
from casefile.platform.migrating import migrate, migrate_down
from casefile.settings import ROOT
from tests.invariants.disks import pg_dump
from tests.invariants.planting import tell
from tests.invariants.schemas import (
    VERSION_TABLE,
    described,
    empty_database,
    make_tables,
    rows_in,
    statements,
)
from tests.world import Template, World, copied_world

FOLDER = ROOT / "migrations"
STORED = {"body", "label"}
"""Columns whose sealed bytes PostgreSQL must not try to compress."""
KEPT_AS_IS = re.compile(
    r'ALTER TABLE ONLY public\."?(\w+)"? ALTER COLUMN (\w+) SET STORAGE EXTERNAL;\n'
)
SWEPT = re.compile(r"(?<=\))\nWITH \(([^;]*)\)(?=;)")
OFTEN = (
    "autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='200', "
    "toast.autovacuum_vacuum_scale_factor='0.0', toast.autovacuum_vacuum_threshold='2000'"
)
"""Segments are written anew all the time: what they leave behind is swept at once."""


@pytest.fixture
def filled(both_worlds: World) -> Iterator[Engine]:
    """A database of the newest version with rows in every table, and nobody else at it."""
    tell(both_worlds)
    with both_worlds.app.app_context():
        db.session.close()
        assert all(rows_in(db.engine).values())
        yield db.engine


def test_migrations_and_models_describe_the_same_tables(both_worlds: World, tmp_path: Path) -> None:
    beside = both_worlds.settings.database
    with (
        empty_database(beside, tmp_path, "migrated") as migrated,
        empty_database(beside, tmp_path, "modelled") as modelled,
    ):
        migrate(migrated)
        make_tables(modelled)
        assert set(described(migrated)) == set(Base.metadata.tables)
        assert described(migrated) == described(modelled)


@pytest.mark.postgresql
def test_the_dumps_of_both_differ_in_what_models_cannot_say(
    postgresql_template: Template, tmp_path: Path
) -> None:
    """Sealed bytes lie as they are, and segments are swept often; nothing else differs."""
    with (
        copied_world(postgresql_template, tmp_path) as world,
        empty_database(postgresql_template.database, tmp_path, "modelled") as modelled,
    ):
        make_tables(modelled)
        address = modelled.url.render_as_string(hide_password=False)
        from_models = pg_dump(world, "--schema-only", of=address).decode()
        from_migrations = pg_dump(world, "--schema-only").decode()
    assert set(KEPT_AS_IS.findall(from_migrations)) == {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name in STORED
    }
    assert SWEPT.findall(from_migrations) == [OFTEN]
    bare = SWEPT.sub("", KEPT_AS_IS.sub("", from_migrations))
    ours = {one for one in statements(bare) if VERSION_TABLE not in one}
    assert ours == statements(from_models)


def test_every_migration_goes_down_and_up_again_with_rows_in_its_tables(filled: Engine) -> None:
    """One version back at a time to nothing, then up again to the same tables."""
    newest = described(filled)
    earlier = {revision: described_at(filled, revision) for revision in reversed(_revisions())}
    migrate_down(filled, "base")
    assert inspect(filled).get_table_names() == [VERSION_TABLE]
    for revision in _revisions():
        migrate(filled, revision)
        assert described(filled) == earlier[revision]
    assert described(filled) == newest
    assert not any(rows_in(filled).values())


def described_at(engine: Engine, revision: str) -> dict[str, dict[str, object]]:
    """The tables as they are once everything after `revision` was taken back."""
    migrate_down(engine, revision)
    return described(engine)


def test_a_migration_that_has_run_is_not_run_again(both_worlds: World) -> None:
    both_worlds.report()
    with both_worlds.app.app_context():
        db.session.close()
        rows = rows_in(db.engine)
        migrate(db.engine)
        assert rows_in(db.engine) == rows


def test_migrations_are_one_numbered_row() -> None:
    names = [file.stem.split("_")[0] for file in sorted(FOLDER.glob("[0-9]*.py"))]
    assert names == _revisions() == [f"{number:04d}" for number in range(1, len(names) + 1)]


def _revisions() -> list[str]:
    """Every migration, first to last."""
    script = ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER)])
    return [one.revision for one in reversed(list(script.walk_revisions()))]
