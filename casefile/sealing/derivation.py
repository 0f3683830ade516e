"""Derivation: one root secret expanded to independent keys, each named by a context.

HKDF-Expand with SHA-256 (RFC 5869 2.3); the roots are uniform already, so there is no extract
step. Must never be given a passphrase, a receipt code or anything else a person could guess: those
go through Argon2id first.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from casefile.sealing.hidden import KEY_LENGTH, Hidden, Key


def expand(root: Hidden, info: bytes, length: int) -> bytes:
    """``length`` bytes of key stream of ``root`` for ``info`` (a ``context``)."""
    return HKDFExpand(SHA256(), length, info).derive(root.reveal())


def expand_key(root: Hidden, info: bytes) -> Key:
    """The 32-byte key that ``root`` gives for ``info`` (a ``context``)."""
    return Key(expand(root, info, KEY_LENGTH))
