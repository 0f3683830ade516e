"""Floors: the least a report or a sign-in could cost, from the primitives alone.

A report's floor is one Argon2id of the receipt code, eight hybrid wraps, AES-256-GCM over blobs of
the very lengths a report leaves, and one durable commit of one row by the same engine under the
same settings. No page, no reading, no register. Run as a module it makes as many as it can in the
seconds it is told, in a process of its own.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Connection, create_engine, func, select, text

from casefile.audit.models import AuditRow
from casefile.cases.models import CaseRow, EntryRow, ReceiptRow
from casefile.platform.engines import WRITING, dress, engine_options
from casefile.platform.jobs import Job
from casefile.registers.models import Segment
from casefile.sealing.compartments import HOLDER_PAYLOAD
from casefile.settings import Settings, read_settings
from tests.benchmarks.deployment import Deployed
from tests.benchmarks.processes import say

WRAPS = 8
"""Wrap rows every new case leaves."""
ROW_BYTES = 4096
"""The floor's one row: the smallest bucket of a report."""


def floor_database(settings: Settings, name: str) -> Settings:
    """The same settings with a database of the floor's own: a file each process, or the server."""
    if not settings.database.startswith("sqlite"):
        return settings
    file = settings.instance / f"floor-{name}-{os.getpid()}.sqlite3"
    return replace(settings, database=f"sqlite:///{file}")


class DurableRow:
    """One row written and committed: same engine, same settings, a table and file of its own."""

    def __init__(self, settings: Settings) -> None:
        options = engine_options(floor_database(settings, "row"))
        self._engine = create_engine(options.pop("url"), **options)
        dress(self._engine, settings.lock_wait_s)
        self._insert = text("INSERT INTO bench_floor (id, body) VALUES (:id, :body)")
        with self._connect() as connection:
            connection.execute(text(self._table()))
            connection.commit()
        self._connection = self._connect()

    def write(self) -> None:
        """Commit one row."""
        row = {"id": os.urandom(16), "body": os.urandom(ROW_BYTES)}
        self._connection.execute(self._insert, row)
        self._connection.commit()

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
        self._engine.dispose()

    def _connect(self) -> Connection:
        return self._engine.connect().execution_options(**{WRITING: True})

    def _table(self) -> str:
        create = "CREATE TABLE IF NOT EXISTS bench_floor"
        if self._engine.dialect.name == "sqlite":
            return f"{create} (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID"
        return f"{create} (id BYTEA PRIMARY KEY, body BYTEA NOT NULL)"


class ReportFloor:
    """What sealing one report durably costs at least."""

    def __init__(self, settings: Settings, lengths: list[int]) -> None:
        self._plain = [bytes(length) for length in lengths]
        self._salt, self._secret, self._key = os.urandom(16), os.urandom(32), os.urandom(32)
        self._suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
        self._holders = [_hybrid().public_key() for _ in range(WRAPS)]
        self._row = DurableRow(settings)

    def make(self) -> None:
        """One report's worth."""
        receipt_argon2id(self._salt, self._secret)
        for holder in self._holders:
            self._suite.encrypt(bytes(HOLDER_PAYLOAD), holder, info=self._salt)
        for plain in self._plain:
            AESGCM(self._key).encrypt(os.urandom(12), plain, self._salt)
        self._row.write()

    def close(self) -> None:
        """Let go of the database."""
        self._row.close()


def receipt_argon2id(salt: bytes, secret: bytes) -> bytes:
    """One stretching of a receipt code: 19 MiB, two passes."""
    stretched = Argon2id(
        salt=salt, length=32, iterations=2, lanes=1, memory_cost=19 * 1024, secret=secret
    )
    return stretched.derive(b"0" * 21)


def passphrase_argon2id(salt: bytes, secret: bytes) -> bytes:
    """One stretching of a passphrase: 64 MiB, three passes."""
    stretched = Argon2id(
        salt=salt, length=32, iterations=3, lanes=1, memory_cost=64 * 1024, secret=secret
    )
    return stretched.derive(b"six words or more of a passphrase")


def lengths_of_a_report(deployed: Deployed) -> list[int]:
    """The lengths of all blobs one report sealed, wraps apart; it must be the only one there is."""
    with deployed.session() as session:
        every = [
            session.execute(select(func.length(column))).scalars().all()
            for column in (EntryRow.body, CaseRow.label, ReceiptRow.body)
        ]
        one = [
            session.execute(select(func.length(column)).limit(1)).scalars().all()
            for column in (Job.body, AuditRow.body)
        ]
        parts = select(func.max(func.length(Segment.body))).group_by(Segment.part)
        segments = session.execute(parts).scalars().all()
    return [int(length) for lengths in (*every, *one, segments) for length in lengths]


def _hybrid() -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())


def main() -> None:
    """Make reports' worth for as many seconds as each line says; answer how many."""
    floor = ReportFloor(read_settings(os.environ), [int(given) for given in sys.argv[1:]])
    say("ready")
    for line in sys.stdin:
        made, until = 0, time.perf_counter() + float(line)
        while time.perf_counter() < until:
            floor.make()
            made += 1
        say(made)
    floor.close()


if __name__ == "__main__":
    main()
