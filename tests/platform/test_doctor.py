"""The doctor sees what is wrong, says it in a line, and harms nothing."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from click.testing import Result
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from casefile.audit.chain import chain_rows
from casefile.audit.models import AuditBatch
from casefile.cli.finding_mail import reaches_nobody
from casefile.network.custodians import note_tried
from casefile.network.directory import Area, HelpPlace, change_desk, change_entry
from casefile.network.models import CustodyRow
from casefile.people.log_heads import deliver_head
from casefile.platform import jobs
from casefile.platform.backup_notes import remember_backup
from casefile.platform.database import db, own_transaction, write
from casefile.platform.deployment import EXTENSION
from casefile.registers.models import Segment
from casefile.sealing.key_file import (
    write_key_file,
)
from casefile.sealing.keyring import (
    new_keyring,
)
from tests.world import World

CLINIC = HelpPlace("health", {"en": "Clinic"}, {"en": "behind the well"}, {"en": "every day"})


def examine(world: World, *words: str) -> dict[str, str]:
    """What the doctor says, about → the worst state said of it; with the exit status."""
    done: Result = world.app.test_cli_runner().invoke(args=["casefile", "doctor", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    found: dict[str, str] = {"exit": str(done.exit_code)}
    order = ["ok", "look", "broken"]
    for line in done.output.splitlines():
        state, about = line.split(":")[0].split(None, 1)
        found[about] = max(found.get(about, "ok"), state, key=order.index)
    return found


def chain(world: World) -> None:
    with world.app.app_context(), own_transaction() as session:
        chain_rows(session, world.deployment)
        deliver_head(session, world.deployment)


@pytest.fixture
def looked_after(both_worlds: World) -> World:
    """A world whose worker runs and whose backup is of today."""
    chain(both_worlds)
    remember_backup(both_worlds.deployment)
    return both_worlds


def test_a_deployment_that_is_looked_after_has_nothing_broken(looked_after: World) -> None:
    found = examine(looked_after)
    assert found.pop("exit") == "0"
    assert "broken" not in found.values()
    well = {"keys", "engine", "clock", "worker", "log", "registers", "second factors", "backups"}
    assert {about for about, state in found.items() if state == "ok"} >= well


def test_a_worker_that_stands_still_shows(looked_after: World) -> None:
    looked_after.report()
    looked_after.clock.pass_by(minutes=50)
    assert examine(looked_after)["worker"] == "ok"
    looked_after.clock.pass_by(minutes=15)
    found = examine(looked_after)
    assert (found["worker"], found["exit"]) == ("broken", "1")


def test_a_clock_behind_the_log_shows(looked_after: World) -> None:
    looked_after.clock.pass_by(hours=-3)
    found = examine(looked_after)
    assert (found["clock"], found["exit"]) == ("broken", "1")


def test_a_changed_batch_shows(looked_after: World) -> None:
    with looked_after.session() as session:
        write(lambda writing: writing.execute(delete(AuditBatch)), session)
    assert examine(looked_after)["log"] == "broken"


def test_a_head_that_no_longer_leaves_shows(looked_after: World) -> None:
    looked_after.clock.pass_by(days=4)
    assert examine(looked_after)["log"] == "look"


def test_a_damaged_register_shows(looked_after: World) -> None:
    with looked_after.session() as session:
        spoil = update(Segment).where(Segment.part == "queue").values(token=bytes(16))
        write(lambda writing: writing.execute(spoil), session)
    assert examine(looked_after)["registers"] == "broken"


def test_tables_of_another_version_show_and_stop_the_rest(looked_after: World) -> None:
    with looked_after.session() as session:
        other = text("UPDATE alembic_version SET version_num = '0000'")
        write(lambda writing: writing.execute(other), session)
    found = examine(looked_after)
    assert found["engine"] == "broken"
    assert "desks" not in found


def test_an_old_backup_shows(world: World) -> None:
    assert examine(world)["backups"] == "look"
    remember_backup(world.deployment)
    assert examine(world)["backups"] == "ok"
    world.clock.pass_by(days=2)
    assert examine(world)["backups"] == "look"
    world.clock.pass_by(days=6)
    assert examine(world)["backups"] == "broken"


def test_keys_that_others_may_read_show(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEFILE_INSTANCE", str(world.settings.instance))
    world.app.extensions.pop(EXTENSION)
    assert examine(world) == {"exit": "1", "keys": "broken"}

    write_key_file(world.settings.key_file, new_keyring(os.urandom))
    world.settings.key_file.chmod(0o644)
    assert examine(world) == {"exit": "1", "keys": "broken"}


def test_the_mail_server_is_greeted_only_when_asked(world: World) -> None:
    assert examine(world)["mail"] == "look"
    set_up(world, mail_host="127.0.0.1", mail_port=1, mail_from="casefile@agency.org")
    assert examine(world)["mail"] == "ok"
    assert examine(world, "--mail")["mail"] == "broken"


class PickyServer:
    """A mail server that knows some mailboxes, and counts what it is given to deliver."""

    def __init__(self, unknown: str) -> None:
        self.unknown, self.delivered = unknown, 0

    async def handle_RCPT(  # noqa: N802 - the name the mail server calls
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        """Refuse one mailbox for good."""
        if address == self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: object, _session: object, _envelope: object
    ) -> str:
        """Count a mail."""
        self.delivered += 1
        return "250 OK"


def answered_by(world: World, server: PickyServer) -> dict[str, str]:
    """What the doctor finds with `--mail` while this server answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        set_up(world, mail_host="127.0.0.1", mail_port=port, mail_starttls=False)
        return examine(world, "--mail")
    finally:
        controller.stop()


def set_up(world: World, **changes: Any) -> None:
    """Let the world's deployment have other settings."""
    settings = replace(world.settings, **changes)
    world.app.extensions[EXTENSION] = replace(world.deployment, settings=settings)


def test_a_mailbox_the_server_does_not_know_shows_and_nothing_is_sent(world: World) -> None:
    unknown = world.seated["Sarah"].person.email
    set_up(world, mail_from="casefile@agency.org")
    picky, all_known = PickyServer(unknown), PickyServer("")
    assert answered_by(world, picky)["mailboxes"] == "look"
    assert answered_by(world, all_known)["mail"] == "look"  # not encrypted
    assert picky.delivered == all_known.delivered == 0


@pytest.mark.parametrize(
    ("address", "nobody"),
    [
        ("first.member@casefile.invalid", True),
        ("a@example.org", True),
        ("a@mail.Example.COM.", True),
        ("a@desk.test", True),
        ("a@agency.org", False),
        ("a@myexample.org", False),
        ("a@invalid.org", False),
    ],
)
def test_an_address_no_mail_can_reach_is_known(address: str, nobody: bool) -> None:
    assert reaches_nobody(address) is nobody


def change_desks(world: World, function: str, other: str) -> None:
    """Give every desk of one function another."""
    for desk in world.directory().desks.values():
        if desk.function == function:
            with world.session() as session:
                write(
                    lambda it, of=desk.id: change_desk(it, world.deployment, of, function=other),
                    session,
                )


@pytest.mark.parametrize(("about", "function"), [("children", "child_protection"), ("legal",) * 2])
def test_a_specialist_who_is_missing_shows(looked_after: World, about: str, function: str) -> None:
    assert examine(looked_after)[about] == "ok"
    change_desks(looked_after, function, "coordination")
    found = examine(looked_after)
    assert (found[about], found["exit"]) == ("look", "0")


def test_a_place_without_any_service_shows(looked_after: World) -> None:
    for area in looked_after.directory().areas.values():
        with looked_after.session() as session:
            write(lambda it, of=area: give_services(it, looked_after, of, (CLINIC,)), session)
    assert examine(looked_after)["help"] == "ok"
    with looked_after.session() as session:
        write(lambda it: give_services(it, looked_after, area, ()), session)
    assert examine(looked_after)["help"] == "look"


def give_services(
    session: Session, world: World, area: Area, services: tuple[HelpPlace, ...]
) -> None:
    change_entry(session, world.deployment, Area, area.id, help=services)


def test_a_proxy_that_may_not_be_there_shows(world: World) -> None:
    assert "proxies" not in examine(world)
    set_up(world, proxies=1, base="https://feedback.agency.org")
    assert examine(world)["proxies"] == "ok"
    set_up(world, proxies=1, base="http://10.0.0.7:8000")
    assert examine(world)["proxies"] == "look"


def test_a_job_nobody_does_shows(looked_after: World) -> None:
    with looked_after.session() as session:
        wait = timedelta(minutes=1)
        deployment = looked_after.deployment
        write(lambda writing: jobs.enqueue(writing, deployment, "x", {}, after=wait), session)
    looked_after.clock.pass_by(hours=2)
    assert examine(looked_after)["worker"] == "look"
    with looked_after.app.app_context():
        db.engine.dispose()


def custodians_try(world: World) -> None:
    """The custodians of every agency meet, and their shares are right."""
    with world.session() as session:
        for agency in {desk.agency for desk in world.directory().desks.values()}:
            write(lambda it, of=agency: note_tried(it, world.deployment, of), session)


def test_shares_nobody_has_tried_for_a_year_show(looked_after: World) -> None:
    assert examine(looked_after)["custodians"] == "look"
    custodians_try(looked_after)
    assert examine(looked_after)["custodians"] == "ok"
    looked_after.clock.pass_by(days=364)
    assert examine(looked_after)["custodians"] == "ok"
    looked_after.clock.pass_by(days=2)
    assert examine(looked_after)["custodians"] == "look"


def test_an_agency_whose_custodians_are_not_known_shows(looked_after: World) -> None:
    custodians_try(looked_after)
    with looked_after.session() as session:
        write(lambda it: it.execute(delete(CustodyRow)), session)
    assert examine(looked_after)["custodians"] == "broken"
