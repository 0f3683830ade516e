"""Notices: those who may read a new report are told that there is something new.

A notice never names a case, a number of cases, a kind or a place, and never reaches anybody the
case is kept from. It waits for a while drawn by chance, so that who watches the mail cannot tell
the minute a report came; what comes for the same person meanwhile is told with it. Where no mail
server is set the list of work itself is the notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casefile.cases.keys import visible_desk
from casefile.cases.label import CaseNotFound, Label, read_label
from casefile.network.directory import Directory, read_directory
from casefile.people.accounts import Account, person_by_id
from casefile.platform import logs
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue, give_more, waiting
from casefile.platform.language import use_language
from casefile.platform.mail import send_mail

JOB = "tell_person"
REMEMBERED = 3
"""Cases a waiting notice keeps to ask again about; more would make its row longer."""


def tell_desk(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Let a notice wait for everybody who may open this case, or let one that waits tell it too.

    What looks like junk stands on the list of work and sends no mail: a flood would send thousands.
    A case nobody may open is noted for the operator. Two workers at the same moment may let two
    notices wait for one person; accepted, for both say the same.
    """
    label = _label(session, deployment, body["case"])
    if label is None:
        return
    if label.junk:
        return
    directory = read_directory(session, deployment)
    members = {one for desk in label.desks for one in directory.desks[desk].members}
    readers = {one for one in members if visible_desk(label, directory, one) is not None}
    told = sorted({*readers, *asked_people(label, directory)})
    session.rollback()
    if not readers:
        logs.note("nobody_to_tell", state="case_without_reader")
    _let_all_wait(session, deployment, told, body["case"])


def tell_person(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Send the notice, if this person may still open one of its cases or is asked about one."""
    person = bytes.fromhex(body["person"])
    directory = read_directory(session, deployment)
    cases = body["cases"].split(",")
    may = any(_may(session, deployment, directory, person, case) for case in cases)
    known = person_by_id(session, deployment, person)
    session.rollback()
    if may and known is not None:
        send_notice(deployment, known.account)


def _let_all_wait(
    session: Session, deployment: Deployment, people: Sequence[bytes], case: str
) -> None:
    """Let a notice wait for each of them, where a mail server is set."""
    if people and deployment.settings.mail_host:
        told = {person: [case] for person in people}
        write(lambda writing: let_wait(writing, deployment, told, JOB), session)


def let_wait(
    session: Session, deployment: Deployment, told: Mapping[bytes, Sequence[str]], job: str
) -> None:
    """Let one notice wait for each person about these cases (ids in hex), inside a write.

    One that waits for her already tells these too. `job` is who sends it.
    """
    there = {body["person"]: (row, body) for row, body in waiting(session, deployment, job)}
    for person, new in told.items():
        row, body = there.get(person.hex(), (b"", {"person": person.hex(), "cases": ""}))
        cases = [*new, *filter(None, body["cases"].split(","))][:REMEMBERED]
        more = {"person": person.hex(), "cases": ",".join(cases)}
        if not row or not give_more(session, deployment, row, job, more):
            enqueue(session, deployment, job, more, after=_wait(deployment))


def _wait(deployment: Deployment) -> timedelta:
    """A while between the two limits, to the second, drawn by chance."""
    settings = deployment.settings
    least, most = settings.notice_least_minutes * 60, settings.notice_most_minutes * 60
    drawn = int.from_bytes(deployment.random(8), "big") % (most - least + 1)
    return timedelta(seconds=least + drawn)


def _may(
    session: Session, deployment: Deployment, directory: Directory, person: bytes, case: str
) -> bool:
    label = _label(session, deployment, case)
    if label is None:
        return False
    seen = visible_desk(label, directory, person) is not None
    return seen or person in asked_people(label, directory)


def _label(session: Session, deployment: Deployment, case: str) -> Label | None:
    try:
        return read_label(session, deployment, bytes.fromhex(case)).label
    except CaseNotFound:
        return None


def tell_asked(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Tell those who are asked about a name; a message that names nobody tells nobody."""
    label = _label(session, deployment, body["case"])
    if label is None:
        return
    asked = sorted(asked_people(label, read_directory(session, deployment)))
    session.rollback()
    _let_all_wait(session, deployment, asked, body["case"])


def asked_people(label: Label, directory: Directory) -> frozenset[bytes]:
    """Everybody on a desk that has a question of the case open, but nobody it is kept from."""
    desks = (directory.desks.get(one.desk) for one in label.open_questions())
    people = {person for desk in desks if desk for person in desk.members}
    return frozenset(people - set(label.excluded))


def send_notice(deployment: Deployment, account: Account) -> None:
    """Send one, in the language of the account; nothing where no mail server is set."""
    if not deployment.settings.mail_host:
        return
    use_language(account.language)
    settings = deployment.settings
    address = f"{settings.base}/sign-in"
    text = _("There is something new. Sign in to see it: %(address)s", address=address)
    send_mail(
        settings,
        to=account.email,
        subject=_("Something new"),
        text=text + "\n",
        when=deployment.now(),
    )
