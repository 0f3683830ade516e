"""A worker's night in a process of its own: it deletes cases one by one and says so after each."""

from __future__ import annotations

import os
import sys
from datetime import datetime

from casefile.app import create_app
from casefile.cases.deleting import ended_cases, keep_one
from casefile.platform.database import db
from casefile.platform.deployment import current_deployment
from casefile.settings import read_settings


def main() -> None:
    """The moment it believes it is comes as the one argument."""
    now = datetime.fromisoformat(sys.argv[1])
    with create_app(read_settings(os.environ), now=lambda: now).app_context():
        deployment = current_deployment()
        for case in ended_cases(db.session, deployment):
            keep_one(db.session, deployment, case)
            print("done", flush=True)


if __name__ == "__main__":
    main()
