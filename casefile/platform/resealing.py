"""Sealing everything anew under the newest seal key, table by table, in batches.

Which blobs lie under an older key stands in their headers, so nothing needs to be remembered:
stopped and taken up again, it goes on with what is left. Only the seal changes; what is inside, its
place and its version token stay, and a row that somebody else writes meanwhile is left to them.
Nothing sealed to people is touched, and nothing opened is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, select, update
from sqlalchemy.orm import Session

from casefile.platform.database import Base, write_now
from casefile.platform.deployment import Deployment
from casefile.platform.engines import BYTES
from casefile.sealing.keyring import KEY_ID

BATCH = 100
"""Blobs in one transaction: the largest are segments of 50 KB."""

PLACES = "casefile.sealed_places"
"""Extension: every `SealedPlace` of this deployment."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class SealedPlace:
    """A column of blobs sealed to the deployment, and how one is opened and sealed again."""

    table: type[Base]
    column: str
    again: Callable[[Deployment, Row], bytes]
    """Takes a row's columns and returns the new blob; SealBroken if the old one does not open."""

    @property
    def rows(self) -> Table:
        """The table behind it."""
        return self.table.metadata.tables[self.table.__tablename__]


def sealed_in(where: Callable[[Row], bytes], column: str) -> Callable[[Deployment, Row], bytes]:
    """How a blob is sealed again that lies under the context `where` gives."""

    def again(deployment: Deployment, row: Row) -> bytes:
        plain = deployment.keyring.open(row[column], where(row))
        return deployment.keyring.seal(plain, where(row), deployment.random)

    return again


def left_to_reseal(session: Session, deployment: Deployment, places: Sequence[SealedPlace]) -> int:
    """How many blobs still lie under another key than the one that is written with."""
    counts = (
        select(func.count()).select_from(one.rows).where(_old(deployment, one)) for one in places
    )
    return sum(session.execute(count).scalar_one() for count in counts)


def reseal_some(session: Session, deployment: Deployment, place: SealedPlace) -> int:
    """Seal the next blobs of one place anew, in one transaction, committed; 0 when none is left."""

    def verb(writing: Session) -> int:
        rows = _next(writing, deployment, place)
        for row in rows:
            _replace(writing, deployment, place, row)
        return len(rows)

    return write_now(verb, session)


def _next(session: Session, deployment: Deployment, place: SealedPlace) -> list[Row]:
    wanted = (
        select(place.rows)
        .where(_old(deployment, place))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(**{BYTES: True})
    )
    return [dict(row) for row in session.connection().execute(wanted).mappings()]


def _replace(session: Session, deployment: Deployment, place: SealedPlace, row: Row) -> None:
    """Write the blob anew, if the row is still what was read."""
    same = [column == row[column.name] for column in place.rows.primary_key]
    unchanged = place.rows.c[place.column] == row[place.column]
    blob = place.again(deployment, row)
    session.execute(update(place.rows).where(and_(*same), unchanged).values({place.column: blob}))


def _old(deployment: Deployment, place: SealedPlace) -> ColumnElement[bool]:
    """Blobs whose header names another key: a kind byte, then the key's id."""
    blob = place.rows.c[place.column]
    return func.substr(blob, 2, KEY_ID) != deployment.keyring.writing
