"""Compartments of a case: who has no wrap of a part's key cannot read that part.

A case has one random key per compartment. A holder gets one wrap, a bundle of fixed length with
exactly the keys it may open, so that neither the number of wraps nor their size says who may read
what. Bodies are sealed under a compartment key for one place in one case (rules 1, 2, 8, 9).

Must never derive one compartment's key from another, and never make a wrap whose length depends
on what is inside.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from casefile.sealing.contexts import context, number
from casefile.sealing.envelopes import open_sealed, seal
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import KEY_LENGTH, Key, RandomBytes, new_key
from casefile.sealing.keypairs import PrivateKey, PublicKey, new_private_key, unwrap, wrap
from casefile.sealing.padding import pad, unpad

HOLDER_PAYLOAD: Final = 192
"""Bytes inside every wrap row of a case, whatever it holds: six keys' room, five are used."""


class Compartment(StrEnum):
    """The parts of a case that have a key of their own."""

    MAILBOX = "mailbox"
    WORK = "work"
    ASSISTANCE = "assistance"
    INVESTIGATION = "investigation"
    IDENTITY = "identity"


# Order of the keys in a bundle; a new compartment is appended, none is ever moved.
_ORDER: Final = (
    Compartment.MAILBOX,
    Compartment.WORK,
    Compartment.ASSISTANCE,
    Compartment.INVESTIGATION,
    Compartment.IDENTITY,
)
PACKED: Final = 1 + len(_ORDER) * KEY_LENGTH
"""Bytes of a bundle's keys, whichever it holds."""


def new_compartment_keys(
    which: Iterable[Compartment], random: RandomBytes
) -> dict[Compartment, Key]:
    """Draw an independent key for each of these compartments."""
    return {compartment: new_key(random) for compartment in which}


def wrap_bundle(
    public: PublicKey,
    keys: Mapping[Compartment, Key],
    *,
    case: bytes,
    holder: bytes,
    slot: int,
    token: bytes,
) -> bytes:
    """Wrap these compartment keys to a holder (desk, circle, reporter, recovery) for one row.

    1,329 bytes under the hybrid suite, whichever and however many keys; ``slot`` is the row's
    number in the case, ``token`` its random version token.
    """
    where = _bundle_place(case, holder, slot, token)
    return wrap(public, packed(keys).ljust(HOLDER_PAYLOAD, b"\0"), where)


def unwrap_bundle(
    private: PrivateKey, blob: bytes, *, case: bytes, holder: bytes, slot: int, token: bytes
) -> dict[Compartment, Key]:
    """The compartment keys in a wrap; ``SealBroken`` if it was moved, changed or replaced."""
    payload = unwrap(private, blob, _bundle_place(case, holder, slot, token))
    if len(payload) != HOLDER_PAYLOAD:
        raise SealBroken
    return unpacked(payload)


def packed(keys: Mapping[Compartment, Key]) -> bytes:
    """Which keys these are and the keys: 161 bytes, however many."""
    present = sum(1 << bit for bit, each in enumerate(_ORDER) if each in keys)
    slots = (keys[each].reveal() if each in keys else bytes(KEY_LENGTH) for each in _ORDER)
    return bytes([present]) + b"".join(slots)


def unpacked(payload: bytes) -> dict[Compartment, Key]:
    """What ``packed`` was given; whatever follows its 161 bytes is left alone."""
    present, slots = payload[0], payload[1:]
    return {
        compartment: Key(slots[KEY_LENGTH * at : KEY_LENGTH * (at + 1)])
        for at, compartment in enumerate(_ORDER)
        if present >> at & 1
    }


def nobodys_key(random: RandomBytes) -> PublicKey:
    """A public key whose private half is forgotten at once: unused rows are wrapped to it.

    HPKE does not show to which key a row is sealed, so one such key serves all of a case's rows.
    """
    return new_private_key(random).public


def seal_body(
    key: Key,
    plain: bytes,
    *,
    case: bytes,
    compartment: Compartment,
    place: bytes,
    token: bytes,
    smallest: int,
    random: RandomBytes,
) -> bytes:
    """Seal one body of a case, padded inside to ``smallest * 2**k`` bytes, 29 bytes on top.

    ``place`` names table, row and column (a ``context``); ``token`` is the row's version token.
    """
    return seal(key, pad(plain, smallest), _body_place(case, compartment, place, token), random)


def open_body(
    key: Key, blob: bytes, *, case: bytes, compartment: Compartment, place: bytes, token: bytes
) -> bytes:
    """The body; ``SealBroken`` if it was copied to another place, changed, or is an older one."""
    return unpad(open_sealed(key, blob, _body_place(case, compartment, place, token)))


def _bundle_place(case: bytes, holder: bytes, slot: int, token: bytes) -> bytes:
    return context("compartment bundle", case, holder, number(slot), token)


def _body_place(case: bytes, compartment: Compartment, place: bytes, token: bytes) -> bytes:
    return context("body", case, compartment.value, place, token)
