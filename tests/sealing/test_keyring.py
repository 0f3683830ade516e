"""The deployment's keys: places, tags, rotation in four steps, and the key file."""

import os
import stat
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.sealing.contexts import context
from casefile.sealing.errors import (
    KeyFileDamaged,
    KeyFileExposed,
    KeyFileInTheWay,
    KeyFileMissing,
    KeyFileProblem,
    KeyFileWrong,
    SealBroken,
)
from casefile.sealing.hidden import RandomBytes
from casefile.sealing.key_file import (
    read_key_file,
    replace_key_file,
    write_key_file,
)
from casefile.sealing.keyring import (
    Keyring,
    keyring_from_text,
    new_keyring,
)

HERE, THERE = context("cases", b"1", "label"), context("cases", b"2", "label")


@pytest.fixture
def key_file(tmp_path: Path, keyring: Keyring) -> Path:
    path = tmp_path / "casefile.keys"
    write_key_file(path, keyring)
    return path


# -- Sealing to the deployment --------------------------------------------------------------------


def test_a_label_opens_in_its_place_alone(keyring: Keyring) -> None:
    blob = keyring.seal(b"label", HERE)
    assert keyring.open(blob, HERE) == b"label"
    with pytest.raises(SealBroken):
        keyring.open(blob, THERE)


def test_another_deployment_opens_nothing(keyring: Keyring, draw: RandomBytes) -> None:
    with pytest.raises(SealBroken):
        new_keyring(draw).open(keyring.seal(b"label", HERE), HERE)


def test_no_byte_of_a_label_can_be_changed_or_cut(keyring: Keyring) -> None:
    blob = keyring.seal(b"label", HERE)
    for at in range(len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        for broken in (changed, blob[:at]):
            with pytest.raises(SealBroken):
                keyring.open(broken, HERE)


PARTS = st.lists(st.one_of(st.text(max_size=5), st.binary(max_size=5)), max_size=4)


@given(PARTS, PARTS)
def test_tags_and_macs_agree_only_for_the_same_parts(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    keyring = new_keyring(lambda length: b"k" * length)
    assert (keyring.tag(*one) == keyring.tag(*other)) == (one == other)
    assert (keyring.mac(*one) == keyring.mac(*other)) == (one == other)


def test_tags_and_macs_are_different_functions_of_their_key(keyring: Keyring) -> None:
    assert len(keyring.tag("entries", b"1")) == 16
    assert len(keyring.mac("entries", b"1")) == 32
    assert keyring.mac("entries", b"1")[:16] != keyring.tag("entries", b"1")


def test_a_purpose_has_a_key_of_its_own(keyring: Keyring) -> None:
    keys = [keyring.subkey("a"), keyring.subkey("b"), keyring.subkey("a", "")]
    assert all(one != other for at, one in enumerate(keys) for other in keys[at + 1 :])
    assert keyring.subkey("a") == keys[0]
    with pytest.raises(SealBroken):
        keyring.subkey("a", key_id=b"????")


# -- Rotation -------------------------------------------------------------------------------------


def test_a_server_reads_what_one_a_step_ahead_writes(keyring: Keyring, draw: RandomBytes) -> None:
    read_new = keyring.with_new_seal_key(draw)
    write_new = read_new.writing_new_seal_key()
    dropped = write_new.without_old_seal_keys()
    steps = [keyring, read_new, write_new, dropped]
    for behind, ahead in pairwise(steps):
        assert behind.open(ahead.seal(b"label", HERE), HERE) == b"label"
    for ahead, behind in [(read_new, keyring), (write_new, read_new), (write_new, keyring)]:
        assert ahead.open(behind.seal(b"label", HERE), HERE) == b"label"


def test_a_new_key_is_not_written_with_before_every_server_can_read_it(
    keyring: Keyring, draw: RandomBytes
) -> None:
    read_new = keyring.with_new_seal_key(draw)
    assert keyring.open(read_new.seal(b"label", HERE), HERE) == b"label"
    assert not read_new.needs_reseal(keyring.seal(b"label", HERE))


def test_only_what_lies_under_the_old_key_needs_to_be_sealed_again(
    keyring: Keyring, draw: RandomBytes
) -> None:
    old = keyring.seal(b"label", HERE)
    rotated = keyring.with_new_seal_key(draw).writing_new_seal_key()
    assert rotated.needs_reseal(old)
    assert not rotated.needs_reseal(rotated.seal(rotated.open(old, HERE), HERE))


def test_the_old_key_opens_nothing_once_it_is_dropped(keyring: Keyring, draw: RandomBytes) -> None:
    old = keyring.seal(b"label", HERE)
    dropped = keyring.with_new_seal_key(draw).writing_new_seal_key().without_old_seal_keys()
    with pytest.raises(SealBroken):
        dropped.open(old, HERE)
    with pytest.raises(SealBroken):
        keyring.open(dropped.seal(b"label", HERE), HERE)


def test_dropping_the_old_key_before_writing_with_the_new_is_refused(
    keyring: Keyring, draw: RandomBytes
) -> None:
    with pytest.raises(ValueError, match="first"):
        keyring.with_new_seal_key(draw).without_old_seal_keys()


def test_a_key_drawn_twice_never_replaces_the_one_before() -> None:
    keyring = new_keyring(lambda length: b"k" * length)
    with pytest.raises(ValueError, match="randomness"):
        keyring.with_new_seal_key(lambda length: b"k" * length)


def test_rotation_leaves_tags_receipts_and_pepper_alone(
    keyring: Keyring, draw: RandomBytes
) -> None:
    rotated = keyring.with_new_seal_key(draw).writing_new_seal_key().without_old_seal_keys()
    assert rotated.tag("entries") == keyring.tag("entries")
    assert rotated.mac("entries") == keyring.mac("entries")
    assert (rotated.pepper, rotated.receipts) == (keyring.pepper, keyring.receipts)
    assert rotated.lasting_fingerprint() == keyring.lasting_fingerprint()


def test_the_fingerprint_tells_every_step_apart(keyring: Keyring, draw: RandomBytes) -> None:
    read_new = keyring.with_new_seal_key(draw)
    steps = [keyring, read_new, read_new.writing_new_seal_key()]
    steps.append(steps[-1].without_old_seal_keys())
    assert len({each.fingerprint() for each in steps}) == 4


def test_the_fingerprint_holds_no_part_of_a_key(keyring: Keyring) -> None:
    shown = keyring.fingerprint().replace(" ", "")
    assert len(shown) == 16
    assert not any(shown[:6] in key.reveal().hex() for key in keyring.seal_keys.values())


# -- The key file ---------------------------------------------------------------------------------


def _same(one: Keyring, other: Keyring) -> bool:
    return one.to_text() == other.to_text()


def test_keys_come_back_from_their_file(key_file: Path, keyring: Keyring) -> None:
    assert _same(read_key_file(key_file), keyring)


def test_keys_come_back_from_the_environment(keyring: Keyring, draw: RandomBytes) -> None:
    rotated = keyring.with_new_seal_key(draw).with_new_seal_key(draw)
    text = rotated.to_text()
    assert "\n" not in text
    assert _same(keyring_from_text(f"  {text}\n"), rotated)
    assert _same(keyring_from_text(text.replace(",", "\r\n")), rotated)


def test_the_key_file_is_for_its_owner_alone(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]


def test_a_key_file_is_never_overwritten(key_file: Path, draw: RandomBytes) -> None:
    before = key_file.read_bytes()
    with pytest.raises(KeyFileInTheWay) as caught:
        write_key_file(key_file, new_keyring(draw))
    assert isinstance(caught.value, (KeyFileProblem, FileExistsError))
    assert key_file.read_bytes() == before
    assert list(key_file.parent.iterdir()) == [key_file]


def test_a_rotation_replaces_the_key_file(
    key_file: Path, keyring: Keyring, draw: RandomBytes
) -> None:
    rotated = keyring.with_new_seal_key(draw)
    replace_key_file(key_file, rotated)
    assert _same(read_key_file(key_file), rotated)
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]


def test_the_keys_of_another_deployment_never_replace_the_key_file(
    key_file: Path, draw: RandomBytes
) -> None:
    before = key_file.read_bytes()
    with pytest.raises(KeyFileWrong):
        replace_key_file(key_file, new_keyring(draw))
    assert key_file.read_bytes() == before


def test_no_key_file_is_made_by_replacing_one(tmp_path: Path, keyring: Keyring) -> None:
    with pytest.raises(KeyFileMissing):
        replace_key_file(tmp_path / "nothing", keyring)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610, 0o602])
def test_a_key_file_others_may_use_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)
    with pytest.raises(KeyFileExposed):
        read_key_file(key_file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_key_file_of_another_user_is_refused(key_file: Path) -> None:
    os.chown(key_file, 12345, -1)
    with pytest.raises(KeyFileExposed):
        read_key_file(key_file)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir], ids=["nothing", "a folder"])
def test_a_missing_key_file_is_told(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "keys")
    with pytest.raises(KeyFileMissing):
        read_key_file(tmp_path / "keys")


def test_a_key_file_behind_a_link_is_judged_by_what_it_points_to(
    key_file: Path, keyring: Keyring
) -> None:
    link = key_file.with_name("link")
    link.symlink_to(key_file)
    assert _same(read_key_file(link), keyring)
    key_file.chmod(0o644)
    with pytest.raises(KeyFileExposed):
        read_key_file(link)


def test_a_key_text_is_refused_after_any_slip_of_the_pen(keyring: Keyring) -> None:
    text = keyring.to_text()
    for at in range(len(text)):
        slip = "0" if text[at] != "0" else "1"
        for changed in (text[:at] + slip + text[at + 1 :], text[:at] + text[at + 1 :], text[:at]):
            with pytest.raises(KeyFileDamaged):
                keyring_from_text(changed)


@pytest.mark.parametrize("text", ["", "\x00\xff", "casefile-keys-1", "casefile-keys-2,write=00"])
def test_what_is_no_key_text_is_refused(text: str) -> None:
    with pytest.raises(KeyFileDamaged):
        keyring_from_text(text)


def test_a_key_text_with_a_key_written_twice_is_refused(keyring: Keyring) -> None:
    words = keyring.to_text().split(",")
    for at in range(1, len(words)):
        with pytest.raises(KeyFileDamaged):
            keyring_from_text(",".join([*words[: at + 1], *words[at:]]))


def test_no_message_about_a_key_file_holds_a_key(key_file: Path, keyring: Keyring) -> None:
    key_file.write_text(key_file.read_text().replace("tags=", "tags=0"))
    with pytest.raises(KeyFileDamaged) as caught:
        read_key_file(key_file)
    assert keyring.tags.reveal().hex()[:8] not in str(caught.value)
    assert caught.value.__suppress_context__
