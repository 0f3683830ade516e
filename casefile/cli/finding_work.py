"""What the doctor asks of the work: worker, log, registers, second factors, custodians."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casefile.audit.chain import ChainBroken, last_delivery, oldest_waiting, verify_newest
from casefile.audit.log import LineBroken
from casefile.cases.queue_rows import QUEUE
from casefile.cli.finding import Finding, broken, look, well
from casefile.facts.register import FACTS
from casefile.network.custodians import NoCustodians, read_custodians
from casefile.network.directory import read_directory
from casefile.people.accounts import State, everybody
from casefile.platform.deployment import Deployment
from casefile.platform.jobs import Job
from casefile.platform.now import minutes, moment
from casefile.registers.storage import Register, scan
from casefile.sealing.errors import SealBroken

LONG = timedelta(hours=1)
HEAD_DUE = timedelta(days=2)
TRIAL_DUE = timedelta(days=365)
"""Custodians are asked once a year whether their shares still open; their page says so."""


def worker_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Work that should long be done: lines that wait for the chain, jobs past their moment."""
    before = deployment.now() - LONG
    waiting = oldest_waiting(session, deployment)
    late = (Job.due > 0) & (Job.due < minutes(before)) & (Job.lease < minutes(before))
    jobs = session.scalar(select(func.count(Job.id)).where(late)) or 0
    if waiting is not None and waiting.when < before:
        yield broken("worker", "It has not run for an hour. Start casefile-worker.")
    elif jobs:
        yield look("worker", f"{jobs} jobs are overdue by an hour: look at its log.")
    else:
        yield well("worker", "Nothing has waited for an hour.")


def log_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """The newest batch of the chain, and whether its head still leaves this machine."""
    try:
        verify_newest(session, deployment)
    except (ChainBroken, LineBroken, SealBroken):
        yield broken("log", "The newest batch is not what it was. Run: casefile audit verify.")
        return
    sent = last_delivery(session, deployment)
    if sent is None:
        yield look("log", "It is whole; no head was delivered yet. The worker does it every day.")
    elif deployment.now().date() - date.fromisoformat(sent) > HEAD_DUE:
        yield look("log", f"It is whole; its head was last delivered on {sent}: is the worker on?")
    else:
        yield well("log", f"It is whole; the last head was delivered on {sent}.")


def registers_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Whether every segment of both registers opens."""
    cures = {
        QUEUE: "Run: casefile registers rebuild.",
        FACTS: "Facts are kept nowhere else: restore them from a backup.",
    }
    whole = True
    for register, cure in cures.items():
        if not _opens(session, deployment, register):
            whole = False
            yield broken("registers", f"The {register.name} register does not open. {cure}")
    if whole:
        yield well("registers", "Every segment opens.")


def _opens(session: Session, deployment: Deployment, register: Register) -> bool:
    try:
        segments = [len(list(scan(session, deployment, register, part))) for part in register.parts]
    except SealBroken:
        return False
    return bool(min(segments)) and len(set(segments)) == 1


def second_factors_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """Accounts in use without a second step."""
    without = sum(
        account.state is State.ACTIVE and not account.totp_seed
        for _, account in everybody(session, deployment)
    )
    if without:
        yield broken("second_factors", f"{without} accounts have none. Invite them anew.")
    else:
        yield well("second_factors", "Every account has one.")


def custodians_found(session: Session, deployment: Deployment) -> Iterator[Finding]:
    """When the custodians' shares were last tried, the agency that waits longest first.

    Only agencies with a desk have cases, and so something for custodians to open.
    """
    without, tried = 0, []
    for agency in {desk.agency for desk in read_directory(session, deployment).desks.values()}:
        try:
            tried.append(read_custodians(session, deployment, agency).tried)
        except NoCustodians:
            without += 1
    if without:
        yield broken("custodians", f"Agencies without any: {without}. Run: casefile custody sheet.")
    never = tried.count(0)
    since = moment(min(filter(None, tried), default=0))
    if never:
        said = f"Never tried: the shares of {never} out of {len(tried)}"
        yield look("custodians", f"{said} agencies. Meet, and run: casefile custody try.")
    elif tried and deployment.now() - since > TRIAL_DUE:
        yield look("custodians", f"Shares were last tried on {since:%d %B %Y}: try them again.")
    elif tried:
        yield well("custodians", f"All shares were tried, the last on {since:%d %B %Y} or later.")
