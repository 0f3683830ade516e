"""The commands: they found, serve and invite, say what they did, and harm nothing when repeated."""

from __future__ import annotations

import random
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskClient

from casefile.app import Casefile, create_app
from casefile.audit.chain import read_head
from casefile.people.models import SessionRow
from casefile.platform import jobs
from casefile.platform.database import db
from casefile.platform.deployment import EXTENSION
from casefile.sealing.custodians import private_key_from_paper
from casefile.sealing.key_file import (
    read_key_file,
)
from casefile.sealing.keyring import (
    new_keyring,
)
from casefile.settings import read_settings
from tests.network.founding import shares_in
from tests.world import Clock, World

BASE = "https://casefile.example"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Casefile]:
    """An application over a folder in which nothing is yet."""
    settings = read_settings({"CASEFILE_INSTANCE": str(tmp_path / "instance")})
    keyring = new_keyring(random.Random("nobody's").randbytes)
    app = create_app(settings, keyring=keyring, now=Clock())
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """Give the process its own signals back: the worker takes them."""
    kept = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


def run(app: Casefile, *arguments: str) -> Result:
    instance = app.extensions[EXTENSION].settings.instance
    env = {"CASEFILE_INSTANCE": str(instance), "CASEFILE_BASE": BASE}
    return app.test_cli_runner().invoke(args=["casefile", *arguments], env=env)


def addresses(said: str) -> list[str]:
    return re.findall(rf"{BASE}(/join/\S+)", said)


def opens(client: FlaskClient, address: str) -> bool:
    return "<form" in client.get(address, base_url=BASE).get_data(as_text=True)


def test_founding_makes_keys_tables_shares_and_an_invitation(empty: Casefile) -> None:
    said = run(empty, "init", "--yes")
    assert said.exit_code == 0, said.output
    key_file = current_key_file(empty)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    shares = shares_in(said.output)
    assert len(shares) == 3
    assert len({private_key_from_paper(share).public.raw for share in shares}) == 3
    (address,) = addresses(said.output)
    assert opens(empty.test_client(), address)


def current_key_file(app: Casefile) -> Path:
    file: Path = app.extensions[EXTENSION].settings.key_file
    read_key_file(file)
    return file


def test_founding_twice_changes_nothing(empty: Casefile) -> None:
    first = run(empty, "init", "--yes")
    keys = current_key_file(empty).read_bytes()
    second = run(empty, "init", "--yes")
    assert second.exit_code == 0
    assert addresses(second.output) == []
    assert not shares_in(second.output)
    assert current_key_file(empty).read_bytes() == keys
    assert opens(empty.test_client(), addresses(first.output)[0])


def test_founding_asks_before_it_does_anything(empty: Casefile) -> None:
    said = run(empty, "init")
    assert said.exit_code == 1
    assert not (empty.extensions[EXTENSION].settings.key_file).exists()


def test_founding_with_a_key_file_others_can_read_stops_and_says_so(empty: Casefile) -> None:
    run(empty, "init", "--yes")
    file = current_key_file(empty)
    file.chmod(0o644)
    said = run(empty, "init", "--yes")
    assert said.exit_code == 1
    assert "Traceback" not in said.output
    assert said.exception is None or isinstance(said.exception, SystemExit)


def test_nothing_a_command_prints_is_a_key(empty: Casefile) -> None:
    said = run(empty, "init", "--yes").output
    text = current_key_file(empty).read_text("utf-8")
    secrets = [word for word in re.split(r"\W+", text) if len(word) > 20]
    assert secrets
    assert not any(secret in said for secret in secrets)


def test_bringing_the_tables_up_to_date_twice_is_harmless(world: World) -> None:
    for _ in range(2):
        assert run(world.app, "migrations").exit_code == 0
    world.report(area="2")


def test_one_round_of_the_worker_does_what_is_due_and_chains_the_log(both_worlds: World) -> None:
    world = both_worlds
    world.report(area="2")
    with world.session() as session:
        before = read_head(session, world.deployment).number
    assert run(world.app, "worker", "--once").exit_code == 0
    with world.session() as session:
        assert read_head(session, world.deployment).number == before + 1
    with world.app.app_context():
        assert jobs.perform_due(world.deployment) == 0


def test_the_worker_deletes_sessions_that_are_over_and_no_others(both_worlds: World) -> None:
    world = both_worlds

    def sessions() -> int:
        with world.session() as session:
            return session.query(SessionRow).count()

    world.signed_in("Sarah")
    world.clock.pass_by(hours=6)
    world.signed_in("Amal")
    assert run(world.app, "worker", "--once").exit_code == 0
    assert sessions() == 2
    world.clock.pass_by(hours=6, minutes=15)
    assert run(world.app, "worker", "--once").exit_code == 0
    assert sessions() == 1


def test_the_worker_goes_on_when_a_job_fails(world: World) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError

    world.app.extensions[jobs.PERFORMERS]["tell_desk"] = failing
    world.report(area="2")
    with world.session() as session:
        before = read_head(session, world.deployment).number
    assert run(world.app, "worker", "--once").exit_code == 0
    with world.session() as session:
        assert read_head(session, world.deployment).number == before + 1


def invite(app: Casefile, email: str, role: str = "auditor") -> Result:
    return run(app, "people", "invite", "--email", email, "--name", "Noor", "--role", role)


def test_an_invitation_prints_the_address_that_opens_the_account(world: World) -> None:
    said = invite(world.app, "noor@example.org")
    address = said.output.strip().removeprefix("https://localhost")
    assert said.exit_code == 0
    page = world.client().get(address, base_url="https://localhost").get_data(as_text=True)
    assert "noor@example.org" in page or "Noor" in page


def test_a_second_invitation_takes_the_place_of_the_first(world: World) -> None:
    first, second = (
        invite(world.app, "noor@example.org").output.strip().removeprefix("https://localhost")
        for _ in range(2)
    )
    client = world.client()
    assert not re.search("<form[^>]*post", client.get(first).get_data(as_text=True))
    assert re.search("<form[^>]*post", client.get(second).get_data(as_text=True))


def test_who_has_an_account_is_not_invited_again(world: World) -> None:
    email = world.seated["Sarah"].person.email
    said = invite(world.app, email.upper())
    assert said.exit_code == 1
    assert isinstance(said.exception, SystemExit)
    assert said.output.strip()


@pytest.mark.parametrize("role", ["", "boss", "FOCAL_POINT"])
def test_a_role_nobody_knows_is_refused(world: World, role: str) -> None:
    said = invite(world.app, "noor@example.org", role)
    assert said.exit_code == 2
    assert "--role" in said.output


def test_an_invitation_from_the_command_line_gives_no_seat(world: World) -> None:
    before = world.directory()
    invite(world.app, "noor@example.org", "focal_point")
    assert world.directory() == before


def test_every_command_says_what_it_is_for(world: World) -> None:
    for command in ("init", "migrations", "worker", "demo", "people", "people invite"):
        said = run(world.app, *command.split(), "--help")
        assert said.exit_code == 0
        assert len(said.output.splitlines()) > 2
