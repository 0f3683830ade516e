"""Makes one blob of each kind with the keys it needs, for the test that it still opens years on.

Run once when a kind of blob is new: ``python -m tests.sealing.make_fixtures``. A fixture that
exists is never written again: it stands for what lies in databases. The keys here are made for
these files and seal nothing else.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from casefile.sealing.circles import new_circle, wrap_circle_seed
from casefile.sealing.compartments import (
    Compartment,
    new_compartment_keys,
    seal_body,
    wrap_bundle,
)
from casefile.sealing.contexts import context
from casefile.sealing.custodians import paper_share, split
from casefile.sealing.desks import new_desk_secret, quick_wrap, wrap_desk_secret
from casefile.sealing.envelopes import seal, seal_committed
from casefile.sealing.hidden import Key, new_key
from casefile.sealing.keypairs import CLASSIC, new_private_key, wrap
from casefile.sealing.keyring import new_keyring
from casefile.sealing.padding import RECORD_BUCKET
from casefile.sealing.passphrases import generate, stretch
from casefile.sealing.receipts import receipt_code, unlock
from casefile.sealing.segments import seal_segment
from casefile.sealing.sessions import new_cookie, seal_session, session_keys
from casefile.sealing.streams import SealingStream

FOLDER = Path(__file__).parent / "fixtures"
PLAIN = "what happened, ما حدث, ምን ሆነ".encode()
WHERE = context("fixture", b"row", "column")
ROW = np.dtype([("used", "u1"), ("category", "u1"), ("due", "<u4")])

Fixture = dict[str, str | list[str]]


def main() -> None:
    """Write every fixture that is missing, leave every other as it is."""
    FOLDER.mkdir(exist_ok=True)
    for kind, make in MAKERS.items():
        path = FOLDER / f"{kind}.json"
        sys.stdout.write(f"{kind}: {'made' if write_once(path, make) else 'left as it is'}\n")


def write_once(path: Path, make: Callable[[], Fixture]) -> bool:
    """Write a new fixture; False, and nothing done, if it is there already."""
    if path.exists():
        return False
    with path.open("x") as file:
        file.write(json.dumps(make(), indent=1) + "\n")
    return True


def _envelope() -> Fixture:
    key = new_key(os.urandom)
    return {"key": _hex(key), "blob": seal(key, PLAIN, WHERE).hex()}


def _committed() -> Fixture:
    key = new_key(os.urandom)
    return {"key": _hex(key), "blob": seal_committed(key, PLAIN, WHERE).hex()}


def _deployment() -> Fixture:
    keyring = new_keyring(os.urandom).with_new_seal_key(os.urandom)
    return {
        "keys": keyring.to_text(),
        "fingerprint": keyring.fingerprint(),
        "blob": keyring.seal(PLAIN, WHERE).hex(),
        "newer": keyring.writing_new_seal_key().seal(PLAIN, WHERE).hex(),
        "tag": keyring.tag("entries", b"case", "1").hex(),
        "mac": keyring.mac("directory", b"desk").hex(),
        "subkey": _hex(keyring.subkey("purpose", b"row")),
    }


def _wraps() -> Fixture:
    classic, hybrid = new_private_key(os.urandom, CLASSIC), new_private_key(os.urandom)
    return {
        "seeds": [classic.seeds().reveal().hex(), hybrid.seeds().reveal().hex()],
        "publics": [classic.public.raw.hex(), hybrid.public.raw.hex()],
        "fingerprints": [classic.public.fingerprint(), hybrid.public.fingerprint()],
        "blobs": [wrap(each.public, PLAIN, WHERE).hex() for each in (classic, hybrid)],
    }


def _bundle() -> Fixture:
    holder = new_private_key(os.urandom)
    keys = new_compartment_keys([Compartment.MAILBOX, Compartment.IDENTITY], os.urandom)
    blob = wrap_bundle(holder.public, keys, case=b"case", holder=b"desk", slot=3, token=b"token")
    return {
        "seeds": holder.seeds().reveal().hex(),
        "mailbox": _hex(keys[Compartment.MAILBOX]),
        "identity": _hex(keys[Compartment.IDENTITY]),
        "blob": blob.hex(),
    }


def _body() -> Fixture:
    key = new_key(os.urandom)
    blob = seal_body(
        key,
        PLAIN,
        case=b"case",
        compartment=Compartment.WORK,
        place=WHERE,
        token=b"token",
        smallest=RECORD_BUCKET,
        random=os.urandom,
    )
    return {"key": _hex(key), "blob": blob.hex()}


def _circle() -> Fixture:
    member, circle = new_private_key(os.urandom), new_circle(os.urandom)
    blob = wrap_circle_seed(
        member.public, circle, case=b"case", person=b"person", slot=3, token=b"token"
    )
    return {
        "seeds": member.seeds().reveal().hex(),
        "circle": circle.seeds().reveal().hex(),
        "blob": blob.hex(),
    }


def _desk() -> Fixture:
    member, secret, kept = new_private_key(os.urandom), new_desk_secret(os.urandom), _random_key()
    blob = wrap_desk_secret(member.public, secret, desk=b"desk", generation=4, person=b"person")
    quick = quick_wrap(
        secret.quick,
        {Compartment.WORK: kept},
        case=b"case",
        desk=b"desk",
        generation=4,
        token=b"token",
    )
    return {
        "seeds": member.seeds().reveal().hex(),
        "desk": secret.private.seeds().reveal().hex(),
        "compartment": _hex(kept),
        "blob": blob.hex(),
        "quick": quick.hex(),
    }


def _receipt() -> Fixture:
    keyring = new_keyring(os.urandom)
    code = receipt_code(keyring, b"token of the form", PLAIN)
    opened = unlock(code, keyring)
    return {
        "keys": keyring.to_text(),
        "digits": code.digits(),
        "lookup": opened.lookup.hex(),
        "seeds": opened.private.seeds().reveal().hex(),
    }


def _passphrase() -> Fixture:
    text, salt, pepper = generate(os.urandom), os.urandom(16), _random_key()
    root = stretch(text, salt, pepper)
    return {
        "text": text,
        "salt": salt.hex(),
        "pepper": _hex(pepper),
        "verifier": root.verifier.hex(),
        "wrapping": _hex(root.wrapping),
    }


def _session() -> Fixture:
    cookie, private = new_cookie(os.urandom), new_private_key(os.urandom)
    keys = session_keys(cookie)
    assert keys is not None
    return {
        "cookie": cookie,
        "row": keys.row.hex(),
        "seeds": private.seeds().reveal().hex(),
        "blob": seal_session(keys, private, person=b"person", expires=29_000_000).hex(),
    }


def _custodians() -> Fixture:
    papers = [paper_share(os.urandom) for _ in range(3)]
    publics = [private.public for _, private in papers]
    parts = split(PLAIN, publics, 2, purpose=WHERE, random=os.urandom)
    return {
        "papers": [text for text, _ in papers],
        "subsets": [" ".join(map(str, part.subset)) for part in parts],
        "custodians": [str(part.custodian) for part in parts],
        "blobs": [part.blob.hex() for part in parts],
    }


def _segment() -> Fixture:
    keyring = new_keyring(os.urandom)
    rows = np.frombuffer(bytes(range(256)) * (4 * ROW.itemsize), ROW)
    blob = seal_segment(
        keyring, rows, register="facts", part="coded", segment=b"segment", token=b"token"
    )
    return {"keys": keyring.to_text(), "rows": rows.tobytes().hex(), "blob": blob.hex()}


def _stream() -> Fixture:
    key, out = new_key(os.urandom), list[bytes]()
    stream = SealingStream(out.append, key, os.urandom(7), WHERE)
    stream.write(PLAIN)
    stream.fill_up()
    stream.close()
    return {"key": _hex(key), "blob": b"".join(out).hex()}


def _random_key() -> Key:
    return new_key(os.urandom)


def _hex(key: Key) -> str:
    return key.reveal().hex()


MAKERS: dict[str, Callable[[], Fixture]] = {
    "envelope": _envelope,
    "committed": _committed,
    "deployment": _deployment,
    "wraps": _wraps,
    "bundle": _bundle,
    "body": _body,
    "circle": _circle,
    "desk": _desk,
    "receipt": _receipt,
    "passphrase": _passphrase,
    "session": _session,
    "custodians": _custodians,
    "segment": _segment,
    "stream": _stream,
}

if __name__ == "__main__":
    main()
