"""Sending a short mail. A mail says that there is something new, and nothing else.

No mail may name a case, a place, a kind or a number of things, and none is sent where no mail
server is set.
"""

from __future__ import annotations

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid

from casefile.settings import Settings

SECONDS = 20


class MailNotSent(Exception):
    """The mail server was away or refused; the outbox tries again."""


def send_mail(settings: Settings, *, to: str, subject: str, text: str, when: datetime) -> None:
    """Send one plain mail; MailNotSent if the server did not take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Date"] = when
    message["Message-ID"] = make_msgid(domain="casefile.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    try:
        with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=SECONDS) as server:
            if settings.mail_starttls:
                server.starttls()
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as failed:
        raise MailNotSent from failed
