"""Files of a case: received, cleaned and sealed; their records; and the one way to open one.

A file has a random key of its own, which lies in its record in a compartment of the case: whoever
cannot open the compartment cannot open the file. Locked, it is opened for nobody.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from casefile.cases.files_store import keep_pieces, read_pieces
from casefile.cases.label import Label
from casefile.cases.records import Keys, Record, add_record
from casefile.documents.cleaning import Cleaned, Dangerous, Mark, clean, uncleaned
from casefile.documents.kinds import Family, FileKind, family_of, says_otherwise
from casefile.documents.names import kept_name
from casefile.platform.deployment import Deployment
from casefile.platform.now import minutes, moment
from casefile.platform.throttle import Busy
from casefile.platform.uploads import ArrivingFile, Refusal, SealedStream, Sealer, file_place
from casefile.sealing.compartments import Compartment
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key
from casefile.sealing.streams import open_stream

FILE, LOCK = "file", "file_lock"


class FileLocked(Exception):
    """Somebody marked the file as possible child sexual abuse material: nobody opens it."""


class FileNotThere(Exception):
    """The case has no such file for this person."""


@dataclass(frozen=True)
class NewFile:
    """A file cleaned and sealed, waiting for the transaction that names it."""

    name: str = field(repr=False)
    kind: FileKind
    mark: Mark
    odd: bool
    """Its name or declared type says that it is something else."""
    digest: bytes = field(repr=False)
    """SHA-256 of what came, so that the same page sent again is known; never stored."""
    stream: SealedStream = field(repr=False)


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken, by its name as it may be shown, and why."""

    name: str = field(repr=False)
    why: Refusal


@dataclass(frozen=True)
class ReceivedFiles:
    """What came of the files of one page: all of them taken, or none if one was refused."""

    taken: tuple[NewFile, ...] = ()
    refused: tuple[RefusedFile, ...] = ()


@dataclass(frozen=True)
class KeptFile:
    """One file of a case as its record says, with its lock."""

    number: int
    id: bytes
    compartment: Compartment
    name: str = field(repr=False)
    kind: FileKind
    mark: Mark
    odd: bool
    size: int
    when: datetime
    by: bytes
    """The member who added it; empty for the reporter."""
    key: Key = field(repr=False)
    first: int
    count: int
    locked: bool = False
    locked_by: bytes = b""
    reason: str = field(default="", repr=False)
    """Why it was unlocked again."""

    @property
    def family(self) -> Family:
        """What people call it."""
        return family_of(self.kind)

    @property
    def ours(self) -> bool:
        """Whether a member added it."""
        return bool(self.by)


def receive_files(deployment: Deployment, arrived: Sequence[ArrivingFile]) -> ReceivedFiles:
    """Clean and seal what a page brought; one at a time is taken apart in a process.

    If one is refused none is sealed: the page comes back and the files are chosen anew.
    """
    for file in arrived:
        if not file.size:
            file.refuse(Refusal.EMPTY)
    taken: list[NewFile] = []
    for file in arrived if not any(one.refusal for one in arrived) else ():
        try:
            taken.append(_received(deployment, file))
        except Dangerous:
            file.refuse(Refusal.DANGEROUS)
    refused = tuple(RefusedFile(kept_name(one.name), one.refusal) for one in arrived if one.refusal)
    return ReceivedFiles(() if refused else tuple(taken), refused)


def add_files(
    session: Session,
    deployment: Deployment,
    case: bytes,
    label: Label,
    compartment: Compartment,
    keys: Keys,
    files: Iterable[NewFile],
    by: bytes = b"",
) -> Label:
    """Write sealed files and their records into a compartment; the label that counts them."""
    for file in files:
        content = record_of(file, label, minutes(deployment.now()), by)
        keep_pieces(session, deployment, case, label.pieces, file.stream.pieces)
        label = add_record(session, deployment, case, label, compartment, keys, FILE, content)
        label = counting(label, file)
    return label


def counting(label: Label, file: NewFile) -> Label:
    """The label with one file more."""
    return replace(label, files=label.files + 1, pieces=label.pieces + len(file.stream.pieces))


def record_of(file: NewFile, label: Label, when: int, by: bytes) -> Mapping[str, Any]:
    """What is kept of a file beside its pieces; `label` says where they begin."""
    stream = file.stream
    return {
        "number": label.files + 1,
        "file": stream.id.hex(),
        "key": base64.b64encode(stream.key.reveal()).decode(),
        "first": label.pieces,
        "count": len(stream.pieces),
        "size": stream.length,
        "name": file.name,
        "type": file.kind,
        "mark": file.mark,
        "odd": file.odd,
        "when": when,
    } | ({"by": by.hex()} if by else {})


def files_in(records: Iterable[Record]) -> tuple[KeptFile, ...]:
    """The files among the records of a case, with the last word on each one's lock."""
    found: dict[int, KeptFile] = {}
    for record in records:
        if record.kind == FILE:
            found[record.content["number"]] = _kept(record)
        elif record.kind == LOCK and record.content["number"] in found:
            number = record.content["number"]
            found[number] = _as_locked(found[number], record.content)
    return tuple(found.values())


def file_numbered(records: Iterable[Record], number: int) -> KeptFile:
    """One file; FileNotThere if these records hold none of that number."""
    found = next((one for one in files_in(records) if one.number == number), None)
    if found is None:
        raise FileNotThere
    return found


def open_file(session: Session, deployment: Deployment, case: bytes, file: KeptFile) -> bytes:
    """The whole file, every piece proved; FileLocked while it is locked, for everybody.

    The only way to a file's bytes: pages, downloads, exports and referrals all come through here.
    """
    if file.locked:
        raise FileLocked
    pieces = read_pieces(session, deployment, case, file.first, file.count)
    plain = b"".join(open_stream(file.key, pieces, file_place(file.id)))
    if len(plain) < file.size:
        raise SealBroken
    return plain[: file.size]


def _received(deployment: Deployment, file: ArrivingFile) -> NewFile:
    name, digest, beginning = kept_name(file.name), file.digest(), file.beginning
    plain, sealed = file.take()
    cleaned = Cleaned(FileKind.OTHER, b"", Mark.REMAIN)
    if plain is not None:
        cleaned = _cleaned(deployment, plain)
        sealer = Sealer(deployment.random)
        sealer.write(cleaned.data)
        sealed = sealer.finish()
    else:
        cleaned = clean(beginning)
    assert sealed is not None
    odd = says_otherwise(name, file.declared, cleaned.kind)
    return NewFile(name, cleaned.kind, cleaned.mark, odd, digest, sealed)


def _cleaned(deployment: Deployment, plain: bytes | bytearray) -> Cleaned:
    """Cleaned in its turn; as it came, marked so, where too many files are being cleaned."""
    try:
        with deployment.slots.cleaning:
            return clean(plain)
    except Busy:
        return uncleaned(plain)


def _kept(record: Record) -> KeptFile:
    said = record.content
    return KeptFile(
        number=said["number"],
        id=bytes.fromhex(said["file"]),
        compartment=record.compartment,
        name=said["name"],
        kind=FileKind(said["type"]),
        mark=Mark(said["mark"]),
        odd=said["odd"],
        size=said["size"],
        when=moment(said["when"]),
        by=bytes.fromhex(said.get("by", "")),
        key=Key(base64.b64decode(said["key"])),
        first=said["first"],
        count=said["count"],
    )


def _as_locked(file: KeptFile, said: Mapping[str, Any]) -> KeptFile:
    by = bytes.fromhex(said["by"])
    return replace(file, locked=said["locked"], locked_by=by, reason=said["reason"])
