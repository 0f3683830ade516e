"""The demonstration: everybody can sign in with what the file says, and it never fills twice."""

from __future__ import annotations

import json
import random
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import pytest
from sqlalchemy import select

from casefile.app import create_app
from casefile.audit.chain import chain_rows, lines_newest_first
from casefile.cases.exclusion_questions import CONFIRMED
from casefile.cases.files_notice import legal_focal_points
from casefile.cases.founding import found_deployment
from casefile.cases.keys import visible_desk
from casefile.cases.label import read_label
from casefile.cases.models import CaseRow
from casefile.cases.queue import queue_page
from casefile.cases.queue_views import View
from casefile.demo.people import PEOPLE
from casefile.demo.seed import AlreadyWorkedIn, seed_demo
from casefile.demo.stories import chosen
from casefile.network.desks import service_open
from casefile.network.rules import problems, read_codes
from casefile.people.accounts import person_by_email
from casefile.people.roles import CASE_PERMISSIONS, PERMISSIONS, Role
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from casefile.platform.database import commit, current_session, db
from casefile.platform.migrating import migrate
from casefile.platform.now import moment
from casefile.sealing.keyring import new_keyring
from casefile.settings import read_settings
from tests.world import Clock, World

CASES = 32
STORIES = chosen(CASES)
BASE = "https://localhost"
OLDER = "{}"


@dataclass(frozen=True)
class Filled:
    """A deployment that was filled once, with the file it left and how often it told so.

    `opened` is a file of that name as somebody else had it open before.
    """

    world: World
    file: Path
    told: int
    opened: TextIO

    @property
    def people(self) -> list[dict[str, str]]:
        known: dict[str, list[dict[str, str]]] = json.loads(self.file.read_text("utf-8"))
        return known["people"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder, clock, told = tmp_path_factory.mktemp("demo"), Clock(), []
    older = folder / "demo.json"
    older.write_text(OLDER, "utf-8")
    older.chmod(0o644)
    opened = older.open(encoding="utf-8")
    settings = read_settings({"CASEFILE_INSTANCE": str(folder), "CASEFILE_BASE": BASE})
    app = create_app(settings, keyring=new_keyring(random.Random("demo").randbytes), now=clock)
    world = World(app, clock, {}, settings)
    with app.app_context():
        migrate(db.engine)
        session = current_session()
        found_deployment(session, world.deployment, name="A", email="a@x.invalid", language="en")
        commit()
        seed_demo(session, world.deployment, cases=CASES, told=lambda: told.append(1))
    yield Filled(world, older, len(told), opened)
    opened.close()
    with app.app_context():
        db.engine.dispose()


def test_it_fills_the_network_and_tells_of_each_report(filled: Filled) -> None:
    directory = filled.world.directory()
    assert filled.told == CASES
    assert (len(directory.agencies), len(directory.areas), len(directory.desks)) == (5, 4, 8)
    assert all(desk.live and not desk.waiting for desk in directory.desks.values())
    functions = {desk.function for desk in directory.desks.values()}
    assert functions == read_codes(filled.world.settings.config).functions - {"coordination"}
    assert all(legal_focal_points(directory, desk, ()) for desk in directory.desks.values())
    assert not problems(directory, read_codes(filled.world.settings.config), {})
    with filled.world.session() as session:
        assert service_open(session, filled.world.deployment)


def test_its_reports_lie_on_the_desks_and_none_with_whom_it_names(filled: Filled) -> None:
    totals = {}
    with filled.world.session() as session:
        for one in filled.people:
            member = filled_member(filled, one["email"])
            page = queue_page(session, filled.world.deployment, member, view="all", page=1)
            totals[one["name"]] = page.all_open + page.counts[View.ENDED]
    assert totals["Sarah Okello"] >= totals["Amal Haddad"] > 0
    for bystander in ("Omar Farouk", "Grace Mensah", "Anders Holm", "Marta Duarte"):
        assert totals[bystander] == 0
    assert all(totals[name] for name in ("Ines Moreau", "Peter Nyambura", "Lucia Fernandez"))
    about_lucia = [story for story in STORIES if "Lucia Fernandez" in story.text]
    assert about_lucia
    lucia = person_called(filled, "Lucia Fernandez")
    directory = filled.world.directory()
    with filled.world.session() as session:
        every = [
            read_label(session, filled.world.deployment, case).label
            for case in session.scalars(select(CaseRow.id))
        ]
    barred = [label for label in every if lucia in label.excluded]
    assert len(barred) >= len(about_lucia)
    assert all(visible_desk(label, directory, lucia) is None for label in barred)


def test_its_desks_have_sorted_ended_and_passed_on_what_they_read(filled: Filled) -> None:
    with filled.world.session() as session:
        states = Counter(
            read_label(session, filled.world.deployment, case).label.state
            for case in session.scalars(select(CaseRow.id))
        )
    assert states["forwarded"] > CASES / 2
    assert states["acknowledged_by_entity"]


def person_called(filled: Filled, name: str) -> bytes:
    """The id of a person of the demonstration."""
    (email,) = (one["email"] for one in filled.people if one["name"] == name)
    return filled_member(filled, email).person


def filled_member(filled: Filled, email: str) -> Member:
    """A person of the demonstration as the queue sees her; her private key is not needed here."""
    with filled.world.session() as session:
        person = person_by_email(session, filled.world.deployment, email)
    assert person is not None
    known = person.account
    return Member(person.id, known.name, known.role, known.language, None, b"")  # type: ignore[arg-type]


def test_it_refuses_to_fill_again_and_changes_nothing(filled: Filled) -> None:
    before, directory = filled.file.read_bytes(), filled.world.directory()
    with filled.world.session() as session, pytest.raises(AlreadyWorkedIn):
        seed_demo(session, filled.world.deployment, cases=1, told=lambda: None)
    assert filled.file.read_bytes() == before
    assert filled.world.directory() == directory


def test_the_file_of_sign_ins_is_for_its_owner_alone(filled: Filled) -> None:
    assert stat.S_IMODE(filled.file.stat().st_mode) == 0o600
    assert filled.opened.read() == OLDER
    assert [each.name for each in filled.file.parent.glob("demo.json*")] == ["demo.json"]


def test_the_file_has_everybody_and_every_role(filled: Filled) -> None:
    assert {one["role"] for one in filled.people} == {role.value for role in Role}
    assert len(Role) == 9
    assert [one["email"] for one in filled.people] == [person.email for person in PEOPLE]


@pytest.mark.parametrize("role", Role)
def test_whoever_the_file_names_signs_in_with_what_it_says(filled: Filled, role: Role) -> None:
    world = filled.world
    world.clock.pass_by(minutes=1)
    one = next(each for each in filled.people if each["role"] == role)
    client = world.client()
    given = {"email": one["email"], "passphrase": one["passphrase"]}
    page = client.post("/sign-in", data=given, base_url=BASE).get_data(as_text=True)
    ticket = re.search(r'name="ticket"[^>]*value="([^"]+)"', page)
    assert ticket is not None
    code = code_at(one["totp_secret"], world.clock())
    answer = client.post(
        "/sign-in/second", data={"ticket": ticket.group(1), "code": code}, base_url=BASE
    )
    assert answer.status_code == 303
    reads = bool(PERMISSIONS[role] & CASE_PERMISSIONS)
    assert client.get("/queue", base_url=BASE).status_code == (200 if reads else 403)


def test_no_passphrase_of_it_lies_in_the_database(filled: Filled) -> None:
    disk = b"".join(file.read_bytes() for file in filled.file.parent.glob("casefile.sqlite3*"))
    for one in filled.people:
        for secret in (one["passphrase"], one["totp_secret"], one["name"], one["email"]):
            assert secret.encode() not in disk


def test_its_years_were_played_each_deed_at_its_own_hour(filled: Filled) -> None:
    world = filled.world
    with world.session() as session:
        cases = session.scalars(select(CaseRow.id)).all()
        labels = [read_label(session, world.deployment, case).label for case in cases]
        chain_rows(session, world.deployment)
        lines = [line.when for line in lines_newest_first(session, world.deployment)]
    came = sorted(moment(label.received) for label in labels)
    now = world.clock()
    assert came[-1] - came[0] > timedelta(days=365)
    assert now - came[-1] < timedelta(days=2)
    assert all(when <= now for when in lines)
    assert sum(bool(label.acknowledged) for label in labels) > CASES / 2
    assert any(not label.acknowledged for label in labels)


def test_what_was_asked_about_a_name_long_ago_is_answered(filled: Filled) -> None:
    world = filled.world
    with world.session() as session:
        cases = session.scalars(select(CaseRow.id)).all()
        labels = [read_label(session, world.deployment, case).label for case in cases]
    kept = [label for label in labels if label.excluded]
    assert kept
    assert all(one.answer == CONFIRMED for label in kept for one in label.questions)
