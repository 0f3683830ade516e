"""A colleague's session in a process of its own: it secures cases a few at a time until it is done.

Her key comes on standard input, as the cookie brings it to a server, and is written nowhere.
"""

from __future__ import annotations

import os
import sys

from casefile.app import create_app
from casefile.cases.securing import secure_batch, unsecured
from casefile.people.roles import Role
from casefile.people.sessions import Member
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.sealing.keypairs import private_key_from_seeds
from casefile.settings import read_settings

FEW = 5


def main() -> None:
    """Say a line after each committed batch."""
    person, seeds = (bytes.fromhex(word) for word in sys.stdin.readline().split())
    private = private_key_from_seeds(seeds)
    member = Member(person, "", Role.FOCAL_POINT, "en", private, b"")
    with create_app(read_settings(os.environ)).app_context():
        deployment = current_deployment()
        while waiting := unsecured(db.session, deployment, member):
            db.session.rollback()
            secure_batch(db.session, deployment, member, waiting[:FEW])
            print("secured", flush=True)


if __name__ == "__main__":
    main()
