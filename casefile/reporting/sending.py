"""What a page sends, handed to the verbs: a report to intake, a letter to the mailbox of a number.

It must never refuse a page for lacking its token, and never try a number that is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask

from casefile.cases.files import NewFile
from casefile.cases.left_pages import leave_page
from casefile.cases.mailbox import (
    NumberOpensNothing,
    open_by_number,
    open_by_token,
    write_to_us,
    write_with_number,
)
from casefile.cases.mailbox_page import (
    Mailbox,
)
from casefile.intake.inbound import InboundReport
from casefile.platform import logs
from casefile.platform.database import current_session, own_transaction
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.language import current_language
from casefile.reporting.arrival import may_type_numbers, signs_of, typed_wrong
from casefile.reporting.first_view import open_first_view
from casefile.reporting.forms import LetterForm, ReportForm

CHANNEL = "web_anonymous"


def inbound(filled: ReportForm, files: tuple[NewFile, ...]) -> InboundReport:
    """What goes to intake. A page without its token gets a random one: it is never refused."""
    deployment = current_deployment()
    viewed = open_first_view(deployment.keyring, filled.seen, deployment.now())
    return InboundReport(
        text=filled.text,
        answers=filled.answers,
        language=current_language().code,
        channel=CHANNEL,
        once=filled.once or deployment.random(32),
        first_viewed=viewed,
        signs=signs_of(deployment, filled, viewed),
        files=files,
    )


def opened(filled: LetterForm) -> Mailbox:
    """The mailbox of the page's token, else of the number that was typed."""
    session, deployment = current_session(), current_deployment()
    if filled.token and not filled.number:
        return open_by_token(session, deployment, filled.token)
    with _counted(deployment):
        return open_by_number(session, deployment, filled.number, filled.once)


def admitted(filled: LetterForm) -> LetterForm:
    """The same letter by the page's token: files are cleaned only for a mailbox that is there."""
    token = opened(filled).token
    current_session().rollback()
    return replace(filled, number="", token=token)


def written(filled: LetterForm, files: tuple[NewFile, ...]) -> Mailbox:
    """The mailbox with what was written in it: by the number that was typed, else by the token."""
    session, deployment = current_session(), current_deployment()
    once = filled.once or deployment.random(32)
    text, typed = filled.text, filled.number
    if typed:
        with _counted(deployment):
            return write_with_number(
                session, deployment, typed=typed, text=text, once=once, files=files
            )
    return write_to_us(session, deployment, token=filled.token, text=text, once=once, files=files)


def leave_for_good(app: Flask, carried: str) -> None:
    """Remember that a page was left. It runs when the answer is gone: nobody waits for it."""
    with app.app_context():
        deployment = current_deployment()
        try:
            with own_transaction() as session:
                leave_page(session, deployment, carried)
        except Exception as failed:
            logs.fault(failed, state="left page")


@contextmanager
def _counted(deployment: Deployment) -> Iterator[None]:
    """A number is tried: Busy if too many of this network were wrong; a wrong one is counted."""
    may_type_numbers(deployment)
    try:
        yield
    except NumberOpensNothing:
        typed_wrong(deployment)
        raise
