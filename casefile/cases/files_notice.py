"""Telling the legal focal point that a desk locked a file as possible child sexual abuse material.

The legal focal point of a desk is who sits on the legal desk of the same agency, else on the
inter-agency one. The notice names no case, no file and no kind, and opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

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
    people = legal_focal_points(directory, desk) if desk else ()
    accounts = [person_by_id(session, deployment, one) for one in people]
    session.rollback()
    if not people:
        logs.note("nobody_to_tell", state="no_legal_focal_point")
    for person in accounts:
        if person is not None and deployment.settings.mail_host:
            _tell(deployment, person.account)


def legal_focal_points(directory: Directory, desk: Desk) -> tuple[bytes, ...]:
    """Members of the agency's legal desk; without one, of the inter-agency desk's agency."""
    legal = [each for each in directory.desks.values() if each.function == LEGAL and each.members]
    own = [each for each in legal if each.agency == desk.agency]
    last = inter_agency_desk(directory)
    found = own or [each for each in legal if last and each.agency == last.agency]
    return tuple(person for each in found for person in each.members)


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
