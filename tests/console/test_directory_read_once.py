"""A page reads the directory once, however much of it stands on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from casefile.network.directory import change_desk
from casefile.platform.database import db, write
from tests.console.conftest import AtDesk
from tests.world import World

Sits = Callable[[str], AtDesk]
VERSIONS = "SELECT directory_entry.id, directory_entry.token"


@contextmanager
def reads_of_the_directory(world: World) -> Iterator[list[str]]:
    """Every statement that asks how all of it stands, while this lasts."""
    seen: list[str] = []

    def note(*about: Any) -> None:
        statement = str(about[2])
        if statement.startswith(VERSIONS):
            seen.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "end", ["case", "/queue", "/desk", "/find", "/away", "/questions", "/sessions"]
)
def test_a_page_of_a_member_reads_the_directory_once(
    world: World, at_desk: Sits, only_case: Callable[[str], str], end: str
) -> None:
    world.report(area="2")
    sarah, address = at_desk("Sarah"), only_case("Sarah") if end == "case" else end
    with reads_of_the_directory(world) as seen:
        sarah.opens(address)
    assert len(seen) == 1


def test_a_desk_that_was_renamed_stands_on_the_next_page(world: World, at_desk: Sits) -> None:
    sarah, desk = at_desk("Sarah"), world.desk("Intake desk, River")
    sarah.opens("/queue")
    names = {**desk.names, "en": "Desk at the bridge"}
    with world.session():
        write(lambda session: change_desk(session, world.deployment, desk.id, names=names))
    assert "Desk at the bridge" in sarah.opens("/queue")
