"""Desk secrets: a desk's private key and its symmetric key, one pair of them per generation.

A desk secret is wrapped to each member. The symmetric key ("quick") opens compartment keys without
public-key work, so that ten thousand cases can be searched at once. A generation is bound into
every wrap: what a leaver once held opens nothing of the next one (rule 10 of sealing).

Must never be derived from an earlier generation.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casefile.sealing.compartments import PACKED, Compartment, packed, unpacked
from casefile.sealing.contexts import context, number
from casefile.sealing.envelopes import NONCE, PLAIN, TAG, open_sealed, seal
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import KEY_LENGTH, Key, RandomBytes, new_key
from casefile.sealing.keypairs import (
    PrivateKey,
    PublicKey,
    new_private_key,
    private_key_from_seeds,
    unwrap,
    wrap,
)

QUICK_WRAP_LENGTH: Final = len(PLAIN) + NONCE + PACKED + TAG


@dataclass(frozen=True)
class DeskSecret:
    """What a member of a desk holds while signed in."""

    private: PrivateKey
    quick: Key


def new_desk_secret(random: RandomBytes) -> DeskSecret:
    """Draw the secret of a new desk or of a desk's next generation."""
    return DeskSecret(new_private_key(random), new_key(random))


def wrap_desk_secret(
    member: PublicKey, secret: DeskSecret, *, desk: bytes, generation: int, person: bytes
) -> bytes:
    """Wrap a generation's secret to one member's own key."""
    payload = secret.quick.reveal() + secret.private.seeds().reveal()
    return wrap(member, payload, _desk_place(desk, generation, person))


def unwrap_desk_secret(
    private: PrivateKey, blob: bytes, *, desk: bytes, generation: int, person: bytes
) -> DeskSecret:
    """The desk's secret; ``SealBroken`` for another desk, generation or person."""
    payload = unwrap(private, blob, _desk_place(desk, generation, person))
    try:
        seeds = private_key_from_seeds(payload[KEY_LENGTH:])
        return DeskSecret(seeds, Key(payload[:KEY_LENGTH]))
    except ValueError:
        raise SealBroken from None


def quick_wrap(
    quick: Key,
    keys: Mapping[Compartment, Key],
    *,
    case: bytes,
    desk: bytes,
    generation: int,
    token: bytes,
    random: RandomBytes = os.urandom,
) -> bytes:
    """Seal a case's compartment keys under the desk's symmetric key: 190 bytes, always."""
    return seal(quick, packed(keys), _quick_place(case, desk, generation, token), random)


def quick_unwrap(
    quick: Key, blob: bytes, *, case: bytes, desk: bytes, generation: int, token: bytes
) -> dict[Compartment, Key]:
    """The compartment keys; ``SealBroken`` for a placeholder, another case, desk or generation."""
    payload = open_sealed(quick, blob, _quick_place(case, desk, generation, token))
    if len(payload) != PACKED:
        raise SealBroken
    return unpacked(payload)


def quick_placeholder(random: RandomBytes = os.urandom) -> bytes:
    """What stands in a row before a desk first opens the case: looks like a quick wrap."""
    return PLAIN + random(QUICK_WRAP_LENGTH - len(PLAIN))


def _desk_place(desk: bytes, generation: int, person: bytes) -> bytes:
    return context("desk secret", desk, number(generation), person)


def _quick_place(case: bytes, desk: bytes, generation: int, token: bytes) -> bytes:
    return context("quick wrap", case, desk, number(generation), token)
