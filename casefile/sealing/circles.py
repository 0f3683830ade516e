"""Circles: the key pair of one case alone, which takes the desk's place when someone is excluded.

The circle's seed is wrapped to each remaining member's own key, in a row of the same length as any
other wrap of the case. A circle has no symmetric key. Must never be wrapped to a desk key, which
the excluded person may hold.
"""

from typing import Final

from casefile.sealing.compartments import HOLDER_PAYLOAD
from casefile.sealing.contexts import context, number
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.keypairs import (
    PrivateKey,
    PublicKey,
    new_private_key,
    private_key_from_seeds,
    unwrap,
    wrap,
)

_LENGTH: Final = 1


def new_circle(random: RandomBytes) -> PrivateKey:
    """Draw the key pair of a new circle."""
    return new_private_key(random)


def wrap_circle_seed(
    member: PublicKey, circle: PrivateKey, *, case: bytes, person: bytes, slot: int, token: bytes
) -> bytes:
    """Wrap the circle to one member's own key; as long as every other wrap row of a case."""
    seeds = circle.seeds().reveal()
    payload = (bytes([len(seeds)]) + seeds).ljust(HOLDER_PAYLOAD, b"\0")
    return wrap(member, payload, _place(case, person, slot, token))


def unwrap_circle_seed(
    private: PrivateKey, blob: bytes, *, case: bytes, person: bytes, slot: int, token: bytes
) -> PrivateKey:
    """The circle's private key; ``SealBroken`` if the row is another's, moved or replaced."""
    payload = unwrap(private, blob, _place(case, person, slot, token))
    try:
        return private_key_from_seeds(payload[_LENGTH : _LENGTH + payload[0]])
    except (ValueError, IndexError):
        raise SealBroken from None


def _place(case: bytes, person: bytes, slot: int, token: bytes) -> bytes:
    return context("circle seed", case, person, number(slot), token)
