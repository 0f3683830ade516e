"""Founding a deployment: registers, log, the inter-agency desk and its first member's invitation.

It runs once, in one transaction. What it returns (invitation, custodians' shares) is shown once
and stored nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from casefile.audit.chain import begin_chain
from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.queue_rows import QUEUE
from casefile.facts.register import FACTS
from casefile.network.desks import INTAKE
from casefile.network.directory import INTER_AGENCY, Agency, Desk, list_entry
from casefile.network.recovery import PaperShare, found_recovery
from casefile.people.invitations import invite
from casefile.people.roles import Role
from casefile.platform.database import write
from casefile.platform.deployment import Deployment
from casefile.registers.lanes import lay_out

DESK_NAMES = {
    "en": "Inter-agency intake desk",
    "fr": "Équipe d’accueil interorganisations",
    "es": "Mesa de recepción interinstitucional",
    "ar": "مكتب الاستقبال المشترك بين الوكالات",
}
AGENCY_NAMES = {
    "en": "Inter-agency network",
    "fr": "Réseau interorganisations",
    "es": "Red interinstitucional",
    "ar": "الشبكة المشتركة بين الوكالات",
}


@dataclass(frozen=True)
class Founded:
    """The first desk, its first member's invitation, and the custodians' paper shares."""

    desk: Desk
    invitation: str = field(repr=False)
    shares: tuple[PaperShare, ...] = field(repr=False)


def found_deployment(
    session: Session, deployment: Deployment, *, name: str, email: str, language: str
) -> Founded:
    """Lay everything out and invite the first member of the inter-agency intake desk."""

    def verb(writing: Session) -> Founded:
        begin_chain(writing, deployment)
        for register in (FACTS, QUEUE):
            lay_out(writing, deployment, register)
        agency = Agency(deployment.random(16), AGENCY_NAMES, INTER_AGENCY, code=1)
        list_entry(writing, deployment, agency)
        desk = Desk(deployment.random(16), DESK_NAMES, agency.id, 0, INTAKE, code=1)
        list_entry(writing, deployment, desk)
        shares = found_recovery(writing, deployment, agency.id)
        note(writing, deployment, Event.DEPLOYMENT_FOUNDED, by=None)
        token = invite(
            writing,
            deployment,
            email=email,
            name=name,
            role=Role.FOCAL_POINT,
            language=language,
            desks=(desk.id,),
            by=None,
        )
        return Founded(desk, token, shares)

    return write(verb, session)
