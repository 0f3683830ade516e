"""How a command ends that cannot do what was asked: one sentence, status 1, nothing changed."""

from __future__ import annotations

import sys
from typing import NoReturn

import click


def stop(why: str) -> NoReturn:
    """Say why on standard error and end with status 1."""
    click.echo(why, err=True)
    sys.exit(1)
