"""Questions about a name: a few words sealed for one desk, among noise that looks like them.

A row has eight places of one length; the places nobody fills hold noise, so that a row never says
whether anything was asked. The key of a question is wrapped to the desk that is asked, in a row of
the same length as any other wrap of a case.

Must never be sealed under a key that opens any part of the case.
"""

from collections.abc import Mapping
from typing import Final

from casefile.sealing.compartments import HOLDER_PAYLOAD
from casefile.sealing.contexts import context, number
from casefile.sealing.envelopes import NONCE, PLAIN, TAG, open_sealed, seal
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import KEY_LENGTH, Key, RandomBytes
from casefile.sealing.keypairs import PrivateKey, PublicKey, unwrap, wrap
from casefile.sealing.padding import pad, unpad

QUESTION_BUCKET: Final = 512
"""Bytes of one question before it is sealed, four of them its length."""
PLACES: Final = 8
PLACE_LENGTH: Final = len(PLAIN) + NONCE + QUESTION_BUCKET + TAG


def wrap_question_key(
    desk: PublicKey, key: Key, *, case: bytes, asked: bytes, slot: int, token: bytes
) -> bytes:
    """Wrap a question's key to the desk that is asked; as long as every other wrap of a case."""
    payload = key.reveal().ljust(HOLDER_PAYLOAD, b"\0")
    return wrap(desk, payload, _wrap_place(case, asked, slot, token))


def unwrap_question_key(
    private: PrivateKey, blob: bytes, *, case: bytes, asked: bytes, slot: int, token: bytes
) -> Key:
    """The question's key; ``SealBroken`` if the row is another's, moved or replaced."""
    payload = unwrap(private, blob, _wrap_place(case, asked, slot, token))
    if len(payload) != HOLDER_PAYLOAD:
        raise SealBroken
    return Key(payload[:KEY_LENGTH])


def seal_questions(
    asked: Mapping[int, tuple[Key, bytes]], *, case: bytes, row: int, random: RandomBytes
) -> bytes:
    """One row: at each place in ``asked`` its words under its key, noise everywhere else.

    ``ValueError`` for words that do not fit a place.
    """
    noise = random(PLACES * PLACE_LENGTH)
    return b"".join(
        _sealed(*asked[place], _place(case, row, place), random)
        if place in asked
        else PLAIN + noise[place * PLACE_LENGTH + len(PLAIN) : (place + 1) * PLACE_LENGTH]
        for place in range(PLACES)
    )


def open_question(key: Key, body: bytes, *, case: bytes, row: int, place: int) -> bytes:
    """The words at one place; ``SealBroken`` for noise, another place, row or case."""
    blob = body[place * PLACE_LENGTH : (place + 1) * PLACE_LENGTH]
    return unpad(open_sealed(key, blob, _place(case, row, place)))


def _sealed(key: Key, words: bytes, where: bytes, random: RandomBytes) -> bytes:
    padded = pad(words, QUESTION_BUCKET)
    if len(padded) != QUESTION_BUCKET:
        raise ValueError("a question has at most 508 bytes")
    return seal(key, padded, where, random)


def _wrap_place(case: bytes, asked: bytes, slot: int, token: bytes) -> bytes:
    return context("question key", case, asked, number(slot), token)


def _place(case: bytes, row: int, place: int) -> bytes:
    return context("question", case, number(row), number(place))
