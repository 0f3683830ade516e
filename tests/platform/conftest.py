"""A world on PostgreSQL alone, for what only an engine with row locks can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, copied_world


@pytest.fixture
def postgresql_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on PostgreSQL."""
    with copied_world(request.getfixturevalue("postgresql_template"), tmp_path) as copied:
        yield copied
