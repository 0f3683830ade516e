"""The deployment's keys from the command line: where they stand, and rotating the seal key.

A rotation goes by stages, one for each run of `keys rotate`, and the operator rolls the key file to
every server in between: no server may meet what it cannot read. The old key goes only when nothing
carries it any more. Keys that never rotate are never touched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import AppGroup

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cli.stopping import stop
from casefile.platform.database import db, write_now
from casefile.platform.deployment import Deployment, current_deployment
from casefile.platform.resealing import PLACES, SealedPlace, left_to_reseal, reseal_some
from casefile.sealing.key_file import (
    replace_key_file,
)
from casefile.sealing.keyring import (
    Keyring,
    Stage,
)

keys = AppGroup("keys", help="The deployment's keys.")
ROLL = (
    "Copy {where} to every server now and restart each, one after another. "
    "Its fingerprint is {mark}: 'keys status' shows it on each. Then run 'keys rotate' again."
)
STANDS = {
    Stage.SETTLED: "One seal key. No rotation is going on.",
    Stage.READING_NEW: "Stage 1 of 3: a new seal key can be read, but is not written with.",
    Stage.WRITING_NEW: "Stage 2 of 3: the new seal key is written with; the rest is re-sealed.",
}


@keys.command("status")
def status() -> None:
    """Say where a rotation stands, which keys this server has, and what is left to re-seal."""
    deployment = current_deployment()
    click.echo(STANDS[deployment.keyring.stage])
    click.echo(f"Fingerprint of this server's keys: {deployment.keyring.fingerprint()}")
    left = left_to_reseal(db.session, deployment, _places())
    if deployment.keyring.stage is Stage.WRITING_NEW or left:
        click.echo(f"Left to re-seal: {left}")


@keys.command("rotate")
@click.option("--yes", is_flag=True, help="Every server has the present keys: do not ask.")
def rotate(yes: bool) -> None:
    """Go one stage on; started again, it goes on from where it stands."""
    deployment = current_deployment()
    keyring = deployment.keyring
    if keyring.stage is Stage.SETTLED:
        _ask(yes, "Begin to rotate the seal key?")
        _put(deployment, keyring.with_new_seal_key(os.urandom))
        return
    _ask(yes, f"Does every server run with the keys of fingerprint {keyring.fingerprint()}?")
    if keyring.stage is Stage.READING_NEW:
        _put(deployment, keyring.writing_new_seal_key())
        return
    _reseal(deployment)
    _drop(deployment)


def _reseal(deployment: Deployment) -> None:
    """Everything that lies under an older key, in short transactions beside the running servers."""
    total = left_to_reseal(db.session, deployment, _places())
    with click.progressbar(length=total, label="Sealing anew") as bar:
        for place in _places():
            while done := reseal_some(db.session, deployment, place):
                bar.update(done)


def _drop(deployment: Deployment) -> None:
    left = left_to_reseal(db.session, deployment, _places())
    db.session.rollback()
    if left:
        stop(
            f"{left} pieces still carry an older key: they were being written, or a server writes "
            f"with it still. Check 'keys status' on every server, then run this again."
        )
    write_now(
        lambda session: note(session, deployment, Event.SEAL_KEY_ROTATED, by=None), db.session
    )
    _put(deployment, deployment.keyring.without_old_seal_keys())
    click.echo(
        "Nothing carries the old key and it is dropped. Print the custodians' copy of the key file "
        "anew; keep the old one as long as the oldest backup, which only it opens."
    )


def _put(deployment: Deployment, keyring: Keyring) -> None:
    """Put the keys of the next stage in place, or show them where they lie in the environment."""
    mark = keyring.fingerprint()
    if deployment.settings.keys is None:
        replace_key_file(deployment.settings.key_file, keyring)
        where = str(deployment.settings.key_file)
    else:
        click.echo("The keys come from the environment. Put this into CASEFILE_KEYS:")
        click.echo(keyring.to_text())
        where = "it"
    if keyring.stage is Stage.SETTLED:
        click.echo(f"Copy {where} to every server and restart each. Fingerprint: {mark}.")
        return
    click.echo(STANDS[keyring.stage])
    click.echo(ROLL.format(where=where, mark=mark))


def _ask(yes: bool, question: str) -> None:
    if not yes:
        click.confirm(question, abort=True)


def _places() -> Sequence[SealedPlace]:
    places: Sequence[SealedPlace] = current_app.extensions[PLACES]
    return places
