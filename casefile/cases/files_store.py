"""The store of sealed files: two verbs, and nothing else knows where the pieces lie.

Pieces are rows of the one database, written in the transaction of the record that names them: a
file and its case are there together or not at all, and a backup of the database has both. It must
never see a name, a key or an unsealed byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from casefile.cases.models import PieceRow
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.sealing.errors import SealBroken

TOGETHER: Final = 8
"""Pieces read by one statement: two megabytes."""
PIECES: Final = text("INSERT INTO piece (tag, body) VALUES (:tag, :body)")


def keep_pieces(
    session: Session, deployment: Deployment, case: bytes, first: int, pieces: Sequence[bytes]
) -> None:
    """Write the pieces of one file, numbered from `first` in the case."""
    rows = [
        {"tag": piece_tag(deployment, case, first + number), "body": piece}
        for number, piece in enumerate(pieces)
    ]
    # One row a statement: in a statement of many rows SQLite copies every piece once more.
    session.connection().execute(PIECES, rows)


def read_pieces(
    session: Session, deployment: Deployment, case: bytes, first: int, count: int
) -> Iterator[bytes]:
    """The pieces of one file in order; SealBroken if one is not there."""
    for at in range(first, first + count, TOGETHER):
        numbers = range(at, min(at + TOGETHER, first + count))
        tags = [piece_tag(deployment, case, number) for number in numbers]
        wanted = select(PieceRow.tag, PieceRow.body).where(PieceRow.tag.in_(tags))
        found = {
            row.tag: row.body for row in session.execute(wanted.execution_options(**{BYTES: True}))
        }
        if len(found) != len(tags):
            raise SealBroken
        yield from (found[tag] for tag in tags)


def piece_tag(deployment: Deployment, case: bytes, number: int) -> bytes:
    """The tag under which one piece of a case's files is found."""
    return deployment.keyring.tag("piece", case, str(number))
