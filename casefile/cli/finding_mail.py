"""What the doctor asks of mail: whether notices leave, and whether they can arrive.

No mail is sent: the server is greeted and asked about addresses only when the operator wants it.
"""

from __future__ import annotations

import smtplib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.orm import Session

from casefile.cli.finding import Finding, broken, look, well
from casefile.people.accounts import State, everybody
from casefile.platform.deployment import Deployment
from casefile.platform.mail import SECONDS
from casefile.settings import Settings

NOBODYS: Final = ("invalid", "example", "test", "localhost", "local")
"""Last parts of addresses that no mail reaches (RFC 2606, 6761 and 6762)."""
EXAMPLES: Final = ("example.org", "example.com", "example.net")
REFUSED: Final = 500
"""Replies from here on are final (RFC 5321, 4.2.1); those below may change by themselves."""


def mail_found(deployment: Deployment) -> Iterator[Finding]:
    """Whether notices leave at all."""
    settings = deployment.settings
    if not settings.mail_host:
        yield look(
            "mail",
            "No mail server is set, so nobody is told of a new report and no head of the log "
            "leaves by mail. Name one under [mail] in settings.toml, or have every desk look at "
            "its list each day.",
        )
        return
    if not settings.mail_starttls:
        yield look("mail", "Mail leaves unencrypted. Set starttls = true under [mail].")
    if reaches_nobody(settings.mail_from):
        yield look(
            "mail",
            "Notices name a sender that cannot exist, which many servers refuse. Set from under "
            "[mail] to an address of yours.",
        )
    elif settings.mail_starttls:
        yield well("mail", "A server is set; ask with --mail whether it takes notices.")


def mailboxes_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Accounts whose e-mail no mail can reach."""
    lost = sum(reaches_nobody(address) for address in _addresses(session, deployment))
    if lost:
        yield look(
            "mailboxes",
            f"{lost} accounts have an e-mail that no notice can reach, as at example.org. Before "
            "somebody joins it can be corrected under People; afterwards they are invited anew.",
        )
    else:
        yield well("mailboxes", "Every account has an e-mail that can exist.")


def server_greeted(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Ask the mail server whether it takes notices for everybody; nothing is sent."""
    if not deployment.settings.mail_host:
        return
    addresses = _addresses(session, deployment)
    session.rollback()
    try:
        with _connected(deployment.settings) as server:
            yield from _answers(server, deployment.settings, addresses)
    except (OSError, smtplib.SMTPException):
        yield broken(
            "mail", "The mail server does not answer as set under [mail]. No notice leaves."
        )


def reaches_nobody(address: str) -> bool:
    """Whether an address lies where by agreement there is no mailbox."""
    domain = address.rpartition("@")[2].casefold().rstrip(".")
    named = any(domain == one or domain.endswith(f".{one}") for one in EXAMPLES)
    return named or domain.rpartition(".")[2] in NOBODYS


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=SECONDS) as server:
        if settings.mail_starttls:
            server.starttls()
        server.ehlo_or_helo_if_needed()
        yield server


def _answers(
    server: smtplib.SMTP, settings: Settings, addresses: Collection[str]
) -> Iterator[Finding]:
    code, _ = server.mail(settings.mail_from)
    if code >= REFUSED:
        yield broken(
            "mail", "The mail server refuses the sender set under [mail]. No notice leaves."
        )
        return
    refused = sum(server.rcpt(address)[0] >= REFUSED for address in addresses)
    server.rset()
    if refused:
        yield look(
            "mailboxes",
            f"The mail server knows no mailbox for {refused} of {len(addresses)} accounts: they "
            "get no notice. Ask each how their e-mail is spelled.",
        )
    else:
        yield well("mail", "The server answers and takes notices for every account.")


def _addresses(session: Session, deployment: Deployment) -> list[str]:
    """The e-mails of accounts in use or invited."""
    each = everybody(session, deployment)
    return [account.email for _, account in each if account.state is not State.LEFT]
