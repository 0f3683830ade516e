"""Envelopes open for their key and place alone, and committed ones for no second key at all."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing import envelopes
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import open_committed, open_sealed, seal, seal_committed
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key, RandomBytes

Sealing = Callable[..., bytes]
HERE, THERE = context("notes", b"row 1", "body"), context("notes", b"row 2", "body")
KEY, OTHER = Key(b"k" * 32), Key(b"o" * 32)
BOTH = [(seal, open_sealed), (seal_committed, open_committed)]
both = pytest.mark.parametrize(("close", "reopen"), BOTH, ids=["plain", "committed"])


@both
@given(plain=st.binary(max_size=300))
def test_what_was_sealed_comes_back(close: Sealing, reopen: Sealing, plain: bytes) -> None:
    assert reopen(KEY, close(KEY, plain, HERE), HERE) == plain


@both
def test_another_key_or_place_does_not_open(close: Sealing, reopen: Sealing) -> None:
    blob = close(KEY, b"plain", HERE)
    for key, where in [(OTHER, HERE), (KEY, THERE), (KEY, b""), (KEY, HERE + b"\0")]:
        with pytest.raises(SealBroken):
            reopen(key, blob, where)


@both
def test_no_byte_can_be_changed(close: Sealing, reopen: Sealing) -> None:
    blob = close(KEY, b"plain", HERE)
    for at in range(len(blob)):
        for bit in (0x01, 0x80):
            changed = blob[:at] + bytes([blob[at] ^ bit]) + blob[at + 1 :]
            with pytest.raises(SealBroken):
                reopen(KEY, changed, HERE)


@both
def test_no_byte_can_be_cut_or_added(close: Sealing, reopen: Sealing) -> None:
    blob = close(KEY, b"plain", HERE)
    for cut in [*(blob[:length] for length in range(len(blob))), blob + b"\0", blob[1:]]:
        with pytest.raises(SealBroken):
            reopen(KEY, cut, HERE)


@both
def test_the_same_text_sealed_twice_looks_different(close: Sealing, reopen: Sealing) -> None:
    one, two = close(KEY, b"plain", HERE), close(KEY, b"plain", HERE)
    assert one != two
    assert one[1:13] != two[1:13]


@both
def test_the_nonce_comes_from_the_randomness_it_is_given(close: Sealing, reopen: Sealing) -> None:
    blob = close(KEY, b"plain", HERE, lambda length: b"n" * length)
    assert blob[1:13] == b"n" * 12


def test_one_kind_of_envelope_is_never_read_as_the_other() -> None:
    with pytest.raises(SealBroken):
        open_committed(KEY, seal(KEY, bytes(100), HERE), HERE)
    with pytest.raises(SealBroken):
        open_sealed(KEY, seal_committed(KEY, bytes(100), HERE), HERE)


def test_every_reason_gives_the_same_answer() -> None:
    blob = seal_committed(KEY, b"plain", HERE)
    said = set()
    for key, changed, where in [(OTHER, blob, HERE), (KEY, blob, THERE), (KEY, blob[:5], HERE)]:
        with pytest.raises(SealBroken) as caught:
            open_committed(key, changed, where)
        said.add(str(caught.value))
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(said) == 1


# -- One ciphertext under two keys ----------------------------------------------------------------
# Arithmetic of GHASH (NIST SP 800-38D, 6.3) to build a GCM ciphertext that opens under two keys,
# after Dodis, Grubbs, Ristenpart, Woodage: "Fast Message Franking: From Invisible Salamanders to
# Encryptment", CRYPTO 2018.


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ (0xE1 << 120 if other & 1 else 0)
    return product


def _inverse(element: int) -> int:
    result, power = 1 << 127, element
    for _ in range(127):
        power = _times(power, power)
        result = _times(result, power)
    return result


def _block_cipher(key: bytes, block: bytes) -> int:
    encryptor = Cipher(AES(key), ECB()).encryptor()
    return int.from_bytes(encryptor.update(block), "big")


def _tag(key: bytes, nonce: bytes, where: bytes, ciphertext: bytes) -> int:
    hash_key, total = _block_cipher(key, bytes(16)), 0
    lengths = (8 * len(where)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    whole = where.ljust(-(-len(where) // 16) * 16, b"\0") + ciphertext + lengths
    for at in range(0, len(whole), 16):
        total = _times(total ^ int.from_bytes(whole[at : at + 16], "big"), hash_key)
    return total ^ _block_cipher(key, nonce + b"\0\0\0\x01")


def _opens_under_both(one: bytes, other: bytes, nonce: bytes, where: bytes) -> bytes:
    """Ciphertext of two blocks and tag; the second block is solved for, so that the tags agree."""
    free = bytes(range(16))
    difference = _tag(one, nonce, where, free + bytes(16)) ^ _tag(
        other, nonce, where, free + bytes(16)
    )
    squares = [_times(h, h) for h in (_block_cipher(key, bytes(16)) for key in (one, other))]
    solved = _times(difference, _inverse(squares[0] ^ squares[1])).to_bytes(16, "big")
    return free + solved + _tag(one, nonce, where, free + solved).to_bytes(16, "big")


def test_plain_gcm_is_fooled_by_a_blob_made_for_two_keys() -> None:
    nonce = b"nonce of GCM"
    forged = _opens_under_both(KEY.reveal(), OTHER.reveal(), nonce, envelopes.PLAIN + HERE)
    blob = envelopes.PLAIN + nonce + forged
    assert open_sealed(KEY, blob, HERE) != open_sealed(OTHER, blob, HERE)


def test_a_committed_envelope_cannot_be_made_to_open_under_two_keys() -> None:
    nonce = b"nonce of GCM"
    inner = [envelopes._commit(key, nonce, HERE) for key in (KEY, OTHER)]
    forged = _opens_under_both(inner[0][0], inner[1][0], nonce, envelopes.COMMITTED)
    for cipher_key, _ in inner:
        assert len(AESGCM(cipher_key).decrypt(nonce, forged, envelopes.COMMITTED)) == 32
    for (_, commitment), opens, refused in [(inner[0], KEY, OTHER), (inner[1], OTHER, KEY)]:
        blob = envelopes.COMMITTED + nonce + commitment + forged
        assert len(open_committed(opens, blob, HERE)) == 32
        with pytest.raises(SealBroken):
            open_committed(refused, blob, HERE)


def test_a_committed_envelope_cannot_be_made_to_open_in_two_places() -> None:
    nonce = b"nonce of GCM"
    inner = [envelopes._commit(KEY, nonce, where) for where in (HERE, THERE)]
    forged = _opens_under_both(inner[0][0], inner[1][0], nonce, envelopes.COMMITTED)
    blob = envelopes.COMMITTED + nonce + inner[0][1] + forged
    assert len(open_committed(KEY, blob, HERE)) == 32
    with pytest.raises(SealBroken):
        open_committed(KEY, blob, THERE)


def test_a_committed_blob_commits_to_something_else_for_every_key_and_place(
    draw: RandomBytes,
) -> None:
    def same(length: int) -> bytes:
        return b"n" * length

    blobs = [
        seal_committed(Key(draw(32)), b"plain", context(b"place", bytes([at])), same)
        for at in range(50)
    ]
    assert len({blob[13:45] for blob in blobs}) == 50
