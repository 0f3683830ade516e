"""The files of the one case of a world, as a member finds them."""

from __future__ import annotations

from collections.abc import Mapping

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casefile.cases.files import KeptFile, NewFile, files_in, open_file, receive_files
from casefile.cases.files_acting import add_member_files, lock_file
from casefile.cases.keys import unlock
from casefile.cases.queue_rows import address_of
from casefile.cases.records import read_records
from casefile.documents.kinds import to_be_cleaned
from casefile.platform.uploads import ArrivingFile
from tests.cases.working import case_of
from tests.invariants.parts import in_parts
from tests.world import World

Given = tuple[bytes, str]
"""What a browser sends of a file: its bytes and its name."""


def posted(
    browser: FlaskClient, address: str, fields: Mapping[str, str], *files: Given
) -> TestResponse:
    """Post a form with files, as browsers do, all of it in memory."""
    body, kind = in_parts(fields, *((name, data) for data, name in files))
    return browser.post(address, data=body, content_type=kind, base_url="https://localhost")


def arriving(world: World, data: bytes, name: str = "a.bin", declared: str = "") -> ArrivingFile:
    """A file that has just come in, in pieces as the parser hands them over."""
    deployment = world.deployment
    file = ArrivingFile(name, declared, to_be_cleaned, deployment.random, deployment.room)
    for at in range(0, len(data), 64 * 1024):
        file.write(data[at : at + 64 * 1024])
    return file


def sealed(world: World, *files: Given) -> tuple[NewFile, ...]:
    """Files received, cleaned and sealed."""
    received = receive_files(world.deployment, [arriving(world, *one) for one in files])
    assert not received.refused, received.refused
    return received.taken


def files_for(world: World, who: str) -> tuple[KeptFile, ...]:
    """The files of the one case that this member's keys show."""
    with world.session() as session:
        opened = unlock(session, world.deployment, world.member(who), case_of(world))
        records = read_records(session, world.deployment, opened.case, opened.label, opened.keys)
        return files_in(records)


def opened_for(world: World, who: str) -> list[bytes]:
    """The bytes of all of them."""
    case = case_of(world)
    files = files_for(world, who)
    with world.session() as session:
        return [open_file(session, world.deployment, case, file) for file in files]


def adds(world: World, who: str, *files: Given, to_reporter: bool = False) -> None:
    """A member adds files to the one case."""
    new = sealed(world, *files)
    with world.session() as session:
        add_member_files(
            session,
            world.deployment,
            world.member(who),
            address_of(case_of(world)),
            files=new,
            to_reporter=to_reporter,
            once=world.deployment.random(32),
        )


def locks(world: World, who: str, number: int = 1) -> None:
    """A member marks a file as possible child sexual abuse material."""
    with world.session() as session:
        address = address_of(case_of(world))
        lock_file(session, world.deployment, world.member(who), address, number)
