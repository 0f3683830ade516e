"""The disk is full: what is stored stays whole, what is not has no number, and room heals it.

On PostgreSQL the disk is the server's own, small and really full; its write-ahead log is on it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.books import count_cases, open_number, settle
from tests.servers.drilling import (
    another_machine,
    counts,
    entries,
    make_large,
    on_a_small_disk,
    read,
    tables,
)
from tests.servers.running import SOAK, Installation
from tests.servers.small_disk import SmallDisk, small_disk
from tests.servers.visiting import Page, Visitor, fresh
from tests.world import World

pytestmark = pytest.mark.server

REPORTS = 60 if SOAK else 8
GROWN_MB = 500


@dataclass(frozen=True)
class Told:
    """One filled form and the answer it got."""

    given: list[tuple[str, str]]
    page: Page

    @property
    def text(self) -> str:
        return dict(self.given)["what"]


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with small_disk() as small:
        yield small


@pytest.fixture
def on_small_disk(installation: Installation, disk: SmallDisk, tmp_path: Path) -> Installation:
    """Another machine with the same keys, whose PostgreSQL has a small disk and no table yet."""
    folder = tmp_path / "small"
    folder.mkdir(mode=0o700)
    shutil.copy(installation.key_file, folder / "keys.txt")
    return Installation(folder, disk.address)


def brought_over(here: Installation, there: Installation, archive: Path) -> None:
    """A backup of one machine, restored on the other."""
    for command in (here.command("backup", str(archive)), there.command("restore", str(archive))):
        assert command.returncode == 0, command.stderr


def tell(port: int, many: int, about: str) -> list[Told]:
    """So many different reports, one after the other."""
    visitor, told = Visitor(port), []
    for at in range(many):
        given = [*fresh(), ("what", f"{about} {at}: nobody may lose this.")]
        told.append(Told(given, visitor.post("/en/report", given)))
    return told


def kept_and_refused(told: list[Told]) -> tuple[list[Told], list[Told]]:
    """Those with a number, and those whose page came back with everything on it."""
    kept = [one for one in told if one.page.number]
    refused = [one for one in told if not one.page.number]
    for one in refused:
        assert one.page.status == 503
        assert one.page.alert
        assert one.page.fields["what"] == one.text
        assert one.page.fields["once"] == dict(one.given)["once"]
    return kept, refused


def test_a_restore_onto_a_full_disk_serves_nothing_and_goes_on_when_there_is_room(
    world: World, installation: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    make_large(world)
    assert installation.command("backup", str(file)).returncode == 0
    with another_machine(installation, tmp_path / "other") as other:
        assert on_a_small_disk(other, "restore", str(file)).returncode == 1
        assert tables(other) == []
        back = other.command("restore", str(file), within_s=120)
        assert back.returncode == 0, back.stderr
        assert entries(other) == entries(installation)


@pytest.mark.postgresql
def test_a_restore_into_a_full_postgresql_goes_on_when_there_is_room(
    world: World,
    installation: Installation,
    on_small_disk: Installation,
    disk: SmallDisk,
    tmp_path: Path,
) -> None:
    file = tmp_path / "archive"
    make_large(world)
    assert installation.command("backup", str(file)).returncode == 0
    refused = on_small_disk.command("restore", str(file), within_s=120)
    assert refused.returncode == 1, "the disk was not small enough to mean anything"
    said = [line for line in refused.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, refused.stderr

    disk.make_room(GROWN_MB)
    assert tables(on_small_disk) == []
    back = on_small_disk.command("restore", str(file), within_s=120)
    assert back.returncode == 0, back.stderr
    assert counts(on_small_disk) == counts(installation)
    with read(world, on_small_disk) as restored:
        assert count_cases(restored) == 1


@pytest.mark.soak
@pytest.mark.postgresql
@pytest.mark.parametrize("log_full", [False, True], ids=["tables", "write-ahead log"])
def test_reports_to_a_full_postgresql_have_no_number_and_arrive_when_there_is_room(
    world: World,
    installation: Installation,
    on_small_disk: Installation,
    disk: SmallDisk,
    log_full: bool,
    tmp_path: Path,
) -> None:
    brought_over(installation, on_small_disk, tmp_path / "archive")
    with on_small_disk.serving(workers=2) as server:
        told = tell(server.port, 3, "Before")
        disk.fill()
        assert not log_full or disk.turn_the_log()
        told += tell(server.port, REPORTS, "Meanwhile")
        form = Visitor(server.port).get("/en/")
        kept, refused = kept_and_refused(told)
        print(f"{len(kept)} reports kept, {len(refused)} pages came back.")
        assert len(kept) >= 3
        assert refused, "the disk was never full"

        disk.make_room(GROWN_MB)
        visitor = Visitor(server.port)
        again = [Told(one.given, visitor.post("/en/report", one.given)) for one in refused]
        twice = [visitor.post("/en/report", one.given).number for one in again]
    assert form.status in (200, 503)
    assert [one.page.number for one in again] == twice
    with read(world, on_small_disk) as after:
        for one in (*kept, *again):
            assert open_number(after, one.page.number).text == one.text
        settle(after, len(told))
