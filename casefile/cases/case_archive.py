"""A case as one sealed file: the paper, its records as JSON and its files, made while it leaves.

One file of the case is in memory at a time, and nothing is written here. A file that does not open
is named as such; a locked one is not there. What is cut on the way does not open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from casefile.cases.copies import Copy, leaving
from casefile.cases.files import FileLocked, KeptFile, open_file
from casefile.documents.kinds import ending_of
from casefile.platform.archive_records import (
    FILE,
    FIRST,
    LAST,
    ArchiveDamaged,
    Record,
    records,
    written,
)
from casefile.platform.deployment import Deployment
from casefile.platform.now import moment
from casefile.sealing.case_archives import begin_case_archive
from casefile.sealing.errors import SealBroken

RECORDS: Final = "records.json"


def archive_of(
    bind: Engine | Connection, deployment: Deployment, copy: Copy, pdf: bytes, passphrase: str
) -> Iterator[bytes]:
    """The sealed bytes, piece by piece, begun when they are asked for: after the request is over.

    Hence the session of its own, which ends with the last piece or when nobody takes more.
    """
    with Session(bind) as session:
        yield from _pieces(session, deployment, copy, pdf, passphrase)


def _pieces(
    session: Session, deployment: Deployment, copy: Copy, pdf: bytes, passphrase: str
) -> Iterator[bytes]:
    pieces: list[bytes] = []
    stream = begin_case_archive(pieces.append, passphrase, deployment.random)
    reference, damaged = copy.page.reference, []
    begun = {"reference": reference, "made": deployment.now().isoformat(timespec="minutes")}
    stream.write(written(Record(FIRST, begun)))
    stream.write(written(Record(FILE, {"name": f"{reference}.pdf"}, pdf)))
    stream.write(written(Record(FILE, {"name": RECORDS}, records_of(copy))))
    yield from _taken(pieces)
    for file in copy.files:
        try:
            data = open_file(session, deployment, copy.opened.case, file)
        except FileLocked:
            continue
        except SealBroken:
            damaged.append(file.number)
            continue
        stream.write(written(Record(FILE, {"name": name_of(reference, file, data)}, data)))
        yield from _taken(pieces)
    stream.write(written(Record(LAST, {"damaged": damaged})))
    stream.close()
    yield from _taken(pieces)


def records_of(copy: Copy) -> bytes:
    """The records as JSON: by section, each with its kind and what it says; people by name."""
    told = {
        "reference": copy.page.reference,
        "category": copy.page.category,
        "state": copy.page.state,
        "received": copy.page.received.isoformat(timespec="minutes"),
        "sections": {
            section: [
                {"kind": one.kind, "part": one.compartment} | _said(leaving(one, copy.files), copy)
                for one in copy.records[section]
            ]
            for section in copy.sections
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def name_of(reference: str, file: KeptFile, data: bytes) -> str:
    """What a file is called outside: whose it is stands in no file name."""
    return f"{reference}-{file.number}{ending_of(file.kind, data[:64])}"


def files_of(plain: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the files in an opened archive; ArchiveDamaged if it is not whole."""
    kind = ""
    for record in records(plain):
        kind = record.kind
        if kind == FILE:
            yield str(record.head["name"]), record.body
    if kind != LAST:
        raise ArchiveDamaged


def _taken(pieces: list[bytes]) -> Iterator[bytes]:
    yield from pieces
    pieces.clear()


def _said(content: Any, copy: Copy) -> dict[str, Any]:
    """With names in place of ids, and moments in place of minutes."""
    said = dict(content)
    for who in ("by", "to"):
        if who in said:
            said[who] = copy.people.get(bytes.fromhex(said[who]), "")
    if isinstance(said.get("when"), int):
        said["when"] = moment(said["when"]).isoformat(timespec="minutes")
    return said
