"""Accepting an invitation: a passphrase made here, a key pair drawn with it, a second step.

Nobody chooses a passphrase and nobody else ever learns it: it is drawn, shown once, and used to
seal a key pair drawn in the same moment. It must never be stored, sent or logged. What hangs on
desks is done one floor up, in the same transaction, through `ready_acceptance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.people import second_factor
from casefile.people.accounts import (
    ID_BYTES,
    Account,
    Person,
    State,
    change_person,
    person_by_id,
    person_holder,
    private_place,
)
from casefile.people.invitations import (
    InvitationOpensNothing,
    Invited,
    invitation_tag,
    read_invitation,
)
from casefile.people.models import InvitationRow
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, change_one_row
from casefile.platform.deployment import Deployment
from casefile.registers.directory import publish
from casefile.sealing.envelopes import seal_committed
from casefile.sealing.keypairs import PrivateKey, new_private_key
from casefile.sealing.passphrases import generate, stretch


class WrongCode(Exception):
    """The six digits do not belong to the secret on the page."""


@dataclass(frozen=True, repr=False)
class Offer:
    """What the first joining page shows once; it is kept nowhere but on that page, sealed."""

    passphrase: str
    totp_seed: str
    totp_uri: str
    recovery_codes: tuple[str, ...]

    def totp_groups(self) -> str:
        """The authenticator's secret in groups of four, to be typed where nothing can scan."""
        return " ".join(self.totp_seed[at : at + 4] for at in range(0, len(self.totp_seed), 4))

    def __repr__(self) -> str:
        return "Offer(‹sealed›)"


@dataclass(frozen=True)
class Acceptance:
    """An accepted invitation with all its slow work done, waiting to be written."""

    member: Member
    read: Person
    account: Account
    tag: bytes
    columns: dict[str, bytes] = field(repr=False)


def prepare_acceptance(deployment: Deployment, invited: Invited) -> Offer:
    """Draw what the joining page shows: passphrase, authenticator secret, paper codes."""
    seed = second_factor.new_seed(deployment.random)
    return Offer(
        passphrase=generate(deployment.random),
        totp_seed=seed,
        totp_uri=second_factor.seed_address(
            seed, service=deployment.settings.service_name, email=invited.email
        ),
        recovery_codes=second_factor.new_recovery_codes(deployment.random),
    )


def ready_acceptance(
    session: Session,
    deployment: Deployment,
    token: str,
    *,
    passphrase: str,
    totp_seed: str,
    totp_code: str,
    recovery_codes: Sequence[str],
) -> Acceptance:
    """Do all that is slow about accepting: nothing is written yet.

    Raises InvitationOpensNothing, or WrongCode when the digits do not fit the secret.
    """
    invited = read_invitation(session, deployment, token)
    read = None if invited is None else person_by_id(session, deployment, invited.person)
    if read is None:
        raise InvitationOpensNothing
    step = second_factor.matching_step(totp_seed, totp_code, deployment.now())
    if step is None:
        raise WrongCode
    private = new_private_key(deployment.random)
    digests = [second_factor.recovery_digest(deployment, read.id, code) for code in recovery_codes]
    known = read.account
    return Acceptance(
        member=Member(read.id, known.name, known.role, known.language, private, b""),
        read=read,
        account=replace(
            known,
            state=State.ACTIVE,
            invitation="",
            totp_seed=totp_seed,
            totp_step=step,
            recovery=tuple(digests),
        ),
        tag=invitation_tag(deployment, token),
        columns=_lock_away(deployment, read.id, private, passphrase),
    )


def write_acceptance(session: Session, deployment: Deployment, ready: Acceptance) -> None:
    """Open the account, inside a write: row, public key, the invitation gone, a line on the log.

    Raises InvitationOpensNothing when somebody else was quicker.
    """
    try:
        change_one_row(session, delete(InvitationRow).where(InvitationRow.tag == ready.tag))
        change_person(session, deployment, ready.read, ready.account, **ready.columns)
    except StaleRow:
        raise InvitationOpensNothing from None
    person, public = ready.member.person, ready.member.private.public
    publish(session, deployment, person_holder(person), public)
    note(session, deployment, Event.INVITATION_ACCEPTED, by=person, about=person)


def _lock_away(
    deployment: Deployment, person: bytes, private: PrivateKey, passphrase: str
) -> dict[str, bytes]:
    """Seal the private key under the passphrase; the one slow step."""
    salt = deployment.random(ID_BYTES)
    with deployment.slots.sign_ins:
        root = stretch(passphrase, salt, deployment.keyring.pepper)
    seeds = private.seeds().reveal()
    sealed = seal_committed(root.wrapping, seeds, private_place(person), deployment.random)
    return {"salt": salt, "verifier": root.verifier, "private": sealed}
