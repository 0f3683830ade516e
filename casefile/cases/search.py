"""Search: which cases of a member's desks hold the words she typed.

What a desk's cases say is read from its search segments; cases that changed since, that were never
opened, or that lie in a circle are opened here, and what they say is put into the segments. No word
is noted, no case is written, and a case the member may not see is neither opened nor counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.keys import unlock
from casefile.cases.label import CaseNotFound
from casefile.cases.queue import LINES, QueueLine, lines_of, visible_rows
from casefile.cases.queue_rows import (
    DESK_COLUMNS,
    MOST_ENTRIES,
    REFERENCE_BITS,
    case_of,
    reference_number,
)
from casefile.cases.queue_views import Rows
from casefile.cases.records import read_records
from casefile.cases.search_segments import (
    Segment,
    Words,
    forget_generation,
    keep_words,
    read_segments,
)
from casefile.cases.search_words import Needles, bag_of, how_well, sought, ticked_fields
from casefile.cases.turns import begun_anywhere
from casefile.network.custody import NoSeat, open_desk
from casefile.network.directory import Desk, Directory, read_directory
from casefile.people.sessions import Member
from casefile.platform.database import StaleRow, write_now
from casefile.platform.deployment import Deployment
from casefile.sealing.desks import DeskSecret
from casefile.sealing.errors import SealBroken

CALLED = np.iinfo(np.int16).max
"""How well a case fits that is called as was typed: better than by any words."""
MOST_OPENED = 300
"""Cases of one desk a search opens beyond its segments: about a third of a second."""


@dataclass(frozen=True)
class Found:
    """One page of what a search found: what fits best first, of what fits alike the newest."""

    lines: tuple[QueueLine, ...]
    count: int
    page: int
    pages: int
    unread: int
    """Cases not looked through yet; searching again goes on with them, damaged ones apart."""


@dataclass
class _Looked:
    """What was found out in one desk's cases: how well each position fits, and what is new."""

    fits: dict[int, int] = field(default_factory=dict)
    new: list[Words] = field(default_factory=list, repr=False)
    unread: int = 0


def search(
    session: Session,
    deployment: Deployment,
    member: Member,
    typed: str,
    *,
    page: int = 1,
    most: int = MOST_OPENED,
) -> Found:
    """The cases called so or holding every word, also as the beginning of one.

    It is noted that was searched, without the words. What holds the words whole stands before what
    holds beginnings; what may be junk last.

    `most` cases of each desk are opened besides what its segments tell.
    """
    directory, needles = read_directory(session, deployment), sought(typed)
    rows = visible_rows(session, deployment, directory, member)
    fits, unread = np.where(_called(rows, typed), CALLED, 0).astype(np.int16), 0
    circles = rows["circle"] != 0
    for desk, at in _by_desk(directory, member, rows) if needles else ():
        plain = at[~circles[at]]
        with suppress(NoSeat):
            looked = _look_through(session, deployment, member, desk, rows, plain, needles, most)
            _fit(fits, looked)
            unread += looked.unread
        apart = _opened(session, deployment, member, rows, at[circles[at]].tolist(), needles)
        _fit(fits, apart)
        unread += apart.unread
    write_now(lambda writing: note(writing, deployment, Event.SEARCHED, by=member.person), session)
    return _found(session, deployment, directory, member, rows, fits, unread, page)


def _fit(fits: NDArray[np.int16], looked: _Looked) -> None:
    at = list(looked.fits)
    fits[at] = np.maximum(fits[at], [looked.fits[one] for one in at])


def find_reference(
    session: Session, deployment: Deployment, member: Member, typed: str
) -> tuple[QueueLine, ...]:
    """The member's cases that people call so: mostly one, none, rarely two."""
    if reference_number(typed) is None:
        return ()
    directory = read_directory(session, deployment)
    rows = visible_rows(session, deployment, directory, member)
    return lines_of(session, deployment, directory, member, rows[_called(rows, typed)])


def _called(rows: Rows, typed: str) -> NDArray[np.bool_]:
    """Which cases people call so."""
    wanted = reference_number(typed)
    if wanted is None:
        return np.zeros(len(rows), bool)
    return np.asarray(rows["case_1"] >> np.uint64(64 - REFERENCE_BITS) == wanted)


def _found(
    session: Session,
    deployment: Deployment,
    directory: Directory,
    member: Member,
    rows: Rows,
    fits: NDArray[np.int16],
    unread: int,
    page: int,
) -> Found:
    rows, fits = rows[fits != 0], fits[fits != 0]
    pages = max(1, -(-len(rows) // LINES))
    page = min(max(page, 1), pages)
    age = np.negative(rows["received"].astype("i8"))
    order = np.lexsort((rows["case_1"], age, np.negative(fits), rows["junk"]))
    shown = rows[order][(page - 1) * LINES : page * LINES]
    lines = lines_of(session, deployment, directory, member, shown)
    return Found(lines, len(rows), page, pages, unread)


def _by_desk(
    directory: Directory, member: Member, rows: Rows
) -> list[tuple[Desk, NDArray[np.intp]]]:
    """The member's desks, each with the positions of the cases she opens through it."""
    desks = {desk.code: desk for desk in directory.desks_of(member.person)}
    through = np.zeros(len(rows), "<u2")
    for column in reversed(DESK_COLUMNS):
        through = np.where(np.isin(rows[column], list(desks)), rows[column], through)
    return [(desk, np.flatnonzero(through == code)) for code, desk in desks.items()]


def _look_through(
    session: Session,
    deployment: Deployment,
    member: Member,
    desk: Desk,
    rows: Rows,
    plain: NDArray[np.intp],
    needles: Needles,
    most: int,
) -> _Looked:
    """A desk's cases outside circles: by its segments, and by opening what they lack."""
    secret = open_desk(session, deployment, member, desk)
    segments = _segments(session, deployment, desk, secret)
    known, fits, gone = _compared(rows[plain], segments, needles)
    lacking = begun_anywhere(plain[~known].tolist(), deployment.random)
    looked = _opened(session, deployment, member, rows, lacking[:most], needles)
    looked.unread += max(0, len(lacking) - most)
    fitting = np.flatnonzero(known & (fits != 0))
    looked.fits |= dict(zip(plain[fitting].tolist(), fits[fitting].tolist(), strict=True))
    if looked.new or gone:
        _keep(session, deployment, desk, secret, segments, looked.new, gone)
    return looked


def _segments(
    session: Session, deployment: Deployment, desk: Desk, secret: DeskSecret
) -> list[Segment]:
    """The desk's segments; damaged ones are thrown away together and made again."""
    try:
        return read_segments(session, deployment, desk, secret)
    except SealBroken:
        write_now(
            lambda writing: forget_generation(writing, deployment, desk.id, desk.generation),
            session,
        )
        return []


def _compared(
    rows: Rows, segments: list[Segment], needles: Needles
) -> tuple[NDArray[np.bool_], NDArray[np.int16], list[bytes]]:
    """Which rows the segments know as they stand, how well each fits; cases no row has."""
    known, fits = np.zeros(len(rows), bool), np.zeros(len(rows), np.int16)
    order = np.argsort(rows["case_1"])
    first = rows["case_1"][order]
    gone: list[bytes] = []
    for segment in segments:
        entries = segment.entries
        at = np.minimum(np.searchsorted(first, entries["case_1"]), len(rows) - 1)
        which = order[at] if len(rows) else np.zeros(len(entries), np.intp)
        there = np.zeros(len(entries), bool)
        if len(rows):
            there = (rows["case_1"][which] == entries["case_1"]) & (
                rows["case_2"][which] == entries["case_2"]
            )
        gone += [case_of(*_halves(entry)) for entry in entries[~there]]
        fresh = there.copy()
        fresh[there] = rows["entries"][which[there]] == entries["entries"][there]
        known[which[fresh]] = True
        fits[which[fresh]] = segment.how_well(needles)[fresh]
    return known & (rows["entries"] < MOST_ENTRIES), fits, gone


def _halves(entry: Any) -> tuple[int, int]:
    return int(entry["case_1"]), int(entry["case_2"])


def _opened(
    session: Session,
    deployment: Deployment,
    member: Member,
    rows: Rows,
    at: Sequence[int],
    needles: Needles,
) -> _Looked:
    """Open these cases one by one with the member's keys; one that is not hers holds nothing."""
    looked, ticked = _Looked(), ticked_fields(deployment.settings.config)
    for position in at:
        case = case_of(rows["case_1"][position], rows["case_2"][position])
        try:
            opened = unlock(session, deployment, member, case)
            records = read_records(session, deployment, case, opened.label, opened.keys)
        except CaseNotFound:
            continue
        except SealBroken:
            looked.unread += 1
            continue
        bag = bag_of(ticked, records)
        looked.new.append(Words(case, len(opened.label.bodies), bag))
        if well := how_well(bag, needles):
            looked.fits[position] = well
    return looked


def _keep(
    session: Session,
    deployment: Deployment,
    desk: Desk,
    secret: DeskSecret,
    segments: list[Segment],
    new: list[Words],
    gone: list[bytes],
) -> None:
    """Keep what was read for the next search; where a fellow was faster, hers stays."""

    def verb(writing: Session) -> None:
        keep_words(writing, deployment, desk, secret, segments, new=new, gone=gone)
        if desk.generation > 1:
            forget_generation(writing, deployment, desk.id, desk.generation - 1)

    try:
        write_now(verb, session)
    except (StaleRow, IntegrityError):
        session.rollback()
