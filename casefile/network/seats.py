"""Taking a seat: an invitation is accepted, and the desks it names get their first keys.

A desk that has keys already is not opened by an invitation: the newcomer waits until a fellow
lets her in.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from casefile.network.custody import start_desk
from casefile.network.directory import change_desk, hold_desk
from casefile.people.accepting import (
    ready_acceptance,
    write_acceptance,
)
from casefile.people.invitations import (
    read_invitation,
)
from casefile.people.sessions import Member
from casefile.platform.database import write
from casefile.platform.deployment import Deployment


def join(
    session: Session,
    deployment: Deployment,
    token: str,
    *,
    passphrase: str,
    totp_seed: str,
    totp_code: str,
    recovery_codes: Sequence[str],
) -> Member:
    """Accept an invitation and take the seats it names, all or nothing.

    Raises InvitationOpensNothing, or WrongCode when the digits do not fit the secret.
    """
    invited = read_invitation(session, deployment, token)
    ready = ready_acceptance(
        session,
        deployment,
        token,
        passphrase=passphrase,
        totp_seed=totp_seed,
        totp_code=totp_code,
        recovery_codes=recovery_codes,
    )

    def verb(writing: Session) -> None:
        write_acceptance(writing, deployment, ready)
        for desk in sorted(invited.desks) if invited else ():
            _sit_down(writing, deployment, desk, ready.member)

    write(verb, session)
    return ready.member


def _sit_down(session: Session, deployment: Deployment, wanted: bytes, member: Member) -> None:
    desk = hold_desk(session, deployment, wanted)
    if desk.generation:
        waiting = (*desk.waiting, member.person)
        change_desk(session, deployment, desk.id, waiting=waiting)
    else:
        start_desk(session, deployment, desk, member)
