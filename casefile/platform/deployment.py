"""One running deployment: its settings, its keys, its clock and its randomness, handed to verbs.

It must never hold anything of a request: no person, no unlocked key, no report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from casefile.platform.memory import Memory
from casefile.platform.now import Now
from casefile.platform.room import Room
from casefile.platform.tally import Lately
from casefile.platform.throttle import Slots
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.key_file import (
    read_key_file,
)
from casefile.sealing.keyring import (
    Keyring,
    keyring_from_text,
)
from casefile.settings import Settings

EXTENSION = "casefile.deployment"


@dataclass(frozen=True)
class Deployment:
    """What a verb needs besides its database session."""

    settings: Settings
    keyring: Keyring = field(repr=False)
    now: Now = field(repr=False)
    random: RandomBytes = field(repr=False)
    slots: Slots = field(repr=False)
    memory: Memory = field(default_factory=Memory, repr=False)
    room: Room = field(default_factory=Room, repr=False)
    lately: Lately = field(default_factory=Lately, repr=False)


def keys_of(settings: Settings) -> Keyring:
    """Read the deployment's keys; a KeyFileProblem says what is wrong and what to do."""
    if settings.keys is not None:
        return keyring_from_text(settings.keys)
    return read_key_file(settings.key_file)


def current_deployment() -> Deployment:
    """The deployment the running application serves."""
    return cast(Deployment, current_app.extensions[EXTENSION])
