"""Loading a network: all of it or nothing, each change on the log, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from casefile.audit.events import Event
from casefile.audit.log import read_row
from casefile.audit.models import AuditRow
from casefile.network.directory import Agency, Directory, change_entry, open_entry, read_directory
from casefile.network.file import read_network_file
from casefile.network.loading import (
    NotPossible,
    add_entry,
    carry_out,
    edit_entry,
    proposal_of,
)
from casefile.network.proposal import Proposal
from casefile.network.recovery import recovery_holder
from casefile.network.rules import Fault
from casefile.platform.database import StaleRow, write
from casefile.registers.directory import public_key_of
from casefile.settings import ROOT
from tests.network.founding import shares_in
from tests.world import World

NEW = """
[agency.delta]
name = "Delta Aid"
class = "ngo"
recipient = "The board"
[place.delta]
name = "Delta"
[desk.delta]
name = "Intake desk, Delta"
agency = "delta"
place = "delta"
function = "intake"
[desk.river]
name = "Intake desk, River"
alternates = ["amal.haddad@example.org"]
[post."sarah.okello@example.org"]
agency = "Meridian Relief"
place = "River"
job = "Officer"
"""
Load = Callable[..., Result]


@pytest.fixture
def load(world: World, tmp_path: Path) -> Load:
    """The command over a file with this text, answered beforehand or not."""

    def run(text: str, *options: str, answer: str = "") -> Result:
        file = tmp_path / "network.toml"
        file.write_text(text, "utf-8")
        runner = world.app.test_cli_runner()
        return runner.invoke(
            args=["casefile", "network", "load", str(file), *options], input=answer
        )

    return run


def proposed(world: World, text: str) -> Proposal:
    with world.session() as session:
        wanted, wrong = read_network_file(text)
        assert wrong == ()
        return proposal_of(session, world.deployment, wanted)


def changes_on_the_log(world: World) -> int:
    with world.session() as session:
        rows = session.query(AuditRow).all()
        lines = [read_row(world.deployment, row) for row in rows]
    return sum(line.event is Event.DIRECTORY_CHANGED for line in lines)


def agency(directory: Directory, name: str) -> Agency:
    return next(one for one in directory.agencies.values() if one.names["en"] == name)


def test_a_file_becomes_the_network_and_each_entry_is_on_the_log(both_worlds: World) -> None:
    world, before = both_worlds, changes_on_the_log(both_worlds)
    highest = max(desk.code for desk in world.directory().desks.values())
    proposal = proposed(world, NEW)
    with world.session() as session:
        shares = carry_out(session, world.deployment, proposal)
    now = world.directory()
    assert world.desk("Intake desk, Delta").code == highest + 1
    assert world.desk("Intake desk, River").alternates == (world.member("Amal").person,)
    assert now.posts[world.member("Sarah").person].job == "Officer"
    assert agency(now, "Delta Aid").recipient == "The board"
    assert changes_on_the_log(world) == before + 5
    assert [one.agency for one in shares] == ["Delta Aid"]
    with world.session() as session:
        public_key_of(session, world.deployment, recovery_holder(agency(now, "Delta Aid").id))
    assert proposed(world, NEW).changes == ()


def test_what_changed_meanwhile_is_not_written_over(both_worlds: World) -> None:
    world, proposal = both_worlds, proposed(both_worlds, NEW)
    terra = agency(world.directory(), "Terra Aid")
    with world.session() as session:
        change_entry(session, world.deployment, Agency, terra.id, also_called=("Blue",))
    before = world.directory()
    with world.session() as session:
        with pytest.raises(StaleRow):
            carry_out(session, world.deployment, proposal)
        session.rollback()
    assert world.directory() == before


def test_a_page_that_was_overtaken_changes_nothing(both_worlds: World) -> None:
    world = both_worlds
    terra, by = agency(world.directory(), "Terra Aid"), world.member("Omar").person
    with world.session() as session:
        _, opened = open_entry(session, world.deployment, Agency, terra.id)
        edit_entry(session, world.deployment, terra, since=opened, by=by, recipient="A")
    with world.session() as session, pytest.raises(StaleRow):
        edit_entry(session, world.deployment, terra, since=opened, by=by, recipient="B")
    assert agency(world.directory(), "Terra Aid").recipient == "A"


def test_a_page_cannot_make_a_network_that_breaks_its_rules(world: World) -> None:
    directory, by = world.directory(), world.member("Omar").person
    terra = agency(directory, "Terra Aid")
    with world.session() as session:
        _, opened = open_entry(session, world.deployment, Agency, terra.id)
        with pytest.raises(NotPossible) as refused:
            edit_entry(
                session,
                world.deployment,
                terra,
                since=opened,
                by=by,
                names={"en": "meridian relief"},
            )
        session.rollback()
    assert [one.fault for one in refused.value.problems] == [Fault.SAME_AGENCY]
    assert world.directory() == directory


def test_what_is_added_gets_the_next_code_and_its_adder_is_on_the_log(world: World) -> None:
    by = world.member("Omar").person
    with world.session() as session:
        new = Agency(b"q" * 16, {"en": "Quiet Aid"}, "ngo")
        add_entry(session, world.deployment, new, by=by)
    assert agency(world.directory(), "Quiet Aid").code == 6
    with world.session() as session:
        lines = [read_row(world.deployment, row) for row in session.query(AuditRow).all()]
    assert (Event.DIRECTORY_CHANGED, by, b"q" * 16) in {
        (line.event, line.by, line.about) for line in lines
    }


def test_the_command_says_what_it_will_do_and_asks(world: World, load: Load) -> None:
    before = world.directory()
    refused = load(NEW, answer="n\n")
    assert refused.exit_code == 1
    assert "Add agency Delta Aid: name Delta Aid (en); class ngo" in refused.output
    assert "Change desk Intake desk, River: alternates nothing → Amal Haddad." in refused.output
    assert not shares_in(refused.output)
    assert world.directory() == before
    done = load(NEW, answer="y\n")
    assert done.exit_code == 0
    assert "Done: 4 added, 1 changed." in done.output
    assert len(shares_in(done.output)) == 3


def test_the_command_run_again_changes_nothing(world: World, load: Load) -> None:
    assert load(NEW, "--yes").exit_code == 0
    before, lines = world.directory(), changes_on_the_log(world)
    again = load(NEW, "--yes")
    assert (again.exit_code, "Nothing was changed" in again.output) == (0, True)
    assert (world.directory(), changes_on_the_log(world)) == (before, lines)


def test_the_command_lists_every_problem_and_changes_nothing(world: World, load: Load) -> None:
    before = world.directory()
    broken = NEW.replace('class = "ngo"', 'class = "shop"').replace('"River"', '"Moon"')
    answer = load(
        broken + '[place.x]\nname = "Twin"\n[place.y]\nname = "Twin"\ncolour = 1\n', "--yes"
    )
    assert answer.exit_code == 1
    for part in ("shop", "Moon", "Twin", "colour"):
        assert part in answer.output
    assert world.directory() == before


def test_the_command_notes_a_place_without_a_desk(world: World, load: Load) -> None:
    assert "South" in load(NEW, answer="n\n").output


def test_the_example_loads_into_a_new_deployment(world: World, load: Load) -> None:
    text = (ROOT / "config" / "network.example.toml").read_text("utf-8")
    assert load(text, answer="n\n").exit_code == 1
    done = load(text, "--yes")
    assert done.exit_code == 0, done.output
    assert "Nothing was changed" in load(text, "--yes").output


def test_a_file_that_is_no_text_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "network.toml"
    file.write_bytes(b"\xff\xfe\x00")
    answer = world.app.test_cli_runner().invoke(args=["casefile", "network", "load", str(file)])
    assert (answer.exit_code, "UTF-8" in answer.output) == (1, True)


def test_two_who_add_at_once_never_give_one_code_twice(both_worlds: World) -> None:
    world, by = both_worlds, both_worlds.member("Omar").person
    for number in (1, 2):
        with world.session() as session:
            new = Agency(bytes([number]) * 16, {"en": f"Agency {number}"}, "ngo")
            add_entry(session, world.deployment, new, by=by)
    with world.session() as session:
        codes = [one.code for one in read_directory(session, world.deployment).agencies.values()]
    assert len(codes) == len(set(codes))
    with world.session() as session, pytest.raises(StaleRow):
        write(
            lambda writing: edit_entry(
                writing, world.deployment, agency(world.directory(), "Agency 1"),
                since=b"0" * 16, by=by, recipient="x",
            ),
            session,
        )  # fmt: skip
