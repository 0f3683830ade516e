"""Deleting a case for good: everything that could open it, and everything it could open.

One transaction, so that a case is whole or gone whenever the power fails. What stays is its fact,
which names no case; one line on the log; and a note without content that it was deleted. It opens
nothing: tags and the label say where everything lies. Must never delete what `retention` does not
say is due, by the label as it stands inside the write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import delete
from sqlalchemy.orm import Session

from casefile.audit.events import Event
from casefile.audit.log import note
from casefile.cases.deletion_notes import leave_note
from casefile.cases.doors import close_door
from casefile.cases.exclusion_asking import question_tag
from casefile.cases.files_store import piece_tag
from casefile.cases.label import CaseNotFound, Held, Label, read_label, write_label
from casefile.cases.links import hold_ends
from casefile.cases.machines import is_ended
from casefile.cases.models import (
    CaseRow,
    EntryRow,
    PieceRow,
    QuestionRow,
    QuickRow,
    ReceiptRow,
    SearchRow,
    WrapRow,
)
from casefile.cases.queue_rows import QUEUE, case_of, change_row
from casefile.cases.quick_keys import quick_tag
from casefile.cases.records import entry_tag
from casefile.cases.retention import DEADLINE, Move, next_move
from casefile.cases.wraps import wrap_tag
from casefile.codes.lists import read_list
from casefile.codes.retention import read_retention
from casefile.codes.sops import read_profile
from casefile.platform import logs
from casefile.platform.database import Base, change_one_row, write_now
from casefile.platform.deployment import Deployment
from casefile.registers.storage import change as change_register
from casefile.registers.storage import scan
from casefile.sealing.errors import SealBroken

TOGETHER = 500
"""Tags in one statement."""


def keep_retention(session: Session, deployment: Deployment) -> int:
    """Tonight's pass: announce, call off, delete; returns how many cases were deleted.

    One case, one transaction. A case that cannot be read is noted and left for the next night.
    """
    deleted = 0
    for case in ended_cases(session, deployment):
        try:
            deleted += keep_one(session, deployment, case) is Move.DELETE
        except (SealBroken, CaseNotFound) as broken:
            session.rollback()
            logs.fault(broken, state="retention")
    return deleted


def ended_cases(session: Session, deployment: Deployment) -> list[bytes]:
    """Cases in a final state, and those whose deletion was announced."""
    config = deployment.settings.config
    states = read_list(config, "case_state")
    ended = [states.number(code) for code in states if code != "unknown" and is_ended(code)]
    announced = read_list(config, "step").number(read_profile(config)[DEADLINE].step)
    found = list[bytes]()
    for _, columns in scan(session, deployment, QUEUE, QUEUE.first):
        asked = np.isin(columns["state"], ended) | (columns["step"] == announced)
        for at in np.flatnonzero(asked & (columns["used"] == 1)):
            found.append(case_of(columns["case_1"][at], columns["case_2"][at]))
    session.rollback()
    return found


def keep_one(session: Session, deployment: Deployment, case: bytes) -> Move:
    """Do what is due for one case, committed; returns what that was."""
    retention, now = read_retention(deployment.settings.config), deployment.now()
    label = read_label(session, deployment, case).label
    ends = [case, *(link.other for link in label.links)]
    if next_move(label, retention, now) is Move.NOTHING:
        session.rollback()
        return Move.NOTHING

    def verb(writing: Session) -> Move:
        held = hold_ends(writing, deployment, *ends)
        mine = held.pop(case)
        others = [other.label for other in held.values()]
        move = next_move(mine.label, retention, now, others)
        if move is Move.DELETE:
            for other in held.values():
                _part(writing, deployment, other, case)
            _delete(writing, deployment, mine)
        elif move is not Move.NOTHING:
            _announce(writing, deployment, mine, move)
        return move

    return write_now(verb, session)


def _announce(session: Session, deployment: Deployment, held: Held, move: Move) -> None:
    """Begin the wait for the desk, or end it without a deletion."""
    label = held.label.without(DEADLINE)
    if move is Move.ANNOUNCE:
        limit = read_profile(deployment.settings.config)[DEADLINE]
        label = label.started(limit, deployment.now())
        note(session, deployment, Event.DELETION_ANNOUNCED, by=None, case=held.case)
    change_row(session, deployment, write_label(session, deployment, held, label))


def _part(session: Session, deployment: Deployment, other: Held, case: bytes) -> None:
    """Let the case at the other end of a referral keep its dates and forget which case it was."""
    links = tuple(
        replace(link, other=b"") if link.other == case else link for link in other.label.links
    )
    write_label(session, deployment, other, replace(other.label, links=links))


def _delete(session: Session, deployment: Deployment, held: Held) -> None:
    label = held.label
    change_register(session, deployment, QUEUE, label.queue, QUEUE.first, _empty)
    for table, tags in _rows_of(deployment, held.case, label):
        _delete_rows(session, table, tags)
    close_door(session, deployment, held.case, label)
    if label.receipt:
        session.execute(delete(ReceiptRow).where(ReceiptRow.lookup == label.receipt))
    # Which of these blobs hold its words nobody knows who is not on the desk; they are made again.
    session.execute(delete(SearchRow))
    change_one_row(
        session, delete(CaseRow).where(CaseRow.id == held.case, CaseRow.token == held.token)
    )
    leave_note(session, deployment, held.case, label)
    note(session, deployment, Event.CASE_DELETED, by=None, case=held.case)


def _rows_of(
    deployment: Deployment, case: bytes, label: Label
) -> Iterator[tuple[type[Base], Sequence[bytes]]]:
    """Where everything of a case lies: table and tags."""
    yield WrapRow, [wrap_tag(deployment, case, at) for at in range(len(label.wraps))]
    yield QuickRow, [quick_tag(deployment, case)]
    yield EntryRow, [entry_tag(deployment, case, at) for at in range(len(label.bodies))]
    yield PieceRow, [piece_tag(deployment, case, at) for at in range(label.pieces)]
    yield QuestionRow, [question_tag(deployment, case, at) for at in range(label.question_rows)]


def _delete_rows(session: Session, table: Any, tags: Sequence[bytes]) -> None:
    for at in range(0, len(tags), TOGETHER):
        session.execute(delete(table).where(table.tag.in_(tags[at : at + TOGETHER])))


def _empty(row: Any) -> None:
    """Make the slot free: as if nothing had ever stood there."""
    for name in row.dtype.names:
        row[name] = 0
