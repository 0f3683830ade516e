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
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from casefile.app import Casefile
from casefile.codes.questions import Questionnaire, load_questions
from casefile.network.directory import Area, HelpPlace, list_entry
from casefile.platform.database import commit, db, write
from casefile.platform.deployment import current_deployment
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring, new_keyring
from casefile.settings import ROOT, read_settings
from tests.world import Clock, accept, found, offered
from tests.world import running as served

CLINIC = HelpPlace(
    "health",
    {"en": "Green clinic", "fr": "Clinique verte", "ar": "العيادة الخضراء"},
    {"en": "behind the water point"},
    {"en": "every day"},
)
IMPATIENT = "[limits]\nlock_wait_s = 0\n"


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
        token = found().invitation
    shutil.copytree(made.unfounded, made.founded)
    with running(made.founded, made.keyring, Clock(), draw) as app, app.app_context():
        accept(token, offered(token))
        write(lambda _session: _list_areas())
        commit()
    return made


@contextmanager
def running(
    instance: Path, keyring: Keyring, clock: Clock, draw: RandomBytes
) -> Iterator[Casefile]:
    """The application over an instance folder; nothing of it stays open afterwards."""
    (instance / "settings.toml").write_text(IMPATIENT)
    with served(read_settings({"CASEFILE_INSTANCE": str(instance)}), keyring, clock, draw) as app:
        yield app


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


def _list_areas() -> None:
    deployment = current_deployment()
    north = {"en": "North", "fr": "Nord", "es": "Norte", "ar": "الشمال"}
    for code, names, places in ((1, north, (CLINIC,)), (2, {"en": "River"}, ())):
        list_entry(db.session, deployment, Area(deployment.random(16), names, code, places))
