"""Notices over a real mail server: who is told, and that nothing is said."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller

from casefile.cases.mailbox import open_by_number, write_to_us, write_with_number
from casefile.platform import jobs
from casefile.platform.deployment import EXTENSION
from tests.world import World


class Letterbox:
    """Takes every mail it is given."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(  # noqa: N802 - the name the mail server calls
        self, server: object, session: object, envelope: object
    ) -> str:
        """Keep the mail."""
        self.mails.append((envelope.rcpt_tos, envelope.content))  # type: ignore[attr-defined]
        return "250 OK"


@pytest.fixture
def letterbox(world: World) -> Iterator[Letterbox]:
    """A mail server on loopback that the world's deployment sends to."""
    box = Letterbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings = replace(world.settings, mail_host="127.0.0.1", mail_port=port, mail_starttls=False)
    world.app.extensions[EXTENSION] = replace(world.deployment, settings=settings)
    yield box
    server.stop()


def _tell(world: World) -> int:
    """Let the outbox do what is due, now and once every notice has waited; returns how much."""
    done = _serve(world)
    world.clock.pass_by(minutes=world.deployment.settings.notice_most_minutes + 15)
    return done + _serve(world)


def _serve(world: World) -> int:
    with world.app.app_context():
        return jobs.perform_due(world.deployment)


def test_everybody_on_the_desk_is_told_that_there_is_something_new(
    world: World, letterbox: Letterbox
) -> None:
    world.report("Zanzibarwort happened at the store.", area="2")
    assert _tell(world) == 3, "one looks who is to be told, and two tell"
    told = {to[0] for to, _ in letterbox.mails}
    assert told == {"sarah.okello@example.org", "amal.haddad@example.org"}


def test_a_notice_says_nothing_of_the_report(world: World, letterbox: Letterbox) -> None:
    world.report("Zanzibarwort happened at the store.", area="2", age="child")
    _tell(world)
    for _, content in letterbox.mails:
        mail = message_from_bytes(content)
        body = mail.get_payload(decode=True)
        assert isinstance(body, bytes)
        said = str(mail["Subject"]) + body.decode("utf-8").replace(world.settings.base, "")
        assert not any(
            word in said for word in ("Zanzibarwort", "River", "child", "case", "report")
        )


def test_nobody_the_report_names_is_told(world: World, letterbox: Letterbox) -> None:
    """Who is left of the desk is told, and who is asked whether the name is hers."""
    world.report("Sarah Okello asked for money.", area="2")
    _tell(world)
    told = {"amal.haddad@example.org", "ines.moreau@example.org"}
    assert {to[0] for to, _ in letterbox.mails} == told


def test_who_is_asked_about_a_name_in_a_message_is_told(world: World, letterbox: Letterbox) -> None:
    receipt = world.report(area="2")
    _tell(world)
    letterbox.mails.clear()
    with world.session() as session:
        token = open_by_number(session, world.deployment, receipt.code.digits()).token
        text = "It was Amal Haddad."
        write_to_us(session, world.deployment, token=token, text=text, once=b"o" * 32)
    _tell(world)
    assert {to[0] for to, _ in letterbox.mails} == {"ines.moreau@example.org"}


def test_a_mail_server_that_is_away_loses_no_notice(world: World, letterbox: Letterbox) -> None:
    held = world.deployment.settings
    gone = replace(held, mail_port=1)
    world.app.extensions[EXTENSION] = replace(world.deployment, settings=gone)
    world.report(area="2")
    assert _tell(world) == 1, "nobody can be told"
    world.app.extensions[EXTENSION] = replace(world.deployment, settings=held)
    assert _serve(world) == 0, "it is tried again only after a pause"
    world.clock.pass_by(hours=1)
    assert _serve(world) == 2
    assert len(letterbox.mails) == 2


def test_several_reports_within_some_minutes_are_one_mail(
    world: World, letterbox: Letterbox
) -> None:
    for at in range(5):
        world.report(f"Report {at}", area="2")
        _serve(world)
    assert letterbox.mails == [], "a notice waits before it leaves"
    _tell(world)
    assert len(letterbox.mails) == 2
    world.report("And the next day.", area="2")
    _tell(world)
    assert len(letterbox.mails) == 4


def test_a_mail_does_not_tell_the_minute(world: World, letterbox: Letterbox) -> None:
    waited = set()
    for at in range(12):
        reported = world.clock()
        world.report(f"Report {at}", area="2")
        _serve(world)
        while not letterbox.mails:
            world.clock.pass_by(minutes=1)
            _serve(world)
        waited.add((world.clock() - reported).seconds // 60)
        assert world.clock().minute % 15 == 0, "what leaves, leaves at a quarter of an hour"
        letterbox.mails.clear()
        world.clock.pass_by(minutes=at)
    most = world.deployment.settings.notice_most_minutes + 15
    assert len(waited) > 4
    assert min(waited) >= world.deployment.settings.notice_least_minutes
    assert max(waited) <= most


def test_who_is_barred_while_a_notice_waits_is_not_told(world: World, letterbox: Letterbox) -> None:
    receipt = world.report("At the well.", area="2")
    _serve(world)
    with world.session() as session:
        write_with_number(
            session,
            world.deployment,
            typed=receipt.code.digits(),
            text="It was Sarah Okello.",
            once=world.deployment.random(32),
        )
    _tell(world)
    told = {"amal.haddad@example.org", "ines.moreau@example.org"}
    assert {to[0] for to, _ in letterbox.mails} == told, "who is left, and who is asked"
