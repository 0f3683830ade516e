"""A story told once on each engine, and what lay on the disk when it was over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.invariants.disks import beginning, on_disk
from tests.invariants.planting import Story, tell
from tests.invariants.touring import SETTINGS, Tour, take_tour
from tests.world import Template, copied_world


@dataclass(frozen=True)
class Told:
    """The story's world, still open, and a copy of every byte it had on its disk."""

    story: Story
    disk: dict[str, bytes] = field(repr=False)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The planted story, told once on each engine. Tests look at it and change nothing."""
    template = request.getfixturevalue(f"{request.param}_template")
    with copied_world(template, tmp_path_factory.mktemp("told")) as world:
        began = beginning(world)
        story = tell(world)
        yield Told(story, on_disk(world, began))


@pytest.fixture(scope="session")
def tour(sqlite_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    """Every page there is, seen once."""
    folder = tmp_path_factory.mktemp("tour")
    (folder / "settings.toml").write_text(SETTINGS)
    with copied_world(sqlite_template, folder) as world:
        yield take_tour(world, tmp_path_factory.mktemp("unfounded"))
