"""The second step: six digits of an authenticator, or one of the paper codes.

A code works once. Which half-minute was used last and which paper codes are left stands in the
account; this module only reads and compares, in constant time, and never writes.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Final

import pyotp

from casefile.people.accounts import Account, Person
from casefile.people.rules import RECOVERY_CODES, RECOVERY_WORDS
from casefile.platform.deployment import Deployment
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.passphrases import normalise
from casefile.sealing.words import BYTES_PER_WORD, spell

HALF_MINUTE: Final = 30
SEED_BYTES: Final = 20
CODE_DIGITS: Final = 6
DRIFT: Final = (0, -1, 1)
"""Half-minutes a telephone's clock may be off."""


def new_seed(random: RandomBytes) -> str:
    """Draw the secret an authenticator is set up with: 32 letters and digits, base 32."""
    return base64.b32encode(random(SEED_BYTES)).decode()


def seed_address(seed: str, *, service: str, email: str) -> str:
    """What the QR code of the joining page says."""
    return str(pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name=service))


def code_at(seed: str, moment: datetime) -> str:
    """The six digits an authenticator shows at that moment."""
    return str(pyotp.HOTP(seed).at(_step(moment)))


def matching_step(seed: str, typed: str, now: datetime) -> int | None:
    """The half-minute since 1970 the typed digits belong to, or None. Digits of any script."""
    given, present = _digits(typed), _step(now)
    matched = None
    for step in (present + drift for drift in DRIFT):
        if hmac.compare_digest(str(pyotp.HOTP(seed).at(step)), given):
            matched = step
    return matched


def new_recovery_codes(random: RandomBytes) -> tuple[str, ...]:
    """Draw the paper codes: three pronounceable words each, 48 bits."""
    return tuple(_recovery_code(random) for _ in range(RECOVERY_CODES))


def recovery_digest(deployment: Deployment, person: bytes, code: str) -> str:
    """What the account keeps of a paper code."""
    return deployment.keyring.tag("person", "recovery", person, normalise(code)).hex()


def use_code(deployment: Deployment, person: Person, typed: str) -> Account | None:
    """The account as it is after this code was used, or None when the code does not work."""
    account = person.account
    step = matching_step(account.totp_seed, typed, deployment.now())
    if step is not None:
        return replace(account, totp_step=step) if step > account.totp_step else None
    digest = recovery_digest(deployment, person.id, typed)
    left = tuple(kept for kept in account.recovery if not hmac.compare_digest(kept, digest))
    return replace(account, recovery=left) if len(left) < len(account.recovery) else None


def _recovery_code(random: RandomBytes) -> str:
    return "-".join(spell(random(BYTES_PER_WORD * RECOVERY_WORDS)))


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // HALF_MINUTE


def _digits(typed: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
