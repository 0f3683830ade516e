"""Delivering the head of the log, once a day: into a file, and by mail to every auditor.

With a head outside this machine nobody can write the log anew up to that day without it showing.
A head is a number and a digest; it must never be joined by anything the log says.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casefile.audit.chain import Head, head_of_day
from casefile.people.accounts import State, everybody, person_by_id
from casefile.people.roles import Permission, may
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import enqueue
from casefile.platform.language import use_language
from casefile.platform.mail import send_mail

FILE = "log-heads.txt"


def deliver_head(session: Session, deployment: Deployment) -> None:
    """In the caller's write: take this day's head, if it was not taken yet, and send it on."""
    day = deployment.now().astimezone(deployment.settings.time_zone).date().isoformat()
    head = head_of_day(session, deployment, day)
    if head is None:
        return
    _keep(deployment, day, head)
    for person, account in everybody(session, deployment):
        if account.state is State.ACTIVE and may(account.role, Permission.READ_AUDIT):
            body = {"person": person.hex(), "day": day, "head": head.said()}
            enqueue(session, deployment, "tell_head", body)


def tell_head(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Mail one day's head to one auditor; nothing where no mail server is set."""
    person = person_by_id(session, deployment, bytes.fromhex(body["person"]))
    session.rollback()
    if person is None or not deployment.settings.mail_host:
        return
    use_language(person.account.language)
    said = _("Head of the log on %(day)s: %(head)s", day=body["day"], head=body["head"])
    why = _("Keep this message. With it you can check later that nothing before it was changed.")
    send_mail(
        deployment.settings,
        to=person.account.email,
        subject=_("Head of the log"),
        text=f"{said}\n\n{why}\n",
        when=deployment.now(),
    )


def _keep(deployment: Deployment, day: str, head: Head) -> None:
    file = deployment.settings.instance / FILE
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as kept:
        kept.write(f"{day} {head.said()}\n")
