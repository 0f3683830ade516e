"""A backup goes back on either engine, whole or not at all, and opens for nobody without keys."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import inspect, select
from sqlalchemy.engine import make_url

from casefile.cases.models import CaseRow
from casefile.people.models import SessionRow
from casefile.platform.backup import LEFT_BEHIND, kept_tables
from casefile.platform.database import db
from casefile.platform.restore import restore
from casefile.sealing.keyring import new_keyring
from tests.servers.books import open_number, settle
from tests.world import World, administer, running

TEXTS = ("She waited at the well.", "He asked for money. " * 400, "لا أحد يعلم")


@dataclass
class Elsewhere:
    """Another machine: an empty folder and an empty database."""

    folder: Path
    database: str


def run(world: World, *words: str) -> Result:
    return world.app.test_cli_runner().invoke(args=["casefile", *words])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Elsewhere]:
    """Another machine with either engine."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if request.param == "sqlite":
        yield Elsewhere(folder, f"sqlite:///{folder / 'casefile.sqlite3'}")
        return
    server = request.getfixturevalue("postgresql").replace("postgresql://", "postgresql+psycopg://")
    name = "r" + os.urandom(8).hex()
    administer(server, f"CREATE DATABASE {name}")
    address = make_url(server).set(database=name)
    yield Elsewhere(folder, address.render_as_string(hide_password=False))
    administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def machine(world: World, elsewhere: Elsewhere) -> Iterator[World]:
    """The same keys over an empty database on the other machine."""
    yield from _machine(world, elsewhere)


def _machine(world: World, place: Elsewhere) -> Iterator[World]:
    settings = replace(world.settings, instance=place.folder, database=place.database)
    with running(settings, world.deployment.keyring, world.clock) as app:
        yield World(app, world.clock, world.seated, settings)


@pytest.fixture
def archive(world: World, tmp_path: Path) -> Path:
    """A backup of a world with three reports in it."""
    for told in TEXTS:
        world.report(told)
    file = tmp_path / "backup.casefile"
    done = run(world, "backup", str(file))
    assert done.exit_code == 0, done.output
    return file


def tables(world: World) -> list[str]:
    with world.app.app_context():
        return inspect(db.engine).get_table_names()


def dump(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is kept."""
    with world.session() as session:
        return {
            table.name: sorted(tuple(row) for row in session.execute(select(table)))
            for table in kept_tables()
        }


def test_every_number_opens_its_case_on_another_machine(
    both_worlds: World, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    numbers = [both_worlds.report(text).code.digits() for text in TEXTS]
    before, file = dump(both_worlds), tmp_path / "backup.casefile"
    made = run(both_worlds, "backup", str(file))
    assert made.exit_code == 0, made.output
    for other in _machine(both_worlds, elsewhere):
        back = run(other, "restore", str(file))
        assert back.exit_code == 0, back.output
        after = dump(other)
        noted = set(after.pop("audit_row")) - set(before.pop("audit_row"))
        assert len(noted) == 1, "the restore itself leaves a line"
        assert after == before
        for number, text in zip(numbers, TEXTS, strict=True):
            assert open_number(other, number).text == text
        settle(other, len(TEXTS))
        other.report("And life goes on.")
        settle(other, len(TEXTS) + 1)


def test_whoever_was_signed_in_signs_in_again(
    world: World, machine: World, archive: Path, tmp_path: Path
) -> None:
    world.signed_in("Sarah")
    with world.session() as session:
        assert session.execute(select(SessionRow)).first() is not None
    assert run(world, "backup", str(tmp_path / "second")).exit_code == 0
    assert run(machine, "restore", str(tmp_path / "second")).exit_code == 0
    with machine.session() as session:
        assert session.execute(select(SessionRow)).first() is None
    assert machine.signed_in("Sarah").get("/queue", base_url="https://localhost") is not None


def test_an_archive_holds_neither_a_word_nor_a_key(world: World, archive: Path) -> None:
    raw = archive.read_bytes()
    assert archive.stat().st_mode & 0o077 == 0
    for secret in (world.deployment.keyring.tags, world.deployment.keyring.receipts):
        assert secret.reveal() not in raw
    for word in (b"waited", b"case", b"receipt", b"segment", b"sqlite"):
        assert word not in raw[20:]


def test_rows_leave_in_the_order_of_their_random_keys(world: World, machine: World) -> None:
    file = machine.settings.instance / "backup"
    for at in range(12):
        world.report(f"Report {at}")
    assert run(world, "backup", str(file)).exit_code == 0
    assert run(machine, "restore", str(file)).exit_code == 0
    with machine.session() as session:
        if session.connection().dialect.name != "postgresql":
            pytest.skip("the other engine keeps rows in the order of their keys always")
        laid = list(session.scalars(select(CaseRow.id)))
    assert laid == sorted(laid)


@pytest.mark.parametrize("harm", ["cut", "changed", "longer", "begun", "swapped"])
def test_a_damaged_archive_restores_nothing(machine: World, archive: Path, harm: str) -> None:
    raw = bytearray(archive.read_bytes())
    middle, chunk = len(raw) // 2, 64 * 1024 + 16
    if harm == "cut":
        del raw[middle // chunk * chunk :]
    elif harm == "changed":
        raw[middle] ^= 1
    elif harm == "longer":
        raw += raw[-100:]
    elif harm == "begun":
        raw[0] ^= 1
    else:
        begin = 63 + chunk
        raw[begin : begin + chunk], raw[begin + chunk : begin + 2 * chunk] = (
            raw[begin + chunk : begin + 2 * chunk],
            raw[begin : begin + chunk],
        )
    archive.write_bytes(raw)
    refused = run(machine, "restore", str(archive))
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
    assert tables(machine) == []


def test_other_keys_open_nothing(world: World, elsewhere: Elsewhere, archive: Path) -> None:
    settings = replace(world.settings, instance=elsewhere.folder, database=elsewhere.database)
    keyring = new_keyring(os.urandom)
    with running(settings, keyring, world.clock) as app:
        stranger = World(app, world.clock, {}, settings)
        refused = run(stranger, "restore", str(archive))
        assert refused.exit_code == 1
        assert tables(stranger) == []


def test_a_database_with_tables_is_never_written_over(both_worlds: World, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    assert run(both_worlds, "backup", str(file)).exit_code == 0
    both_worlds.report("Later than the backup.")
    before = dump(both_worlds)
    refused = run(both_worlds, "restore", str(file))
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert dump(both_worlds) == before


def test_a_backup_never_takes_the_place_of_a_file(world: World, archive: Path) -> None:
    before = archive.read_bytes()
    assert run(world, "backup", str(archive)).exit_code == 1
    assert archive.read_bytes() == before


def test_an_archive_under_a_passphrase_opens_with_it_alone(
    world: World, machine: World, tmp_path: Path
) -> None:
    right, wrong, short = (tmp_path / name for name in ("right", "wrong", "short"))
    right.write_text("babab-dadad gagag jajaj kakak lalal\n")
    wrong.write_text("babab dadad gagag jajaj kakak lalah\n")
    short.write_text("babab")
    file = str(tmp_path / "archive")
    world.report(TEXTS[0])
    assert run(world, "backup", file, "--passphrase-file", str(short)).exit_code == 1
    assert not Path(file).exists()
    assert run(world, "backup", file, "--passphrase-file", str(right)).exit_code == 0
    for given in ((), ("--passphrase-file", str(wrong))):
        assert run(machine, "restore", file, *given).exit_code == 1
        assert tables(machine) == []
    assert run(machine, "restore", file, "--passphrase-file", str(right)).exit_code == 0
    settle(machine, 1)


def test_the_settings_come_back_and_never_replace_others(
    world: World, machine: World, tmp_path: Path
) -> None:
    (world.settings.instance / "settings.toml").write_text('[safety]\nnumber = "112"\n')
    (world.settings.instance / "keys.txt").write_text("never")
    file = str(tmp_path / "archive")
    assert run(world, "backup", file).exit_code == 0
    assert run(machine, "restore", file).exit_code == 0
    came = machine.settings.instance / "settings.toml"
    assert came.read_text() == '[safety]\nnumber = "112"\n'
    assert not (machine.settings.instance / "keys.txt").exists()


def test_every_table_but_sessions_is_kept(world: World) -> None:
    kept = {table.name for table in kept_tables()}
    assert kept | LEFT_BEHIND | {"alembic_version"} == set(tables(world))


class Stopped(Exception):
    """Somebody stopped the restore."""


def test_a_restore_that_was_stopped_goes_on_and_shows_nothing_before(
    world: World, machine: World, archive: Path
) -> None:
    deployment = machine.deployment
    for parts in (2, 5, 9):
        seen = iter(range(parts))

        def told(_bytes: int, seen: Iterator[int] = seen) -> None:
            if next(seen, None) is None:
                raise Stopped

        with machine.app.app_context(), pytest.raises(Stopped):
            restore(db.engine, deployment, archive, told=told)
        assert tables(machine) == []
    assert run(machine, "restore", str(archive)).exit_code == 0
    settle(machine, len(TEXTS))


def test_another_archive_begins_anew(
    world: World, machine: World, archive: Path, tmp_path: Path
) -> None:
    seen = iter(range(6))

    def told(_bytes: int) -> None:
        if next(seen, None) is None:
            raise Stopped

    with machine.app.app_context(), pytest.raises(Stopped):
        restore(db.engine, machine.deployment, archive, told=told)
    world.report("Later.")
    assert run(world, "backup", str(tmp_path / "later")).exit_code == 0
    assert run(machine, "restore", str(tmp_path / "later")).exit_code == 0
    settle(machine, len(TEXTS) + 1)
