"""A small founded world for tests: a network, seated people, a clock that is moved by hand.

It is built once for each engine through the same verbs as everywhere and copied for each test.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from casefile.app import Casefile, create_app
from casefile.cases.founding import Founded, found_deployment
from casefile.demo.people import PEOPLE
from casefile.demo.seed import Seated, let_in_waiting, list_network, seat
from casefile.intake.inbound import InboundReport
from casefile.intake.receive import Receipt, receive
from casefile.network.directory import Desk, Directory, read_directory
from casefile.network.seats import join
from casefile.people.accepting import (
    Offer,
    prepare_acceptance,
)
from casefile.people.invitations import (
    read_invitation,
)
from casefile.people.second_factor import code_at
from casefile.people.sessions import Member
from casefile.platform.database import commit, current_session, db, write
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.migrating import migrate
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring, new_keyring
from casefile.settings import Settings, read_settings

BEGINNING = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Clock:
    """The deployment's time, moved by the tests."""

    def __init__(self, now: datetime = BEGINNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, length: timedelta = timedelta(0), **more: float) -> None:
        """Let time pass: a length of it, or minutes=…, hours=…, days=…"""
        self.now += length + timedelta(**more)


@dataclass(frozen=True)
class Template:
    """A founded database to be copied, with its keys and the people seated in it."""

    database: str
    keyring: Keyring
    seated: dict[str, Seated]


@dataclass
class World:
    """A deployment of its own for one test."""

    app: Casefile
    clock: Clock
    seated: dict[str, Seated]
    settings: Settings
    _codes: int = field(default=0)

    @property
    def deployment(self) -> Deployment:
        with self.app.app_context():
            return current_deployment()

    def member(self, first_name: str) -> Member:
        """The unlocked member of that first name, as a session would hold her."""
        return self.seated[first_name].member

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session inside an application context; committed at the end if nothing failed."""
        with self.app.app_context():
            yield current_session()
            commit()

    def directory(self) -> Directory:
        with self.session() as session:
            return read_directory(session, self.deployment)

    def desk(self, english: str) -> Desk:
        return next(one for one in self.directory().desks.values() if one.names["en"] == english)

    def report(self, text: str = "Something happened at the well.", **answers: Any) -> Receipt:
        """Send a report as the form does; answers are one code or a tuple of codes."""
        given = {name: (one,) if isinstance(one, str) else one for name, one in answers.items()}
        language = "".join(given.pop("language", ("en",)))
        once = given.pop("once", None) or self.deployment.random(32)
        told = InboundReport(text, given, language, "web_anonymous", once)
        with self.session() as session:
            return receive(session, self.deployment, told)

    def client(self) -> FlaskClient:
        """A browser of its own, without any cookie."""
        return self.app.test_client()

    def signed_in(self, first_name: str) -> FlaskClient:
        """A browser in which this person has signed in, both steps, over the real pages."""
        seated, client = self.seated[first_name], self.client()
        self.clock.pass_by(minutes=1)
        given = {"email": seated.person.email, "passphrase": seated.offer.passphrase}
        page = client.post("/sign-in", data=given, base_url="https://localhost")
        ticket = re.search(r'name="ticket"[^>]*value="([^"]+)"', page.get_data(as_text=True))
        assert ticket is not None, page.get_data(as_text=True)[:2000]
        code = code_at(seated.offer.totp_seed, self.clock())
        answer = client.post(
            "/sign-in/second",
            data={"ticket": ticket.group(1), "code": code},
            base_url="https://localhost",
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        return client


@contextmanager
def running(
    settings: Settings, keyring: Keyring, clock: Clock, draw: RandomBytes = os.urandom
) -> Iterator[Casefile]:
    """The application over these settings; nothing of it stays open afterwards."""
    app = create_app(settings, keyring=keyring, now=clock, random=draw)
    yield app
    with app.app_context():
        db.engine.dispose()


def found(name: str = "Ines Moreau", email: str = "ines@example.org") -> Founded:
    """Make the tables and found a deployment, inside an application context."""
    migrate(db.engine)
    founded = found_deployment(
        current_session(), current_deployment(), name=name, email=email, language="en"
    )
    commit()
    return founded


def offered(token: str) -> Offer:
    """What the first joining page of an invitation shows."""
    invited = read_invitation(current_session(), current_deployment(), token)
    assert invited is not None
    return prepare_acceptance(current_deployment(), invited)


def accept(token: str, offer: Offer, code: str | None = None) -> Member:
    """Accept an invitation as the joining pages do, with today's code if no other is given."""
    deployment = current_deployment()
    member = join(
        current_session(),
        deployment,
        token,
        passphrase=offer.passphrase,
        totp_seed=offer.totp_seed,
        totp_code=code or code_at(offer.totp_seed, deployment.now()),
        recovery_codes=offer.recovery_codes,
    )
    commit()
    return member


def build_template(folder: Path, database: str | None) -> Template:
    """Found the network of the demonstration once, with everybody seated and no report."""
    clock, draw = Clock(BEGINNING - timedelta(hours=2)), random.Random("world").randbytes
    settings = _settings(folder, database)
    keyring = new_keyring(draw)
    with running(settings, keyring, clock) as app, app.app_context():
        session, deployment = current_session(), current_deployment()
        found()
        directory = read_directory(session, deployment)
        write(lambda writing: list_network(writing, deployment, directory), session)
        commit()
        seated = [seat(session, deployment, person) for person in PEOPLE]
        let_in_waiting(session, deployment, seated)
    by_name = {one.person.name.split()[0]: one for one in seated}
    return Template(settings.database, keyring, by_name)


@contextmanager
def copied_world(template: Template, folder: Path) -> Iterator[World]:
    """A copy of the template that one test may do anything with."""
    database = _copy(template.database, folder)
    clock, settings = Clock(), _settings(folder, database)
    with running(settings, template.keyring, clock) as app:
        yield World(app, clock, template.seated, settings)
    _drop(database)


def _settings(folder: Path, database: str | None) -> Settings:
    given = {"CASEFILE_INSTANCE": str(folder), "CASEFILE_BASE": "https://localhost"}
    return read_settings(given | ({"CASEFILE_DATABASE": database} if database else {}))


def _copy(database: str, folder: Path) -> str | None:
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        shutil.copy(str(url.database), folder / "casefile.sqlite3")
        return None
    name = "t" + os.urandom(8).hex()
    administer(database, f'CREATE DATABASE {name} TEMPLATE "{url.database}"')
    return url.set(database=name).render_as_string(hide_password=False)


def _drop(database: str | None) -> None:
    if database is not None:
        url = make_url(database)
        administer(database, f'DROP DATABASE "{url.database}" WITH (FORCE)')


def administer(database: str, statement: str) -> None:
    url = make_url(database).set(database="postgres")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
