"""What the deployment's key file opens by itself: the reach of a thief who has it, and no more.

Each place is opened by the context it was sealed in, as anybody could who reads the source. A
blob that carries a deployment key's mark and that nobody here knows how to open is an error, so
that a new table cannot stay unexamined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import MetaData, select

from casefile.cases.queue_rows import QUEUE
from casefile.facts.register import FACTS
from casefile.sealing.contexts import context
from casefile.sealing.envelopes import DEPLOYMENT, SEGMENT
from casefile.sealing.keyring import Keyring
from casefile.sealing.segments import open_segment
from tests.world import World

MOST_BATCHES: Final = 1000
Row = Mapping[str, Any]
Opener = Callable[[Keyring, Row], bytes]


@dataclass(frozen=True)
class Opened:
    """One blob the key file opened, by table and column."""

    table: str
    column: str
    plain: bytes = field(repr=False)


def opened_with_key_file(world: World) -> Iterator[Opened]:
    """Open every blob of every table that the deployment's keys alone open."""
    keyring = world.deployment.keyring
    for table, row in rows(world):
        for column, value in row.items():
            if isinstance(value, bytes) and _is_the_deployments(keyring, value):
                yield Opened(table, column, OPENERS[table, column](keyring, row))


def rows(world: World) -> Iterator[tuple[str, Row]]:
    """Every row of every table that is really there."""
    with world.session() as session:
        there = MetaData()
        there.reflect(session.connection())
        for table in there.sorted_tables:
            for row in session.execute(select(table)).mappings():
                yield table.name, dict(row)


def _is_the_deployments(keyring: Keyring, value: bytes) -> bool:
    return any(
        value.startswith(kind + key_id)
        for kind in (DEPLOYMENT, SEGMENT)
        for key_id in keyring.seal_keys
    )


def _sealed_in(column: str, *parts: str) -> Opener:
    """A place whose context is these words, each the name of a column or else said as it is."""

    def opener(keyring: Keyring, row: Row) -> bytes:
        where = context(*(row[part[1:]] if part.startswith(".") else part for part in parts))
        return keyring.open(row[column], where)

    return opener


def _batch(keyring: Keyring, row: Row) -> bytes:
    """Batches are found by a keyed number: try them from the first."""
    number = next(
        number
        for number in range(1, MOST_BATCHES)
        if keyring.tag("audit_batch", str(number)) == row["tag"]
    )
    return keyring.open(row["body"], context("audit_batch", str(number)))


def _segment(keyring: Keyring, row: Row) -> bytes:
    register = next(one for one in (FACTS, QUEUE) if row["part"] in one.parts)
    return open_segment(
        keyring,
        row["body"],
        register.parts[row["part"]],
        register=register.name,
        part=row["part"],
        segment=row["id"],
        token=row["token"],
    ).tobytes()


OPENERS: Final[dict[tuple[str, str], Opener]] = {
    ("audit_batch", "body"): _batch,
    ("audit_head", "body"): _sealed_in("body", "audit_head", ".token"),
    ("audit_row", "body"): _sealed_in("body", "audit_row", ".id"),
    ("case", "label"): _sealed_in("label", "case", "label", ".id", ".token"),
    ("custody", "body"): _sealed_in("body", "custody", ".tag", ".token"),
    ("deletion", "body"): _sealed_in("body", "deletion", ".tag"),
    ("directory_entry", "label"): _sealed_in("label", "directory_entry", ".id", ".token"),
    ("door", "body"): _sealed_in("body", "door", ".tag", ".token"),
    ("invitation", "label"): _sealed_in("label", "invitation", ".tag", ".token"),
    ("job", "body"): _sealed_in("body", "job", ".id"),
    ("lane", "body"): _sealed_in("body", "lane", ".tag", ".token"),
    ("outside", "label"): _sealed_in("label", "outside", "label", ".tag", ".token"),
    ("person", "label"): _sealed_in("label", "person", "label", ".id", ".token"),
    ("receipt", "body"): _sealed_in("body", "receipt", ".lookup"),
    ("segment", "body"): _segment,
    ("session", "label"): _sealed_in("label", "session", "label", ".id"),
}
