"""A form in parts, as browsers send forms that may carry files. Nothing here touches a disk."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

Fields = Mapping[str, str | list[str]]


def in_parts(fields: Fields, *files: tuple[str, bytes]) -> tuple[bytes, str]:
    """The body of a multipart form and its content type; a file is a name and its bytes."""
    edge = uuid.uuid4().hex
    parts = [
        _part(edge, f'name="{name}"', value.encode())
        for name, given in fields.items()
        for value in (given if isinstance(given, list) else [given])
    ]
    for name, data in files:
        quoted = name.replace('"', "%22")
        told = f'name="files"; filename="{quoted}"\r\nContent-Type: image/png'
        parts.append(_part(edge, told, data))
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def _part(edge: str, told: str, value: bytes) -> bytes:
    head = f"--{edge}\r\nContent-Disposition: form-data; {told}\r\n\r\n"
    return head.encode() + value + b"\r\n"
