"""The log: names of events and random ids, and never a word of anybody's, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casefile.people.gate import public
from casefile.platform import logs
from casefile.settings import ROOT
from tests.world import World

SECRET = "Rareword-secret"


class Kept(logging.Handler):
    """Keeps every line as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def kept(world: World) -> Iterator[Kept]:
    """What our log says during a test, once the application has set it up."""
    before = logs.LOGGER.handlers, logs.LOGGER.level
    logs.LOGGER.handlers, handler = [], Kept()
    logs.LOGGER.addHandler(handler)
    logs.LOGGER.setLevel(logging.INFO)
    yield handler
    logs.LOGGER.handlers, logs.LOGGER.level = before


def failing(depth: int) -> None:
    if depth:
        failing(depth - 1)
    raise ValueError(f"{SECRET} in the text of the error")


def test_a_line_is_one_event_with_its_details(kept: Kept) -> None:
    logs.note("worker_started", count=3, seconds=0.5)
    assert [json.loads(line) for line in kept.lines] == [
        {"event": "worker_started", "count": 3, "seconds": 0.5}
    ]


@pytest.mark.parametrize("key", ["path", "address", "agent", "text", "name", "case", "user"])
def test_a_key_that_is_not_allowed_is_refused_and_nothing_is_written(kept: Kept, key: str) -> None:
    with pytest.raises(logs.NotLogged) as told:
        logs.note("something", **{key: SECRET, "count": 1})
    assert key in str(told.value)
    assert SECRET not in str(told.value)
    assert kept.lines == []


@pytest.mark.parametrize("key", ["address", "agent", "path", "parameter", "name", "text", "body"])
def test_no_key_that_could_hold_words_is_allowed(key: str) -> None:
    assert key not in logs.ALLOWED


def test_of_an_error_its_class_is_kept_and_never_its_words(kept: Kept) -> None:
    with pytest.raises(ValueError, match=SECRET) as told:
        failing(3)
    logs.fault(told.value, job="tell_desk")
    (line,) = kept.lines
    assert json.loads(line)["error"] == "ValueError"
    assert SECRET not in line
    assert "test_logs" not in line, "only our own code is named, not whoever called it"


def test_an_error_inside_our_code_is_placed_by_file_and_line(kept: Kept, world: World) -> None:
    with pytest.raises(TypeError) as told:
        world.report(SECRET, once=[SECRET])
    logs.fault(told.value)
    (line,) = kept.lines
    places = json.loads(line)["places"]
    assert places
    assert all(
        place.startswith("casefile/") and place.rpartition(":")[2].isdigit() for place in places
    )
    assert SECRET not in line


def test_a_page_that_breaks_says_where_and_nothing_of_the_request(kept: Kept, world: World) -> None:
    def breaking(word: str) -> str:
        raise RuntimeError(f"{word} {request.form.get('text')} {request.headers.get('User-Agent')}")

    world.app.add_url_rule("/broken/<word>", "broken", public(breaking), methods=["POST"])
    answer = world.client().post(
        f"/broken/{SECRET}?q={SECRET}",
        data={"text": SECRET},
        headers={"User-Agent": SECRET, "X-Forwarded-For": "203.0.113.9"},
    )
    assert answer.status_code == 500
    said = " ".join(kept.lines)
    assert json.loads(kept.lines[-1])["endpoint"] == "broken"
    assert SECRET not in said + answer.get_data(as_text=True)
    assert "203.0.113.9" not in said


def test_a_statement_that_fails_prints_no_parameter(kept: Kept, world: World) -> None:
    wrong = text("SELECT * FROM nowhere WHERE x = :x")
    with world.session() as session, pytest.raises(DBAPIError) as told:
        session.execute(wrong, {"x": SECRET})
    logs.fault(told.value)
    assert SECRET not in str(told.value) + kept.lines[-1]


def test_no_library_writes_a_line_of_its_own(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("werkzeug", "sqlalchemy.engine", "flask.app", "alembic.runtime", "asyncio"):
        logging.getLogger(name).error(SECRET)
    world.client().get(f"/en/help?{SECRET}")
    out = capfd.readouterr()
    assert SECRET not in out.out + out.err


def test_an_error_nobody_caught_ends_the_process_without_its_words() -> None:
    program = f"""
from casefile.platform import logs
logs.set_up()
def inner(word):
    raise ValueError(word)
inner({SECRET!r})
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 1
    assert json.loads(ended.stderr)["error"] == "ValueError"
    assert SECRET not in ended.stdout + ended.stderr
