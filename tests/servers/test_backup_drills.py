"""Backup and restore under load, killed, and with a full disk: all of it, or nothing of it.

On either engine. What a full disk does to a restore stands in `test_a_full_disk`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
    some_way_into_a_backup,
    some_way_into_a_restore,
    struck_in_its_midst,
    tables,
)
from tests.servers.running import SOAK, Installation, until
from tests.servers.visiting import Visitor, fresh
from tests.world import World

pytestmark = pytest.mark.server

KILLS = 40 if SOAK else 2
SOON_S, LATER_S = 0.2, 0.8
"""A restore is struck the first time before it can be done, and then also among its rows."""


@pytest.fixture
def large(both_worlds: World, both_installations: Installation) -> Installation:
    """A deployment of some fifty megabytes, with one report in it."""
    make_large(both_worlds)
    return both_installations


@pytest.fixture
def other(both_installations: Installation, tmp_path: Path) -> Iterator[Installation]:
    """Another machine: the key file was brought there, and nothing else is."""
    with another_machine(both_installations, tmp_path / "other") as machine:
        yield machine


def test_a_backup_while_reports_arrive_holds_every_number_shown_before(
    both_worlds: World, both_installations: Installation, other: Installation, tmp_path: Path
) -> None:
    numbers: list[str] = []
    over = threading.Event()

    def send(port: int, who: int) -> None:
        visitor = Visitor(port)
        while not over.is_set():
            given = [*fresh(), ("what", f"Report {len(numbers)} of {who}")]
            page = visitor.post("/en/report", given)
            if page.number:
                numbers.append(page.number)

    with both_installations.serving(workers=2) as server:
        senders = [threading.Thread(target=send, args=(server.port, who)) for who in range(3)]
        for sender in senders:
            sender.start()
        until(lambda: len(numbers) >= 10, within_s=60)
        before = list(numbers)
        made = both_installations.command("backup", str(tmp_path / "archive"), within_s=120)
        during = len(numbers) - len(before)
        over.set()
        for sender in senders:
            sender.join()
    assert made.returncode == 0, made.stderr
    assert during > 0, "nobody wrote meanwhile: the backup was not under load"
    back = other.command("restore", str(tmp_path / "archive"), within_s=120)
    assert back.returncode == 0, back.stderr
    with read(both_worlds, other) as restored:
        assert all(open_number(restored, number).text for number in before)
        settle(restored, count_cases(restored))


@pytest.mark.soak
def test_a_backup_killed_at_any_moment_leaves_no_half_archive(
    large: Installation, other: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    draft, said, struck = tmp_path / ".archive.draft", tmp_path / "said", 0
    for _ in range(KILLS):
        draft.unlink(missing_ok=True)
        begun = some_way_into_a_backup(draft)
        struck += struck_in_its_midst(large, ["backup", str(file)], begun, said)
        if file.exists():
            break
    print(f"Struck {struck} times in its midst.")
    assert struck >= 1
    if not file.exists():
        assert large.command("backup", str(file)).returncode == 0
    assert other.command("restore", str(file)).returncode == 0, "a whole one, or none"


@pytest.mark.soak
def test_a_restore_killed_again_and_again_serves_nothing_half_and_goes_on(
    both_worlds: World, large: Installation, other: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "archive"
    assert large.command("backup", str(file)).returncode == 0
    said, struck = tmp_path / "said", 0
    for _ in range(KILLS):
        begun = some_way_into_a_restore(said, LATER_S if struck else SOON_S)
        struck += struck_in_its_midst(other, ["restore", str(file)], begun, said)
        if tables(other):
            break
    print(f"Struck {struck} times in its midst.")
    assert struck >= 1
    if not tables(other):
        back = other.command("restore", str(file), within_s=120)
        assert back.returncode == 0, back.stderr
    assert counts(other) == counts(large)
    assert entries(other) == entries(large)
    with read(both_worlds, other) as restored:
        assert count_cases(restored) == 1


def test_a_full_disk_stops_a_backup_with_one_sentence(large: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "archives"
    folder.mkdir()
    done = on_a_small_disk(large, "backup", str(folder / "archive"))
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, done.stderr
    assert list(folder.iterdir()) == []
