"""The form is filled in, the server goes away for a while, and the page is sent again."""

from __future__ import annotations

import time

import pytest

from tests.servers.books import count_cases, open_number
from tests.servers.running import SOAK, Installation
from tests.servers.visiting import Visitor, own
from tests.world import World

pytestmark = [pytest.mark.server, pytest.mark.soak]

AWAY_S = 150 if SOAK else 3
STORY = "It was written while the server was there."


def test_a_filled_form_survives_a_server_that_goes_away_and_arrives_once(
    world: World, installation: Installation
) -> None:
    with installation.serving() as server:
        visitor = Visitor(server.port)
        given = [*own(visitor.get("/ar/")), ("what", STORY), ("now", "danger")]
    with pytest.raises(OSError, match="refused"):
        visitor.post("/ar/report", given)
    time.sleep(AWAY_S)
    with installation.serving(port=server.port):
        numbers = {visitor.post("/ar/report", given).number for _ in range(2)}

    print(f"Away for {AWAY_S} s; sent twice afterwards: {len(numbers)} number.")
    assert len(numbers) == 1
    assert count_cases(world) == 1
    assert open_number(world, numbers.pop()).text == STORY
