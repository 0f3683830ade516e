"""Keys for the tests of sealing: drawn from a fixed seed, so that a failure can be repeated."""

import random

import pytest

from casefile.sealing.hidden import Key, RandomBytes, new_key
from casefile.sealing.keypairs import PrivateKey, new_private_key
from casefile.sealing.keyring import Keyring, new_keyring


@pytest.fixture(scope="session")
def draw() -> RandomBytes:
    """Repeatable randomness."""
    return random.Random("sealing").randbytes


@pytest.fixture(scope="session")
def key(draw: RandomBytes) -> Key:
    return new_key(draw)


@pytest.fixture(scope="session")
def other_key(draw: RandomBytes) -> Key:
    return new_key(draw)


@pytest.fixture(scope="session")
def keyring(draw: RandomBytes) -> Keyring:
    return new_keyring(draw)


@pytest.fixture(scope="session")
def holder(draw: RandomBytes) -> PrivateKey:
    return new_private_key(draw)


@pytest.fixture(scope="session")
def stranger(draw: RandomBytes) -> PrivateKey:
    return new_private_key(draw)
