"""Static files: found by the digest of what they hold, and nothing else is served."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest

from casefile.platform.static import FOLDER, read_files
from tests.world import World

FILES = read_files()


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_whole_under_its_digest_and_may_be_kept(
    standing_world: World, name: str
) -> None:
    file = FILES[name]
    plain = (FOLDER / name).read_bytes()
    for asked, body in (("gzip", file.packed), ("identity", plain)):
        answer = standing_world.client().get(
            f"/static/{file.digest}/{name}", headers={"Accept-Encoding": asked}
        )
        assert (answer.status_code, answer.get_data()) == (200, body)
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]
    assert gzip.decompress(file.packed) == plain
    assert hashlib.sha256(plain).hexdigest().startswith(file.digest)


@pytest.mark.parametrize("digest", ["000000000000", "0", "x" * 64, "..", "%2e%2e"])
@pytest.mark.parametrize("name", FILES)
def test_another_digest_is_not_found_and_not_kept(
    standing_world: World, name: str, digest: str
) -> None:
    answer = standing_world.client().get(f"/static/{digest}/{name}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/static/{digest}/nothing.css",
        "/static/{digest}/../../app.py",
        "/static/{digest}/%2e%2e%2fapp.py",
        "/static/{digest}/PUBLIC.CSS",
        "/static/public.css",
        "/static/",
    ],
)
def test_no_path_a_browser_sends_reaches_the_disk(standing_world: World, path: str) -> None:
    digest = FILES["public.css"].digest
    assert standing_world.client().get(path.format(digest=digest)).status_code == 404


def test_only_files_of_kinds_we_serve_are_read(tmp_path: Path) -> None:
    for name in ("a.css", "b.svg", "c.png", "d.js", "e.py", ".env", "f"):
        (tmp_path / name).write_text("x")
    (tmp_path / "keys.txt").write_text("secret")
    assert set(read_files(tmp_path)) == {"a.css", "b.svg", "c.png"}


def test_a_changed_file_has_another_address(tmp_path: Path) -> None:
    addresses = set()
    for content in ("one", "two"):
        (tmp_path / "a.css").write_text(content)
        addresses.add(read_files(tmp_path)["a.css"].digest)
    assert len(addresses) == 2


def test_every_page_asks_for_the_file_that_is_served(standing_world: World) -> None:
    page = standing_world.client().get("/en/").get_data(as_text=True)
    assert f"/static/{FILES['public.css'].digest}/public.css" in page
