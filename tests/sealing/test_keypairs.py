"""Key pairs and wraps, held against an independent implementation of the standards."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casefile.sealing.contexts import context
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Hidden, Key, RandomBytes
from casefile.sealing.keypairs import (
    CLASSIC,
    HYBRID,
    KeySuite,
    PrivateKey,
    PublicKey,
    new_private_key,
    private_key_from_root,
    private_key_from_seeds,
    public_key_from_raw,
    unwrap,
    wrap,
)

HERE, THERE = context("wrap", b"case 1"), context("wrap", b"case 2")
both_suites = pytest.mark.parametrize("suite", [CLASSIC, HYBRID], ids=["classic", "hybrid"])


@both_suites
def test_a_wrap_opens_for_its_holder_in_its_place_alone(suite: KeySuite, draw: RandomBytes) -> None:
    holder, stranger = new_private_key(draw, suite), new_private_key(draw, suite)
    blob = wrap(holder.public, b"payload", HERE)
    assert unwrap(holder, blob, HERE) == b"payload"
    for private, where in [(stranger, HERE), (holder, THERE), (holder, b"")]:
        with pytest.raises(SealBroken):
            unwrap(private, blob, where)


@both_suites
def test_no_byte_of_a_wrap_can_be_changed_or_cut(suite: KeySuite, draw: RandomBytes) -> None:
    holder = new_private_key(draw, suite)
    blob = wrap(holder.public, b"payload", HERE)
    step = 1 if suite is CLASSIC else 23
    for at in [*range(0, len(blob), step), len(blob) - 1]:
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        for broken in (changed, blob[:at]):
            with pytest.raises(SealBroken):
                unwrap(holder, broken, HERE)
    with pytest.raises(SealBroken):
        unwrap(holder, blob + b"\0", HERE)


@both_suites
def test_two_wraps_of_the_same_key_look_different(suite: KeySuite, draw: RandomBytes) -> None:
    holder = new_private_key(draw, suite)
    assert wrap(holder.public, b"payload", HERE) != wrap(holder.public, b"payload", HERE)


def test_a_wrap_of_one_suite_is_not_read_as_the_other(draw: RandomBytes) -> None:
    classic, hybrid = new_private_key(draw, CLASSIC), new_private_key(draw, HYBRID)
    relabelled = bytes([HYBRID]) + wrap(classic.public, b"payload", HERE)[1:]
    with pytest.raises(SealBroken):
        unwrap(hybrid, relabelled, HERE)
    with pytest.raises(SealBroken):
        unwrap(classic, relabelled, HERE)


@both_suites
def test_keys_come_back_from_their_raw_form(suite: KeySuite, draw: RandomBytes) -> None:
    private = new_private_key(draw, suite)
    again = private_key_from_seeds(private.seeds().reveal())
    public = public_key_from_raw(private.public.raw)
    assert again == private
    assert again.public == public == private.public
    assert public.raw[0] == private.seeds().reveal()[0] == suite
    assert unwrap(again, wrap(public, b"payload", HERE), HERE) == b"payload"


def test_sizes_are_those_of_the_standards(draw: RandomBytes) -> None:
    classic, hybrid = new_private_key(draw, CLASSIC), new_private_key(draw)
    assert (len(classic.public.raw), len(classic.seeds().reveal())) == (33, 33)
    assert (len(hybrid.public.raw), len(hybrid.seeds().reveal())) == (1217, 97)
    assert len(wrap(hybrid.public, bytes(32), HERE)) == 1 + 1168
    assert len(wrap(classic.public, bytes(32), HERE)) == 1 + 80


@both_suites
def test_a_root_grows_the_same_key_every_time(suite: KeySuite) -> None:
    one = private_key_from_root(Key(b"r" * 32), suite)
    assert one == private_key_from_root(Hidden(b"r" * 32), suite)
    assert one != private_key_from_root(Key(b"s" * 32), suite)
    assert unwrap(one, wrap(one.public, b"payload", HERE), HERE) == b"payload"


def test_the_two_suites_grow_unrelated_keys_from_one_root() -> None:
    classic = private_key_from_root(Key(b"r" * 32), CLASSIC).seeds().reveal()[1:]
    assert classic not in private_key_from_root(Key(b"r" * 32), HYBRID).seeds().reveal()


def test_a_short_root_is_refused() -> None:
    with pytest.raises(ValueError, match="root"):
        private_key_from_root(Hidden(bytes(31)))


def test_what_is_no_key_is_refused(holder: PrivateKey) -> None:
    raw = holder.public.raw
    bad = [b"", b"\x02", raw[:-1], raw + b"\0", b"\x03" + raw[1:], b"\x01" + raw[1:]]
    bad.append(b"\x02" + b"\xff" * 1184 + raw[-32:])
    for each in bad:
        with pytest.raises(ValueError, match=r"key|ML-KEM"):
            public_key_from_raw(each)
    for each in [b"", b"\x02", bytes(97), b"\x02" + bytes(95), b"\x01" + bytes(96)]:
        with pytest.raises(ValueError, match="key"):
            private_key_from_seeds(each)


def test_nothing_is_wrapped_to_a_point_of_small_order(holder: PrivateKey) -> None:
    for raw in (b"\x01" + bytes(32), holder.public.raw[:-32] + bytes(32)):
        with pytest.raises(ValueError, match="shared key"):
            wrap(public_key_from_raw(raw), b"payload", HERE)


def test_a_fingerprint_is_thirty_digits_that_name_the_key(
    holder: PrivateKey, stranger: PrivateKey
) -> None:
    shown = holder.public.fingerprint()
    assert [len(group) for group in shown.split(" ")] == [5] * 6
    assert shown.replace(" ", "").isdecimal()
    assert shown == public_key_from_raw(holder.public.raw).fingerprint()
    assert shown != stranger.public.fingerprint()


def test_public_keys_can_be_told_apart_in_sets(holder: PrivateKey, stranger: PrivateKey) -> None:
    again = public_key_from_raw(holder.public.raw)
    assert {holder.public, again, stranger.public} == {holder.public, stranger.public}
    assert holder.public != holder.public.raw


# -- An independent HPKE (RFC 9180, base mode, HKDF-SHA256), for the sender's side ----------------


def _extract(salt: bytes, label: bytes, secret: bytes, suite: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, "sha256")


def _expand(root: bytes, label: bytes, info: bytes, length: int, suite: bytes) -> bytes:
    info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(root, info + b"\x01", "sha256")[:length]


def _x25519_kem(ephemeral: bytes, public: bytes) -> tuple[bytes, bytes]:
    """DHKEM(X25519, HKDF-SHA256), RFC 9180 4.1: encapsulated key and shared secret."""
    private, suite = X25519PrivateKey.from_private_bytes(ephemeral), b"KEM\x00\x20"
    sent = private.public_key().public_bytes_raw()
    agreed = private.exchange(X25519PublicKey.from_public_bytes(public))
    root = _extract(b"", b"eae_prk", agreed, suite)
    return sent, _expand(root, b"shared_secret", sent + public, 32, suite)


def _hybrid_kem(ephemeral: bytes, public: bytes) -> tuple[bytes, bytes]:
    """MLKEM768-X25519 (X-Wing), draft-ietf-hpke-pq: SHA3-256 of secrets and X25519 keys."""
    private = X25519PrivateKey.from_private_bytes(ephemeral)
    sent, lattice, curve = private.public_key().public_bytes_raw(), public[:-32], public[-32:]
    agreed = private.exchange(X25519PublicKey.from_public_bytes(curve))
    shared, ciphertext = MLKEM768PublicKey.from_public_bytes(lattice).encapsulate()
    secret = hashlib.sha3_256(shared + agreed + sent + curve + b"\\.//^\\").digest()
    return ciphertext + sent, secret


def _schedule(secret: bytes, info: bytes, suite: bytes, key_length: int) -> tuple[bytes, bytes]:
    """Key and base nonce of RFC 9180 5.1, base mode."""
    root_context = (
        b"\x00"
        + _extract(b"", b"psk_id_hash", b"", suite)
        + _extract(b"", b"info_hash", info, suite)
    )
    root = _extract(secret, b"secret", b"", suite)
    key = _expand(root, b"key", root_context, key_length, suite)
    return key, _expand(root, b"base_nonce", root_context, 12, suite)


def test_the_independent_hpke_gives_the_answer_of_rfc_9180() -> None:
    """RFC 9180 A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode."""
    sent, secret = _x25519_kem(
        bytes.fromhex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
        bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
    )
    info = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e")
    key, nonce = _schedule(secret, info, b"HPKE\x00\x20\x00\x01\x00\x01", 16)
    plain = bytes.fromhex("4265617574792069732074727574682c20747275746820626561757479")
    assert sent.hex() == "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
    assert key.hex() == "4531685d41d65f03dc48f6b8302c05b0"
    assert nonce.hex() == "56d890e5accaaf011cff4b7d"
    assert AESGCM(key).encrypt(nonce, plain, b"Count-0").hex() == (
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
    )


@pytest.mark.parametrize(
    ("suite", "kem", "identifier"),
    [
        (CLASSIC, _x25519_kem, b"HPKE\x00\x20\x00\x01\x00\x02"),
        (HYBRID, _hybrid_kem, b"HPKE\x64\x7a\x00\x01\x00\x02"),
    ],
    ids=["classic", "hybrid"],
)
def test_what_an_independent_hpke_sealed_opens(
    suite: KeySuite, kem: object, identifier: bytes, draw: RandomBytes
) -> None:
    assert callable(kem)
    holder = new_private_key(draw, suite)
    sent, secret = kem(draw(32), holder.public.raw[1:])
    key, nonce = _schedule(secret, bytes([suite]) + HERE, identifier, 32)
    blob = bytes([suite]) + sent + AESGCM(key).encrypt(nonce, b"payload", b"")
    assert unwrap(holder, blob, HERE) == b"payload"


def test_a_public_key_shows_its_fingerprint_and_not_its_bytes(holder: PrivateKey) -> None:
    public: PublicKey = holder.public
    assert public.fingerprint() in repr(public)
    assert len(repr(public)) < 60
