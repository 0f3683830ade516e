"""A world on PostgreSQL alone, for row locks, and one that stands for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import Template, World, copied_world


@pytest.fixture
def postgresql_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on PostgreSQL."""
    with copied_world(request.getfixturevalue("postgresql_template"), tmp_path) as copied:
        yield copied


@pytest.fixture(scope="module")
def standing_world(
    sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A world on SQLite for a whole module, whose tests only look at pages."""
    with copied_world(sqlite_template, tmp_path_factory.mktemp("standing")) as copied:
        yield copied
