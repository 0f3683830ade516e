"""The primitives give the answers their standards publish, through the functions used here."""

import hashlib
import hmac

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from casefile.sealing.derivation import expand
from casefile.sealing.envelopes import gcm_open
from casefile.sealing.hidden import Hidden
from casefile.sealing.receipts import check_digit
from casefile.sealing.words import spell


def test_aes_256_gcm_opens_test_case_16_of_its_specification() -> None:
    """McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test case 16."""
    half = "feffe9928665731c6d6a8f9467308308"
    opened = gcm_open(
        bytes.fromhex(half + half),
        bytes.fromhex("cafebabefacedbaddecaf888"),
        bytes.fromhex(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    )
    assert opened.hex() == (
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )


def test_hkdf_expand_gives_test_case_1_of_rfc_5869() -> None:
    root = "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    stream = expand(Hidden(bytes.fromhex(root)), bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"), 42)
    assert stream.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def test_argon2id_gives_the_answer_of_rfc_9106() -> None:
    """RFC 9106 5.3: secret and associated data, 32 KiB, 3 passes, 4 lanes."""
    stretched = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    ).derive(b"\x01" * 32)
    assert stretched.hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


def test_hmac_gives_test_case_1_of_rfc_4231() -> None:
    assert hmac.digest(b"\x0b" * 20, b"Hi There", hashlib.sha256).hex() == (
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )


def test_the_check_digit_is_damms() -> None:
    """The example of Damm's thesis: 572 gets the check digit 4."""
    assert check_digit("572") == 4
    assert check_digit("5724") == 0


def test_words_are_wilkersons_proquints() -> None:
    """arXiv:0901.4016: 127.0.0.1 is lusab-babad, 63.84.220.193 is gutih-tugad."""
    assert spell(bytes([127, 0, 0, 1])) == ["lusab", "babad"]
    assert spell(bytes([63, 84, 220, 193])) == ["gutih", "tugad"]
