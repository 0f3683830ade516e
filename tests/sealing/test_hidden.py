"""Secrets do not print, whatever prints them."""

import copy
import io
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from casefile.sealing.circles import new_circle
from casefile.sealing.custodians import paper_share
from casefile.sealing.desks import new_desk_secret
from casefile.sealing.hidden import Hidden, Key, RandomBytes
from casefile.sealing.keypairs import new_private_key
from casefile.sealing.keyring import new_keyring
from casefile.sealing.passphrases import Root
from casefile.sealing.receipts import ReceiptKeys, receipt_code
from casefile.sealing.sessions import SessionKeys, new_cookie, session_keys

KNOWN = b"known secret of thirty-two bytes"


def _known(length: int) -> bytes:
    return (KNOWN * 4)[:length]


def _session(random: RandomBytes) -> SessionKeys:
    keys = session_keys(new_cookie(random))
    assert keys is not None
    return keys


SECRETS: list[Callable[[], Any]] = [
    lambda: Hidden(KNOWN),
    lambda: Key(KNOWN),
    lambda: new_private_key(_known),
    lambda: new_private_key(_known).seeds(),
    lambda: new_private_key(_known).pair(),
    lambda: new_circle(_known),
    lambda: new_desk_secret(_known),
    lambda: new_keyring(_known),
    lambda: receipt_code(new_keyring(_known), b"once", b"content"),
    lambda: ReceiptKeys(KNOWN, new_private_key(_known)),
    lambda: Root(KNOWN, Key(KNOWN)),
    lambda: SessionKeys(KNOWN, Key(KNOWN)),
    lambda: _session(_known),
    lambda: paper_share(_known)[1],
]
every_secret = pytest.mark.parametrize("made", SECRETS, ids=range(len(SECRETS)))


def _leaks(text: str, secret: Any) -> bool:
    wanted = [KNOWN.decode(), KNOWN.hex(), str(list(KNOWN))[1:40]]
    if hasattr(secret, "digits"):
        wanted += [secret.digits(), *secret.groups()]
    if isinstance(secret, SessionKeys):
        wanted += [secret.row.hex(), str(secret.row)[2:-1], secret.key.reveal().hex()]
    return any(each in text for each in wanted)


@every_secret
def test_a_secret_prints_as_sealed(made: Callable[[], Any]) -> None:
    secret = made()
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{[secret]} { {'key': secret} }",
        "%s %r" % (secret, secret),  # noqa: UP031
    ]
    for text in shown:
        assert "\u2039sealed\u203a" in text
        assert not _leaks(text, secret)


@every_secret
def test_a_secret_does_not_reach_the_log(made: Callable[[], Any]) -> None:
    secret, stream = made(), io.StringIO()
    log = logging.Logger("sealing test")
    log.addHandler(logging.StreamHandler(stream))
    log.error("failed with %s and %r", secret, secret)
    log.error(secret)
    assert "\u2039sealed\u203a" in stream.getvalue()
    assert not _leaks(stream.getvalue(), secret)


@every_secret
def test_a_traceback_with_locals_does_not_show_a_secret(made: Callable[[], Any]) -> None:
    secret = made()

    def fail(held: Any) -> None:
        raise RuntimeError(held)

    try:
        fail(secret)
    except RuntimeError as error:
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
        assert not _leaks("".join(lines), secret)


@every_secret
def test_a_secret_can_be_neither_pickled_nor_copied_nor_written_as_json(
    made: Callable[[], Any],
) -> None:
    secret = made()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(secret, protocol)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_padding_and_alignment_in_a_format_show_nothing_either() -> None:
    assert f"{Key(KNOWN):>40}" == f"{Key(KNOWN):x}" == str(Key(KNOWN))


def test_a_secret_has_no_attributes_to_dump_and_no_length() -> None:
    secret: Any = Key(KNOWN)
    with pytest.raises(TypeError):
        vars(secret)
    for peek in (bytes, len, iter):
        with pytest.raises(TypeError):
            peek(secret)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_has_exactly_thirty_two_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32"):
        Key(bytes(length))


def test_keys_are_equal_when_their_bytes_are() -> None:
    assert Key(KNOWN) == Key(bytes(bytearray(KNOWN)))
    assert Key(KNOWN) != Key(KNOWN[::-1])
    assert Key(KNOWN) != KNOWN
