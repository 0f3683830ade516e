"""Search segments: the words of a desk's cases in a few large blobs only the desk can open.

What they hold is a copy of what the cases say, made in a member's session and for search alone:
they may be thrown away at any time and are made again. The deployment must never be able to open
one, and a case that gets a circle must leave them in the same write.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from casefile.cases.models import SearchRow
from casefile.cases.search_words import BEGINS, END, WHOLE, Bag, Needles
from casefile.network.directory import Desk
from casefile.platform.database import StaleRow, add_rows
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.sealing.contexts import context, number
from casefile.sealing.derivation import expand_key
from casefile.sealing.desks import DeskSecret
from casefile.sealing.envelopes import open_sealed, seal
from casefile.sealing.errors import SealBroken
from casefile.sealing.hidden import Key

SIZE = 256 * 1024
"""Bytes of every segment before it is sealed, however full it is."""
FOLDED = b"2"
"""How words are folded: segments of another way do not open and are made again."""
AT_ONCE = 64
"""Segments asked for in one statement."""
COUNT = 4
ENTRY = np.dtype([("case_1", "<u8"), ("case_2", "<u8"), ("entries", "<u4"), ("length", "<u4")])
"""24 bytes: the halves of the case's id, of how many records the words are, the bytes of words."""
ROOM = SIZE - COUNT

ROWS = SearchRow.metadata.tables["search_segment"]
READ = (
    select(ROWS.c.tag, ROWS.c.body, ROWS.c.token)
    .where(ROWS.c.tag.in_(bindparam("tags", expanding=True)))
    .execution_options(**{BYTES: True})
)

Entries = NDArray[Any]


@dataclass(frozen=True)
class Words:
    """The words of one case, of so many records."""

    case: bytes
    entries: int
    bag: Bag = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes it takes in a segment."""
        return ENTRY.itemsize + len(self.bag)


@dataclass(frozen=True, eq=False)
class Segment:
    """An opened segment: its number on the desk, its token, its entries and their words."""

    number: int
    token: bytes
    entries: Entries = field(repr=False)
    text: bytes = field(repr=False)

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where in the text each entry's words end."""
        return np.cumsum(self.entries["length"], dtype="i8")

    @property
    def size(self) -> int:
        """Bytes that are taken."""
        return int(self.entries.nbytes) + len(self.text)

    def words(self) -> Iterator[Words]:
        """Every case's words."""
        begin = 0
        for entry, end in zip(self.entries, self.ends.tolist(), strict=True):
            case = _case(int(entry["case_1"]), int(entry["case_2"]))
            yield Words(case, int(entry["entries"]), self.text[begin:end])
            begin = end

    def how_well(self, needles: Needles) -> NDArray[np.int16]:
        """How well each entry holds one form of every word; 0 where one word is not in it."""
        held, ends = np.ones(len(self.entries), bool), self.ends.tolist()
        well = np.zeros(len(self.entries), np.int16)
        for forms in needles:
            found = bytearray(len(self.entries))
            for form in forms:
                self._look_for(form, ends, found)
            each = np.frombuffer(found, "u1")
            held &= each != 0
            well += each
        return np.where(held, well, 0)

    def _look_for(self, form: bytes, ends: Sequence[int], found: bytearray) -> None:
        """Note how well each entry holds one form; the first place in each is enough."""
        find, text, length = self.text.find, self.text, len(form)
        whole = form[-1] == END
        at = find(form)
        while at != -1:
            which = bisect_right(ends, at)
            if whole or text[at + length] == END:
                found[which] = WHOLE
            elif not found[which]:
                found[which] = BEGINS
            at = find(form, ends[which])


def read_segments(
    session: Session, deployment: Deployment, desk: Desk, secret: DeskSecret
) -> list[Segment]:
    """All segments of a desk's present generation, by number."""
    key, found = _key(secret, desk), list[Segment]()
    while True:
        numbers = range(len(found), len(found) + AT_ONCE)
        tags = {_tag(deployment, desk.id, desk.generation, one): one for one in numbers}
        rows = session.connection().execute(READ, {"tags": list(tags)}).all()
        opened = [_opened(key, tags[row.tag], row.tag, row.body, row.token) for row in rows]
        found += sorted(opened, key=lambda one: one.number)
        if len(rows) < AT_ONCE:
            return found


def keep_words(
    session: Session,
    deployment: Deployment,
    desk: Desk,
    secret: DeskSecret,
    segments: Sequence[Segment],
    *,
    new: Iterable[Words],
    gone: Iterable[bytes],
) -> None:
    """Put new words in and take cases out; StaleRow if somebody else did so meanwhile.

    Words too many for any segment are left out: such a case is opened at every search.
    """
    fitting = {one.case: one for one in new if one.size <= ROOM}
    changed = _without(segments, fitting.keys() | set(gone))
    free = {one.number: ROOM - one.size for one in segments}
    free |= {at: ROOM - sum(one.size for one in held) for at, held in changed.items()}
    for words in fitting.values():
        at = next((at for at, room in free.items() if room >= words.size), len(free))
        if at not in changed:
            changed[at] = list(segments[at].words()) if at < len(segments) else []
        changed[at].append(words)
        free[at] = free.get(at, ROOM) - words.size
    key, tokens = _key(secret, desk), {one.number: one.token for one in segments}
    for at, held in sorted(changed.items()):
        _write(session, deployment, desk, key, at, held, tokens.get(at))


def _without(segments: Iterable[Segment], leaving: Collection[bytes]) -> dict[int, list[Words]]:
    """What is left of the segments these cases leave, by number."""
    return {
        segment.number: [one for one in segment.words() if one.case not in leaving]
        for segment in segments
        if not _cases(segment).isdisjoint(leaving)
    }


def forget_generation(
    session: Session, deployment: Deployment, desk: bytes, generation: int
) -> None:
    """Throw away what one generation of a desk kept: its key may be out of the house."""
    begin = 0
    while True:
        numbers = range(begin, begin + AT_ONCE)
        tags = [_tag(deployment, desk, generation, one) for one in numbers]
        gone = session.execute(delete(SearchRow).where(SearchRow.tag.in_(tags)))
        if gone.rowcount < AT_ONCE:  # type: ignore[attr-defined]
            return
        begin += AT_ONCE


def _write(
    session: Session,
    deployment: Deployment,
    desk: Desk,
    key: Key,
    at: int,
    held: Sequence[Words],
    before: bytes | None,
) -> None:
    tag, token = _tag(deployment, desk.id, desk.generation, at), deployment.random(16)
    body = seal(key, _packed(held), _where(tag, token), deployment.random)
    if before is None:
        add_rows(session, SearchRow, {"tag": tag, "body": body, "token": token})
        return
    written = session.execute(
        update(SearchRow)
        .where(SearchRow.tag == tag, SearchRow.token == before)
        .values(body=body, token=token)
    )
    if written.rowcount != 1:  # type: ignore[attr-defined]
        raise StaleRow("search_segment")


def _packed(held: Sequence[Words]) -> bytes:
    entries = np.zeros(len(held), ENTRY)
    for row, words in zip(entries, held, strict=True):
        row["case_1"], row["case_2"] = _halves(words.case)
        row["entries"], row["length"] = words.entries, len(words.bag)
    texts = b"".join(words.bag for words in held)
    plain = len(held).to_bytes(COUNT, "big") + entries.tobytes() + texts
    return plain.ljust(SIZE, b"\0")


def _opened(key: Key, at: int, tag: bytes, body: bytes, token: bytes) -> Segment:
    plain = open_sealed(key, body, _where(tag, token))
    if len(plain) != SIZE:
        raise SealBroken
    count = int.from_bytes(plain[:COUNT], "big")
    entries = np.frombuffer(plain, ENTRY, count, COUNT)
    begin = COUNT + entries.nbytes
    return Segment(at, token, entries, plain[begin : begin + int(entries["length"].sum())])


def _cases(segment: Segment) -> set[bytes]:
    halves = zip(
        segment.entries["case_1"].tolist(), segment.entries["case_2"].tolist(), strict=True
    )
    return {_case(*both) for both in halves}


def _case(first: int, second: int) -> bytes:
    return first.to_bytes(8, "big") + second.to_bytes(8, "big")


def _halves(case: bytes) -> tuple[int, int]:
    return int.from_bytes(case[:8], "big"), int.from_bytes(case[8:], "big")


def _key(secret: DeskSecret, desk: Desk) -> Key:
    return expand_key(
        secret.quick, context("search words", FOLDED, desk.id, number(desk.generation))
    )


def _tag(deployment: Deployment, desk: bytes, generation: int, at: int) -> bytes:
    return deployment.keyring.tag("search_segment", desk, str(generation), str(at))


def _where(tag: bytes, token: bytes) -> bytes:
    return context("search_segment", tag, token)
