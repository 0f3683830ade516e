"""From nothing to the first report: founding, the first member joins, and the page opens."""

from __future__ import annotations

import re
import shutil
import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from casefile.sealing.custodians import private_key_from_paper
from tests.network.founding import shares_in
from tests.servers.joining import join
from tests.servers.running import Installation, until
from tests.servers.visiting import Visitor, address_in, fresh, own

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, str]:
    """A deployment founded by the command, untouched since, and what the command printed."""
    ground = Installation(tmp_path_factory.mktemp("ground") / "instance")
    printed = ground.command("init", "--yes")
    assert printed.returncode == 0, printed.stderr
    return ground, printed.stdout


@pytest.fixture
def founded(ground: tuple[Installation, str], tmp_path: Path) -> Installation:
    """A copy of it for one test."""
    return Installation(shutil.copytree(ground[0].folder, tmp_path / "instance"))


def waiting_lines(at: Installation) -> int:
    """Lines of the log that are not in the chain yet."""
    engine = create_engine(f"sqlite:///{at.folder / 'casefile.sqlite3'}")
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM audit_row"))
    engine.dispose()
    return int(count or 0)


def test_founding_prints_an_invitation_and_three_shares_and_closes_the_keys(
    ground: tuple[Installation, str],
) -> None:
    at, printed = ground
    shares = shares_in(printed)

    assert len({private_key_from_paper(words).public.raw for words in shares}) == 3
    assert address_in(printed)
    assert stat.S_IMODE(at.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(at.folder.stat().st_mode) == 0o700
    for words in shares:
        assert words.encode() not in (at.folder / "casefile.sqlite3").read_bytes()


def test_the_page_opens_with_the_first_member_and_takes_a_report(
    founded: Installation, ground: tuple[Installation, str]
) -> None:
    invitation = address_in(ground[1])
    given = [*fresh(), ("what", "Too early, but not lost."), ("who", "me")]
    with founded.serving() as server:
        visitor, member = Visitor(server.port), Visitor(server.port)
        shut, early = visitor.get("/en/"), visitor.post("/en/report", given)
        keeper, joined = join(member, invitation)
        form = visitor.get("/en/")
        sent = visitor.post("/en/report", [*own(early), *given[2:]])
        used = member.get(invitation)
        queue = member.get("/queue")

    assert shut.status == 200
    assert "what" not in shut.fields
    assert early.status == 503
    assert early.fields["what"] == "Too early, but not lost."
    assert early.ticked == [("who", "me")]
    assert not early.number
    assert joined.status == 303
    assert keeper.passphrase not in ground[1]
    assert "what" in form.fields
    assert sent.status == 200
    assert sent.number
    assert used.status == 404
    assert queue.status == 200
    assert re.search(r'<th role="rowheader">', queue.text)


def test_founding_twice_changes_nothing(founded: Installation) -> None:
    keys = founded.key_file.read_bytes()

    second = founded.command("init", "--yes")

    assert second.returncode == 0
    assert "/join/" not in second.stdout
    assert not shares_in(second.stdout)
    assert founded.key_file.read_bytes() == keys


def test_one_round_of_the_outbox_moves_the_log_into_the_chain(founded: Installation) -> None:
    assert waiting_lines(founded) > 0

    assert founded.command("worker", "--once").returncode == 0

    assert waiting_lines(founded) == 0


def test_a_running_outbox_takes_up_what_comes_and_stops_when_asked(founded: Installation) -> None:
    with founded.running("worker") as worker:
        until(lambda: waiting_lines(founded) == 0)
        worker.terminate()
        assert worker.wait(10) == 0
