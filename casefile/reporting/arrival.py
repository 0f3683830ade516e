"""What is noticed when something is sent: signs of junk, and who sends very much.

The only place that looks at where a request comes from. An address never leaves it: it goes into
counts that live in memory under a salt and comes out as yes or no.
"""

from __future__ import annotations

from datetime import datetime

from flask import request

from casefile.intake.junk import CROWD, Signs, hasty, same_words
from casefile.platform.deployment import Deployment
from casefile.platform.tally import sender
from casefile.platform.throttle import Busy
from casefile.reporting.forms import ReportForm


def signs_of(deployment: Deployment, filled: ReportForm, viewed: datetime | None) -> Signs:
    """Count a report that came, and say what was noticed; the same page again counts once."""
    lately, now, settings = deployment.lately, deployment.now(), deployment.settings
    words, network = same_words(filled.text), _network(deployment)
    page = (filled.once or deployment.random(32)) + filled.text.encode("utf-8", "replace")
    if lately.pages.count(page, now):
        copies = max(0, lately.texts.so_far(words, now) - 1)
        sent = max(0, lately.reports.so_far(network, now) - 1)
    else:
        copies, sent = lately.texts.count(words, now), lately.reports.count(network, now)
    return Signs(
        trap=filled.trap,
        unseen=viewed is None,
        hasty=hasty(viewed, now),
        copies=copies,
        sent_many=sent >= settings.reports_per_sender,
        crowd=lately.reports.total(now) > CROWD,
    )


def may_type_numbers(deployment: Deployment) -> None:
    """Busy if very many numbers out of this network opened nothing lately."""
    wrong = deployment.lately.numbers.so_far(_network(deployment), deployment.now())
    if wrong >= deployment.settings.numbers_per_sender:
        raise Busy


def typed_wrong(deployment: Deployment) -> None:
    """Count a number that opened nothing."""
    deployment.lately.numbers.count(_network(deployment), deployment.now())


def _network(deployment: Deployment) -> bytes | None:
    forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
    return sender(request.remote_addr, forwarded, deployment.settings.proxies)
