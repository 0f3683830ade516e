"""What was sealed once still opens: one blob of each kind lies here, as it lies in databases."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casefile.sealing.circles import unwrap_circle_seed
from casefile.sealing.compartments import Compartment, open_body, unwrap_bundle
from casefile.sealing.contexts import context
from casefile.sealing.custodians import Part, join, open_part, private_key_from_paper
from casefile.sealing.desks import quick_unwrap, unwrap_desk_secret
from casefile.sealing.envelopes import open_committed, open_sealed
from casefile.sealing.hidden import Key
from casefile.sealing.keypairs import private_key_from_seeds, public_key_from_raw, unwrap
from casefile.sealing.keyring import keyring_from_text
from casefile.sealing.passphrases import stretch
from casefile.sealing.receipts import parse_code, receipt_code, unlock
from casefile.sealing.segments import open_segment
from casefile.sealing.sessions import open_session, session_keys
from casefile.sealing.streams import open_stream
from tests.sealing.make_fixtures import MAKERS, write_once

FOLDER = Path(__file__).parent / "fixtures"
PLAIN = "what happened, ما حدث, ምን ሆነ".encode()
WHERE = context("fixture", b"row", "column")


def _kept(kind: str) -> Any:
    """A fixture with every hexadecimal value as bytes."""
    return {name: _bytes(value) for name, value in json.loads(_text(kind)).items()}


def _text(kind: str) -> str:
    return (FOLDER / f"{kind}.json").read_text()


def _bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_bytes(each) for each in value]
    try:
        return bytes.fromhex(value) if len(value) > 31 else value
    except ValueError:
        return value


def test_there_is_a_fixture_of_each_kind() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(MAKERS)


def test_a_fixture_is_never_written_again(tmp_path: Path) -> None:
    path = tmp_path / "kind.json"
    assert write_once(path, lambda: {"blob": "first"})
    assert not write_once(path, lambda: {"blob": "second"})
    assert json.loads(path.read_text()) == {"blob": "first"}


def test_the_kept_envelopes_open() -> None:
    plain, committed = _kept("envelope"), _kept("committed")
    assert open_sealed(Key(plain["key"]), plain["blob"], WHERE) == PLAIN
    assert open_committed(Key(committed["key"]), committed["blob"], WHERE) == PLAIN


def test_the_kept_label_opens_and_the_kept_tags_are_made_again() -> None:
    kept = _kept("deployment")
    keyring = keyring_from_text(kept["keys"])
    assert keyring.open(kept["blob"], WHERE) == keyring.open(kept["newer"], WHERE) == PLAIN
    assert keyring.needs_reseal(kept["newer"])
    assert not keyring.needs_reseal(kept["blob"])
    assert keyring.tag("entries", b"case", "1") == kept["tag"]
    assert keyring.mac("directory", b"desk") == kept["mac"]
    assert keyring.subkey("purpose", b"row") == Key(kept["subkey"])
    assert keyring.fingerprint() == kept["fingerprint"]


@pytest.mark.parametrize("at", [0, 1], ids=["classic", "hybrid"])
def test_the_kept_wraps_open(at: int) -> None:
    kept = {name: values[at] for name, values in _kept("wraps").items()}
    private = private_key_from_seeds(kept["seeds"])
    assert unwrap(private, kept["blobs"], WHERE) == PLAIN
    assert private.public == public_key_from_raw(kept["publics"])
    assert private.public.fingerprint() == kept["fingerprints"]


def test_the_kept_bundle_opens() -> None:
    kept = _kept("bundle")
    opened = unwrap_bundle(
        private_key_from_seeds(kept["seeds"]),
        kept["blob"],
        case=b"case",
        holder=b"desk",
        slot=3,
        token=b"token",
    )
    assert opened == {
        Compartment.MAILBOX: Key(kept["mailbox"]),
        Compartment.IDENTITY: Key(kept["identity"]),
    }


def test_the_kept_body_opens() -> None:
    kept = _kept("body")
    opened = open_body(
        Key(kept["key"]),
        kept["blob"],
        case=b"case",
        compartment=Compartment.WORK,
        place=WHERE,
        token=b"token",
    )
    assert opened == PLAIN


def test_the_kept_circle_seed_opens() -> None:
    kept = _kept("circle")
    circle = unwrap_circle_seed(
        private_key_from_seeds(kept["seeds"]),
        kept["blob"],
        case=b"case",
        person=b"person",
        slot=3,
        token=b"token",
    )
    assert circle == private_key_from_seeds(kept["circle"])


def test_the_kept_desk_secret_opens_its_quick_wrap() -> None:
    kept = _kept("desk")
    secret = unwrap_desk_secret(
        private_key_from_seeds(kept["seeds"]),
        kept["blob"],
        desk=b"desk",
        generation=4,
        person=b"person",
    )
    opened = quick_unwrap(
        secret.quick,
        kept["quick"],
        case=b"case",
        desk=b"desk",
        generation=4,
        token=b"token",
    )
    assert secret.private == private_key_from_seeds(kept["desk"])
    assert opened == {Compartment.WORK: Key(kept["compartment"])}


def test_the_kept_receipt_finds_its_row_and_opens_its_key() -> None:
    kept = json.loads(_text("receipt"))
    keyring, code = keyring_from_text(kept["keys"]), parse_code(kept["digits"])
    assert code is not None
    opened = unlock(code, keyring)
    assert code == receipt_code(keyring, b"token of the form", PLAIN)
    assert opened.lookup.hex() == kept["lookup"]
    assert opened.private.seeds().reveal().hex() == kept["seeds"]


def test_the_kept_passphrase_signs_in() -> None:
    kept = _kept("passphrase")
    root = stretch(kept["text"], kept["salt"], Key(kept["pepper"]))
    assert root.matches(kept["verifier"])
    assert root.wrapping == Key(kept["wrapping"])


def test_the_kept_session_opens() -> None:
    kept = _kept("session")
    keys = session_keys(kept["cookie"])
    assert keys is not None
    private = open_session(keys, kept["blob"], person=b"person", expires=29_000_000)
    assert keys.row == kept["row"]
    assert private == private_key_from_seeds(kept["seeds"])


def test_the_kept_papers_rebuild_their_secret() -> None:
    kept = _kept("custodians")
    people = [private_key_from_paper(text) for text in kept["papers"]]
    parts = [
        Part(tuple(map(int, subset.split())), int(custodian), blob)
        for subset, custodian, blob in zip(
            kept["subsets"], kept["custodians"], kept["blobs"], strict=True
        )
    ]
    for group in {part.subset for part in parts}:
        opened = {
            part.custodian: open_part(people[part.custodian], part, purpose=WHERE)
            for part in parts
            if part.subset == group
        }
        assert join(opened, purpose=WHERE) == PLAIN


def test_the_kept_segment_opens() -> None:
    kept = _kept("segment")
    dtype: Any = np.dtype([("used", "u1"), ("category", "u1"), ("due", "<u4")])
    rows = open_segment(
        keyring_from_text(kept["keys"]),
        kept["blob"],
        dtype,
        register="facts",
        part="coded",
        segment=b"segment",
        token=b"token",
    )
    assert rows.tobytes() == kept["rows"]


def test_the_kept_file_opens() -> None:
    kept = _kept("stream")
    whole = b"".join(open_stream(Key(kept["key"]), [kept["blob"]], WHERE))
    assert whole == PLAIN.ljust(4096, b"\0")
