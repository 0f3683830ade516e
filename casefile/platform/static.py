"""Our few static files, read once, compressed once, addressed by the digest of their content.

It serves nothing but the files found at start: no path a browser sends reaches the disk.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request, url_for

FOLDER = Path(__file__).resolve().parents[1] / "static"
KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class StaticFile:
    """One file: its bytes, the same compressed, its type and the digest in its address."""

    plain: bytes
    packed: bytes
    kind: str
    digest: str


def read_files(folder: Path = FOLDER) -> dict[str, StaticFile]:
    """Read every file whose kind we serve."""
    return {file.name: _read(file) for file in folder.iterdir() if file.suffix in KINDS}


def _read(file: Path) -> StaticFile:
    plain = file.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0)
    return StaticFile(plain, packed, KINDS[file.suffix], hashlib.sha256(plain).hexdigest()[:12])


def serve_files(app: Flask) -> None:
    """Register the one address of static files and `static_file(name)` for templates."""
    files = read_files()

    def static(digest: str, name: str) -> Response:
        found = files.get(name)
        if found is None or found.digest != digest:
            abort(404)
        return _answer(found)

    app.add_url_rule("/static/<digest>/<name>", "static", static)
    app.jinja_env.globals["static_file"] = lambda name: url_for(
        "static", digest=files[name].digest, name=name
    )


def _answer(found: StaticFile) -> Response:
    packed = bool(request.accept_encodings.quality("gzip"))
    response = Response(found.packed if packed else found.plain, content_type=found.kind)
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
