"""The door for gunicorn and `flask --app wsgi`: it makes the application, and decides nothing.

What stops the start is said in one sentence, without a traceback.
"""

import gc
import sys

from casefile.app import create_app
from casefile.codes.problem import ConfigProblem
from casefile.sealing.errors import KeyFileProblem
from casefile.settings import SettingsProblem

BOOT_REFUSED = 3
"""The exit status by which gunicorn stops instead of starting the worker again and again."""

sys.setswitchinterval(0.0005)  # who holds the one write lock must not wait for the others

try:
    app = create_app()
except (SettingsProblem, ConfigProblem, KeyFileProblem) as problem:
    print(f"Casefile does not start. {problem}", file=sys.stderr)
    sys.exit(BOOT_REFUSED)

# What the application is made of stays for good: no collection during a request need walk it.
gc.collect()
gc.freeze()
