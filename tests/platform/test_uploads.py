"""A file is never plain on a disk: folders and open files are watched while it comes in.

The application is asked in this process and its input is a stream that looks around between the
pieces it hands over, so that every moment of the upload is seen.
"""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from casefile.app import Casefile
from casefile.platform.uploads import LARGEST_FILE
from tests.documents import making
from tests.invariants.parts import in_parts
from tests.world import World

PIECE = 64 * 1024
WORD = b"zwyqxkor plainly "


@dataclass
class Looking:
    """An input that looks at folders and at our open files whenever a piece is asked of it."""

    body: bytes = field(repr=False)
    look: Callable[[], None]
    at: int = 0

    def read(self, size: int = -1) -> bytes:
        """A piece, after a look around."""
        self.look()
        end = len(self.body) if size < 0 else self.at + min(size, PIECE)
        piece, self.at = self.body[self.at : end], min(end, len(self.body))
        return piece

    readline = read


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder anything could be spooled into."""
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setenv("TMPDIR", str(spool))
    monkeypatch.setattr("tempfile.tempdir", None)
    return [tmp_path, Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.cwd()]


def test_nothing_of_a_file_is_plain_on_the_disk_while_it_arrives(
    world: World, folders: list[Path]
) -> None:
    before, seen = _here(folders), set()
    opened_before = set(_open_files())

    def look() -> None:
        seen.update(_here(folders) - before)
        seen.update(set(_open_files()) - opened_before)

    whole = b"OggS" + WORD * (LARGEST_FILE // len(WORD) - 1)
    looked = _sent(world.app, look, (whole, "a.ogg"), (making.picture("PNG", (900, 900)), "a.png"))
    assert looked > 100
    own = {str(world.settings.instance / f"casefile.sqlite3{end}") for end in ("", "-wal", "-shm")}
    assert not {
        file for file in seen if file not in own and not file.startswith(("socket", "pipe"))
    }
    for file in sorted(own):
        assert WORD not in Path(file).read_bytes()


def test_the_watch_would_notice_a_file_without_a_name(folders: list[Path]) -> None:
    """As Werkzeug makes them: unlinked, and to be seen only among the open files."""
    before = set(_open_files())
    with tempfile.TemporaryFile() as spooled:
        spooled.write(WORD)
        assert any("deleted" in file for file in set(_open_files()) - before)


def test_a_file_over_the_limit_takes_no_more_memory_than_one_under_it(world: World) -> None:
    environ = _request((bytes(60 * 1024 * 1024), "a.bin"), look=lambda: None)
    tracemalloc.start()
    try:
        _asked(world.app, environ)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * LARGEST_FILE


def _sent(app: Casefile, look: Callable[[], None], *files: tuple[bytes, str]) -> int:
    """Send a report with these files; how often the input was asked for a piece."""
    looked = 0

    def counting() -> None:
        nonlocal looked
        looked += 1
        look()

    _asked(app, _request(*files, look=counting))
    return looked


def _asked(app: Casefile, environ: dict[str, Any]) -> None:
    answered = app(environ, lambda *_about: lambda _data: None)
    list(answered)
    answered.close()  # type: ignore[attr-defined]


def _request(*files: tuple[bytes, str], look: Callable[[], None]) -> dict[str, Any]:
    body, kind = in_parts({"what": "It happened."}, *((name, data) for data, name in files))
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/en/report",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "https",
        "wsgi.input": Looking(body, look),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": kind,
    }


def _here(folders: list[Path]) -> set[str]:
    return {str(file) for folder in folders for file in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    """Files directly in a folder, and one level down where we may look."""
    try:
        yield from (file for file in folder.iterdir() if file.is_file())
    except OSError:
        return


def _open_files() -> Iterator[str]:
    for handle in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{handle}")
        except OSError:
            continue
