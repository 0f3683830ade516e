"""Joining: two pages that turn an invitation into an account and its seats on desks.

The first page shows once what must be kept: a passphrase, an authenticator's secret, paper codes.
The second asks for it back. What was shown travels between them sealed, and is stored nowhere.
"""

from __future__ import annotations

import json
from dataclasses import astuple

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from casefile.documents.qr import qr_svg
from casefile.network import seats
from casefile.people.accepting import (
    Offer,
    WrongCode,
    prepare_acceptance,
)
from casefile.people.forms import ProofForm, typed
from casefile.people.gate import doorway
from casefile.people.invitations import (
    InvitationOpensNothing,
    Invited,
    read_invitation,
)
from casefile.people.rules import OFFER_HOLDS
from casefile.people.sessions import begin_session
from casefile.people.views import enter
from casefile.platform.carried import open_from_page, seal_into_page
from casefile.platform.database import current_session
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.language import use_language
from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.passphrases import normalise

joining = Blueprint("joining", __name__)


@joining.get("/join/<token>")
@doorway
def offer(token: str) -> ResponseReturnValue:
    """The first page: what the newcomer must keep, drawn for this page alone."""
    invited = read_invitation(current_session(), current_deployment(), token)
    if invited is None:
        return _nothing()
    use_language(invited.language)
    return _first_page(token, invited)


@joining.post("/join/<token>")
@doorway
def proof(token: str) -> ResponseReturnValue:
    """The second page: type back what the first one showed."""
    invited = read_invitation(current_session(), current_deployment(), token)
    if invited is None:
        return _nothing()
    use_language(invited.language)
    sealed = typed(ProofForm().offer)
    if _open_offer(current_deployment(), token, sealed) is None:
        return _first_page(token, invited, wrong="late")
    return _second_page(token, invited, sealed)


@joining.post("/join/<token>/account")
@doorway
def join(token: str) -> ResponseReturnValue:
    """Open the account and let the newcomer in; a wrong entry keeps the page."""
    deployment, form = current_deployment(), ProofForm()
    invited = read_invitation(current_session(), deployment, token)
    if invited is None:
        return _nothing()
    use_language(invited.language)
    shown = _open_offer(deployment, token, typed(form.offer))
    if shown is None:
        return _first_page(token, invited, wrong="late")
    if normalise(typed(form.passphrase)) != normalise(shown.passphrase):
        return _second_page(token, invited, typed(form.offer), wrong="passphrase"), 400
    return _joined(deployment, token, invited, shown, form)


def _joined(
    deployment: Deployment, token: str, invited: Invited, shown: Offer, form: ProofForm
) -> ResponseReturnValue:
    """Accept, take the seats and begin the first session, in one transaction."""
    session = current_session()
    try:
        member = seats.join(
            session,
            deployment,
            token,
            passphrase=shown.passphrase,
            totp_seed=shown.totp_seed,
            totp_code=typed(form.code),
            recovery_codes=shown.recovery_codes,
        )
    except WrongCode:
        return _second_page(token, invited, typed(form.offer), wrong="code"), 400
    except InvitationOpensNothing:
        return _nothing()
    return enter(begin_session(session, deployment, member))


def _nothing() -> ResponseReturnValue:
    return render_template("console/joining_nothing.html"), 404


def _first_page(token: str, invited: Invited, wrong: str = "") -> str:
    deployment = current_deployment()
    shown = prepare_acceptance(deployment, invited)
    return render_template(
        "console/joining_offer.html",
        token=token,
        invited=invited,
        shown=shown,
        drawing=qr_svg(shown.totp_uri),
        offer=_seal_offer(deployment, token, shown),
        wrong=wrong,
    )


def _second_page(token: str, invited: Invited, sealed: str, wrong: str = "") -> str:
    return render_template(
        "console/joining_proof.html", token=token, invited=invited, offer=sealed, wrong=wrong
    )


def _seal_offer(deployment: Deployment, token: str, shown: Offer) -> str:
    until = int((deployment.now() + OFFER_HOLDS).timestamp())
    plain = json.dumps([until, *astuple(shown)]).encode()
    return seal_into_page(deployment.keyring, plain, _place(token), deployment.random)


def _open_offer(deployment: Deployment, token: str, sealed: str) -> Offer | None:
    """What the first page showed, or None: too old, another invitation's, or damaged."""
    try:
        plain = open_from_page(deployment.keyring, sealed, _place(token))
    except SealBroken:
        return None
    until, passphrase, seed, address, codes = json.loads(plain)
    if deployment.now().timestamp() >= until:
        return None
    return Offer(passphrase, seed, address, tuple(codes))


def _place(token: str) -> bytes:
    return context("joining", "offer", token)
