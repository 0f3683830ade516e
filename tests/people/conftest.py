"""A house of people: a deployment over a real SQLite file, its clock, and whoever joined it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from casefile.app import Casefile
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.people.second_factor import code_at
from casefile.people.signing_in import first_step, second_step
from casefile.platform.database import commit, db
from casefile.platform.deployment import Deployment, current_deployment
from casefile.sealing.keyring import new_keyring
from casefile.settings import read_settings
from tests.world import Clock, accept, found, offered, running

T = TypeVar("T")

HALF_MINUTE = timedelta(seconds=30)
BASE = "https://localhost"


@dataclass(frozen=True)
class Joined:
    """Somebody with an account, and what they kept on paper and telephone."""

    person: bytes
    name: str
    email: str
    passphrase: str
    seed: str
    codes: tuple[str, ...]


@dataclass
class House:
    """The application with its clock and file, and the verbs the tests use most."""

    app: Casefile
    clock: Clock
    folder: Path

    def do(self, verb: Callable[[Session, Deployment], T]) -> T:
        """Run a verb as a request would: its own session, a commit at the end."""
        with self.app.app_context():
            outcome = verb(db.session, current_deployment())
            commit()
            return outcome

    def invite(self, name: str, role: Role, language: str = "en") -> str:
        """Invite somebody whose e-mail is made from the name; the invitation's token."""
        return self.do(
            lambda session, deployment: invite(
                session,
                deployment,
                email=address_of(name),
                name=name,
                role=role,
                language=language,
                desks=(),
                by=None,
            )
        )

    def join(self, name: str, role: Role, language: str = "en") -> Joined:
        """Invite somebody and accept for them; afterwards the code they used is spent."""
        token = self.invite(name, role, language)

        with self.app.app_context():
            offer = offered(token)
            member = accept(token, offer)
        self.clock.pass_by(HALF_MINUTE)
        return Joined(
            member.person,
            name,
            address_of(name),
            offer.passphrase,
            offer.totp_seed,
            offer.recovery_codes,
        )

    def code(self, who: Joined) -> str:
        """What their authenticator shows now."""
        return code_at(who.seed, self.clock())

    def ticket(self, who: Joined) -> str:
        """A ticket from the right passphrase."""
        return self.do(
            lambda session, deployment: first_step(session, deployment, who.email, who.passphrase)
        )

    def cookie(self, who: Joined) -> str:
        """Sign in by the verbs, and move on to the next code."""
        ticket = self.ticket(who)
        new = self.do(
            lambda session, deployment: second_step(session, deployment, ticket, self.code(who))
        )
        self.clock.pass_by(HALF_MINUTE)
        return new.cookie

    def browser(self) -> FlaskClient:
        """A browser that nobody is signed in with."""
        return self.app.test_client()

    def sign_in(self, who: Joined) -> FlaskClient:
        """A browser somebody has signed in with, by the pages."""
        browser = self.browser()
        page = begin(browser, who.email, who.passphrase)
        answer = finish(browser, hidden(page, "ticket"), self.code(who))
        assert answer.status_code == 303
        self.clock.pass_by(HALF_MINUTE)
        return browser

    def bytes_on_disk(self) -> bytes:
        """Everything that lies in the database file and beside it."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.glob("casefile.sqlite3*")))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock, draw = Clock(), random.Random("people").randbytes
    settings = read_settings({"CASEFILE_INSTANCE": str(tmp_path), "CASEFILE_BASE": BASE})
    with running(settings, new_keyring(draw), clock, draw) as app:
        with app.app_context():
            found()
        yield House(app, clock, tmp_path)


@pytest.fixture
def ada(house: House) -> Joined:
    """An administrator."""
    return house.join("Ada Plantedname", Role.ADMINISTRATOR)


def address_of(name: str) -> str:
    """The e-mail tests give somebody of this name."""
    return name.replace(" ", ".").lower() + "@planted.example"


def begin(browser: FlaskClient, email: str, passphrase: str, kept: str = "") -> TestResponse:
    """Send the first step."""
    typed = {"email": email, "passphrase": passphrase, "kept": kept}
    return browser.post("/sign-in", data=typed, base_url=BASE)


def finish(browser: FlaskClient, ticket: str, code: str, kept: str = "") -> TestResponse:
    """Send the second step."""
    typed = {"ticket": ticket, "code": code, "kept": kept}
    return browser.post("/sign-in/second", data=typed, base_url=BASE)


def hidden(page: TestResponse, name: str) -> str:
    """The value of a hidden field of a page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]
