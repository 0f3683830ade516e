"""What a report leaves behind in the database, seen by somebody without any key: which rows came,
which changed, and how long their blobs are. And whether that has anything to do with a desk."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import MetaData, Table, select
from sqlalchemy.engine import Connection

Key = tuple[object, ...]
Lengths = tuple[object, ...]
SHUFFLES = 9_999


@dataclass(frozen=True)
class Seen:
    """One row as it looks from outside: the length of each blob, and a digest of everything."""

    lengths: Lengths
    digest: bytes


Dump = Mapping[tuple[str, Key], Seen]


@dataclass(frozen=True)
class Left:
    """The difference between two dumps."""

    added: dict[tuple[str, Key], Lengths]
    changed: dict[tuple[str, Key], tuple[Lengths, Lengths]]
    removed: frozenset[tuple[str, Key]]

    def shape(self) -> tuple[object, ...]:
        """All of it but the keys: rows by table with their lengths, each as often as it occurs."""
        came = Counter((table, lengths) for (table, _), lengths in self.added.items())
        moved = Counter((table, lengths) for (table, _), lengths in self.changed.items())
        went = Counter(table for table, _ in self.removed)
        return tuple(frozenset(count.items()) for count in (came, moved, went))

    def changed_keys(self, table: str) -> list[Key]:
        """Keys of the rows of a table that were there before and are others now."""
        return [key for (each, key) in self.changed if each == table]


class Watcher:
    """Dumps the database again and again and says what happened in between."""

    def __init__(self, connection: Connection) -> None:
        tables = MetaData()
        tables.reflect(connection)
        self._tables = tables.sorted_tables
        self._last = self._dump(connection)

    def look(self, connection: Connection) -> Left:
        """What was left since the last look."""
        before, after = self._last, self._dump(connection)
        self._last = after
        return Left(
            {row: after[row].lengths for row in after.keys() - before.keys()},
            {
                row: (before[row].lengths, after[row].lengths)
                for row in after.keys() & before.keys()
                if before[row] != after[row]
            },
            frozenset(before.keys() - after.keys()),
        )

    def _dump(self, connection: Connection) -> dict[tuple[str, Key], Seen]:
        return {
            (table.name, key): seen
            for table in self._tables
            for key, seen in _rows(connection, table)
        }


def _rows(connection: Connection, table: Table) -> Iterator[tuple[Key, Seen]]:
    """Read past SQLAlchemy's rows: this happens hundreds of times."""
    names = [column.name for column in table.columns]
    at_key = [names.index(column.name) for column in table.primary_key]
    cursor = connection.connection.cursor()
    cursor.execute(str(select(table).compile(connection)))
    for row in cursor.fetchall():
        digest = hashlib.blake2b()
        for value in row:
            digest.update(value if isinstance(value, bytes) else repr(value).encode())
        lengths = tuple(len(value) if isinstance(value, bytes) else value for value in row)
        yield tuple(row[at] for at in at_key), Seen(lengths, digest.digest())
    cursor.close()


def p_of_sharing(groups: Sequence[int], places: Sequence[object], seed: int) -> float:
    """How often chance alone makes as many pairs of one group meet in one place.

    A permutation test: group labels are shuffled 9,999 times. Small when a group has places it
    favours, be it one of its own or only a habit.
    """
    group, place = _one_hot(groups), _one_hot(places)
    rng = np.random.default_rng(seed)
    drawn = [_pairs(rng.permutation(group), place) for _ in range(SHUFFLES)]
    return (1 + int(np.count_nonzero(np.array(drawn) >= _pairs(group, place)))) / (1 + SHUFFLES)


def p_of_order(values: Sequence[bytes], seed: int) -> float:
    """How often chance alone puts random keys so well in the order in which they came."""
    ranks = np.argsort(np.argsort(np.array([int.from_bytes(one[:7], "big") for one in values])))
    order = np.arange(len(values)) - (len(values) - 1) / 2
    rng = np.random.default_rng(seed)
    drawn = np.array([abs(order @ rng.permutation(ranks)) for _ in range(SHUFFLES)])
    return (1 + int(np.count_nonzero(drawn >= abs(order @ ranks)))) / (1 + SHUFFLES)


def _one_hot(labels: Sequence[object]) -> NDArray[np.int64]:
    known = {label: at for at, label in enumerate(dict.fromkeys(labels))}
    rows = np.zeros((len(labels), len(known)), np.int64)
    rows[np.arange(len(labels)), [known[label] for label in labels]] = 1
    return rows


def _pairs(group: NDArray[np.int64], place: NDArray[np.int64]) -> int:
    met = group.T @ place
    return int((met * (met - 1)).sum()) // 2
