"""A deployment to be measured: founded once for each engine by the commands, copied for each part.

It is a network of its size in the field: forty desks and a hundred and twenty accounts, twelve of
them people of the demonstration who can sign in. Its clock is moved by the benchmark.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from sqlalchemy.orm import Session

from casefile.app import Casefile, create_app
from casefile.network.directory import Desk, Directory, list_entry, read_directory
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.platform.database import commit, current_session, db, write
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.now import system_now
from casefile.settings import ROOT, read_settings
from tests.benchmarks.postgres import administer, database_address
from tests.world import Clock

DESKS = 40
PEOPLE = 120
TEMPLATE = "casefile_bench"


class Engine(StrEnum):
    """The two engines; figures of the second end in `_pg`."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    @property
    def suffix(self) -> str:
        """What is added to a figure's name."""
        return "_pg" if self is Engine.POSTGRESQL else ""


@dataclass(frozen=True)
class SignIn:
    """What a person of the demonstration types to sign in."""

    name: str
    email: str
    passphrase: str
    totp_secret: str


@dataclass(frozen=True)
class Deployed:
    """One running copy: its folder, its database (None for SQLite in the folder), its clock."""

    engine: Engine
    instance: Path
    database: str | None
    clock: Clock

    @property
    def environ(self) -> dict[str, str]:
        """What a process needs to serve this copy."""
        return _environ(self.instance, self.database)

    @cached_property
    def app(self) -> Casefile:
        """The whole application in this process, with the moved clock."""
        hook = sys.excepthook
        app = create_app(read_settings(self.environ), now=self.clock)
        sys.excepthook = hook  # the log's hook would hide where a benchmark failed
        return app

    @cached_property
    def people(self) -> Mapping[str, SignIn]:
        """The people of the demonstration by first name."""
        told = json.loads((self.instance / "demo.json").read_text("utf-8"))
        return {one["name"].split()[0]: _sign_in(one) for one in told["people"]}

    @property
    def deployment(self) -> Deployment:
        """What verbs ask for."""
        with self.app.app_context():
            return current_deployment()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session inside an application context, committed at the end."""
        with self.app.app_context():
            yield current_session()
            commit()

    def directory(self) -> Directory:
        """The network as it stands."""
        with self.session() as session:
            return read_directory(session, self.deployment)

    def desk_code(self, place: str) -> int:
        """The code of the intake desk whose English name ends in `place`."""
        desks = self.directory().desks.values()
        return next(
            desk.code
            for desk in desks
            if desk.function == "intake" and desk.names["en"].endswith(place)
        )

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()


@dataclass(frozen=True)
class Founded:
    """A founded deployment nobody works in, to be copied. `server` is None for SQLite."""

    engine: Engine
    instance: Path
    server: str | None

    @contextmanager
    def copied(self) -> Iterator[Deployed]:
        """A copy that one part may do anything with; gone when the block is left."""
        with tempfile.TemporaryDirectory(prefix="casefile-bench-") as folder:
            instance = Path(folder) / "instance"
            shutil.copytree(self.instance, instance)
            name = "bench" + os.urandom(8).hex()
            database = self._copied_database(name)
            deployed = Deployed(self.engine, instance, database, Clock(system_now()))
            try:
                yield deployed
            finally:
                deployed.close()
                if self.server:
                    administer(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _copied_database(self, name: str) -> str | None:
        if self.server is None:
            return None
        administer(self.server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return database_address(self.server, name)


def found(engine: Engine, folder: Path, server: str | None) -> Founded:
    """Found a deployment in `folder` as an operator does, then let its network grow."""
    instance = folder / f"founded_{engine}"
    database = None
    if server is not None:
        administer(server, f"CREATE DATABASE {TEMPLATE}")
        database = database_address(server, TEMPLATE)
    for command in (["init", "--yes"], ["demo", "--yes", "--cases", "0"]):
        _run(command, _environ(instance, database))
    deployed = Deployed(engine, instance, database, Clock(system_now()))
    _grow(deployed)
    deployed.close()
    return Founded(engine, instance, server)


def _sign_in(told: Mapping[str, str]) -> SignIn:
    return SignIn(told["name"], told["email"], told["passphrase"], told["totp_secret"])


def _environ(instance: Path, database: str | None) -> dict[str, str]:
    given = {"CASEFILE_INSTANCE": str(instance), "CASEFILE_BASE": "https://localhost"}
    return given | ({"CASEFILE_DATABASE": database} if database else {})


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    casefile = [sys.executable, "-m", "flask", "--app", "wsgi", "casefile", *command]
    done = subprocess.run(
        casefile, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"casefile {' '.join(command)} failed:\n{done.stderr}")


def _grow(deployed: Deployed) -> None:
    """Up to forty desks and a hundred and twenty accounts, in one transaction."""
    directory, deployment = deployed.directory(), deployed.deployment
    agency = next(iter(directory.agencies.values())).id

    def verb(writing: Session) -> None:
        for code in range(len(directory.desks) + 1, DESKS + 1):
            names = {"en": f"Desk {code}", "fr": f"Bureau {code}"}
            desk = Desk(deployment.random(16), names, agency, 0, "investigation", code)
            list_entry(writing, deployment, desk)
        for number in range(len(deployed.people), PEOPLE):
            invite(
                writing,
                deployment,
                email=f"colleague.{number}@example.org",
                name=f"Colleague Number{number}",
                role=Role.FOCAL_POINT,
                language="en",
                desks=(),
                by=None,
            )

    with deployed.session() as session:
        write(verb, session)
