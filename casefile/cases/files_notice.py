"""Telling the legal focal point that a desk locked a file as possible child sexual abuse material.

The legal focal point of a desk is who sits on the legal desk of the same agency, else on the
inter-agency one. The notice names no case, no file and no kind, and opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casefile.cases.label import CaseNotFound, read_label
from casefile.network.desks import inter_agency_desk
from casefile.network.directory import Desk, Directory, read_directory
from casefile.people.accounts import Account, person_by_id
from casefile.platform import logs
from casefile.platform.deployment import Deployment
from casefile.platform.language import use_language
from casefile.platform.mail import send_mail

LEGAL: Final = "legal"
"""Function of a desk that answers for the law and receives no cases."""


def tell_legal(session: Session, deployment: Deployment, body: Mapping[str, str]) -> None:
    """Tell the desk's legal focal point; if there is none it is noted for the operator."""
    directory = read_directory(session, deployment)
    desk = directory.desks.get(bytes.fromhex(body["desk"]))
    kept_from = _kept_from(session, deployment, bytes.fromhex(body["case"]))
    people = legal_focal_points(directory, desk, kept_from) if desk else ()
    accounts = [person_by_id(session, deployment, one) for one in people]
    session.rollback()
    if not people:
        logs.note("nobody_to_tell", state="no_legal_focal_point")
    for person in accounts:
        if person is not None and deployment.settings.mail_host:
            _tell(deployment, person.account)


def legal_focal_points(
    directory: Directory, desk: Desk, kept_from: Collection[bytes]
) -> tuple[bytes, ...]:
    """Members of the agency's legal desk, else of the inter-agency one: nobody of `kept_from`."""
    last = inter_agency_desk(directory)
    for agency in (desk.agency, last.agency if last else None):
        legal = (
            each
            for each in directory.desks.values()
            if (each.function, each.agency) == (LEGAL, agency)
        )
        found = [one for each in legal for one in each.members if one not in kept_from]
        if found:
            return tuple(found)
    return ()


def _kept_from(session: Session, deployment: Deployment, case: bytes) -> tuple[bytes, ...]:
    try:
        return read_label(session, deployment, case).label.excluded
    except CaseNotFound:
        return ()


def _tell(deployment: Deployment, account: Account) -> None:
    use_language(account.language)
    text = _("A desk needs its legal focal point today. Call the desk you answer for.")
    send_mail(
        deployment.settings,
        to=account.email,
        subject=_("Something new"),
        text=text + "\n",
        when=deployment.now(),
    )
