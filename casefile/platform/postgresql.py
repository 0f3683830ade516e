"""What PostgreSQL needs of its driver: bytes as bytes, and rows sent without waiting for each.

Loaded only where PostgreSQL is used; it knows no table.
"""

from __future__ import annotations

from typing import Any

from psycopg import Cursor
from psycopg.pq import Format


class BytesAsBytes(Cursor[Any]):
    """A cursor that receives columns in binary: as text every sealed byte would come as two."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.format = Format.BINARY
