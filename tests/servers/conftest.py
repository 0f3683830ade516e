"""Deployments on disk to start servers over: one for each test, and one that a module shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.running import Installation, Server, installed
from tests.servers.visiting import Visitor
from tests.world import Template, World, copied_world


@dataclass(frozen=True)
class Service:
    """A world, the server over it, and how its pages are visited."""

    world: World
    server: Server

    def visitor(self) -> Visitor:
        return Visitor(self.server.port)


@pytest.fixture(scope="module")
def service(
    sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One running server for tests that only send and look, each its own report."""
    folder = tmp_path_factory.mktemp("service")
    with (
        copied_world(sqlite_template, folder) as world,
        installed(world).serving(workers=2) as server,
    ):
        yield Service(world, server)


@pytest.fixture
def visitor(service: Service) -> Visitor:
    """Somebody who has never been here."""
    return service.visitor()


@pytest.fixture
def installation(world: World) -> Installation:
    """A SQLite world with its keys beside it."""
    return installed(world)


@pytest.fixture
def both_installations(both_worlds: World) -> Installation:
    """The same on each engine in turn; the world itself is `both_worlds`."""
    return installed(both_worlds)


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """A folder in which nothing was ever installed."""
    return Installation(tmp_path / "instance")


@pytest.fixture
def postgresql_world(postgresql_template: Template, tmp_path: Path) -> Iterator[World]:
    """A world on PostgreSQL alone."""
    with copied_world(postgresql_template, tmp_path) as copied:
        yield copied


@pytest.fixture
def postgresql_installation(postgresql_world: World) -> Installation:
    """The same with its keys beside it."""
    return installed(postgresql_world)
