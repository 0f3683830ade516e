"""The application, put together: this page is the table of contents of what a request meets.

No rule of the field stands here. Features know nothing of this module.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable

from flask import Flask
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from sqlalchemy.exc import DBAPIError, NoResultFound

from casefile import cli
from casefile.audit.chain import chain_begun, read_head
from casefile.cases.escalating import tell_late
from casefile.cases.files_notice import tell_legal
from casefile.cases.notices import tell_asked, tell_desk, tell_person
from casefile.cases.sealed_places import sealed_places
from casefile.codes.configuration import read_configuration
from casefile.console.away import away
from casefile.console.complaint import complaint
from casefile.console.conflict import conflict
from casefile.console.files import files
from casefile.console.finding import finding
from casefile.console.joining import joining
from casefile.console.late import late
from casefile.console.leaving import leaving
from casefile.console.log import log
from casefile.console.many import many
from casefile.console.network import network
from casefile.console.network_desks import desks
from casefile.console.network_places import places
from casefile.console.papers import papers
from casefile.console.passed_on import passed_on
from casefile.console.saved import saved
from casefile.console.seats import seats
from casefile.console.triage import triage
from casefile.console.views import console
from casefile.documents.kinds import to_be_cleaned
from casefile.network.desks import offered_desks
from casefile.people import gate
from casefile.people.correcting_pages import correcting
from casefile.people.log_heads import tell_head
from casefile.people.views import DESKS, people
from casefile.platform import database, errors, headers, jobs, language, logs, resealing, static
from casefile.platform.deployment import EXTENSION, Deployment, keys_of
from casefile.platform.now import Now, system_now
from casefile.platform.throttle import slots
from casefile.platform.uploads import SealingRequest
from casefile.referral.outside import JOB as END_OUTSIDE
from casefile.referral.outside import end_outside
from casefile.reporting.views import reporting
from casefile.sealing.errors import KeyFileWrong, SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keyring import Keyring
from casefile.settings import ROOT, Settings, read_settings

LONGEST_TEXT = 4 * 1024 * 1024
"""Bytes of typed text one page may send; a report of a megabyte arrives."""
LONGEST_REQUEST = 200 * 1024 * 1024
OTHER_KEYS = (
    "These keys belong to another deployment than this database. Put the right key file in place, "
    "or name it with CASEFILE_KEY_FILE."
)


class CasefileRequest(SealingRequest):
    """A request whose files are sealed as they come, or held in memory to be cleaned first."""

    to_be_cleaned = staticmethod(to_be_cleaned)


class Casefile(Flask):
    """Flask with the unit of work around dispatch: what a page below 400 wrote is committed."""

    request_class = CasefileRequest

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer, then commit; a commit that fails gives the page that says nothing was saved."""
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            database.commit()
        else:
            database.db.session.rollback()
        return response


def create_app(
    settings: Settings | None = None,
    *,
    keyring: Keyring | None = None,
    now: Now = system_now,
    random: RandomBytes = os.urandom,
) -> Casefile:
    """Put the application together; a Settings-, Config- or KeyFileProblem says what stops it."""
    settings = settings or read_settings(os.environ)
    read_configuration(settings.config)
    app = Casefile("casefile", template_folder=str(ROOT / "templates"), static_folder=None)
    _harden(app)
    logs.set_up()
    app.cli.add_command(cli.casefile)
    database.bind(app, settings)
    language.speak(app, settings.time_zone, now)
    headers.dress_answers(app)
    errors.answer_errors(app)
    static.serve_files(app)
    gate.guard(app)
    for pages in (
        *(reporting, people, joining, console, conflict, finding, seats, leaving, log, many, saved),
        *(network, places, desks, away, files, correcting, triage, complaint, passed_on),
        *(late, papers),
    ):
        app.register_blueprint(pages)
    app.extensions[jobs.PERFORMERS] = performers()
    app.extensions[DESKS] = offered_desks
    app.extensions[resealing.PLACES] = sealed_places()
    if keyring is None and cli.needs_no_keys(sys.argv):
        return app
    keyring = keyring or keys_of(settings)
    app.extensions[EXTENSION] = Deployment(settings, keyring, now, random, slots(settings))
    _refuse_other_keys(app)
    return app


def _refuse_other_keys(app: Casefile) -> None:
    """Keys of another deployment stop the start; a database that is away does not."""
    with app.app_context():
        try:
            read_head(database.db.session, app.extensions[EXTENSION])
        except SealBroken as broken:
            raise KeyFileWrong(OTHER_KEYS) from broken
        except DBAPIError:
            _note_of_start("database_not_read")
        except NoResultFound as nothing:
            if chain_begun(database.db.session):
                raise KeyFileWrong(OTHER_KEYS) from nothing
            _note_of_start("not_founded")


def _note_of_start(event: str) -> None:
    """For the journal of a service; a command says the same to whoever typed it, in a sentence."""
    if not cli.speaks_to_a_person(sys.argv):
        logs.note(event, state="start")


def performers() -> dict[str, Callable[..., None]]:
    """News that travels upward: the name of a job and who performs it."""
    return {
        "tell_desk": tell_desk,
        "tell_asked": tell_asked,
        "tell_person": tell_person,
        "tell_head": tell_head,
        "tell_legal": tell_legal,
        "tell_late": tell_late,
        END_OUTSIDE: end_outside,
    }


def _harden(app: Flask) -> None:
    """Strict templates without the configuration in them; bounded bodies; no core dumps."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.pop("config", None)
    app.config.update(
        MAX_FORM_MEMORY_SIZE=LONGEST_TEXT,
        MAX_CONTENT_LENGTH=LONGEST_REQUEST,
        MAX_FORM_PARTS=400,
    )
