"""An agency's recovery key: its public half seals every case, its secret lies with custodians.

The secret exists only while it is split and while custodians join it again; it is never stored
whole, and no single custodian, administrator or command can open anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from casefile.network.models import CustodianPart
from casefile.platform.deployment import Deployment
from casefile.registers.directory import publish
from casefile.sealing.contexts import context
from casefile.sealing.custodians import paper_share, split
from casefile.sealing.keypairs import new_private_key

CUSTODIANS, NEEDED = 3, 2


@dataclass(frozen=True)
class PaperShare:
    """What one custodian keeps on paper: the number of the share and its text."""

    number: int
    text: str = field(repr=False)


def recovery_holder(agency: bytes) -> bytes:
    """The name under which an agency's recovery key is listed."""
    return context("recovery", agency)


def found_recovery(
    session: Session,
    deployment: Deployment,
    agency: bytes,
    *,
    custodians: int = CUSTODIANS,
    needed: int = NEEDED,
) -> tuple[PaperShare, ...]:
    """Draw the agency's recovery key and split it; returns the paper shares, shown once."""
    private = new_private_key(deployment.random)
    publish(session, deployment, recovery_holder(agency), private.public)
    papers = [paper_share(deployment.random) for _ in range(custodians)]
    parts = split(
        private.seeds().reveal(),
        [holder.public for _, holder in papers],
        needed,
        purpose=context("recovery", agency),
        random=deployment.random,
    )
    for part in parts:
        subset = ",".join(map(str, part.subset))
        tag = deployment.keyring.tag("custodian_part", agency, subset, str(part.custodian))
        session.add(CustodianPart(tag=tag, body=part.blob))
    session.flush()
    return tuple(PaperShare(number, text) for number, (text, _) in enumerate(papers, start=1))
