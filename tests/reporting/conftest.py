"""A founded deployment with its inter-agency desk, two areas, one place of help, and a browser.

Founding is slow on purpose (passphrases are stretched), so it is done once; each test works on a
copy of its own.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casefile.app import Casefile, create_app
from casefile.cases.founding import found_deployment
from casefile.codes.questions import Questionnaire, load_questions
from casefile.network.directory import Area, HelpPlace, list_entry
from casefile.network.seats import join
from casefile.people.invitations import prepare_acceptance, read_invitation
from casefile.people.second_factor import code_at
from casefile.platform.database import commit, db, write
from casefile.platform.deployment import current_deployment
from casefile.platform.migrating import migrate
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring, new_keyring
from casefile.settings import ROOT, read_settings

CLINIC = HelpPlace(
    "health",
    {"en": "Green clinic", "fr": "Clinique verte", "ar": "العيادة الخضراء"},
    {"en": "behind the water point"},
    {"en": "every day"},
)
IMPATIENT = "[limits]\nlock_wait_s = 0\n"


class Clock:
    """The deployment's time, moved by the tests."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, length: timedelta) -> None:
        """Let `length` pass."""
        self.now += length


@dataclass(frozen=True)
class Grounds:
    """Two instance folders, before and after the first desk has a member, and their keys."""

    unfounded: Path
    founded: Path
    keyring: Keyring


@pytest.fixture(scope="session")
def questions() -> Questionnaire:
    """The form as it is shipped."""
    return load_questions(ROOT / "config" / "questions" / "form.toml")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Grounds:
    """Both folders, made once."""
    draw = random.Random("grounds").randbytes
    before, after = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    made = Grounds(before / "instance", after / "instance", new_keyring(draw))
    made.unfounded.mkdir()
    with running(made.unfounded, made.keyring, Clock(), draw) as app, app.app_context():
        migrate(db.engine)
        token = found_deployment(
            db.session, current_deployment(), name="Ada", email="ada@desk.invalid", language="en"
        ).invitation
        commit()
    shutil.copytree(made.unfounded, made.founded)
    with running(made.founded, made.keyring, Clock(), draw) as app, app.app_context():
        _seat_first_member(token)
        write(lambda _session: _list_areas())
        commit()
    return made


@contextmanager
def running(
    instance: Path, keyring: Keyring, clock: Clock, draw: RandomBytes
) -> Iterator[Casefile]:
    """The application over an instance folder; nothing of it stays open afterwards."""
    (instance / "settings.toml").write_text(IMPATIENT)
    settings = read_settings({"CASEFILE_INSTANCE": str(instance)})
    app = create_app(settings, keyring=keyring, now=clock, random=draw)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def unfounded(grounds: Grounds, tmp_path: Path, clock: Clock) -> Iterator[Casefile]:
    """The application while nobody holds a desk's keys yet."""
    here = shutil.copytree(grounds.unfounded, tmp_path / "instance")
    with running(here, grounds.keyring, clock, random.Random("unfounded").randbytes) as app:
        yield app


@pytest.fixture
def app(grounds: Grounds, tmp_path: Path, clock: Clock) -> Iterator[Casefile]:
    """The application once the inter-agency desk has a member, with two areas."""
    here = shutil.copytree(grounds.founded, tmp_path / "instance")
    with running(here, grounds.keyring, clock, random.Random("founded").randbytes) as app:
        yield app


@pytest.fixture
def browser(app: Casefile) -> FlaskClient:
    """A browser that has never been here."""
    return app.test_client()


def _seat_first_member(token: str) -> None:
    deployment = current_deployment()
    invited = read_invitation(db.session, deployment, token)
    assert invited is not None
    offer = prepare_acceptance(deployment, invited)
    join(
        db.session,
        deployment,
        token,
        passphrase=offer.passphrase,
        totp_seed=offer.totp_seed,
        totp_code=code_at(offer.totp_seed, deployment.now()),
        recovery_codes=offer.recovery_codes,
    )
    commit()


def _list_areas() -> None:
    deployment = current_deployment()
    north = {"en": "North", "fr": "Nord", "es": "Norte", "ar": "الشمال"}
    for code, names, places in ((1, north, (CLINIC,)), (2, {"en": "River"}, ())):
        list_entry(db.session, deployment, Area(deployment.random(16), names, code, places))
