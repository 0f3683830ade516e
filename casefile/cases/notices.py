"""Notices: those who may read a new report are told that there is something new.

A notice never names a case, a number of cases, a kind or a place, and never reaches anybody the
case is kept from. Where no mail server is set the list of work itself is the notice.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casefile.cases.keys import visible_desk
from casefile.cases.label import CaseNotFound, Label, read_label
from casefile.network.directory import Directory, read_directory
from casefile.people.accounts import Account, person_by_id
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.platform.language import use_language
from casefile.platform.mail import send_mail


def tell_desk(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Tell everybody who may open this case; a case nobody may open is noted for the operator.

    What looks like junk stands on the list of work and sends no mail: a flood would send thousands.
    """
    try:
        label = read_label(session, deployment, bytes.fromhex(body["case"])).label
    except CaseNotFound:
        return
    if label.junk:
        return
    directory = read_directory(session, deployment)
    members = {one for desk in label.desks for one in directory.desks[desk].members}
    readers = [one for one in members if visible_desk(label, directory, one) is not None]
    asked = asked_people(label, directory)
    accounts = [person_by_id(session, deployment, one) for one in sorted({*readers, *asked})]
    session.rollback()
    if not readers:
        logs.note("nobody_to_tell", state="case_without_reader")
    for person in accounts:
        if person is not None and deployment.settings.mail_host:
            _tell(deployment, person.account)


def tell_asked(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Tell those who are asked about a name; a message that names nobody tells nobody."""
    try:
        label = read_label(session, deployment, bytes.fromhex(body["case"])).label
    except CaseNotFound:
        return
    asked = asked_people(label, read_directory(session, deployment))
    accounts = [person_by_id(session, deployment, one) for one in sorted(asked)]
    session.rollback()
    for person in accounts:
        if person is not None and deployment.settings.mail_host:
            _tell(deployment, person.account)


def asked_people(label: Label, directory: Directory) -> frozenset[bytes]:
    """Everybody on a desk that has a question of the case open, but nobody it is kept from."""
    desks = (directory.desks.get(one.desk) for one in label.open_questions())
    people = {person for desk in desks if desk for person in desk.members}
    return frozenset(people - set(label.excluded))


def _tell(deployment: Deployment, account: Account) -> None:
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
