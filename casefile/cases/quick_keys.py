"""A case's quick keys: what its desk opened once, kept under the desk's own symmetric key.

One row a case, of one length: a placeholder until the desk's first look, then all the keys the desk
may open. So a list of ten thousand cases is opened without public-key work, and what changes in the
row does not tell which parts were looked at. Must never hold a key its desk has no wrap of.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casefile.cases.models import QuickRow
from casefile.cases.records import Keys
from casefile.network.directory import Desk
from casefile.platform.database import StaleRow, add_rows, rewrite_rows
from casefile.platform.deployment import Deployment
from casefile.sealing.compartments import Compartment
from casefile.sealing.desks import DeskSecret, quick_placeholder, quick_unwrap, quick_wrap
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key

Row = dict[str, bytes]


def placeholder(deployment: Deployment, case: bytes) -> Row:
    """The row of a case nobody has opened, or whose keys were drawn anew."""
    random = deployment.random
    return _row(deployment, case, quick_placeholder(random), random(16))


def filled(deployment: Deployment, case: bytes, desk: Desk, secret: DeskSecret, keys: Keys) -> Row:
    """The row with these keys, for the generation of the desk this secret is of."""
    token = deployment.random(16)
    body = quick_wrap(
        secret.quick,
        keys,
        case=case,
        desk=desk.id,
        generation=desk.generation,
        token=token,
        random=deployment.random,
    )
    return _row(deployment, case, body, token)


def put(session: Session, *rows: Row) -> None:
    """Let these stand in place of what their cases had, also where a row was destroyed."""
    try:
        rewrite_rows(session, QuickRow, "tag", rows)
    except StaleRow:
        session.execute(delete(QuickRow).where(QuickRow.tag.in_([row["tag"] for row in rows])))
        add_rows(session, QuickRow, *rows)


def read_quick(
    session: Session, deployment: Deployment, case: bytes, desk: Desk, secret: DeskSecret
) -> dict[Compartment, Key]:
    """The keys the desk left in this generation; empty before its first look, or if destroyed."""
    wanted = select(QuickRow.body, QuickRow.token).where(
        QuickRow.tag == quick_tag(deployment, case)
    )
    row = session.execute(wanted).first()
    if row is None:
        return {}
    try:
        return quick_unwrap(
            secret.quick,
            row.body,
            case=case,
            desk=desk.id,
            generation=desk.generation,
            token=row.token,
        )
    except SealBroken:
        return {}


def _row(deployment: Deployment, case: bytes, body: bytes, token: bytes) -> Row:
    return {"tag": quick_tag(deployment, case), "body": body, "token": token}


def quick_tag(deployment: Deployment, case: bytes) -> bytes:
    """The tag under which a case's quick keys are found."""
    return deployment.keyring.tag("quick", case)
